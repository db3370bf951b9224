# Needs Python 3.11 or newer with venv, and a package index. `make run`, then open the address.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test lint constraints clean bench-home bench-browse bench-search bench-admin \
	bench-engine bench-increment bench-peers bench-freshness bench-warming bench-versions bench-scale bench-load tune

# The oldest supported first: that is what the pinned packages are tried with.
PYTHON ?= $(shell sh -c "command -v python3.11 || command -v python3 || echo python3")
VENV := .venv/bin
STAMP := .venv/installed
CODE := accounts config movies recommendations runner manage.py
# What settings want to read for commands that only look at the code.
UNUSED := MARQUEE_ENV=development SECRET_KEY=unused DATABASE_URL=postgresql:///unused REDIS_URL=unix:///unused
PRODUCTION := MARQUEE_ENV=production SITE_URL=https://marquee.example ALLOWED_HOSTS=marquee.example \
	SECRET_KEY=$$($(VENV)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	DATABASE_URL=postgresql://marquee@database/marquee REDIS_URL=redis://redis/0 \
	DEFAULT_FROM_EMAIL=marquee@marquee.example EMAIL_HOST=mail.marquee.example

help:
	@echo "make run    serve the site at http://127.0.0.1:8000 (another port: PORT=8001 make run)"
	@echo "make test   run every test"
	@echo "make lint   check style, types, imports, templates, migrations and deployment"
	@echo "make setup  only install; the others do that too"
	@echo "make bench-engine   how fast the recommender is, beside a plain matrix product"
	@echo "make bench-freshness  how soon a rating shows in the person's list, alone and at 50 a second (RATE=25)"
	@echo "make bench-warming  how many people's lists are made a second, and one on demand"
	@echo "make bench-versions  a training, and how soon all processes serve what was activated"
	@echo "make bench-increment  an increment beside the fit it stands in for"
	@echo "make bench-scale    the whole site at 1 to 32 million ratings; hours; writes docs/scale.md"
	@echo "make bench-load     requests a second beside a bare view, by Locust"
	@echo "make bench-peers    the recommender beside other libraries; writes docs/evaluation.md"
	@echo "make tune   seek every model's hyperparameters anew and record each trial"

setup: $(STAMP)

$(STAMP): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Marquee needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: PYTHON=python3.11 make setup")'
	@$(PYTHON) -m venv .venv
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

run: $(STAMP)
	@$(VENV)/python -m runner

test: $(STAMP)
	@$(VENV)/python -m pytest -n logical --maxprocesses 4 --dist loadgroup -p no:benchmark --durations 20

lint: $(STAMP)
	@$(VENV)/python -m ruff check
	@$(VENV)/python -m ruff format --check
	@$(UNUSED) $(VENV)/python -m mypy $(CODE)
	@$(VENV)/lint-imports --no-logo
	@$(VENV)/djlint --quiet --lint templates
	@$(VENV)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(VENV)/python manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(VENV)/python manage.py check --deploy --fail-level WARNING

# Pins every package that the requirements pull in, at the versions installed here and now.
constraints: $(STAMP)
	@{ head -n 1 constraints.txt; $(VENV)/python -m pip freeze --disable-pip-version-check; } > constraints.new
	@mv constraints.new constraints.txt

# Leaves var/ alone: the site's data lives there.
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

bench-home: $(STAMP)
	@$(VENV)/python -m benchmarks.home_page

bench-freshness: $(STAMP)
	@$(VENV)/python -m benchmarks.freshness $(if $(RATE),--rate $(RATE))

bench-versions: $(STAMP)
	@$(VENV)/python -m benchmarks.versions

bench-warming: $(STAMP)
	@$(VENV)/python -m benchmarks.warming

bench-browse: $(STAMP)
	@$(VENV)/python -m benchmarks.browse

bench-search: $(STAMP)
	@$(VENV)/python -m benchmarks.search

bench-admin: $(STAMP)
	@$(VENV)/python -m benchmarks.admin

# ARGS="--set ml-100k --people 150" for a small one.
bench-increment: $(STAMP)
	@$(VENV)/python -m benchmarks.increment $(ARGS)

bench-engine: $(STAMP)
	@$(VENV)/python -m benchmarks.engine_speed

# What may be set: TUNE=1, ONLY=ours|peers|MODEL,…, DATA=ml-100k,…, WORLD=people,…, REPORT=1 (only write the page).
bench-peers: $(STAMP)
	@$(VENV)/python -m benchmarks.peers $(if $(TUNE),--tune) $(if $(REPORT),--report) \
		$(if $(ONLY),--only $(ONLY)) $(if $(DATA),--data $(DATA)) $(if $(WORLD),--world $(WORLD))

# Hours at all sizes; what has been measured is not measured again. SIZES="1M 4M", STEPS="train web", AGAIN=1.
bench-scale: $(STAMP)
	@$(VENV)/python -m benchmarks.scale run $(if $(SIZES),--sizes $(SIZES)) $(if $(STEPS),--steps $(STEPS)) \
		$(if $(AGAIN),--again)
	@$(VENV)/python -m benchmarks.scale report

# SIZE=1M: the site of bench-scale, else MovieLens 1M; ONLY="home search".
bench-load: $(STAMP)
	@$(VENV)/python -m benchmarks.load $(if $(SIZE),--size $(SIZE)) $(if $(ONLY),--only $(ONLY))

# Needs MovieLens 1M in MARQUEE_TEST_DATA and half an hour; ONLY=als,svd for some models.
tune: $(STAMP)
	@$(VENV)/python -m benchmarks.tune_models $(if $(ONLY),--only $(ONLY))
