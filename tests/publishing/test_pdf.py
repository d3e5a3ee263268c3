"""A small book, built by this project's extensions and printed by the browser on this machine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from pypdf import PdfReader

from publishing import pdf

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = """\
format: jb-book
root: book/welcome
parts:
  - caption: Part I. Chapters
    numbered: 2
    chapters:
      - file: notebooks/sums
      - file: notebooks/products
  - caption: Reference
    chapters:
      - file: book/words
"""
LONG_TITLE = "1. Sums of many small and some large numbers, one by one"
WELCOME = """\
# Welcome

Begin with [sums](../notebooks/sums.ipynb), or [see elsewhere](https://example.org/elsewhere).
"""
WORDS = """\
# Words

From {prf:ref}`thm-sums` and {ref}`its page <a-page-with-a-long-title>`.
"""
SUMS = [
    """\
# Sums of many small and some large numbers, one by one

## The first section

{numref}`fig-sums-line` and {eq}`eq-sums-one`.

$$ a+b=c $$ (eq-sums-one)

:::{prf:theorem} A theorem
:label: thm-sums
It holds.
:::

:::{prf:proof}
It was proved.
:::
""",
    nbformat.v4.new_code_cell(
        "folded_code()",
        outputs=[
            nbformat.v4.new_output(
                "display_data",
                {
                    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="90pt" height="60pt">'
                    '<path d="M0 0h90v60z"/></svg>',
                    "text/plain": "figure",
                },
            )
        ],
        metadata={
            "tags": ["hide-input"],
            "mystnb": {
                "figure": {"name": "fig-sums-line", "caption": "A caption."},
                "image": {"alt": "A triangle that fills half of its box."},
            },
        },
    ),
    nbformat.v4.new_code_cell("shown_code()"),
    """\
## Exercises

:::{exercise} ★ A task
:label: ex-sums-task
Do it.
:::

:::{solution} ex-sums-task
:label: sol-sums-task
:class: dropdown
It is done, as in {eq}`eq-sums-one`.
:::
""",
    nbformat.v4.new_code_cell("solving_code()", metadata={"tags": ["solution", "hide-cell"]}),
]
PRODUCTS = [
    """\
(a-page-with-a-long-title)=
# Products

The chapter [before](sums.ipynb), and a formula that is wider than the page:

$$ """
    + "+".join(f"x_{{{i}}}" for i in range(20))
    + """ $$

"""
    + "A paragraph.\n\n" * 50
    + "## The first section"
]


def notebook(cells):
    """The JSON of a notebook, from texts and code cells."""
    cells = [nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, chromium):
    """A folder with a small book, its built site and its PDF."""
    folder = tmp_path_factory.mktemp("printed")
    for part in ("publishing", "book/_static", "book/_templates"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "CITATION.cff", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "data").mkdir()
    (folder / "notebooks").mkdir()
    for name, text in {
        "_toc.yml": CONTENTS,
        "book/references.bib": "",
        "book/welcome.md": WELCOME,
        "book/words.md": WORDS,
        "notebooks/sums.ipynb": notebook(SUMS),
        "notebooks/products.ipynb": notebook(PRODUCTS),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    run(folder, shutil.which("jupyter-book", path=Path(sys.executable).parent), "build", ".", "--quiet")
    run(folder, sys.executable, "-m", "publishing.pdf")
    return folder


def run(folder, *command):
    # Before the checkout, which `pip install -e` puts on the path.
    environment = os.environ | {"PYTHONPATH": str(folder)}
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def book(folder):
    return PdfReader(folder / "_build" / "svd-book.pdf")


@pytest.fixture(scope="module")
def pages(book):
    """Text of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in book.pages]


@pytest.fixture(scope="module")
def bookmarks(book):
    """Depth, title and number of the page of each bookmark."""

    def walk(items, depth):
        for item in items:
            if isinstance(item, list):
                yield from walk(item, depth + 1)
            else:
                yield depth, item["/Title"], book.get_destination_page_number(item) + 1

    return list(walk(book.outline, 0))


@pytest.fixture(scope="module")
def links(book):
    """Number of its page, and where it leads, of each link inside the book."""
    return [
        (number, str(annotation.get_object()["/Dest"]))
        for number, page in enumerate(book.pages, start=1)
        for annotation in page.get("/Annots", [])
        if "/Dest" in annotation.get_object()
    ]


@pytest.fixture(scope="module")
def tags(book):
    """Every tag, in the order in which the book is read aloud."""

    def walk(tag):
        yield tag
        kids = tag["/K"]
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid.get_object(), dict) and "/S" in kid.get_object():
                yield from walk(kid.get_object())

    return list(walk(book.trailer["/Root"]["/StructTreeRoot"]["/K"]))


def test_it_says_what_it_is(book, pages):
    root = book.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert book.metadata.title == "The Singular Value Decomposition"
    assert book.metadata.author == "The authors of this book"
    assert re.search(r"Version \d+\.\d+\.\d+ .*CC BY 4.0.*BSD-3-Clause.*How this PDF was made", pages[0])


def test_the_bookmarks_are_the_headings_below_their_parts(bookmarks):
    assert bookmarks == [
        (0, "Contents", 2),
        (0, "Welcome", 3),
        (0, "Part I. Chapters", 4),
        (1, LONG_TITLE, 4),
        (2, "1.1. The first section", 4),
        (2, "1.2. Exercises", 4),
        (1, "2. Products", 5),
        (2, "2.1. The first section", 6),
        (0, "Reference", 7),
        (1, "Words", 7),
        (0, "Appendix", 8),
        (1, "Solutions", 8),
        (2, LONG_TITLE, 8),
        (3, "Exercise 1.1 (★ A task)", 8),
    ]


def test_the_contents_give_the_page_of_each_heading(bookmarks, pages):
    parts = ["Part I. Chapters", "Reference", "Appendix"]
    entries = [title if title in parts else f"{title} {number}" for _, title, number in bookmarks[1:-1]]
    assert pages[1] == f"Contents 2 Contents {' '.join(entries)}"
    assert [title for _, title, number in bookmarks if title not in pages[number - 1]] == []


def test_each_page_has_a_running_head_and_its_number(pages):
    heads = ["Contents", "Welcome", LONG_TITLE, "2. Products", "2. Products", "Words", "Solutions"]
    for number, (head, page) in enumerate(zip(heads, pages[1:], strict=True), start=2):
        assert page.startswith(f"{head} {number} "), page


def test_each_link_leads_to_a_place_in_the_book_or_to_another_host(book, links):
    destinations = book.named_destinations
    assert [link for link in links if link[1] not in destinations] == []
    outside = [
        annotation.get_object()["/A"]["/URI"]
        for page in book.pages
        for annotation in page.get("/Annots", [])
        if "/A" in annotation.get_object()
    ]
    assert outside == ["https://creativecommons.org/licenses/by/4.0/", "https://example.org/elsewhere"]


def test_links_between_pages_lead_to_the_right_one(book, links):
    destinations = book.named_destinations
    led = {(number, name): book.get_destination_page_number(destinations[name]) + 1 for number, name in links}
    assert led[3, "/notebooks-sums"] == 4
    assert led[5, "/notebooks-sums"] == 4
    assert led[7, "/notebooks-sums.thm-sums"] == 4
    assert led[7, "/notebooks-products.a-page-with-a-long-title"] == 5
    assert led[8, "/notebooks-sums.equation-eq-sums-one"] == 4


def test_solutions_stand_in_the_appendix_and_exercises_link_to_them_and_back(pages, links):
    solving = [number for number, page in enumerate(pages, start=1) if "It is done" in page or "solving_code" in page]
    assert solving == [8]
    assert (4, "/notebooks-sums.sol-sums-task") in links and "Solution, page 8" in pages[3]
    assert (8, "/notebooks-sums.ex-sums-task") in links and "Exercise 1.1 (★ A task) page 4" in pages[7]


def test_proofs_are_open_and_folded_code_is_left_out(pages):
    text = " ".join(pages)
    assert "Proof It was proved. ∎" in text
    assert "shown_code()" in text and "folded_code" not in text


def test_figures_and_formulas_have_an_alternative_text(tags):
    described = [(tag["/S"], tag["/Alt"]) for tag in tags if "/Alt" in tag]
    assert described[:2] == [("/Formula", "a+b=c"), ("/Figure", "A triangle that fills half of its box.")]
    assert described[2][1].startswith("x_{0}+x_{1}") and len(described) == 3


def test_tags_name_what_they_hold(tags):
    kinds = [tag["/S"] for tag in tags]
    assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Link", "/Caption"} <= set(kinds)
    assert "/NonStruct" not in kinds
    assert all(inner["/P"] in tags for inner in tags[1:])


def test_the_same_site_gives_the_same_file(folder):
    file = folder / "_build" / "svd-book.pdf"
    before = file.read_bytes()
    said = run(folder, sys.executable, "-m", "publishing.pdf")
    # Object by object, so that a difference tells where it is.
    pieces = zip(before.split(b"endobj"), file.read_bytes().split(b"endobj"), strict=True)
    assert [pair for pair in pieces if pair[0] != pair[1]] == []
    assert re.search(r"Printing, pass 2 \.\.\.\n.*svd-book\.pdf: 8 pages, 0\.\d MB\n\Z", said, re.S)


def test_a_machine_without_a_browser_is_told_so_in_one_line(monkeypatch):
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    told = pdf.main()
    assert told.startswith("make pdf needs Chromium or Chrome") and "\n" not in told
