# `make help` lists the targets. The two that matter: `make run` (the main job) and `make test` (everything CI runs).
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE := 1
# Idle OpenMP threads sleep: spinning ones cost a factor of ten beside another process.
export OMP_WAIT_POLICY := passive
export MLFLOW_DISABLE_TELEMETRY := true
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := true

.PHONY: help
help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

.PHONY: need
need:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Missing: Python 3.11 or newer. Bring it: sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { echo "Missing: Python 3.11 to 3.13 ($$($(PYTHON) --version) found). Bring it: sudo apt-get install python3, or name one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Missing: Python's venv. Bring it: sudo apt-get install python3-venv"; exit 1; }
	@command -v git >/dev/null 2>&1 || { echo "Missing: git. Bring it: sudo apt-get install git"; exit 1; }
	@$(PYTHON) -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || { echo "Missing: libgomp1 (LightGBM needs it). Bring it: sudo apt-get install libgomp1"; exit 1; }

.PHONY: setup
setup: need $(BIN)/.ready  ## Make .venv and install the locked dependencies (the other targets do it for you)

$(BIN)/.ready: requirements.lock bootstrap.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes --no-build-isolation requirements.lock
	VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: run
run: setup  ## The main job: judge a ward's list (WARD=a folder or a name in conf/ward/, OUT=where to write)
	@$(BIN)/tadasu run $(if $(WARD),'ward=$(WARD)') $(if $(OUT),'out=$(OUT)') $(ARGS)

.PHONY: test
test: setup lint types imports  ## Everything CI runs: format, lint, types, import contracts, tests with coverage
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term

.PHONY: fuzz
fuzz: setup  ## 10,000 random mutations of a ward's files and 1,000 of statutory ones: no crash, no line lost
	POLARS_MAX_THREADS=1 TADASU_FUZZ=10000 $(BIN)/pytest -n 2 tests/mapping/test_mapping_fuzz.py tests/statutory/test_statutory_fuzz.py

.PHONY: lint
lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

.PHONY: types
types: setup
	$(BIN)/mypy

.PHONY: imports
imports: setup
	$(BIN)/lint-imports

.PHONY: format
format: setup  ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: repro
repro: setup  ## Re-run what changed of the default ward's pipeline (dvc repro)
	PATH="$(CURDIR)/$(BIN):$$PATH" dvc repro

.PHONY: mlflow
mlflow: setup  ## Open the MLflow page (OUT=DIR for a run that wrote there): http://127.0.0.1:5000
	@$(BIN)/tadasu mlflow $(if $(OUT),'out=$(OUT)')

.PHONY: docs
docs: setup  ## Write the generated pages in docs/ anew
	$(BIN)/tadasu docs

.PHONY: lock
lock: setup  ## Renew requirements.lock and bootstrap.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate --quiet -o requirements.lock
	@{ echo "# The installer itself and what builds from source, pinned; \`make lock\` renews this file together with requirements.lock."; \
	   awk '/^[a-z]/{on=/^(setuptools|uv)==/} on' requirements.lock; } > bootstrap.lock

.PHONY: bundle
bundle: setup  ## One archive in dist/ that installs where there is no network (docs/closed_network.md)
	@$(BIN)/python -m bundle $(if $(BUNDLE_PYTHON),--python $(BUNDLE_PYTHON)) $(if $(DIRTY),--dirty)

.PHONY: bundle-trial
bundle-trial: setup  ## Try real bundles without a network: install, upgrade, kill, damage, roll back (15 minutes)
	@sh bundle/trial.sh $(BIN)/python

.PHONY: clean
clean:  ## Remove the environment and caches (data/ stays)
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
