# make run    the demo mission on this machine, at http://127.0.0.1:8000
# make test   every test, on SQLite and PostgreSQL, pages in a real browser
# make lint   ruff, mypy, import-linter
# make docs   the pages of docs/ that are written from the code
# make lock   take newer dependencies (needs uv)
#
# Settings go through the environment: TRUCELINE_PORT=9000 make run

SHELL := /bin/sh
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
ARGS ?=
TESTS ?=

.PHONY: run test test-ground lint docs lock clean

run: .venv/runs
	@exec $(BIN)/truceline run --demo $(ARGS)

test: .venv/tests test-ground
	@$(BIN)/python -m pytest $(TESTS)

lint: .venv/tests
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: .venv/runs
	@$(BIN)/truceline reference docs
	@$(BIN)/truceline rules catalogue docs

# The environment. It is made again only when Python or a lock file changes.
.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; on Debian: sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python cannot make environments; on Debian: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/runs: requirements.lock pyproject.toml | .venv/python
	@echo "Installing into .venv (once; about a minute, most of it downloading) ..."
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tests: .venv/runs tests/requirements.lock
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes --requirement tests/requirements.lock
	@touch $@

# A browser is the one thing of the tests that pip does not bring.
test-ground:
	@sh tests/ground/browser.sh

lock:
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --group installing pyproject.toml --output-file requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --group installing --extra dev --constraint requirements.lock pyproject.toml --output-file tests/requirements.lock

clean:
	@rm -rf .venv build *.egg-info
