# Two commands start a town: `make setup`, then `make demo`.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-test demo test check lint types js-test unit browser golden fuzz bench lock clean

# Files and pipes are UTF-8 wherever this runs.
export PYTHONUTF8 := 1

bin := .venv/bin
pytest := $(bin)/python -m pytest
# A file at a time to each of two workers, in the order of tests/conftest.py: what takes longest begins first.
shared := -n $(or $(WORKERS),2) --dist loadfile --no-loadscope-reorder
# Real browsers, servers and disks keep time of their own: what failed is tried once more, alone, and both are printed.
again := $(pytest) --last-failed --last-failed-no-failures none
js_config := themes/town/static/js/jsconfig.json
js_tests = $(shell find tests/js -name '*test*.mjs' 2>/dev/null | sort)

help:  ## Print this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

# A stamp lives in the folder that it speaks of: deleting the folder is enough to start again.
.venv/.runtime: requirements.txt pyproject.toml
	@tools/setup.sh python requirements.txt .venv
	@touch $@

.venv/.tests: requirements-dev.txt .venv/.runtime
	@tools/setup.sh python requirements-dev.txt .venv
	@touch $@

node_modules/.installed: package-lock.json
	@tools/setup.sh node
	@touch $@

setup: .venv/.runtime node_modules/.installed  ## Install what running Préau needs
	@echo "Ready. Next: make demo"

setup-test: .venv/.tests node_modules/.installed  ## Install what the tests need, browsers included
	@tools/system_packages.sh

demo: setup  ## Start a whole town on this machine
	$(bin)/preau demo

test: setup-test lint types js-test unit browser  ## Run every check, as CI does

check: test  ## The same as test

lint:  ## Check the style of the Python code
	$(bin)/ruff check .
	$(bin)/ruff format --check .

types:  ## Check the types, Python and JavaScript
	$(bin)/mypy
	$(if $(wildcard $(js_config)),npx --no-install tsc -p $(js_config),@echo "no $(js_config) yet")

js-test:  ## Test the browser code without a browser
	$(if $(js_tests),node --test $(js_tests),@echo "no tests/js/*.test.mjs yet")

unit:  ## Test everything that needs no browser
	$(pytest) -m "not browser" $(shared) || $(again) -m "not browser"

browser:  ## Test in Chromium, Firefox and WebKit
	$(pytest) -m browser $(shared) || $(again) -m browser

golden:  ## Rewrite the expected site (then review it as a diff)
	$(pytest) tests/golden --rewrite-golden

fuzz: setup-test  ## Try 1,000,000 malformed acts on the rules (CASES=… and SEED=… choose others)
	$(bin)/python -m tests.fuzz.run $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

bench: setup  ## Measure every budget beside its rivals (they are installed in bench/.cache)
	$(bin)/python bench/run.py

lock:  ## Rewrite the locks from pyproject.toml and package.json (UPGRADE=1: newest versions)
	tools/lock.sh
	npm install --package-lock-only --ignore-scripts --silent
	node tools/strip_funding.mjs package-lock.json bench/peers/package-lock.json

clean:  ## Delete environments and caches (never var/, which holds a ledger)
	rm -rf .venv node_modules *.egg-info build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis bench/.cache
