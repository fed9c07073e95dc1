# Every command of the project. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run test lint format bench soak fuzz audit pictures clients-matrix lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Serve at http://localhost:8000: your organization, or a demonstration if none is configured
	@$(BIN)/amilia-feeds serve --or-demo

setup: $(VENV)/.dev ## Install everything that development needs into .venv

test: $(VENV)/.dev ## Run every test
	@scripts/test

lint: $(VENV)/.dev ## Check format, rules, types and import layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Rewrite the code in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure each figure beside its yardstick and rewrite docs/performance.md
	@scripts/install-bench
	@$(BIN)/python -m benchmarks

soak: SECONDS ?= 600
soak: $(VENV)/.dev ## Break everything at random for ten minutes (SECONDS=600) while readers check each answer
	@$(BIN)/python -m soak --seconds $(SECONDS) $(SOAK)

audit: $(VENV)/.dev ## Ask for known weaknesses of what we depend on; write licences and an SBOM
	@scripts/audit

fuzz: SECONDS ?= 300
fuzz: $(VENV)/.dev ## Search for inputs that break parser, selection and renderer (SECONDS=300 each)
	@$(BIN)/python -m fuzz --seconds $(SECONDS)

pictures: $(VENV)/.dev ## Draw the pictures of the README anew
	@scripts/install-browser
	@$(BIN)/python -m tests.browser.pictures

clients-matrix: $(VENV)/.dev ## Show the feeds to every calendar client and rewrite docs/clients.md
	@scripts/install-clients
	@$(BIN)/pytest tests/clients
	@$(BIN)/python -m tests.clients.matrix

lock: $(VENV)/.dev ## Compile requirements/*.txt anew from pyproject.toml, by version and hash
	@scripts/lock

clean: ## Remove what the other commands made, but for data/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-artefacts

$(VENV)/.run: requirements/run.txt pyproject.toml
	@scripts/install run

$(VENV)/.dev: requirements/dev.txt requirements/run.txt pyproject.toml
	@scripts/install dev
