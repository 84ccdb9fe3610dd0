#!/bin/sh
# The slow evidence: the faults on the default server, the suite on every server version at hand,
# and once under another schema name.
set -eu
python=.venv/bin/python
default=$($python -m tests.servers --default)

$python -m pytest -m proof
for version in $($python -m tests.servers --list); do
  if [ "$version" != "$default" ]; then
    echo "== server $version"
    WORKFLOWS_TEST_SERVER=$version $python -m pytest -m "not proof" -q
  fi
done
echo "== schema site_a"
WORKFLOWS_TEST_SCHEMA=site_a $python -m pytest -m "not proof" -q
