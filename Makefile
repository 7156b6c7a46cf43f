# `make serve` from nothing to a running Pathshala; `make test` before every change.
# Needs Python 3.11 or newer and the package registries; everything else comes into .venv.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
ifeq ($(strip $(PYTHON)),)
$(error Pathshala needs Python 3.11 or newer and found none. Install one (Debian: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3)
endif

RUN := .venv/bin
NPM := $(RUN)/python hub/set_up.py --npm
COMPILE := $(RUN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)
ROOMS := hub learning sharing grading publishing store widgets bench tests pathshala.py jupyterhub_config.py

.PHONY: help set-up set-up-tests serve test bar soak bench notebooks check format docs lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

set-up:
	@$(PYTHON) hub/set_up.py

set-up-tests:
	@$(PYTHON) hub/set_up.py --tests

serve: set-up ## set up what is missing, then start Pathshala on 127.0.0.1:8000
	@exec $(RUN)/pathshala serve

test: set-up-tests ## the quick tests and the journeys
	@$(NPM) test
	@$(RUN)/pytest -q -m "not bar" --numprocesses 2 --dist loadfile --no-loadscope-reorder

bar: set-up-tests ## every row of the bar, and what takes too long for `make test`; figures go into docs/explanation/reliability.md
	@KEEP_FIGURES=1 $(RUN)/pytest -q tests/bar
	@$(RUN)/pytest -q -m bar --ignore tests/bar tests

soak: set-up-tests ## row R12 of the bar for MINUTES=60
	@KEEP_FIGURES=1 SOAK_MINUTES=$(or $(MINUTES),60) $(RUN)/pytest -q tests/bar/test_r12_soak.py

bench: set-up-tests ## our promises, measured; PART=page runs one part, PART=load (an hour) only by its name
	@$(if $(filter load,$(PART)),$(PYTHON) hub/set_up.py --tests --load)
	@$(RUN)/python -m bench $(if $(PART),$(PART))

notebooks: set-up-tests ## publish the notebooks of FOLDER as they are, and say what a reader sees of each
	@$(RUN)/python -m bench.notebooks $(FOLDER)

check: set-up-tests ## format, lint, types
	@$(RUN)/ruff format --check $(ROOMS)
	@$(RUN)/ruff check $(ROOMS)
	@$(RUN)/mypy
	@$(NPM) run lint
	@$(NPM) run types

format: set-up-tests ## put every file into its format
	@$(RUN)/ruff format $(ROOMS)
	@$(RUN)/ruff check --fix $(ROOMS)

docs: set-up-tests ## the docs' links and examples
	@$(RUN)/pytest -q tests/test_docs.py

lock: ## lock what requirements/*.in ask for; UPGRADE=1 takes the newest
	@$(COMPILE) requirements/test.in -o requirements/test.txt
	@$(COMPILE) requirements/run.in -c requirements/test.txt -o requirements/run.txt
	@$(COMPILE) requirements/load.in -o requirements/load.txt

clean: ## remove what can be made again; never the data folder
	@rm -rf .venv widgets/frontend/node_modules widgets/frontend/dist
