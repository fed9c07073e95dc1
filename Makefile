# Every command of the project. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := app tests benchmarks

.PHONY: help setup setup-run run test lint format bench soak lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

bench: $(VENV)/.dev ## Measure the speed of the parts side by side and print the ratios
	@$(BIN)/python -m benchmarks

soak: SECONDS ?= 600
soak: $(VENV)/.dev ## Break everything at random for ten minutes (SECONDS=600) while readers check each answer
	@$(BIN)/pytest tests/faults
	@$(BIN)/python -m soak --seconds $(SECONDS) $(SOAK)

lock: $(VENV)/.dev ## Compile requirements/*.txt anew from pyproject.toml, by version and hash
	@scripts/lock

clean: ## Remove what the other commands made, but for data/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-artefacts

$(VENV)/.run: requirements/run.txt pyproject.toml
	@scripts/install run

$(VENV)/.dev: requirements/dev.txt requirements/run.txt pyproject.toml
	@scripts/install dev
