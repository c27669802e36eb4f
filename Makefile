# Two commands: `make run` opens the demo desk, `make test` runs every check. Both set up all they need.

PYTHON ?= python3
VENV ?= .venv
# At once: most tests wait for a terminal or a server rather than compute.
WORKERS ?= 4
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed

.PHONY: run test lint types bench pictures docs catalogues clean

run: $(STAMP)
	$(BIN)/agentconsole demo $(ARGS)

$(STAMP): pyproject.toml constraints.txt hatch_build.py
	$(PYTHON) tools/python_version.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

test: $(STAMP) lint types
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m bench --json $(ARGS)

docs: $(STAMP)
	$(BIN)/python tools/configuration_doc.py
	$(BIN)/python tools/keys_doc.py
	$(BIN)/python tools/metrics_doc.py
	$(BIN)/python tools/messages_doc.py
	$(BIN)/python tools/catalogues.py update

pictures: $(STAMP)
	$(BIN)/python tools/pictures.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
