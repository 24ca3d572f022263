# The doors of Tandem. Each sets up what it needs and nothing twice; `make help` lists them.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

PY := .venv/bin/python
ROOMS := $(wildcard core data jobs dashboards tools tests panel_app.py)
WORKERS ?= 2
# Under this name `make -n test` only says what it would do: a line that names MAKE itself runs even then.
AGAIN := $(MAKE)
PYTEST := $(PY) -m pytest
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade)

# Compiled modules are kept: without them every start compiles two thousand again, which takes longer than all the rest.
unexport PYTHONDONTWRITEBYTECODE

ready-%:
	@python="$$(tools/find-python)" && "$$python" -m tools.setup $*

.PHONY: help run cluster test check static formatted linted types walls panes habits timed bench load migrate backup restore \
	requirements docs screenshots format sizes audit lock clean

help: ## List the doors
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run migrate backup restore: export TANDEM_MODE ?= demo
# The printed address should be the last thing in sight; every request is in the log at INFO.
run: export TANDEM_LOG_LEVEL ?= WARNING

run: ready-run ## Start Tandem here, with a demo community (TANDEM_MODE=production for the real thing)
	@exec $(PY) panel_app.py

cluster: ready-run ## Start N nodes behind a load balancer on this machine: make cluster N=3
	@exec $(PY) -m tools.cluster $(or $(N),3)

test: ready-test ## Everything: lints, types, walls, all tests, coverage of 90 % or more
	@static=0; $(AGAIN) -k static || static=$$?; \
	rm -rf var/coverage; mkdir -p var/coverage; \
	tests=0; $(PY) -m slipcover --out var/coverage/lines.json -m pytest -n $(WORKERS) --dist loadscope \
		--junitxml var/tests/times.xml || tests=$$?; \
	covered=0; $(PY) -m tools.covered || covered=1; \
	test $$static = 0 && test $$tests = 0 && test $$covered = 0

check: ready-check static ## What to run before a commit: lints, types, walls, fast tests
	@$(PYTEST) -n $(WORKERS) --dist loadscope -m "not slow and not browser and not bench"

static: formatted linted types walls panes habits

formatted: ready-check
	@$(PY) -m ruff format --check --quiet --output-format concise . || { echo "\`make format\` formats"; exit 1; }

linted: ready-check
	@$(PY) -m ruff check --quiet .

types: ready-check
	@$(PY) -m mypy $(ROOMS)

walls: ready-check
	@.venv/bin/lint-imports --no-logo

panes: ready-check
	@$(PY) -m tools.lint_panes

habits: ready-check
	@$(PY) -m tools.lint_habits

timed: ## After `make test`: write down which tests took long, which `make check` leaves out
	@$(PY) -m tools.long_tests

bench: ready-test ## Measure: load, latency, recovery; prints the figures
	@$(PYTEST) -m bench -p no:cacheprovider -s tests || [ $$? -eq 5 ]

load: export LOAD_OPTIONS = $(and $(KIND),--kind $(KIND)) $(and $(SERVER),--server $(SERVER)) \
	$(and $(ADDRESS),--address $(ADDRESS)) $(and $(PROCESSES),--processes $(PROCESSES))
load: ready-check ## Load over real sockets: make load CONNS=1000 TOPICS=1 RATE=50 SECONDS=10 (docs/load.md)
	@exec $(PY) -m tools.load --conns $(or $(CONNS),1000) --topics $(or $(TOPICS),1) --rate $(or $(RATE),50) \
		--seconds $(or $(SECONDS),10) $$LOAD_OPTIONS \
		--json $(or $(JSON),var/load/last.json) --picture $(or $(PICTURE),var/load/last.svg)

migrate: ready-run ## Bring the database to the newest tables
	@exec $(PY) panel_app.py migrate

backup: ready-run ## Write a backup of the database; prints where
	@exec $(PY) panel_app.py backup

restore: ready-run ## Put a backup back: make restore FILE=var/backups/… (FORCE=1 replaces what is there)
	@test -n "$(FILE)" || { echo "say which: make restore FILE=var/backups/…" >&2; exit 2; }
	@exec $(PY) panel_app.py restore $(if $(FORCE),--force) "$(FILE)"

requirements: ready-check ## Write docs/requirements.md: every requirement and the tests that prove it
	@$(PY) -m tools.requirements

docs: ready-check ## Write the generated reference pages
	@$(PY) -m tools.references

screenshots: ready-test ## Take the README's pictures
	@$(PY) -m tools.screenshots

format: ready-check ## Format and mend what can be mended by itself
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .

sizes: ready-check ## Sizes of modules and functions, share of typed functions
	@$(PY) -m tools.sizes

audit: ready-check ## Known weaknesses in the pinned packages, and the static scan
	@$(PY) -m ruff check --quiet --select S --ignore S603,S607 .
	@$(PY) -m tools.audit $(AUDIT)

lock: ready-check ## Write the lock files from pyproject.toml and package.json (UPGRADE=1 takes newer ones)
	@$(LOCK) pyproject.toml -o requirements.lock
	@$(LOCK) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only

clean: ## Remove caches and what set-up made; var/ and its database stay
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		test-results
