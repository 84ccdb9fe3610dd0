#!/bin/sh
# Style, types and architecture of the Python; the gateway's dialect; the SQL. Stops at the first
# tool that complains.
set -eu
export PATH="$PWD/.venv/bin:$PATH"
modern="ignition/exchange/workflows/cpython tests examples scripts"
[ ! -d bench ] || modern="$modern bench"
gateway=$(python scripts/gateway_project.py)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '== %s\n' "$*"; }

say ruff
ruff check ignition $modern
say black
black --check --quiet --diff $modern
say mypy
mypy $modern
say import-linter
lint-imports

say vermin: Jython 2.7 and CPython 3.9
vermin --no-tips -q -t=2.7- -t=3.9- $gateway
say iglint: the sources as an Ignition project
python scripts/gateway_project.py "$work/project"
iglint check "$work/project"
if command -v python2.7 >/dev/null; then
  say python2.7 compiles it
  python2.7 -c 'import sys
for path in sys.argv[1:]:
    compile(open(path).read(), path, "exec")' $gateway
fi

say squawk: migrations
squawk --config scripts/squawk.toml sql/migrations/*.sql
say pgspot: search_path
ignition-workflows migrate --sql > "$work/install.sql"
pgspot --summary-only "$work/install.sql"
