# One command each for trying Quoth and for working on it. Everything lives in .venv.
PYTHON ?= python3
BIN := .venv/bin
Q ?= who brokered the September 13 ceasefire?

.PHONY: ask test check soak bench format clean
.DELETE_ON_ERROR:

ask: .venv/installed
	@test -f .quoth/quoth.db || $(BIN)/quoth add seeds
	@$(BIN)/quoth ask "$$QUOTH_QUESTION"
ask: export QUOTH_QUESTION := $(Q)

test: .venv/installed-dev
	$(BIN)/pytest -m "not soak"

soak: .venv/installed-dev
	$(BIN)/pytest -m soak

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/installed-dev
	$(BIN)/python benchmarks/retrieval.py ../shared/data
	$(BIN)/python benchmarks/seeds.py

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,fit]'
	@touch $@

clean:
	rm -rf .venv .quoth
