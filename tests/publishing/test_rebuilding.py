"""After edits, a small book with all that pages show of each other is, to the byte, the one that a fresh build makes."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pybtex.style.formatting import alpha
from sphinx.application import Sphinx
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util.docutils import docutils_namespace

from publishing import rebuilding
from publishing.book import ROOT
from publishing.notebooks import normalise

FRONT_MATTER = {
    "myst": {"html_meta": {"description": "A page of a small book, which the tests of this project build."}}
}
WELCOME = "---\nmyst:\n  html_meta:\n    description: The first page of a small book, which the tests build.\n---\n"
FIRST = """# First things

One line of text, with {cite:t}`golub2013` and {cite}`strang2016`. See {numref}`fig-dot` and {prf:ref}`thm-two`.

:::{prf:theorem} Two
:label: thm-two
Two and two.
:::

:::{exercise} ★ Count
:label: ex-count
How many?
:::

:::{solution} ex-count
:label: sol-count
:class: dropdown
Four, says {cite:t}`golub2013`.
:::
"""
SECOND = """# Second things

See {numref}`fig-dot`, {numref}`fig-line`, {ref}`ex-count`, {eq}`eq-one` and {cite:t}`golub2013`.

$$ 1 = 1 $$ (eq-one)

:::{exercise} ★ Count again
:label: ex-again
How many?
:::
"""
GLOSSARY = "# Glossary\n\n:::{glossary}\nlayer\n  A matrix of rank one.\n:::\n\n```{bibliography}\n```\n"
BOOKS = """@book{golub2013, author = {Golub, Gene and Van Loan, Charles}, title = {Matrix Computations}, publisher = {JHU}, year = {2013}}
@book{strang2016, author = {Strang, Gilbert}, title = {Linear Algebra}, publisher = {Wellesley}, year = {2016}}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><path d="M 0 0 L {} 1"/></svg>'


def drawing(name, end):
    shown = {"figure": {"name": name, "caption": "A dot."}, "image": {"alt": "A dot on paper."}}
    output = new_output("display_data", {"image/svg+xml": SVG.format(end)})
    return new_code_cell("draw()", id=name, outputs=[output], metadata={"mystnb": shown})


def write(path, cells):
    nbformat.write(normalise(new_notebook(cells=cells, metadata=FRONT_MATTER)), path)


def write_first(folder, text=FIRST, **drawings):
    """Write the first chapter; of a drawing, say where its line ends."""
    shown = [drawing(f"fig-{name}", end) for name, end in (drawings or {"dot": 1}).items()]
    cells = [new_markdown_cell(text, id="text"), *shown]
    write(folder / "notebooks" / "first.ipynb", cells)


@pytest.fixture
def book(tmp_path):
    """A folder with this project's configuration, templates and extensions, of which nothing is built."""
    folder = tmp_path / "book"
    for name in ("publishing", "book/_static", "book/_templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/welcome\nparts:\n- numbered: 2\n  chapters:\n"
        "  - file: notebooks/first\n  - file: notebooks/second\n- chapters:\n  - file: book/glossary\n"
    )
    (folder / "data").mkdir()
    (folder / "notebooks").mkdir()
    (folder / "book" / "references.bib").write_text(BOOKS)
    (folder / "book" / "welcome.md").write_text(f"{WELCOME}# Welcome\n\nText.\n")
    (folder / "book" / "glossary.md").write_text(WELCOME + GLOSSARY)
    write_first(folder)
    cells = [new_markdown_cell(SECOND, id="text"), drawing("fig-line", 2)]
    write(folder / "notebooks" / "second.ipynb", cells)
    return folder


def build(folder):
    """Contents of each file of the site after a build."""
    finished = subprocess.run(
        [sys.executable, "-m", "publishing.build"],
        cwd=folder,
        capture_output=True,
        text=True,
        # Before the checkout, which `pip install -e` puts on the path.
        env=os.environ | {"PYTHONPATH": str(folder)},
    )
    assert finished.returncode == 0, finished.stderr
    site = folder / "_build" / "html"
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_after_edits_the_site_is_that_of_a_fresh_build(book):
    first = build(book)
    pages = {name for name in first if name.endswith(".html")}

    def changed(after):
        return {name for name in pages if after[name] != first[name]}

    write_first(book, FIRST.replace("line of text", "line about syzygies"))
    assert changed(build(book)) == {"notebooks/first.html"}

    write_first(book, FIRST.replace("Two and", "Three and").replace(" and {cite}`strang2016`", ""))
    assert {"notebooks/first.html", "book/glossary.html"} <= changed(build(book))

    write_first(book, FIRST.replace("★ Count", "★ Count it"), new=3, dot=4)
    assert {"notebooks/first.html", "notebooks/second.html"} <= changed(build(book))

    (book / "book" / "references.bib").write_text(BOOKS.replace("2013}}", "2012}}"))
    updated = build(book)
    shutil.rmtree(book / "_build")
    fresh = build(book)
    assert updated.keys() == fresh.keys()
    assert [name for name in fresh if updated[name] != fresh[name]] == []
    assert b"layer" in fresh["searchindex.js"] and b"syzygi" not in fresh["searchindex.js"]


@pytest.fixture
def update(tmp_path, monkeypatch):
    """Build a page with numbers and a bibliography with what rebuilding.py says; return what was made and not kept."""
    (tmp_path / "references.bib").write_text(BOOKS)
    made = []

    def number(collector, env):
        made.append("numbers")
        return numbering(collector, env)

    def format_entry(style, label, entry, bib_data=None):
        made.append(entry.key)
        return formatting(style, label, entry, bib_data)

    # Sphinx's own: another test of this process may have loaded the extension.
    numbering, formatting = rebuilding.number_afresh, alpha.Style.format_entry
    monkeypatch.setattr(TocTreeCollector, "assign_figure_numbers", numbering)
    monkeypatch.setattr(alpha.Style, "format_entry", format_entry)
    monkeypatch.setattr(rebuilding, "number_afresh", number)

    def update(text):
        made.clear()
        (tmp_path / "index.rst").write_text(text)
        config = {"bibtex_bibfiles": ["references.bib"], "numfig": True, "html_theme": "basic"}
        config["extensions"] = ["sphinxcontrib.bibtex", "sphinx_exercise", "publishing.rebuilding"]
        with docutils_namespace():
            app = Sphinx(tmp_path, None, tmp_path / "html", tmp_path / "trees", "html", config, status=None)
            app.build()
        assert app.statuscode == 0
        return sorted(made), app.env

    return update


PAGE = """Page
====

One line, and :cite:`golub2013`.

.. math:: 1 = 1
   :label: eq-one

.. exercise:: Count
   :label: ex-count

   How many?

.. bibliography::
"""


def test_what_an_edit_leaves_as_it_is_is_not_made_again(update):
    assert update(PAGE)[0] == ["golub2013", "numbers"]
    made, env = update(PAGE.replace("One line", "A line"))
    assert made == [] and env.toc_fignumbers["index"]["exercise"] == {"ex-count": (1,)}
    assert update(PAGE.replace("golub2013", "strang2016"))[0] == ["strang2016"]
    other = ".. exercise:: First\n   :label: ex-first\n\n   How?\n\n.. exercise:: Count"
    made, env = update(PAGE.replace(".. exercise:: Count", other))
    assert made == ["golub2013", "numbers"] and env.toc_fignumbers["index"]["exercise"]["ex-count"] == (2,)


def test_an_exercise_is_kept_without_its_page(update):
    _, env = update(PAGE)
    known = env.sphinx_exercise_registry["ex-count"]["node"]
    assert known.astext() == "ExerciseCount" and known["label"] == "ex-count"
    assert {node.document for node in known.findall()} == {None}
