"""The notebooks that readers take home."""

from symtable import symtable

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pages import BOOK
from pybtex.database import Entry, Person

from publishing.book import Chapter
from publishing.editions import ANSWER, Editions

NAMES = {
    "fig-sums-dot": "Figure 1.1",
    "thm-sums-small": "Theorem 1.1",
    "ex-sums-count": "Exercise 1.1",
    "ex-sums-more": "Exercise 1.2",
    "eq-sums-two": "(1.1)",
}
SOURCES = {
    "one2001": Entry("book", {"year": "2001"}, {"author": [Person("van One, Ann")]}),
    "two2002": Entry("book", {"year": "2002"}, {"author": [Person("Two, Bo"), Person("Three, Cy")]}),
    "many2003": Entry("book", {"year": "2003"}, {"author": [Person("A, A"), Person("B, B"), Person("C, C")]}),
    "body2004": Entry("misc", {"year": "2004", "organization": "A body"}),
}
TEXT = """# Sums

See {numref}`fig-sums-dot`, {numref}`drawing %s <fig-sums-dot>`, {prf:ref}`thm-sums-small`, {eq}`eq-sums-two`, {ref}`ex-sums-count`.
{cite:t}`two2002` and {cite}`one2001,many2003`, {cite}`body2004`. A `{cite}` in code.

$$
1+1=2
$$ (eq-sums-two)

:::{prf:theorem} Small
:label: thm-sums-small
Two and two.

:not-an-option: after a blank line
:::

:::{prf:proof}
:class: dropdown
Count.
:::

:::{admonition} Try it
:class: tip
Change it.
:::"""
EXERCISES = """## Exercises

::::{exercise} ★ Count
:label: ex-sums-count
How many?

:::{admonition} Hint
:class: dropdown
Fingers.
:::
::::

:::{solution} ex-sums-count
:label: sol-sums-count
:class: dropdown
Four, secretly.
:::

:::{exercise} ★★ More
:label: ex-sums-more
And now?
:::

:::{solution} ex-sums-more
:label: sol-sums-more
:class: dropdown
Five, secretly, by {prf:ref}`thm-sums-small`.
:::"""


@pytest.fixture
def chapter(tmp_path):
    shown = {"figure": {"name": "fig-sums-dot", "caption": "A dot, see {eq}`eq-sums-two`."}}
    picture = nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>"})
    cells = [
        new_markdown_cell(TEXT),
        new_code_cell("draw()", outputs=[picture], metadata={"mystnb": shown}, execution_count=1),
        new_code_cell("assert hidden", metadata={"tags": ["remove-cell", "test"]}, execution_count=2),
        new_markdown_cell(EXERCISES),
        new_code_cell("secret = 5", metadata={"tags": ["solution", "hide-cell"]}, execution_count=3),
        new_code_cell("assert secret", metadata={"tags": ["solution", "remove-cell", "test"]}, execution_count=4),
        new_markdown_cell("## Further reading"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "sums.ipynb")
    return Chapter("sums", tmp_path)


@pytest.fixture
def editions():
    return Editions(NAMES, SOURCES)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_references_read_as_words(chapter, editions):
    text = sources(editions.edition(chapter))[0]
    assert "See Figure 1.1, drawing 1.1, Theorem 1.1, (1.1), Exercise 1.1." in text
    assert "Two and Three [2002] and [van One, 2001; A et al., 2003], [A body, 2004]. A `{cite}` in code." in text
    assert "$$\n1+1=2\n\\tag{1.1}\n$$" in text


def test_boxes_are_plain_text(chapter, editions):
    text = sources(editions.edition(chapter))[0]
    theorem = "---\n\n**Theorem 1.1** (Small).\n\nTwo and two.\n\n:not-an-option: after a blank line\n\n---"
    assert theorem in text
    assert "<details><summary>Proof</summary>\n\nCount.\n\n</details>" in text
    assert "---\n\n**Try it.**\n\nChange it.\n\n---" in text
    # A rule right below a line would make it a heading.
    assert "\n\n---" in text and "it.\n---" not in text


def test_the_edition_goes_from_exercise_to_answer_to_closed_solution(chapter, editions):
    edition = editions.edition(chapter)
    nbformat.validate(edition)
    assert sources(edition)[1:] == [
        "draw()",
        "**Figure 1.1.** A dot, see (1.1).",
        "## Exercises",
        "#### Exercise 1.1 ★ Count\n\nHow many?\n\n<details><summary>Hint</summary>\n\nFingers.\n\n</details>",
        ANSWER,
        "##### Solution to Exercise 1.1\n\nFour, secretly.",
        "#### Exercise 1.2 ★★ More\n\nAnd now?",
        ANSWER,
        "##### Solution to Exercise 1.2\n\nFive, secretly, by Theorem 1.1.",
        "secret = 5",
        "## Further reading",
    ]
    closed = [cell.source for cell in edition.cells if cell.metadata.get("jp-MarkdownHeadingCollapsed")]
    assert [text[:14] for text in closed] == ["##### Solution"] * 2
    assert [cell.execution_count for cell in edition.cells if cell.cell_type == "code"] == [1, None, None, 2]
    assert len({cell.id for cell in edition.cells}) == len(edition.cells)


def test_a_solution_that_fails_with_other_numbers_does_not_stop_the_run(chapter, editions):
    edition = editions.edition(chapter)
    goes_on = [cell.source for cell in edition.cells if "raises-exception" in cell.metadata.get("tags", [])]
    assert goes_on == ["secret = 5"]
    assert not any("raises-exception" in cell.metadata.get("tags", []) for cell in chapter.cells)


def test_an_edition_without_solutions_has_none(chapter, editions):
    edition = editions.edition(chapter, solutions=False)
    nbformat.validate(edition)
    assert "secret" not in nbformat.writes(edition) and "Solution" not in nbformat.writes(edition)
    assert sources(edition).count(ANSWER) == 2
    assert [cell.execution_count for cell in edition.cells if cell.cell_type == "code"] == [1, None, None]


def test_the_chapter_itself_stays_as_it_is(chapter, editions):
    before = nbformat.writes(chapter.notebook)
    editions.edition(chapter)
    assert nbformat.writes(chapter.notebook) == before


def names_of(source):
    """Names that a cell binds for the cells below, and names that it takes from the cells above."""
    table = symtable(source, "cell", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    scopes, read = [table], set()
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        read |= {
            symbol.get_name()
            for symbol in scope.get_symbols()
            if symbol.is_referenced() and (scope is table or symbol.is_global())
        }
    return bound, read - bound


@pytest.mark.parametrize("kind", ["hidden", "folded"])
@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_no_cell_in_sight_uses_a_name_of_a_cell_out_of_sight(chapter, kind):
    out_of_sight, seen, faults = set(), set(), []
    for position, cell in enumerate(chapter.cells):
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type != "code" or (kind == "folded" and tags & {"test", "solution"}):
            continue
        bound, read = names_of(cell.source)
        if tags & ({"test"} if kind == "hidden" else {"hide-input", "hide-cell", "remove-input"}):
            out_of_sight |= bound - seen
        else:
            faults += [(position, name) for name in read & out_of_sight]
            seen |= bound
            out_of_sight -= bound
    assert faults == []
