# zhiyin: `make demo` shows it, `make test` proves it, `make check` is what CI runs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q
ONCE   ?=
ARGS   ?=

.PHONY: help demo test check bench format clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

demo: $(VENV)/light  ## the demo shop: made, fitted, shown and served; ONCE=1 stops after the tables
	@$(BIN)/zhiyin demo $(if $(ONCE),--once) $(ARGS)

test: $(VENV)/dev  ## all quick tests
	@$(BIN)/python -m pytest -q -m "not slow" $(ARGS)

check: $(VENV)/dev  ## format, lint, types, architecture, docs, tests: the slow ones too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check
	$(BIN)/python -m pytest -q $(ARGS)

bench: $(VENV)/dev  ## the benchmarks: tables on screen, files under benchmarks/results
	$(BIN)/python -m benchmarks $(ARGS)

format: $(VENV)/dev  ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python docs/generate.py

clean:  ## remove the environment and the demo shop
	rm -rf $(VENV) demo-shop

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "zhiyin needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	@echo "making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/light: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing zhiyin, the light way (no torch; about 550 MB) …"
	@# Compiled as they are imported: 15 MB of what is used instead of 90 MB of everything.
	@start=$$(date +%s); $(PIP) install --no-compile -c constraints.txt -e . && \
	  echo "installed in $$(( $$(date +%s) - start )) s"
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing zhiyin with what the tests need …"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/light
