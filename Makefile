# make demo   set up and run the main job on the built-in dataset
# make setup  set up the command in .venv/bin/rexrank
# make test   set up and run every test
# make test-quick  set up and run what needs no network, container or model, in under a minute
# make test-image  build the image with every metric, and score in it; downloads gigabytes
# make check  formatting, types, layers, workflows, nothing left unfinished
# make pages  write the pages and schemas that are generated from the program
# make audit  check the locked packages for known vulnerabilities
# make fuzz   fuzz every loader, the comment and inspection, a minute each
# make bench  compare with peers, side by side
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

VENV ?= .venv
PYTHON ?= $(shell command -v python3.13 python3.12 python3.11 python3 2>/dev/null | while read -r p; do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := $(VENV)/bin
OUT := out/demo
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

INSTALL := $(PYTHON) requirements/install.py $(VENV)
LOCKED := --require-hashes --no-build-isolation

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# Modules are compiled when they are first imported, which is faster than compiling all at installation.
unexport PYTHONDONTWRITEBYTECODE

FUZZ_SECONDS ?= 60

.PHONY: help setup demo test test-quick test-image check fuzz audit pages bench lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(VENV)/requirements.done: requirements/scorer.txt requirements/build.txt requirements/uv.txt requirements/install.py
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or later is needed; install it, or run: make PYTHON=/path/to/python3" >&2; exit 78; fi
	$(INSTALL) $(LOCKED) -r requirements/build.txt --then $(LOCKED) -r requirements/scorer.txt
	touch $@

$(VENV)/run.done: $(VENV)/requirements.done pyproject.toml
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.done: $(VENV)/run.done requirements/dev.txt
	$(INSTALL) $(LOCKED) -r requirements/dev.txt
	touch $@

# torch's CPU build is not on every index; the other one brings gigabytes of GPU libraries.
$(VENV)/neural.done: $(VENV)/dev.done requirements/neural-cpu.txt requirements/neural.txt requirements/ratescore.txt requirements/peers.txt
	$(INSTALL) $(LOCKED) -r requirements/neural-cpu.txt 2>/dev/null || $(INSTALL) $(LOCKED) -r requirements/neural.txt -r requirements/peers.txt
	$(INSTALL) $(LOCKED) --no-deps -r requirements/ratescore.txt
	touch $@

setup: $(VENV)/run.done

demo: setup
	@export PATH="$(CURDIR)/$(BIN):$$PATH"
	run() { printf '\n$$ %s\n' "$$*"; "$$@"; }
	run rexrank validate submissions/sample-attentive
	run rexrank score submissions/sample-attentive submissions/sample-terse --output $(OUT)/scores
	run rexrank preview submissions/sample-attentive --scores $(OUT)/scores

test: $(VENV)/dev.done
	@$(MAKE) --no-print-directory $(VENV)/neural.done || echo "requirements/neural.txt could not be installed: model tests skip" >&2
	$(BIN)/python tests/system_parts.py install || true
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest --numprocesses 2 --dist loadfile $(PYTEST_ARGS)

test-quick: $(VENV)/dev.done
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest --numprocesses 2 --dist worksteal tests/unit tests/golden tests/test_examples.py bot $(PYTEST_ARGS)

test-image: $(VENV)/neural.done
	@$(BIN)/python tests/system_parts.py install || true
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -m full_image tests/integration/test_full_image.py

check: $(VENV)/dev.done
	@export PATH="$(CURDIR)/$(BIN):$$PATH"
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	rexrank schemas --check
	pytest --quiet tests/docs/test_placeholders.py
	zizmor --offline --quiet .github
	actionlint
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml

# atheris is not built for every Python; without it hypothesis runs alone, and the run says so.
fuzz: $(VENV)/dev.done
	@$(INSTALL) $(LOCKED) --no-deps -r requirements/fuzz.txt 2>/dev/null || true
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_ARGS)

AUDITED := scorer build dev neural

audit:
	@$(INSTALL)-audit $(LOCKED) -r requirements/audit.txt
	$(VENV)-audit/bin/pip-audit --disable-pip --require-hashes $(AUDITED:%=-r requirements/%.txt)

pages: $(VENV)/dev.done
	$(BIN)/rexrank schemas
	$(BIN)/python docs/reference/make_pages.py
	$(BIN)/python docs/pictures/make_demo.py
	$(BIN)/python docs/pictures/make_site.py

# Beside the models' libraries and their peers: requirements/bench.txt has the rest.
$(VENV)/bench.done: $(VENV)/neural.done requirements/bench.txt
	$(INSTALL) $(LOCKED) -r requirements/bench.txt
	touch $@

bench: $(VENV)/bench.done
	$(BIN)/python -m bench $(BENCH_ARGS)

lock:
	$(LOCK) pyproject.toml -o requirements/scorer.txt
	$(LOCK) pyproject.toml --extra meteor --group dev -c requirements/scorer.txt -o requirements/dev.txt
	$(filter-out --universal,$(LOCK)) requirements/neural.in -c requirements/dev.txt -o requirements/neural.txt
	$(subst 3.11,3.12,$(filter-out --universal,$(LOCK))) requirements/ratescore.in -c requirements/neural.txt -o requirements/ratescore.txt
	printf 'cython\nhatchling\neditables\npip\nsetuptools\n' | $(LOCK) - -c requirements/ratescore.txt -o requirements/build.txt
	$(filter-out --universal,$(LOCK)) requirements/peers.in -c requirements/neural.txt -o requirements/peers.txt
	$(filter-out --universal,$(LOCK)) requirements/neural-cpu.in -c requirements/neural.txt -c requirements/peers.txt -o requirements/neural-cpu.txt || echo "this index has no CPU build of torch: requirements/neural-cpu.txt stays as it is" >&2
	$(LOCK) pyproject.toml --extra meteor --group dev --group bench -c requirements/dev.txt -o requirements/bench.txt
	printf 'atheris\n' | $(filter-out --universal,$(LOCK)) - -o requirements/fuzz.txt
	printf 'uv\n' | $(LOCK) - -o requirements/uv.txt
	printf 'pip-audit\n' | $(LOCK) - -o requirements/audit.txt

clean:
	rm -rf $(VENV) $(VENV)-audit out
