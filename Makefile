# A convenience for POSIX systems; the package itself installs with pip anywhere (README). Each target sets up what it
# needs by itself and costs nothing where that is done already.

PYTHON ?= python3
VENV ?= .venv
ROOM ?=
ONLY ?=
WORKERS ?= 2
COVERED := scenarios forecasting sim scheduler
COVERAGE_LEAST := 90

BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

.PHONY: help demo dashboard test lint check-locks bench lock docs clean env-core env-dashboard env-dev env-browser
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /|/' | awk -F'|' '{ printf "make %-10s %s\n", $$1, $$2 }'

demo: env-core ## play the demo shop's Double 11 night: history, forecast, roster, proof, published files
	$(BIN)/springtide demo

dashboard: env-dashboard ## open the dashboard on http://127.0.0.1:8501
	$(BIN)/springtide dashboard

test: lint check-locks env-browser ## everything the continuous integration runs
	@echo "compiling the floor once, before every test worker does"
	@SPRINGTIDE_LANG=en $(BIN)/springtide simulate quiet_day --replications 2 > /dev/null
	$(BIN)/python -m pytest -n $(WORKERS) $(COVERED:%=--cov=%) --cov-report=
	@for room in $(COVERED); do \
	  echo "coverage of $$room:"; \
	  $(BIN)/python -m coverage report --include="$$room/*" --skip-covered --fail-under=$(COVERAGE_LEAST) || exit 1; \
	done

lint: env-dev ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-locks: env-dev
	$(BIN)/python requirements/remake.py --check

bench: env-dev ## print every benchmark's table (ROOM=sim ONLY=lean for a part), figures to build/bench/
	$(BIN)/python benchmarks/run.py $(if $(ROOM),--room $(ROOM)) $(if $(ONLY),--only $(ONLY))

lock: env-dev ## remake requirements/*.lock (UPGRADE=1 for the newest versions)
	$(BIN)/python requirements/remake.py $(if $(UPGRADE),--upgrade)

docs: env-dev ## check that the documentation names everything there is
	$(BIN)/python -m pytest -q tests/house/test_documented.py

clean: ## remove what the targets made
	rm -rf $(VENV) build dist demo-output .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# ---- environment: one folder, a stamp per layer; the locks agree with each other, so layers never undo one another ----

env-core: $(STAMPS)/project
env-dashboard: $(STAMPS)/dashboard
env-dev: $(STAMPS)/dev
env-browser: env-dev
	@$(BIN)/python requirements/browser.py

# pip brings only uv, which installs the rest ten times faster.
$(STAMPS)/installer: requirements/installer.lock
	@$(PYTHON) -c 'import sys; sys.exit("Springtide needs Python 3.11 or newer; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "setting up $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/core: requirements/core.lock | $(STAMPS)/installer
	@echo "installing what the command needs"
	@$(INSTALL) --require-hashes -r $<
	@touch $@

$(STAMPS)/project: pyproject.toml | $(STAMPS)/core
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/dashboard: requirements/dashboard.lock | $(STAMPS)/project
	@echo "installing what the dashboard needs"
	@$(INSTALL) --require-hashes -r $<
	@touch $@

$(STAMPS)/dev: requirements/dev.lock | $(STAMPS)/project
	@echo "installing what tests need"
	@$(INSTALL) --require-hashes -r $<
	@touch $@
