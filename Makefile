# Two commands are enough: `make run` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready
NATIVE := aggregator/parse/native
NATIVE_READY := $(VENV)/.native-ready
NATIVE_LOG := build/native.log
define CAN_COMPILE
import os, shutil, sys, sysconfig
compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
header = os.path.join(sysconfig.get_path("include"), "Python.h")
sys.exit(not (shutil.which(compiler.split()[0]) and os.path.exists(header)))
endef
export CAN_COMPILE
export PYTHONUTF8 = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run languages test check tests quick fuzz soak lock clean help

help:
	@echo "make run    set up, poll the feeds in feeds.toml, write the digests"
	@echo "make languages  install the optional package for stories across languages"
	@echo "make test   set up, then run lint, type checks, layer checks and tests"
	@echo "make quick  lint and the fast tests, in under a minute"
	@echo "make check  lint, type checks and layer checks only"
	@echo "make tests  tests only"
	@echo "make fuzz   read damaged documents for an hour (MINUTES=60)"
	@echo "make soak   poll misbehaving feeds for ten simulated days, and kill runs at random"
	@echo "make lock   update the pinned versions from pyproject.toml"
	@echo "make clean  remove the virtual environment and build output (var/ is kept)"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is required; choose one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(RUN_READY): requirements.lock | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(BIN)/pip install --quiet --require-hashes --prefer-binary -r requirements.lock
	@touch $@

# Optional: if the build fails, the Python reader is used and the next make tries again.
$(NATIVE_READY): requirements-native.lock setup.py $(wildcard $(NATIVE)/*.pyx $(NATIVE)/*.pxd) $(RUN_READY)
	@rm -f $(NATIVE)/*.so; mkdir -p build
	@if ! $(BIN)/python -c "$$CAN_COMPILE"; then \
	  echo "No C compiler or no Python headers found (on Debian: apt-get install gcc python3-dev)."; \
	  echo "Using the Python reader: same results, half the speed."; \
	else \
	  echo "Compiling the feed reader ..."; \
	  { $(BIN)/pip install --quiet --require-hashes --prefer-binary -r requirements-native.lock \
	    && $(BIN)/python setup.py --quiet build_ext --inplace --parallel 4 \
	    && $(BIN)/python -c "import aggregator.parse.native.reader" && touch $@; } >$(NATIVE_LOG) 2>&1 \
	  || { rm -f $(NATIVE)/*.so; echo "Compiling failed; see $(NATIVE_LOG)."; \
	    echo "Using the Python reader: same results, half the speed."; }; \
	fi

$(TEST_READY): requirements-dev.lock $(RUN_READY) $(NATIVE_READY)
	@echo "Installing the locked development tools ..."
	@$(BIN)/pip install --quiet --require-hashes --prefer-binary -r requirements-dev.lock
	@touch $@

run: $(RUN_READY) $(NATIVE_READY)
	@$(BIN)/python samples/render.py
	@$(BIN)/python run.py once

languages: $(RUN_READY)
	@echo "Installing the package for stories across languages (33 MB) ..."
	@$(BIN)/pip install --quiet --require-hashes --prefer-binary -r requirements-languages.lock
	@echo "Now set across_languages = true under [stories] in feeds.toml."

test: check tests

check: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint $(NATIVE)/*.pyx $(NATIVE)/*.pxd
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

tests: $(TEST_READY)
	$(BIN)/python -m pytest -n auto
	AGGREGATOR_PURE_PYTHON=1 $(BIN)/python -m pytest -n auto tests/parse tests/conformance

# While working. Types and layers (make check) and what is marked slow take longer. Bytecode is kept
# even where the environment says not to: without it every worker compiles all tests anew.
quick: $(TEST_READY)
	$(BIN)/ruff check .
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto -m "not slow" --hypothesis-profile=quick

# Documents of your own too: make fuzz FOLDERS="a b". MINUTES are of CPU time.
MINUTES ?= 60
FOLDERS ?=
fuzz: $(TEST_READY)
	$(BIN)/python -m tests.parse.fuzzing $(FOLDERS) --minutes $(MINUTES)

# Less of it: make soak DAYS=3 FEEDS=100.
DAYS ?= 10
FEEDS ?= 500
soak: export AGGREGATOR_SOAK_DAYS = $(DAYS)
soak: export AGGREGATOR_SOAK_FEEDS = $(FEEDS)
soak: $(TEST_READY)
	AGGREGATOR_SOAK=1 $(BIN)/python -m pytest -n0 -s -q -o timeout=0 tests/faults/test_soak.py tests/faults/test_killed.py

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header

lock:
	@command -v uv >/dev/null || { echo "Locking needs uv: pip install uv" >&2; exit 1; }
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) -c requirements.lock pyproject.toml --extra languages -o requirements-languages.lock
	$(LOCK) -c requirements.lock --group native -o requirements-native.lock
	$(LOCK) -c requirements.lock pyproject.toml --group dev --group bench -o requirements-dev.lock

clean:
	rm -rf $(VENV) build $(NATIVE)/*.so
