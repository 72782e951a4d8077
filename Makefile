# Everything runnable by name. Each target sets up what it needs first, on a machine that has
# nothing but Python 3.11 or newer, pip and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# PYTHON=/path/of/python   instead of the first Python 3.11 or newer that tools/make-venv finds
# TESTS=tests/booking      a part of the tests
# WORKERS=3                how many at once: tests of servers and browsers wait more than they work
CLINIC ?= teleconsulta
PORT ?= 8000
TESTS ?= tests
WORKERS ?= 3

# Who does not keep what Python compiled compiles all of it for each server that a test starts.
unexport PYTHONDONTWRITEBYTECODE

bin := .venv/bin
runtime := .venv/runtime.stamp
dev := .venv/dev.stamp
code := clinicweb tests bench

.PHONY: help setup demo test check format prove bench bench-chat bench-video bench-weight bench-booking bench-documents bench-enumeration translations lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

setup: $(dev) ## the virtual environment in .venv, complete

demo: $(runtime) ## a demo clinic: make demo [CLINIC=preset] [PORT=8000]
	@tools/setup-system wkhtmltopdf pango || echo "Without them there are pages to print, and no PDFs."
	$(bin)/clinicweb demo --clinic $(CLINIC) --port $(PORT)

test: check ## check, then every test, on throwaway services of its own
	@tools/setup-system chromium postgresql redis coturn wkhtmltopdf pango poppler firefox
	@tools/timed $(bin)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 40 $(TESTS)

check: $(dev) ## ruff, mypy, import contracts, templates
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports --no-cache
	$(bin)/djlint --lint --quiet clinicweb/templates

format: $(dev) ## rewrite the code in the one format
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

prove: WORKERS = 2
prove: $(dev) ## the test catalogue at full size, as one table
	@tools/setup-system chromium postgresql redis coturn wkhtmltopdf pango poppler firefox
	@PROVE=full tools/timed $(bin)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -o faulthandler_timeout=0 $(TESTS)

bench: $(dev) ## requests per second, as a ratio to a bare route in the same run
	@tools/setup-system postgresql redis
	$(bin)/python -m bench.throughput

bench-weight: $(dev) ## bytes on the wire per page, against the budgets
	@tools/setup-system chromium
	$(bin)/python -m bench.weight

bench-booking: $(dev) ## every booking page at 4 million hours, as a ratio to a small clinic
	@tools/setup-system postgresql
	$(bin)/python -m bench.booking_scale

bench-chat: $(dev) ## memory of an idle socket and fan-out, against a bare flask-sock echo
	@tools/setup-system postgresql redis
	$(bin)/python -m bench.chat

bench-video: $(dev) ## calls over bad lines, against the browser's defaults; as root
	@tools/setup-system chromium
	$(bin)/python -m bench.video

bench-documents: $(dev) ## PDFs a minute and memory, ten at once, against wkhtmltopdf alone
	@tools/setup-system wkhtmltopdf
	$(bin)/python -m bench.documents

bench-enumeration: $(dev) ## whether the clock tells who is known: 0.5 is blind, 1.0 tells
	$(bin)/python -m bench.enumeration_timing

translations: $(dev) ## collect new texts into the catalogues, and count what is missing
	tools/translations $(bin)/pybabel

lock: $(dev) ## compile requirements*.txt from pyproject.toml; make lock ARGS=--upgrade
	tools/lock $(bin)/pip-compile $(ARGS)

clean: ## remove what make made; the demo's data in var/ stays
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(wildcard $(code)) -name __pycache__ -type d -prune -exec rm -rf {} +

$(runtime): requirements.txt requirements-build.txt pyproject.toml
	PYTHON="$(PYTHON)" tools/make-venv .venv requirements-build.txt requirements.txt
	@touch $@

$(dev): requirements-dev.txt $(runtime)
	PYTHON="$(PYTHON)" tools/make-venv .venv requirements-dev.txt
	@touch $@
