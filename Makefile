# The default runs every check, the same as CI. PY is the Python of the virtual environment.
PY ?= .venv/bin/python
unexport PYTHONDONTWRITEBYTECODE

.PHONY: all test lint types audit slow benchmark wheel fix
all: lint types audit test

test: ## the everyday suite, under two minutes
	$(PY) -m pytest

lint: ## style and rules
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: ## strict types, tests included
	$(PY) -m mypy
	$(PY) -m mypy tests/benchmarks/conftest.py

audit: ## what the project depends on: pinned, licensed, used; nothing is fetched
	$(PY) tests/audit.py

slow: ## the slower proofs, trimmed by FIRSTPASS_TRIM where it is set
	$(PY) -m pytest -n 2 -m slow

benchmark: ## figures, as ratios within one run
	$(PY) -m pytest -n 0 -m benchmark -s -o python_files="bench_*.py" tests/benchmarks

wheel: ## build the wheel twice, to the same bytes, and try it as installed, outside the checkout
	sh tests/try_wheel.sh $(PY)

fix: ## format and mend what can be mended
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .
