# The doors of the house: `make run` and `make test` need nothing but Python 3.11 and make (GNU make 3.81 will do).

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install -q --disable-pip-version-check --no-input
ARGS ?=

RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
ASSETS := var/.assets
ICONS := var/vendor/icons.svg

# What a shell has set for another project must not lead ours astray, nor make every start compile all libraries anew.
unexport DJANGO_SETTINGS_MODULE PIP_TARGET PIP_USER PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH PYTHONSTARTUP
# Our files are UTF-8, whatever the terminal is.
export PYTHONUTF8 := 1

.PHONY: help run test check fuzz bench faults messages lock clean

help:
	@echo "make run       start the site on http://127.0.0.1:8000 (PORT=8001 for another port; Ctrl-C stops it)"
	@echo "make test      check the code and run all tests, on SQLite and on PostgreSQL, in a real browser"
	@echo "make check     only the checks: style, types, order of the apps, migrations, language"
	@echo "make fuzz      the property tests with many more examples"
	@echo "make bench     what pages, moves and the best plan of a round cost, with up to half a million issues"
	@echo "make faults    kills, crashes and freezes while reminders are sent, and what was lost or came twice"
	@echo "make messages  collect the interface texts for translation (needs gettext)"
	@echo "make lock      newest versions of all libraries (needs uv and npm)"
	@echo "make clean     remove everything that make made, the demonstration's data included"

run: $(RUNTIME) $(ASSETS) $(ICONS)
	@exec $(PY) -m tools.run

test: check $(ASSETS) $(ICONS)
	@$(PY) -m tools.browser
	@TEST_DATABASE=sqlite $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS); sqlite=$$?; \
	 TEST_DATABASE=postgresql $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS); postgresql=$$?; \
	 exit $$((sqlite | postgresql))

# Any values will do where nothing is kept.
check messages: export SECRET_KEY := for-checks-only-for-checks-only-for-checks-only-0
check messages: export CODE_PEPPER := for-checks-only
check messages: export VAULT_KEY := AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
check messages: export DEBUG := 1

check: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING
	$(PY) manage.py compile_po

fuzz: $(DEV) $(ASSETS) $(ICONS)
	@FUZZ_REQUESTS=20000 HYPOTHESIS_PROFILE=fuzz $(PY) -m pytest tests/fuzz $(ARGS)
	@HYPOTHESIS_PROFILE=fuzz $(PY) -m pytest -m hypothesis $(ARGS)

bench: $(DEV) $(ASSETS) $(ICONS)
	@$(PY) -m tools.bench $(ARGS)

faults: $(DEV)
	@$(PY) -m faults $(ARGS)

messages: $(RUNTIME)
	@command -v xgettext >/dev/null || { echo "gettext is missing (Debian, Ubuntu: apt install gettext; macOS: brew install gettext)"; exit 1; }
	$(PY) manage.py makemessages -l zh_Hans --no-wrap --no-obsolete --add-location=file -i .venv -i var -i tests
	$(PY) manage.py compile_po

lock: $(RUNTIME)
	@$(PY) -m tools.lock

clean:
	rm -rf $(VENV) var .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache locale/*/LC_MESSAGES/django.mo
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- What they need. Each file is the mark of a finished step ----------------------------------

$(RUNTIME): requirements.txt tools/venv.sh
	@$(PY) -m pip --version >/dev/null 2>&1 || sh tools/venv.sh $(VENV)
	@echo "Installing the Python packages (37 MB) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "Installing the packages for tests (90 MB) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(ASSETS): package-lock.json tools/assets.py $(RUNTIME)
	@$(PY) -m tools.assets
	@touch $@

$(ICONS): static/icons.txt tools/icons.py $(ASSETS)
	@$(PY) -m tools.icons
