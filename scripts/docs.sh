#!/bin/sh
# The site: first the reference pages and diagrams from a fresh installation, then everything, strict.
set -eu
. .venv/bin/activate
python -m docs.generate_reference
python -m docs.generate_python_reference
python -m docs.generate_diagrams
python -m docs.generate_evidence
zensical build --strict --clean
