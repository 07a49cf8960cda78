# make demo: set up and run the main job on a made-up data set.   make test: set up and run every check and test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools

SCENARIOS := scenario-surveillance scenario-home scenario-medical

.PHONY: $(SCENARIOS) demo test check setup clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[visual,audio,medical,live]'
	@touch $@

$(TOOLS): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all]' --group dev
	sh tests/packages.sh
	@touch $@

setup: $(READY)

demo: $(READY)
	@sh demo.sh $(BIN)/polyveil $(DEMO)

$(SCENARIOS): scenario-%: $(TOOLS)
	@sh docs/scenarios/$*.sh $(CURDIR)/$(BIN) $(CURDIR)/$(DEMO)/$*

check: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/python -m pytest -n 2

clean:
	rm -rf $(VENV) $(DEMO) build dist
