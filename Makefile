# `make help` lists the targets. Windows, or no make: README.md has the plain commands.

PYTHON ?= python3
BIN := .venv/bin
FRAME := conf.py _toc.yml $(wildcard publishing/*.py book/_templates/*.html book/_templates/*/*.html) book/_static/book.css
PAGES := $(wildcard notebooks/*.ipynb book/*.md data/* data/*/*) book/references.bib \
  $(filter-out book/_static/book.css,$(shell find book/_static -type f))

.DEFAULT_GOAL := help
.PHONY: help book serve lab test pdf new check fuzz notebooks bench format lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.venv/requirements.stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + \
	  "; name another one with: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (a minute or two, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/requirements-dev.stamp: requirements-dev.txt .venv/requirements.stamp
	@echo "Adding what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Sphinx reads conf.py; Jupyter Book writes it from _config.yml, which people edit.
conf.py: _config.yml .venv/requirements.stamp
	@$(BIN)/jupyter-book config sphinx . >/dev/null

# Sphinx rebuilds the pages that were edited. It does not see that all pages change with the frame, and it trusts
# what an interrupted or failed build left: in both cases we start afresh. The stamp stands only beside a whole site.
_build/html/.stamp: $(FRAME) $(PAGES) $(wildcard _build/svd-book.pdf)
	@if [ ! -e $@ ] || [ -n "$(filter $(FRAME),$?)" ]; then rm -rf _build/.doctrees _build/html; fi
	@rm -f $@
	@echo "Building the book ..."
	@$(BIN)/sphinx-build -q -n -W --keep-going -d _build/.doctrees . _build/html
	@touch $@

book: _build/html/.stamp  ## build the site into _build/html
	@echo "The book is in _build/html. To read it: make serve"

serve: book  ## show the site at http://localhost:8000
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

lab: .venv/requirements.stamp  ## open the notebooks in JupyterLab
	@# JupyterLab draws the stored figures of trusted notebooks only.
	@$(BIN)/jupyter trust notebooks/*.ipynb >/dev/null
	@$(BIN)/jupyter lab notebooks

pdf: .venv/requirements-dev.stamp _build/html/.stamp  ## print the book to _build/svd-book.pdf
	@$(BIN)/python -m publishing.pdf
	@# Now that it is there, the site links it.
	@$(MAKE) --no-print-directory book

test: .venv/requirements-dev.stamp _build/html/.stamp  ## run every test
	@$(BIN)/python -m pytest

new: .venv/requirements.stamp  ## begin a chapter: make new CHAPTER=my-topic
	@$(BIN)/python -m publishing.new_chapter "$(CHAPTER)"

check: .venv/requirements-dev.stamp  ## check one chapter in half a minute: make check CHAPTER=basics
	@$(BIN)/python -m publishing.book "$(CHAPTER)"
	@$(MAKE) --no-print-directory book
	@$(BIN)/python -m pytest "notebooks/$(CHAPTER).ipynb" tests/notebooks tests/book/test_pages.py -k "$(CHAPTER)"

fuzz: .venv/requirements-dev.stamp  ## try the properties on fresh random matrices, until one fails or Ctrl-C
	@while HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/svdbook -m hypothesis; do :; done; false

notebooks: .venv/requirements.stamp  ## execute all notebooks in place
	@$(BIN)/python -m publishing.notebooks

bench: .venv/requirements-dev.stamp  ## measure what the book claims of speed
	@$(BIN)/python -m benchmarks.run

format: .venv/requirements-dev.stamp  ## lay out and lint the Python files
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: .venv/requirements-dev.stamp  ## compile requirements*.in into the locks again
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	  --no-emit-index-url --no-header requirements.in -o requirements.txt
	@# The lock for tests starts from the pins of the other one.
	@cp requirements.txt requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	  --no-emit-index-url --no-header requirements.in requirements-dev.in -o requirements-dev.txt

clean:  ## remove what was built; .venv stays
	@rm -rf _build .pytest_cache .hypothesis
