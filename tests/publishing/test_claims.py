"""A chapter whose numbers are checked, and what is said when one is not."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from publishing.book import Chapter
from publishing.claims import problems

HIDDEN = {"tags": ["remove-cell", "test"]}
TEXT = """# Sums

The first layer has
35.2 % of the energy, and **seven** layers have $\\sigma_1 = 3\\cdot 4$, $\\frac12$.

:::{solution} ex-sums-three
:label: sol-sums-4
1. In 1936, see section 5.4 of the book: `k = 9`.
:::

## Further reading

Volume 77."""
CHECKS = """says("has 35.2 % of the energy", 35.2)
says(
    "and **seven** "
    "layers", 7)
given(r"$\\sigma_1 = 3\\cdot 4$", "A picture of 25 squares")
"""


@pytest.fixture
def chapter(tmp_path):
    """Makes a chapter of a text and its checks."""

    def chapter(text=TEXT, checks=CHECKS, alt="A picture of 25 squares"):
        picture = nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>"})
        drawing = new_code_cell("draw()", outputs=[picture], metadata={"mystnb": {"image": {"alt": alt}}})
        cells = [new_markdown_cell(text), drawing, new_code_cell(checks, metadata=HIDDEN)]
        nbformat.write(new_notebook(cells=cells), tmp_path / "sums.ipynb")
        return Chapter("sums", tmp_path)

    return chapter


def test_a_checked_chapter_has_no_problem(chapter):
    assert list(problems(chapter())) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("35.2", "61.1"),
        ("35.2", "35.7"),
        ("seven", "eight"),
        ("3\\cdot", "5\\cdot"),
        ("cdot 4", "cdot 6"),
        ("layers have", "layers have 8 of"),
        ("layers have", "layers have a seventh of"),
        ("In 1936", "In 36"),
        ("\\frac12", "\\frac13"),
    ],
)
def test_a_number_that_was_changed_is_missed(chapter, old, new):
    assert list(problems(chapter(TEXT.replace(old, new))))


def test_the_place_and_the_remedy_are_named(chapter):
    changed = chapter(TEXT.replace("35.2", "61.1"), alt="A picture of 52 squares")
    found = list(problems(changed))
    assert [position for position, _ in found] == [2, 2, 0, 1]
    assert found[0][1] == "the chapter does not say 'has 35.2 % of the energy'; quote it as it stands there"
    assert found[2][1].startswith("no hidden cell checks '61.1' in '...") and "add says(...)" in found[2][1]
    assert "'52'" in found[3][1]


def test_a_quote_must_hold_the_whole_number(chapter):
    assert "'35.2'" in next(problems(chapter(checks=CHECKS.replace("has 35.2 % of the energy", "has 35"))))[1]


def test_a_visible_cell_checks_nothing(chapter):
    visible = chapter()
    visible.cells[2].metadata = {}
    assert len(list(problems(visible))) == 5
