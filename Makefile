# `make demo` and `make test` each do their own set-up, then their job. Everything else is for developers.
#
#   make demo     train a digit classifier, export STL files, read them back     (about 4 minutes, in demo/)
#   make test     run every test
#   make lint     ruff: style and format            make types     mypy --strict
#   make contract the one-way imports               make docs      the site, strictly, into site/
#   make clean    remove .venv, demo/, site/ and caches; runs/ and exports/ are yours and stay
#
# Settings: PYTHON=python3.12, VENV=.venv, JOBS=2, and PIP_ARGS for pip, for instance to get the CPU build of torch
# from the address that PyTorch's "Get started" page gives for pip on a CPU:
#   make demo PIP_ARGS="--extra-index-url CPU_INDEX"

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
JOBS ?= 2
PIP_ARGS ?=
PYTEST_ARGS ?=

# The first Python on the path that is new enough.
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c '$(RECENT)' >/dev/null 2>&1 && echo $$name && break; done)

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := pyproject.toml constraints.txt

.PHONY: help demo test lint format types contract docs ci clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -n 11

$(VENV)/made:
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c '$(RECENT)' 2>/dev/null; then \
	  echo "fabdesign needs Python 3.11 or newer; found: $$("$(or $(PYTHON),python3)" --version 2>&1 || true)." >&2; \
	  echo "Install one and name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
	  exit 2; \
	fi
	@if ! "$(PYTHON)" -m venv $(VENV); then \
	  echo "Could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	  exit 2; \
	fi
	@touch $@

# One stamp for each set of packages: installed once, and again when the pins change.
$(VENV)/ready: $(VENV)/made $(SOURCES)
	$(PIP) install --quiet $(PIP_ARGS) -c constraints.txt -e .
	@touch $@

$(VENV)/ready-test: $(VENV)/made $(SOURCES)
	$(PIP) install --quiet $(PIP_ARGS) -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/ready

$(VENV)/ready-dev: $(VENV)/made $(SOURCES)
	$(PIP) install --quiet $(PIP_ARGS) -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/ready $(VENV)/ready-test

demo: $(VENV)/ready
	@mkdir -p demo
	cd demo && $(abspath $(BIN))/fabdesign train
	cd demo && $(abspath $(BIN))/fabdesign export --stl

# The tests are many small computations: one thread in each of two processes beats two threads in one.
test: $(VENV)/ready-test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) $(PYTEST_ARGS)

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/ready-dev
	$(BIN)/mypy

contract: $(VENV)/ready-dev
	$(BIN)/lint-imports

docs: $(VENV)/ready-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

ci:
	bash .ci/run </dev/null

clean:
	rm -rf $(VENV) demo site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
