#!/bin/sh
# The slow evidence: the faults on the default server; what asks a server, on every other version at
# hand and under another schema name. What does not is marked `once`: `make test` has said it.
# Through a PgBouncer in transaction mode go the calls, but for those that are refused for their
# arguments. Every stage runs, whatever the one before found.
set -u
python=.venv/bin/python
default=$($python -m tests.servers --default) || exit 1
at_once=${AT_ONCE:?is not set: run make proof}
said=$(mktemp -d) || exit 1
trap 'rm -rf "$said"' EXIT

stage() {
  name=$1
  shift
  echo "== $name"
  { env "$@"; echo $? >"$said/code"; } | tee "$said/output"
  [ "$(cat "$said/code")" = 0 ] && return
  { echo "failed: $name"; grep -E '^(FAILED|ERROR) ' "$said/output"; } >>"$said/failures"
}

stage "proof on server $default" $python -m pytest -m proof --durations=25 -n auto --maxprocesses 2 --dist worksteal
# On the newest version the schema has another name. Gateways and the console meet that one, and the others in
# tests/conformance.
schema=site_a
ignored=""
for version in $($python -m tests.servers --list | tr ' ' '\n' | sort -r); do
  [ "$version" = "$default" ] && [ "$schema" = workflows ] && continue
  # What the oldest and the newest do, those between do too; with EVERY_SERVER they are asked.
  case $version in 14 | 17) [ -n "${EVERY_SERVER-}" ] || continue ;; esac
  stage "suite on server $version in schema $schema" \
    WORKFLOWS_TEST_SERVER="$version" WORKFLOWS_TEST_SCHEMA="$schema" \
    $python -m pytest -m "not proof and not once" -q $at_once $ignored
  schema=workflows
  ignored="--ignore=tests/gateway --ignore=tests/console"
done
stage "calls through PgBouncer" WORKFLOWS_TEST_POOLER=transaction $python -m pytest \
  -m "not proof and not once and not session" -k "not jdbc" -q \
  --ignore-glob="*/test_bad_*.py" --ignore-glob="*/test_size.py" $at_once tests/sql tests/conformance

[ ! -e "$said/failures" ] || { cat "$said/failures"; exit 1; }
