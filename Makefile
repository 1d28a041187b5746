# make demo   train on the noisy sine, export, sample without PyTorch, judge
# make hosts  in somebody else's program, and in other languages; wants Node.js, and for C++ a compiler with headers
# make docs   the documentation site into build/docs, every warning an error
# make rehearsal VERSION=1.2.3   a release in a copy, with its files in dist/; docs/releasing.md
# make test   everything that must hold: style, types, layers, tests, the lean and the copied-plugin proof
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test lint unit lean hosts docs release dist rehearsal clean

demo: $(VENV)/.installed
	$(BIN)/gansurrogate demo --folder demo

test: lint lean unit

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two processes: the tests of a file stay together, since they share what is costly to make.
unit: $(VENV)/.installed
	$(BIN)/pytest -n 2 --dist loadfile

# `make unit` builds and checks the site too (tests/integration/test_site.py).
docs: $(VENV)/.installed
	$(BIN)/python -m sphinx -q -E -W --keep-going docs build/docs
	@echo build/docs/index.html

hosts: $(VENV)/.hosts tests/hosts/javascript/node_modules/.package-lock.json
	$(BIN)/pytest -rs tests/hosts

# The programs that surrogates run in (about 0.6 GB), for tests only; `make unit` skips what is not there.
$(VENV)/.hosts: $(VENV)/.installed tests/hosts/requirements.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement tests/hosts/requirements.txt
	touch $@

tests/hosts/javascript/node_modules/.package-lock.json: tests/hosts/javascript/package-lock.json
	cd tests/hosts/javascript && npm ci --no-audit --no-fund

# What an inference machine and a plugin author do, from wheels and from a copy, in empty environments.
lean: $(VENV)/.installed
	$(BIN)/python tests/lean/prove.py

# docs/releasing.md: the first writes the version into the tree, the second makes the files of the commit, the third does
# both in a copy.
release: $(VENV)/.installed
	@test -n '$(VERSION)' || { echo 'say which: make $@ VERSION=1.2.3' >&2; exit 2; }
	PYTHONPATH=.ci $(BIN)/python -m release cut $(VERSION)

dist: $(VENV)/.installed
	PYTHONPATH=.ci $(BIN)/python -m release build $@

rehearsal: $(VENV)/.installed
	@test -n '$(VERSION)' || { echo 'say which: make $@ VERSION=1.2.3' >&2; exit 2; }
	PYTHONPATH=.ci $(BIN)/python -m release rehearse $(VERSION) dist

# The stamp is renewed when a dependency may have changed, so a second run is quick.
$(VENV)/.installed: pyproject.toml requirements-dev.txt constraints.txt $(wildcard */*/pyproject.toml)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) build demo dist
