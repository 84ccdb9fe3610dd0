#!/bin/sh
# The slow evidence: the faults on the default server; what asks a server, on every other version at
# hand and under another schema name. What does not is marked `once`: `make test` has said it.
# Every stage runs, whatever the one before found.
set -u
python=.venv/bin/python
default=$($python -m tests.servers --default) || exit 1
failed=""

stage() {
  name=$1
  shift
  echo "== $name"
  env "$@" || failed="$failed [$name]"
}

stage "proof on server $default" $python -m pytest -m proof
for version in $($python -m tests.servers --list); do
  [ "$version" = "$default" ] ||
    stage "suite on server $version" WORKFLOWS_TEST_SERVER="$version" \
      $python -m pytest -m "not proof and not once" -q
done
stage "suite in schema site_a" WORKFLOWS_TEST_SCHEMA=site_a $python -m pytest -m "not proof and not once" -q

[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
