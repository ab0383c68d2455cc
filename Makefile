# Everything runs in .venv, which is made from the lock file with nothing but Python and pip.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/data
export MCU_NLP_DATA ?= $(abspath $(DATA))

.PHONY: help setup demo test lint serve model bench docs lock clean

help:  ## show the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

$(BIN)/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

setup: $(BIN)/.done  ## make .venv and install everything into it

demo: setup  ## analyse the invented appeals of examples/ and show what was found
	$(BIN)/mcu-nlp analyze examples/appeals.csv -o examples/analyses.jsonl --routing examples/routing-petrovsk.toml --show

# The service is tested alone: its tests measure times and end processes.
test: setup  ## run all tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --ignore tests/service
	$(BIN)/python -m pytest tests/service

lint: setup  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/yamllint --strict compose.yaml .yamllint.yaml

serve: setup  ## start the HTTP service on http://127.0.0.1:8000
	$(BIN)/mcu-nlp serve

model: setup  ## train models/kursk anew from MCU_NLP_DATA
	$(BIN)/python -m mcu_nlp.training models/kursk

bench: setup  ## accuracy by cross-validation, the card, tone, and speed beside stock natasha
	$(BIN)/python benchmarks/accuracy.py
	$(BIN)/python benchmarks/card.py
	$(BIN)/python benchmarks/questions.py
	$(BIN)/python benchmarks/tone.py
	$(BIN)/python benchmarks/speed.py

docs: setup  ## run the notebooks and write them as pages into docs/notebooks
	$(BIN)/jupyter nbconvert --execute --to html --output-dir docs/notebooks notebooks/*.ipynb

lock:  ## write requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11 --extra service --extra dev --no-header pyproject.toml -o requirements.lock

clean:  ## remove .venv and everything made
	rm -rf .venv dist build docs/notebooks examples/analyses.jsonl .pytest_cache .mypy_cache .ruff_cache
