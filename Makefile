# make demo    train on the embedded digits, search for a better configuration, and report
# make test    the tests; DLI_SLOW=1 adds the slow ones
# make check   what CI wants of the code: style, types, import directions, sizes
# Each sets up .venv first, once. Another interpreter: make demo PYTHON=python3.12
#
# pip takes PyPI's torch, which on Linux is the CUDA build. To have a CPU build, tell pip where one
# is with its own options, for example PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo test check venv

help:
	@sed -n 's/^# make/make/p' Makefile

demo: venv
	@$(BIN)/dli train
	@$(BIN)/dli tune --study digits_cnn

test: .venv/ready-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(if $(filter 1,$(DLI_SLOW)),-m "slow or not slow")

check: .venv/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_architecture.py

venv: .venv/ready

# torch goes first and alone, so that a CPU build that pip finds is kept by everything after it.
.venv/ready: pyproject.toml constraints.txt
	@case "$$(uname -s)" in Linux|Darwin) ;; *) \
	    echo "dli runs on Linux and macOS, not on $$(uname -s)." >&2; exit 1;; esac
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "dli needs Python 3.11 or newer, and $(PYTHON) is not: install one and name it," \
	         "like PYTHON=python3.12." >&2; exit 1; }
	@echo "Setting up .venv: torch is large, the first time takes some minutes." >&2
	@$(PYTHON) -m venv .venv
	@$(PIP) "torch==2.13.*"
	@$(PIP) -e .
	@touch $@

.venv/ready-dev: .venv/ready
	@$(PIP) -e '.[dev]'
	@touch $@
