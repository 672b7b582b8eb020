# One command each for trying Quoth and for working on it. Everything lives in .venv.
PYTHON ?= python3
BIN := .venv/bin
Q ?= who brokered the September 13 ceasefire?

.PHONY: ask ui test test-server quick check guard soak bench bench-peers bench-million format clean
.DELETE_ON_ERROR:

ask: .venv/installed
	@test -f .quoth/quoth.db || $(BIN)/quoth add seeds
	@$(BIN)/quoth ask "$$QUOTH_QUESTION"
ask: export QUOTH_QUESTION := $(Q)

ui: .venv/installed
	@test -f .quoth/quoth.db || $(BIN)/quoth add seeds
	@$(BIN)/quoth ui

# The tests start hundreds of processes, which should not compile the sources again each time.
test soak test-server quick: export PYTHONDONTWRITEBYTECODE :=

# All tests, three workers: much of the time is spent waiting for other processes.
test: .venv/installed-dev
	$(BIN)/pytest -m "not soak" -n 3 --dist loadfile

# The fast tests, for the developer's loop: no server, no browser, no other process to wait for.
quick: .venv/installed-dev
	$(BIN)/pytest -n 2 --dist worksteal $(QUICK)

QUICK := tests/test_chunk.py tests/test_copies.py tests/test_documents.py tests/test_files_and_answers.py \
	tests/test_measures.py tests/test_numbers.py tests/test_public_names.py tests/test_question.py \
	tests/test_spans.py tests/test_tokens.py tests/test_what_files_say.py tests/test_difference.py


# Fails when retrieval or answers on the sets that ship are worse than the baselines kept here.
guard: .venv/installed
	$(BIN)/quoth eval run seeds --out runs/seeds --baseline eval/baselines/seeds.json
	$(BIN)/quoth eval run saltmarsh --out runs/saltmarsh --baseline eval/baselines/saltmarsh.json

soak: .venv/installed-dev
	$(BIN)/pytest -m soak --timeout 0

# The tests of asking, searching and the archive once more, over an index on a PostgreSQL server.
test-server: .venv/installed-dev
	QUOTH_TEST_ENGINE=server $(BIN)/pytest -m "not soak" -n 2 --dist loadfile \
		$$(grep -lE "\b(seeds|empty|assistant|places)\b[,:)]" tests/test_*.py)

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/installed-dev
	$(BIN)/python benchmarks/retrieval.py --plot docs/images/retrieval.svg
	$(BIN)/python benchmarks/seeds.py
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python benchmarks/folders.py
	$(BIN)/python benchmarks/speed.py --json benchmarks/results/speed.json

# Installs six other tools, each in an environment of its own in the cache folder: 10 GB.
bench-peers: .venv/installed-dev
	$(BIN)/python benchmarks/beside.py --json benchmarks/results/peers.json
	$(BIN)/python benchmarks/shown.py

# An hour or two, most of it for the vectors of 100,000 passages; 5 GB.
bench-million: .venv/installed-dev
	$(BIN)/python benchmarks/million.py --json benchmarks/results/million.json
	$(BIN)/python benchmarks/shown.py

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,fit]'
	@touch $@

clean:
	rm -rf .venv
