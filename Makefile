# Every target makes the environment it needs, in .venv, the first time it is called; later calls install
# nothing and need no network. Arguments go through ARGS:  make run ARGS="--help"

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input -c constraints.txt
MESA4  := build/mesa4
ARGS   ?=
PYTEST := pytest -n 2 --dist worksteal

# Without byte code each process that a test starts would compile the sources again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run check test lint app page bench docs gallery package mesa4 coverage reliability clean

help:  ## list the targets
	@echo 'make <target> [ARGS="..."]'
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(STAMP)  ## put the program and its tools, at the versions in constraints.txt, into .venv
	@echo "install: $(VENV) is up to date"

run: $(STAMP)  ## run the model: computeleap run
	$(info $(strip run: computeleap run $(ARGS)))
	@$(BIN)/computeleap run $(ARGS)

check: lint  ## the quick lane, before a commit: lint and the fast tests
	$(info $(strip check: $(PYTEST) -m "not slow" $(ARGS)))
	@$(BIN)/$(PYTEST) -m "not slow" $(ARGS)

test: $(STAMP)  ## run the tests: pytest
	$(info $(strip test: $(PYTEST) $(ARGS)))
	@$(BIN)/$(PYTEST) $(ARGS)

lint: $(STAMP)  ## check style, types and the layers of imports
	@echo "lint: ruff check, ruff format, mypy, import-linter"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

app: $(STAMP)  ## open the model in the browser: computeleap app
	$(info $(strip app: computeleap app $(ARGS)))
	@SOLARA_TELEMETRY_MIXPANEL_ENABLE=False $(BIN)/computeleap app $(ARGS)

page: $(STAMP)  ## write the model as one HTML file that needs nothing: computeleap page
	$(info $(strip page: computeleap page $(ARGS)))
	@$(BIN)/computeleap page $(ARGS)

bench: $(STAMP)  ## time the model: python -m benchmarks
	$(info $(strip bench: python -m benchmarks $(ARGS)))
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(STAMP)  ## build the documentation into build/docs
	$(info $(strip docs: mkdocs build --strict -d build/docs $(ARGS)))
	@mkdir -p build
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -d build/docs $(ARGS) > build/docs.log 2>&1 || \
		{ grep -v '^INFO' build/docs.log >&2; exit 1; }
	@echo "docs: open build/docs/index.html"

gallery: $(STAMP)  ## draw the figures of docs/gallery.md again, each by its own command
	@$(BIN)/python -m viz.figures.gallery $(ARGS)

package:  ## build wheel and sdist, try the wheel in an empty environment: ARGS="python3.12 python3.13"
	@release/package.sh $(ARGS)

# Not part of "make test": it needs the network, and says how the model fares on what Mesa is about to be.
mesa4: $(STAMP)  ## run the tests of the Mesa face on the pre-release of Mesa 4
	@echo "mesa4: an environment with the newest Mesa 4 in $(MESA4)"
	@test -x $(MESA4)/bin/python || $(BIN)/python -m venv $(MESA4)
	@grep -vi '^mesa==' constraints.txt > $(MESA4)/constraints.txt
	@$(MESA4)/bin/python -m pip install -qq --disable-pip-version-check --no-input -c $(MESA4)/constraints.txt \
		"mesa>=4.0.0a0,<5" -e ".[app]" pytest hypothesis
	@$(MESA4)/bin/python -c 'import mesa; print("mesa4: Mesa", mesa.__version__)'
	@$(MESA4)/bin/python -m pytest tests/model/test_regional_model.py $(ARGS)

coverage: $(STAMP)  ## run the tests under coverage.py; fails below the percentage in pyproject.toml
	@$(PIP) -e ".[reliability]"
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/coverage run -m $(PYTEST) -q $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage html --quiet -d build/coverage/html --fail-under 0
	@$(BIN)/coverage report

# Every target fails on its own, and the table of what was found is printed in the end.
reliability: $(STAMP)  ## break it in every known way, mutation testing included; takes hours
	@$(PIP) -e ".[reliability]"
	@rm -f build/ledger.jsonl && mkdir -p build && touch build/ledger.jsonl
	@export RELIABILITY_LEDGER=$(CURDIR)/build/ledger.jsonl; failed=0; \
	RELIABILITY=full $(BIN)/$(PYTEST) $(ARGS) || failed=1; \
	$(BIN)/python -m tests.mutation || failed=1; \
	$(BIN)/python -m tests.robustness.reliability_table $$RELIABILITY_LEDGER && exit $$failed

clean:  ## remove the environment, caches and builds (results/ is kept)
	@echo "clean: removing .venv, caches and builds"
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that is new enough and starts (a pyenv shim may exist and not start).
define find_python
for candidate in python3 python3.14 python3.13 python3.12 /usr/bin/python3; do \
	if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then \
		python=$$candidate; break; fi; \
done
endef

$(STAMP): pyproject.toml constraints.txt
	@echo "install: Python packages into $(VENV) (the first time takes a few minutes)"
	@if ! $(BIN)/python -c 'import pip' >/dev/null 2>&1; then \
		$(find_python); \
		if [ -z "$$python" ]; then echo "ComputeLeap needs Python 3.12 or newer, and none was found: install one and call make again." >&2; exit 1; fi; \
		"$$python" -m venv --clear $(VENV); fi
	@$(PIP) -e ".[app,dev,docs]"
	@touch $@
