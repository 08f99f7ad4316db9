# Everything a developer does. `make` alone prints this list; `make check` is what must hold before a commit.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
AXE := 4.14.1
T ?= tests
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
INSTALL := $(PIP) install --no-compile --require-hashes --no-deps
LOCK := uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-pg test-browser check lint fmt types imports migrate migration db-check bench \
	coverage docs docs-check screenshots stats lock axe image clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.runtime: requirements.lock pyproject.toml tools/environment.sh
	@echo "Installing Compagnon into $(VENV) …"
	@PYTHON=$(PYTHON) sh tools/environment.sh $(VENV)
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the development tools …"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.runtime ## Create .venv with the `compagnon` command

run: setup ## Set up, migrate, fill an empty database with the demo school, serve it on 127.0.0.1:8000
	@$(BIN)/compagnon migrate
	@$(BIN)/compagnon demo --if-empty
	@$(BIN)/compagnon serve

demo: setup ## Fill an empty database with the demo school
	@$(BIN)/compagnon migrate
	@$(BIN)/compagnon demo

# The whole suite on every core, file by file; a part of it starts quicker alone.
EVERY_CORE := $(if $(filter tests,$(T)),--numprocesses auto --dist loadfile)

test: $(VENV)/.development ## All tests but the browser's, on SQLite; one part with T=tests/orders
	@COMPAGNON_TEST_ENGINE=sqlite $(BIN)/python -m pytest -m 'not browser' $(EVERY_CORE) $(T)

test-pg: $(VENV)/.development ## The same tests on a throw-away PostgreSQL
	@COMPAGNON_TEST_ENGINE=postgresql $(BIN)/python -m pytest -m 'not browser' $(EVERY_CORE) $(T)

test-browser: $(VENV)/.development ## Journeys in Chromium against the real server
	@$(BIN)/python -m pytest -m browser tests/browser

check: lint types imports test db-check docs-check ## What must hold before a commit

lint: $(VENV)/.development ## Style and common mistakes
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

fmt: $(VENV)/.development ## Put the code into the house style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(VENV)/.development ## mypy, strict, on app/
	@$(BIN)/mypy

imports: $(VENV)/.development ## The five import contracts
	@$(BIN)/lint-imports

coverage: $(VENV)/.development ## Run the tests and report the lines and branches they miss
	@COMPAGNON_TEST_ENGINE=sqlite $(BIN)/coverage run -m pytest -q -m 'not browser' $(T)
	@$(BIN)/coverage report

migrate: setup ## Bring the database to the latest schema
	@$(BIN)/compagnon migrate

migration: $(VENV)/.development ## Write a migration from the models: make migration m="orders: add the customer's site"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="…"' >&2; exit 1; }
	@$(BIN)/python -m tools.migration "$(m)"

db-check: $(VENV)/.development ## Models and migrations agree
	@$(BIN)/python -m pytest -q tests/migrations

bench: $(VENV)/.development ## Six operations, the boards and the gate on a school of one and of ten years
	@$(BIN)/python -W ignore -m bench

docs: $(VENV)/.development ## Write docs/permissions.md and docs/workflows.md from the code
	@$(BIN)/python -m tools.docs

docs-check: $(VENV)/.development ## The generated pages are those of the code
	@$(BIN)/python -m tools.docs --check

screenshots: $(VENV)/.development ## Take the pictures of the README (needs Chromium)
	@$(BIN)/python -m tools.screenshots

stats: $(VENV)/.development ## Lines per package, longest functions
	@$(BIN)/python -m tools.stats

lock: ## Renew both lock files (needs uv)
	@$(LOCK) --upgrade --output-file requirements.lock
	@$(LOCK) --upgrade --extra dev --output-file requirements-dev.lock

axe: .tools/node_modules/axe-core/axe.min.js ## Fetch the accessibility rules for the browser tests (needs npm)

.tools/node_modules/axe-core/axe.min.js: Makefile
	@npm install --prefix .tools --ignore-scripts --no-save --no-audit --no-fund --silent axe-core@$(AXE)
	@touch $@

image: ## Build the container image (needs docker or podman)
	@$$(command -v docker || command -v podman || echo docker) build --tag compagnon .

clean: ## Remove caches; the environment and the data stay
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	@find app tests tools bench migrations -name __pycache__ -type d -prune -exec rm -rf {} +
