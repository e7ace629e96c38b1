# make demo   the bundled corpus, read, queried and drawn     make test    the whole test suite
# make model  train the embedded pipeline again               make lock    resolve the dependencies again
# make patterns  learn the bundled ontologies again: after a change of their examples, or of the code that reads them

VENV := .venv
# The first Python that is new enough; `make PYTHON=…` chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v $$p; break; }; done)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test lint bench model patterns lock clean

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
	for f in $(filter-out benchmarks/fuzz.py benchmarks/outside.py,$(wildcard benchmarks/*.py)); do $(BIN)/python $$f || exit 1; done
	test ! -d $(CORPORA) || $(BIN)/python benchmarks/outside.py --corpora $(CORPORA) $(if $(wildcard $(BENCH)),--bench $(BENCH))

# Corpora by others, none of them part of the project: what training/build.py trains on, and what benchmarks/outside.py scores.
CORPORA ?= ../shared/corpora
BENCH ?= ../shared/bench
model: $(VENV)/installed
	$(PIP) install -r requirements-train.txt
	$(BIN)/python -m training.build $(CORPORA)

patterns: $(VENV)/installed
	$(BIN)/python -m training.patterns

$(VENV)/bin/python:
	@"$(or $(PYTHON),false)" -c '$(NEW_ENOUGH)' || { echo "Attest needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/tested: requirements-test.txt $(VENV)/installed
	$(PIP) install --require-hashes -r requirements-test.txt
	touch $@

# The lock files hold names, versions and hashes for every Python and platform; where they come from is the reader's own
# setting. Versions stay as they are unless pyproject.toml forbids them: `make lock UPGRADE=--upgrade` takes the newest.
COMPILE = $(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --strip-extras $(UPGRADE) --extra build
lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install -q uv
	$(COMPILE) -o requirements.txt pyproject.toml
	$(COMPILE) --extra test -c requirements.txt -o requirements-test.txt pyproject.toml
	rm -rf $(VENV)/lock

clean:
	rm -rf $(VENV) out dist build
