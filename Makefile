# Needs python3 (3.11 or newer) with pip, make and git; everything else is installed into this folder.
# The client for other languages, the tests and the pictures need Node 20 or newer with npm as well, which
# bring Chromium (CHROMIUM=path names another one).

UV_VERSION := 0.13.9
# Which one that is, says scripts/python; PY=/path/to/python3 names another one.
PY ?= $(shell scripts/python)
PYTHON := .venv/bin/python
INSTALLED := .venv/.installed
# One more than two cores: tests that wait for a browser or a killed process leave a sixth of them idle.
WORKERS ?= 3
ARGS ?=

# uv brings its own list of authorities; behind a company proxy only the system's list is right.
export UV_SYSTEM_CERTS := 1
# Where it is set, each start of each process would compile all the libraries anew: ten seconds instead of three.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types format bench chaos presets pictures client migrate lock lockcheck install image clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Start everything on this machine, with a stand-in for WeChat; Ctrl-C stops it
	@$(PYTHON) -m devstack up --file demo.toml --state .huixiang/demo

test: $(INSTALLED) ## Run the tests on a real database (ARGS="-k rating" passes options to pytest)
	@$(PYTHON) -m clients.npm
	@$(PYTHON) -m tests.browser
	@$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types test lockcheck ## Everything that CI runs

lint: $(INSTALLED) ## Look for mistakes and for untidy formatting
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

types: $(INSTALLED) ## Check the types
	@$(PYTHON) -m mypy

format: $(INSTALLED) ## Tidy the code
	@$(PYTHON) -m ruff check --fix-only .
	@$(PYTHON) -m ruff format .

bench: $(INSTALLED) ## Measure throughput and latency
	@$(PYTHON) -m bench $(ARGS)

chaos: $(INSTALLED) ## Kill processes and servers under load, then look for broken promises
	@$(PYTHON) -m tests.chaos $(ARGS)

pictures: $(INSTALLED) ## Play a story in a real browser and take the pictures of the guides (docs/pictures)
	@$(PYTHON) -m tests.pictures $(ARGS)

client: $(INSTALLED) ## Make the typed client and the looks of the mini-program anew from the service
	@$(PYTHON) -m clients

presets: $(INSTALLED) ## Run each fault preset of the sandbox under load and print one report
	@$(PYTHON) -m tests.chaos presets $(ARGS)

migrate: $(INSTALLED) ## Bring the database to the newest schema
	@./huixiang migrate

lock: $(INSTALLED) ## Resolve the dependencies anew into the two lock files
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --group devstack --group test -o requirements.lock $(ARGS)
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --constraint requirements.lock -o requirements.runtime.lock
	@$(MAKE) --no-print-directory lockcheck

lockcheck: ## See that the lock files name no address (docs/adr/0002)
	@test -s requirements.lock && test -s requirements.runtime.lock
	@! grep -n '://' requirements.lock requirements.runtime.lock
	@! grep -nE '"resolved"|registry' miniprogram/package-lock.json

install: $(INSTALLED) ## Install what the other targets need (they do it themselves)

image: ## Build the container image
	docker build --tag huixiang .

clean: ## Remove what was installed, the caches and the demo with its data
	rm -rf .venv .tools .huixiang miniprogram/node_modules miniprogram/coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock scripts/install
	@PY="$(PY)" UV_VERSION="$(UV_VERSION)" scripts/install
	@touch $@
