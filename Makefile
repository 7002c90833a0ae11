# Linli 邻里. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := src
# One more than the two cores it is meant for: the worker with the browser, or with the server, mostly waits.
WORKERS ?= 3
TEXTS := $(wildcard src/linli/*/locale/en/LC_MESSAGES/django.po src/linli/*/*/locale/en/LC_MESSAGES/django.po)

.PHONY: help setup demo run test check coverage test-long bench pictures fmt clean lock messages reference flat test-sqlite test-postgres fuzz mixed mutants oracle forged

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.product  ## install what the product needs into .venv (nothing outside it)

$(VENV)/.product: requirements/build.txt requirements/runtime.txt pyproject.toml $(TEXTS)
	@$(PYTHON) tools/setup.py product

$(VENV)/.tests: requirements/dev.txt pyproject.toml $(TEXTS)
	@$(PYTHON) tools/setup.py tests

demo: setup  ## check the seed's plan, live it for a year, print plan against actual, serve the product
	@$(BIN)/linli demo $(DEMO_ARGS)

run: setup  ## serve the product on its own data in var/
	@$(BIN)/linli serve

test: $(VENV)/.tests check  ## everything: linters, types, SQLite, PostgreSQL, browser
	@$(BIN)/python tools/both_databases.py $(PYTEST_ARGS)

test-sqlite: $(VENV)/.tests
	@$(BIN)/python tools/run_tests.py sqlite -n $(WORKERS) $(PYTEST_ARGS)

test-postgres: $(VENV)/.tests
	@$(BIN)/python tools/with_postgres.py $(BIN)/python tools/run_tests.py postgresql -n $(WORKERS) $(PYTEST_ARGS)

test-long: $(VENV)/.tests  ## the suite with every seed and two hundred kills (hours)
	@LINLI_TEST_LONG=1 $(MAKE) --no-print-directory test

WHOLE := src/linli/law/policies/*,src/linli/money/ledger/*,src/linli/money/payments/*,src/linli/overview/planning/engine/*,src/linli/kernel/calendar.py
coverage: $(VENV)/.tests  ## branch coverage of the whole suite on SQLite: 95 % everywhere, 100 % where law and money are
	@$(BIN)/coverage erase; $(BIN)/python tools/run_tests.py sqlite -n $(WORKERS) --cov --cov-report= $(PYTEST_ARGS)
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --fail-under=100 --include='$(WHOLE)'

check: $(VENV)/.tests  ## linters, templates, floors, strict types, translations, migrations
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q .
	@mkdir -p build && ($(BIN)/lint-imports --no-cache > build/imports.txt 2>&1 || (cat build/imports.txt; exit 1))
	@$(BIN)/mypy
	@$(BIN)/djlint --lint --quiet src
	@$(BIN)/python tools/messages.py check
	@$(BIN)/python manage.py makemigrations --check --dry-run

fuzz: $(VENV)/.tests  ## ten thousand damaged files of each format through the readers of uploads (FUZZ_ARGS="--count 500 --only pdf")
	@$(BIN)/python -m tests.foundation.files.fuzzing $(FUZZ_ARGS)

mixed: $(VENV)/.tests  ## ten thousand acts of every kind by eight processes on either database (MIXED_ARGS="--acts 2000 --seed 3")
	@rm -rf build/mixed && mkdir -p build/mixed
	@LINLI_DATA=build/mixed LINLI_DATABASE=sqlite:///build/mixed/linli.sqlite3 $(BIN)/python -m tests.faults.mixing $(MIXED_ARGS)
	@LINLI_DATA=build/mixed $(BIN)/python tools/with_postgres.py $(BIN)/python -m tests.faults.mixing $(MIXED_ARGS)

mutants: $(VENV)/.tests  ## plant 200 faults, one at a time, and count which the tests notice (hours; MUTANTS_ARGS="--count 10 --only src/linli/money/ledger --seed 2", "--kind access")
	@$(BIN)/python tools/mutants.py record --if-old -n $(WORKERS) || test $$? = 1
	@$(BIN)/python tools/mutants.py run $(MUTANTS_ARGS)

oracle: $(VENV)/.tests  ## every form and act asked by every kind of person: what is allowed, refused, leaked (ORACLE_ARGS="-k award")
	@LINLI_DATABASE=sqlite:///:memory: $(BIN)/python -m tests.access.oracle $(ORACLE_ARGS)

forged: $(VENV)/.tests  ## every cell of every table forged behind the product's back: found, or excused with its reason
	@LINLI_DATABASE=sqlite:///:memory: $(BIN)/python -m tests.foundation.trail.forging $(FORGED_ARGS)

flat: $(VENV)/.tests  ## count the statements of every list at 50, 5,000 and 100,000 households on both databases
	@LINLI_TEST_LONG=1 $(BIN)/python tools/run_tests.py sqlite tests/flat/test_stages.py
	@LINLI_TEST_LONG=1 $(BIN)/python tools/with_postgres.py $(BIN)/python tools/run_tests.py postgresql tests/flat/test_stages.py

bench: $(VENV)/.tests  ## measure: prints every figure with machine, seed and load (BENCH_ARGS="1000000": the lists at that size)
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

pictures: $(VENV)/.tests  ## take the README's pictures from the demonstration's year
	@$(BIN)/python tools/pictures.py

fmt: $(VENV)/.tests  ## format the code
	@$(BIN)/ruff check --fix-only -q . ; $(BIN)/ruff format -q .

messages: $(VENV)/.tests  ## collect texts into the English catalogues, list the untranslated ones
	@$(BIN)/python tools/messages.py collect

reference: $(VENV)/.product  ## write docs/pack-format.md and docs/workflows.md from what the code declares
	@$(BIN)/linli pack format > docs/pack-format.md && $(BIN)/linli workflows > docs/workflows.md

lock: $(VENV)/.tests  ## resolve requirements/*.in into complete, hash-pinned *.txt; every platform's wheels are looked for (needs uv)
	@$(BIN)/python tools/lock.py $(LOCK_ARGS)

clean:  ## remove what can be made again (keeps var/, where the data is)
	rm -rf build .mypy_cache .ruff_cache .import_linter_cache .hypothesis staticfiles .coverage*
