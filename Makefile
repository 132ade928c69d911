# make demo   the hotline with an embedded Redis server and a browser phone; nothing to configure
# make test   the tests (TESTS="tests/dialogue -k menu" for some of them)
# make lint   ruff and mypy
# make audit  known weaknesses of the packages that are installed (asks the package index on the internet)
# make lock   the pinned versions anew, from pyproject.toml
# make pictures  the pictures of the README (needs Chromium)
# make faults  everything goes wrong while 5,000 people text and call (long)
# make bench  the line beside two floors, written to .pictures/bench.md (some minutes)
# make bench-understanding  how well texts are understood, beside two rivals (needs Node.js; some minutes)
# make clean  removes everything that these commands made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
UV_HOME := .uv
# uv installs in seconds what pip installs in a minute; where it cannot be had, pip reads the same lock.
UV := $(shell command -v uv 2>/dev/null || echo $(UV_HOME)/bin/uv)
# The certificates of the machine serve behind a proxy too.
export UV_SYSTEM_CERTS := 1

COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock" pyproject.toml

# pytest ends with 5 where none of its tests is asked for.
OR_NONE_ASKED_FOR := [ $$? -eq 5 ]

.PHONY: demo test lint audit lock pictures faults fuzz bench bench-understanding clean

demo: $(VENV)/.run
	@$(BIN)/hotline demo

test: $(VENV)/.dev
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not timed" $(TESTS) || $(OR_NONE_ASKED_FOR)
	@$(BIN)/python -m pytest -m timed $(TESTS) || $(OR_NONE_ASKED_FOR)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(VENV)/.dev
	@$(BIN)/pip-audit --strict --requirement requirements.txt --disable-pip --require-hashes --progress-spinner off

pictures: $(VENV)/.dev
	@$(BIN)/python -m tests.pictures
	@$(BIN)/hotline journeys --picture .pictures/journeys.svg >.pictures/journeys.txt

faults: $(VENV)/.dev
	@$(BIN)/python -m tests.faults.campaign --conversations 5000 --seed 1

fuzz: $(VENV)/.dev
	@HOTLINE_FUZZ=nightly $(BIN)/python -m pytest tests/fuzzing -s

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.benchmarks

bench-understanding: $(VENV)/.dev
	@$(BIN)/python -m tests.benchmarks.understanding

lock: | $(UV_HOME)
	$(UV) $(COMPILE) --extra build --extra voices --output-file requirements.txt
	$(UV) $(COMPILE) --all-extras --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) $(UV_HOME) build *.egg-info tests/peers/node_modules tests/benchmarks/node_modules

$(UV_HOME):
	@command -v uv >/dev/null 2>&1 && mkdir -p $@ || { \
		echo "Fetching the installer (uv $(UV_VERSION))..."; \
		$(PYTHON) -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); \
	} || { rm -rf $@/bin/uv; echo "uv cannot be had here; pip does the work, more slowly."; mkdir -p $@; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "The hotline needs Python 3.11 or newer. Install it, then: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "Making a virtual environment in $(VENV)..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python $(UV_HOME)
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(VENV)/bin/python $(UV_HOME)
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run

# Only what the lock names, with the hashes that it gives; then the hotline itself, from this folder. Where uv fails, for
# want of a certificate say, pip may still do it.
define install
	echo "Installing what $(1) names..."; \
	{ command -v $(UV) >/dev/null 2>&1 && \
		$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
		$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; } || \
	{ echo "Installing with pip; this takes a minute or two..."; \
		$(BIN)/pip install --disable-pip-version-check --quiet --require-hashes -r $(1) && \
		$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .; } || exit 1; \
	echo "Installed."
endef
