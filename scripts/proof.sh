#!/bin/sh
# The slow evidence: the faults on the default server, the suite on every server version at hand,
# and once under another schema name. Every stage runs, whatever the one before found.
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
      $python -m pytest -m "not proof" -q
done
stage "suite in schema site_a" WORKFLOWS_TEST_SCHEMA=site_a $python -m pytest -m "not proof" -q

[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
