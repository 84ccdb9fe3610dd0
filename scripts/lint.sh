#!/bin/sh
# Style, types and architecture of the Python; the gateway's dialect; the SQL. Stops at the first
# tool that complains.
set -eu
export PATH="$PWD/.venv/bin:$PATH"
modern="ignition/exchange/workflows/cpython tests examples scripts"
[ ! -d bench ] || modern="$modern bench"
gateway=$(python ignition/export_project.py --sources)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '== %s\n' "$*"; }

say ruff
ruff check ignition $modern
say black
black --check --quiet --diff $modern ignition/export_project.py ignition/perspective
say mypy
mypy $modern
mypy -m ignition.export_project -p ignition.perspective
say import-linter
lint-imports

say vermin: Jython 2.7 and CPython 3.9
vermin --no-tips -q -t=2.7- -t=3.9- $gateway
say iglint: the exported project
python ignition/export_project.py --unpacked "$work/project"
iglint check --config pyproject.toml "$work/project"

say squawk: migrations
squawk --config scripts/squawk.toml sql/migrations/*.sql
say pgspot: functions with the owner\'s rights
# PS002: create or replace is safe in a schema that nobody else may create in.
python scripts/definer_functions.py > "$work/definers.sql"
pgspot --no-plpgsql --ignore PS002 "$work/definers.sql"
