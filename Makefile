# AXF: what you can do is listed by `make help`.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
TLS_PORT ?= 8443
HTTP_PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
CATALOGUE := axf/translations/zh_Hans/LC_MESSAGES/messages
# Also what only the first releases of Python 3.11 want: Debian 12 has 3.11.2.
LOCK := $(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
WORKERS := $(shell $(PYTHON) -c 'import os; print(min(4, os.cpu_count() or 1))' 2>/dev/null)

.PHONY: help run serve test test-fast galera-test bench lighthouse dast lint format translations schema lock pictures clean
.DEFAULT_GOAL := help

help: ## list what you can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/ready $(CATALOGUE).mo ## install, migrate, seed the demo when empty, serve on http://127.0.0.1:8000
	@$(BIN)/python deploy/serve.py --host $(HOST) --port $(PORT)

serve: $(VENV)/ready $(CATALOGUE).mo ## serve as in production: MariaDB, uWSGI, nginx on https://localhost:8443
	@$(BIN)/python -m deploy.stack --port $(TLS_PORT) --http-port $(HTTP_PORT)

test: $(VENV)/ready-dev $(CATALOGUE).mo ## run the whole suite: SQLite, MariaDB, races, browser
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup --cov --cov-report=term

test-fast: $(VENV)/ready-dev $(CATALOGUE).mo ## run the tests that need neither MariaDB nor Chromium
	@$(BIN)/python -m pytest -q -n $(WORKERS) --db sqlite -m "not mariadb and not browser"

galera-test: $(VENV)/ready-dev $(CATALOGUE).mo ## form a Galera cluster of three, kill nodes under load, count the orders
	@$(BIN)/python -m pytest -q --timeout 300 -m galera tests/galera

bench: $(VENV)/ready-dev $(CATALOGUE).mo ## measure everything into bench/RESULTS.md (needs wrk, Node, Chromium; 40 minutes)
	@$(BIN)/python -m bench

dast: $(VENV)/ready-dev $(CATALOGUE).mo ## attack the local stack with wapiti, sqlmap, schemathesis; build/dast/report.md
	@$(BIN)/python -m tools.dast.run

lighthouse: $(VENV)/ready-dev $(CATALOGUE).mo ## let Lighthouse look at the pages (needs Node and Chromium)
	@$(BIN)/python -m bench.lighthouse

lint: $(VENV)/ready-dev ## check style, types, templates, security, imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint axf/templates --lint --quiet
	@$(BIN)/bandit -q -ll -r axf deploy
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/semgrep scan --config tools/semgrep --metrics off --disable-version-check --error --quiet axf deploy wsgi.py
	@$(BIN)/lint-imports

format: $(VENV)/ready-dev ## put the code into its form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

translations: $(VENV)/ready ## collect new texts into the Chinese catalogue
	@mkdir -p build
	@PYTHONPATH=. $(BIN)/pybabel -q extract -F axf/translations/babel.cfg -k _l -k lazy_gettext --no-location --no-wrap --sort-output -o build/messages.pot axf
	@$(BIN)/pybabel -q update -i build/messages.pot -d axf/translations -l zh_Hans --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@echo "Now fill the empty msgstr in $(CATALOGUE).po"

schema: $(VENV)/ready-dev ## write sql/schema.sql anew, as the migrations make it on MariaDB
	@$(BIN)/python -m tests.schema sql/schema.sql

lock: $(VENV)/ready-dev ## choose new versions for requirements*.txt
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt

pictures: $(VENV)/ready ## compose the demo pictures anew (GLYPHS=folder of @lobehub/fluent-emoji-3d's assets)
	@$(BIN)/python tools/demo_media.py --glyphs "$(GLYPHS)"

clean: ## remove what was made, but neither the database nor uploads
	rm -rf $(VENV) build .coverage* $(CATALOGUE).mo

$(VENV)/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo "AXF: Python 3.11 is needed; name one with make run PYTHON=/path/to/python3.11." >&2; exit 1; }
	@command -v cc >/dev/null || command -v gcc >/dev/null || \
	  { echo "AXF: a C compiler is needed once, to build uWSGI (Debian: apt-get install gcc libc6-dev python3-dev)." >&2; exit 1; }
	@echo "Installing the packages (half a minute, once) …"
	@$(PYTHON) -m venv $(VENV) >$(VENV).log 2>&1 || \
	  { echo "AXF: no virtualenv could be made (Debian: apt-get install python3-venv); see $(VENV).log." >&2; exit 1; }
	@$(BIN)/pip install --disable-pip-version-check --retries 1 --timeout 20 --require-hashes -r requirements.txt >$(VENV).log 2>&1 || \
	  { $(PYTHON) deploy/explain.py $(VENV).log >&2; exit 1; }
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@$(BIN)/pip install --disable-pip-version-check --retries 1 --timeout 20 --require-hashes -r requirements-dev.txt >$(VENV).log 2>&1 || \
	  { $(PYTHON) deploy/explain.py $(VENV).log >&2; exit 1; }
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po $(VENV)/ready
	@$(BIN)/pybabel -q compile -d axf/translations
