#!/bin/sh
set -eu
. .venv/bin/activate
zensical build --strict --clean
