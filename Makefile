# make demo   the bundled corpus, read, queried and drawn     make test    the whole test suite
# make model  train the embedded pipeline again               make lock    resolve the dependencies again

VENV := .venv
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test lint bench model lock clean

demo: $(VENV)/installed
	$(BIN)/kg build -o out
	$(BIN)/kg query postings -g out
	$(BIN)/kg view -g out -o out/graph.html
	@echo "The network of the defections of 2016: open $(CURDIR)/out/graph.html in a browser."

test: $(VENV)/tested
	$(BIN)/python -m pytest

lint: $(VENV)/tested
	$(BIN)/ruff check kg tests training
	$(BIN)/mypy

bench: $(VENV)/tested
	for f in benchmarks/*.py; do $(BIN)/python $$f; done

# Trained from the corpora that training/corpora.md names; CORPORA is the folder that holds them.
CORPORA ?= ../shared/corpora
model: $(VENV)/installed
	$(PIP) install -r requirements-train.txt
	$(BIN)/python -m training.build $(CORPORA)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Attest needs Python 3.11 or newer, this is $$($(PYTHON) --version): try make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/tested: requirements-test.txt $(VENV)/installed
	$(PIP) install --require-hashes -r requirements-test.txt
	touch $@

# The lock files hold names, versions and hashes; where they come from is the reader's own setting.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip -q install pip-tools
	$(VENV)-lock/bin/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header --no-annotate --strip-extras --extra build -o requirements.txt pyproject.toml
	$(VENV)-lock/bin/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header --no-annotate --strip-extras --extra build --extra test -c requirements.txt -o requirements-test.txt pyproject.toml
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) out dist build
