# `make help` lists the targets. Windows, or no make: README.md has the plain commands.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# What a person has set for other projects would put their packages in the place of ours.
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH

define set_up
	@# A program that is no Python may end without a word.
	@test "$$($(PYTHON) -c 'print(3)' 2>/dev/null)" = 3 || { \
	  echo "PYTHON must be Python 3.11 or newer, $(PYTHON) is no Python; name one with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -I publishing/environment.py $(if $(filter-out file,$(origin PYTHON)),--asked) $(1)
endef

define open_lab
	@if [ "$$(id -u)" = 0 ]; then \
	  echo "JupyterLab does not run as root; use another account or, in a container: $(BIN)/jupyter lab --allow-root $(1)" >&2; \
	  exit 1; fi
	@# JupyterLab draws the stored figures of trusted notebooks only.
	@$(BIN)/jupyter trust $(1)/*.ipynb >/dev/null 2>&1 || \
	  echo "Some notebooks could not be marked as trusted: run their cells to see their figures."
	@# The matrices of the book are small: on a busy machine the threads of the BLAS wait for each other, and a chapter
	@# of 12 s takes 80 s. Who computes with large ones sets the variable.
	@OPENBLAS_NUM_THREADS=$${OPENBLAS_NUM_THREADS:-1} $(BIN)/jupyter lab $(1)
endef

.DEFAULT_GOAL := help
.PHONY: help run dev site book serve lab edit test pdf new check fuzz notebooks figures bench format lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

# No file stands for these three: what they bring up to date they compare by contents.
run:
	$(call set_up,requirements.txt)

dev:
	$(call set_up,requirements-dev.txt)

site: run
	@$(BIN)/python -m publishing.build

book: site  ## build the site into _build/html
	@echo "The book is in _build/html. To read it: make serve"

serve: site  ## show the site at http://localhost:8000, or another PORT
	@$(BIN)/python -m publishing.serve "$(PORT)"

lab: site  ## open notebooks of your own, with the chapters for readers, in JupyterLab
	@mkdir -p my-notebooks
	@# What a reader has written stays.
	@for notebook in _build/html/notebooks/*.ipynb; do \
	  test -e "my-notebooks/$${notebook##*/}" || cp "$$notebook" my-notebooks; done
	$(call open_lab,my-notebooks)

edit: dev site  ## open the sources of the chapters in JupyterLab
	$(call open_lab,notebooks)

pdf: dev site  ## print the book to _build/svd-book.pdf
	@$(BIN)/python -m publishing.pdf
	@# Now that it is there, the site links it.
	@$(MAKE) --no-print-directory book

test: dev site  ## run every test
	@$(BIN)/python -m pytest

new: run  ## begin a chapter: make new CHAPTER=my-topic
	@$(BIN)/python -m publishing.new_chapter "$(CHAPTER)"

check: dev  ## check one chapter in half a minute: make check CHAPTER=basics
	@$(BIN)/python -m publishing.book "$(CHAPTER)"
	@$(MAKE) --no-print-directory book
	@$(BIN)/python -m pytest "notebooks/$(CHAPTER).ipynb" tests/notebooks tests/book/test_pages.py -k "$(CHAPTER)"

fuzz: dev  ## try the properties on fresh random matrices, until one fails or Ctrl-C
	@while HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/svdbook -m hypothesis; do :; done; false

notebooks: run  ## execute all notebooks in place
	@$(BIN)/python -m publishing.notebooks

figures: dev  ## draw the figures that readers move as they begin
	@$(BIN)/python -m publishing.figures

bench: dev  ## measure what the book claims of speed
	@$(BIN)/python -m benchmarks.run

format: dev  ## lay out and lint the Python files
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: dev  ## compile requirements*.in into the locks again
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	  --no-emit-index-url --no-header requirements.in -o requirements.txt
	@# The lock for tests starts from the pins of the other one.
	@cp requirements.txt requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	  --no-emit-index-url --no-header requirements.in requirements-dev.in -o requirements-dev.txt

clean:  ## remove what was built; .venv stays
	@rm -rf _build .pytest_cache .hypothesis
