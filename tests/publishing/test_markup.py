"""What the site makes of boxes, folds, references and tables, on a page of its own."""

from importlib.metadata import version

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.application import Sphinx

from publishing.markup import WRITTEN_FOR
from publishing.notebooks import normalise

KNOWN_INSIDES = {
    "furo": "get_pygments_stylesheet, THEME_PATH, the classes math-wrapper and table-wrapper, names in book/_templates/page.html",
    "myst-nb": "HideCodeCellNode, the classes cell and tag_solution, the modules of myst_nb.core.execute",
    "sphinx": "the environment's toc_fignumbers, toc_secnumbers, images and labels, HTML5Translator.visit_entry, "
    "TocTreeCollector.assign_figure_numbers, IndexBuilder with _mapping, _title_mapping and _index_entries",
    "sphinx-exercise": "solution_node with its title, the section exercise-content, sphinx_exercise_registry",
    "sphinx-proof": 'proof_node, whose text begins with "Proof. ", the section proof-content',
    "sphinxcontrib-bibtex": "the citations of its domain, with entry and formatted_entry",
}

TEXT = """# A page

:::{prf:theorem} Small
:label: thm-small
Two and two.
:::

:::{prf:proof}
:class: dropdown
Count *them*.
:::

:::{admonition} Answer
:class: dropdown
Two.
:::

See {numref}`fig-dot`, {numref}`Drawing %s <fig-dot>`, {prf:ref}`thm-small` and {ref}`ex-count`.

| | a |
|---|---|
| b | 1 |

:::{exercise} ★ Count
:label: ex-count
How many?
:::

:::{solution} ex-count
:label: sol-count
:class: dropdown
Four, as {numref}`fig-dot` shows.
:::
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><path d="M 0 0 L 1 1"/></svg>'


def drawing():
    shown = {"figure": {"name": "fig-dot", "caption": "A dot."}, "image": {"alt": "A dot on paper."}}
    output = nbformat.v4.new_output("display_data", {"image/svg+xml": SVG})
    return new_code_cell("draw(1)", outputs=[output], metadata={"mystnb": shown, "tags": ["hide-input"]})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("markup")
    source = folder / "source"
    source.mkdir()
    cells = [
        new_markdown_cell(TEXT),
        new_code_cell("four = 2 + 2", metadata={"tags": ["solution", "hide-cell"]}),
        new_markdown_cell("After the solution."),
        drawing(),
        drawing(),
    ]
    del cells[-1].metadata["mystnb"]["figure"]
    nbformat.write(normalise(new_notebook(cells=cells)), source / "index.ipynb")
    config = {
        "extensions": ["myst_nb", "sphinx_exercise", "sphinx_proof", "publishing.markup", "publishing.mathematics", "publishing.references"],
        "html_theme": "furo",
        "html_math_renderer": "mathml",
        "myst_enable_extensions": ["colon_fence", "dollarmath"],
        "nb_execution_mode": "off",
        "numfig": True,
    }  # fmt: skip
    app = Sphinx(source, None, folder / "html", folder / "doctrees", "html", config, status=None, warningiserror=True)
    app.build()
    assert app.statuscode == 0
    return folder / "html"


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser").article


@pytest.fixture(scope="module")
def solutions(site):
    return BeautifulSoup((site / "index-solutions.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("package", WRITTEN_FOR)
def test_the_insides_of_other_packages_are_those_that_the_code_was_written_for(package):
    assert version(package) == WRITTEN_FOR[package], (
        f"publishing/ uses {KNOWN_INSIDES[package]} of {package}: see whether the new version has them, look at a page, "
        "then set WRITTEN_FOR in publishing/markup.py"
    )


def test_a_solution_is_a_link_below_a_line_of_plain_text(page):
    (solution,) = page.select("details.solution")
    assert solution["id"] == "sol-count" and not solution.has_attr("open")
    assert solution.summary.get_text() == "Solution to Exercise 1" and not solution.summary.find("a")
    assert [link["href"] for link in solution.select("a")] == ["index-solutions.html#sol-count"]
    assert "Four" not in page.get_text() and "four" not in page.get_text()


def test_solutions_stand_with_their_code_on_a_page_of_their_own(solutions):
    assert solutions.title.get_text().startswith("Solutions: A page")
    assert [heading.get_text() for heading in solutions.select("h1")] == ["Solutions"]
    assert solutions.select_one("meta[name=description]")["content"].startswith(
        "Whole solutions to the exercises of A page"
    )
    (solution,) = solutions.select("section.solution")
    assert solution["id"] == "sol-count"
    assert solution.h2.a["href"] == "index.html#ex-count" and solution.h2.get_text() == "Exercise 1 (★ Count)"
    assert [link["href"] for link in solution.select("p a")] == ["index.html#fig-dot"]
    assert "Four, as Fig. 1 shows." in solution.get_text()
    (code,) = solution.select("details.code")
    assert code.summary.get_text() == "Solution code"
    assert code.select_one("pre").get_text().strip() == "four = 2 + 2"
    assert "After the solution." not in solution.get_text()


def test_a_proof_folds_below_its_name(page):
    (proof,) = page.select("details.proof")
    assert proof.summary.get_text() == "Proof"
    assert proof.p.get_text() == "Count them."


def test_an_answer_folds_below_its_title(page):
    (answer,) = page.select("details.answer")
    assert answer.summary.get_text() == "Answer" and answer.p.get_text() == "Two." and not answer.has_attr("open")


def test_the_code_of_a_figure_folds_and_its_drawing_shows(page):
    first, second = page.select("div.cell:not(.tag_solution)")
    assert [cell.details.summary.get_text() for cell in (first, second)] == ["Show the code"] * 2
    assert first.figure and not first.figure.find_parent("details")
    images = [cell.img for cell in (first, second)]
    assert [(image["width"], image["height"], image["alt"]) for image in images] == [
        ("96", "48", "A dot on paper.")
    ] * 2
    assert [image.get("loading") for image in images] == [None, "lazy"]


def test_references_have_the_numbers_of_what_they_lead_to(page):
    links = {link.get_text(): link["href"] for link in page.select("p a.reference")}
    assert links["Fig. 1"] == links["Drawing 1"] == "#fig-dot"
    assert links["Theorem 1"] == "#thm-small"
    assert links["Exercise 1"] == "#ex-count"


def test_no_id_is_given_twice_and_no_empty_header_heads_a_table(page):
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert page.select("section#exercise-content, section#proof-content, section#solution-content") == []
    assert [cell.name for cell in page.select_one("table thead tr").find_all(["td", "th"])] == ["td", "th"]
