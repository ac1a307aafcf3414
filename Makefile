# One word starts each habit.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

# What prints a document and measures it.
DEBIAN := libreoffice-writer-nogui poppler-utils fonts-noto-cjk
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

.PHONY: setup demo run test faults isolation cases clocks record golden mutants check bench draw templates pictures system lock

setup: $(STAMP)  ## the environment alone

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: setup  ## a mine landslide of 2013 as a drill, from the first call to the archive: under two minutes
	$(BIN)/fenghuo demo

run: setup  ## the engine and a worker here, until Ctrl-C
	$(BIN)/fenghuo up

test: setup  ## everything that needs nothing but Python, pip and make
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

faults: setup  ## kill -9 at every crash point, with every receiver, three times: about 30 minutes, ends with a table
	$(BIN)/python -m pytest tests/test_worker_crashes.py --every-point -n 2

cases: setup  ## every shipped case in the core, and a change seeded into each that an expectation must notice
	$(BIN)/python -m pytest tests/test_drills_cases.py --every-case -n 2

clocks: setup  ## a thousand deadlines over thirty days on the time-skipping server: each verdict right, none early
	$(BIN)/python -m pytest tests/test_workflows_clocks.py --clocks $(or $(CLOCKS),1000) -s

isolation: setup  ## 500 drills under fire beside real incidents, none of which may meet: about 25 minutes; DRILLS=50 for a tenth
	$(BIN)/python -m pytest tests/test_isolation_mixed.py --drills $(or $(DRILLS),500) -s

record: setup  ## the witnesses in tests/histories anew: read its README first
	$(BIN)/python -m tests.recording

golden: setup  ## the golden commands alone, after a change of a plan
	$(BIN)/python -m tests.recording --golden

mutants: setup  ## every wrong release against every check that guards this one
	$(BIN)/python -m tests.mutants

check: setup  ## style, types, import contracts, unused dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: setup  ## what an incident costs, beside a bare workflow: about 5 minutes; QUICK=--quick for a rough look
	$(BIN)/python -m bench $(QUICK)

draw: setup  ## the generated documents: plan pages, pictures, schemas
	$(BIN)/fenghuo plan docs --to docs

templates: setup  ## the default templates of plan documents, from their drafts
	$(BIN)/python -m plans.drafting

pictures: setup  ## the golden pictures of the main documents anew: look at each before you commit it
	$(BIN)/python -m tests.pictures

system:  ## what Debian must bring, for documents as PDF and the tests that measure them
	@dpkg -s $(DEBIAN) > /dev/null 2>&1 || { $(SUDO) apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $(DEBIAN); }
	@echo "make system: $(DEBIAN) are there"

lock:  ## resolve anew, with hashes and no addresses
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --extra cli --extra embedded --group test --group lint --group build pyproject.toml -o requirements.lock
