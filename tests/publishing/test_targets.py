"""References: a wrong key of something that exists is noticed, by the words around it or by what a hidden cell says of it."""

import nbformat
import pytest

from publishing import targets
from publishing.book import Book
from svdbook.sentences import refers

TEXT = """# A line

:::{prf:theorem} Right angles
:label: thm-line-right
Two lines meet at a right angle.
:::

:::{prf:theorem} Shortest way
:label: thm-line-short
The straight way is the shortest.
:::

$$ x+y=1 $$ (eq-line-sum)

$$ x-y=1 $$ (eq-line-difference)

The shortest way is straight ({prf:ref}`thm-line-short`). It is short.

This follows from {prf:ref}`thm-line-right`, and {eq}`eq-line-sum`
is why. {cite:t}`strang2016`, chapter 7, draws it.

:::{exercise} ★ Draw it
:label: ex-line-draw
Draw {numref}`fig-line-rise`, a line that rises.
:::

:::{exercise} ★ Count it
:label: ex-line-count
Compare with {ref}`ex-line-draw`, where you draw.
:::
"""
TOLD = [
    'refers("Right angles", "follows from {prf:ref}`thm-line-right`, and")',
    'refers("x+y=1", "{eq}`eq-line-sum` is why")',
    'refers("Strang: Introduction", "{cite:t}`strang2016`, chapter 7")',
]
BIBLIOGRAPHY = """@book{strang2016, author = {Strang, Gilbert}, title = {Introduction to Linear Algebra}}
@book{bjorck1996, author = {Bj{\\"o}rck, {\\AA}ke}, title = {Numerical Methods}}
"""


@pytest.fixture
def problems(tmp_path):
    """A function that gives the problems of the references of a chapter, with where they are."""

    def problems(text=TEXT, told=TOLD):
        svg = nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg>"})
        shown = [
            {"name": "fig-line-rise", "caption": "A line rises."},
            {"name": "fig-line-fall", "caption": "A line falls."},
        ]
        cells = [nbformat.v4.new_markdown_cell(text)]
        cells += [nbformat.v4.new_code_cell(outputs=[svg], metadata={"mystnb": {"figure": figure}}) for figure in shown]
        cells.append(nbformat.v4.new_code_cell("\n".join(told), metadata={"tags": ["remove-cell", "test"]}))
        for folder in ("notebooks", "book"):
            (tmp_path / folder).mkdir(exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "line.ipynb")
        (tmp_path / "book" / "references.bib").write_text(BIBLIOGRAPHY)
        (tmp_path / "_toc.yml").write_text("root: notebooks/line\n")
        book = Book(tmp_path)
        return list(targets.problems(book.chapters[0], book.targets))

    return problems


def test_references_that_are_named_or_told_are_no_problem(problems):
    assert problems() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # Named by the words around them.
        (
            "({prf:ref}`thm-line-short`)",
            "({prf:ref}`thm-line-right`)",
            "around thm-line-right do not tell which theorem",
        ),
        (
            "Draw {numref}`fig-line-rise`",
            "Draw {numref}`fig-line-fall`",
            "around fig-line-fall do not tell which figure",
        ),
        ("with {ref}`ex-line-draw`", "with {ref}`ex-line-count`", "around ex-line-count do not tell which exercise"),
        (
            "The shortest way is straight",
            "This way is at right angles, or short",
            "around thm-line-short do not tell which theorem",
        ),
        # Told by a hidden cell.
        (
            "from {prf:ref}`thm-line-right`",
            "from {prf:ref}`thm-line-short`",
            "does not say 'follows from {prf:ref}`thm-line-r",
        ),
        ("and {eq}`eq-line-sum`", "and {eq}`eq-line-difference`", "does not say '{eq}`eq-line-sum` is why'"),
        ("{cite:t}`strang2016`", "{cite:t}`bjorck1996`", "does not say '{cite:t}`strang2016`, chapter 7'"),
        # Labels that went elsewhere.
        ("$$ x+y=1 $$ (eq-line-sum)\n\n$$ x-y=1", "$$ x-y=1 $$ (eq-line-sum)\n\n$$ x+y=1", "does not lead to 'x+y=1'"),
        ("{prf:theorem} Right angles", "{prf:theorem} Parallels", "does not lead to 'Right angles'"),
    ],
)
def test_a_wrong_target_is_noticed(problems, old, new, said):
    assert TEXT.count(old) == 1
    found = problems(TEXT.replace(old, new))
    assert any(said in problem for _, problem in found), found


@pytest.mark.parametrize("left_out", TOLD)
def test_what_neither_words_nor_a_cell_tell_is_a_problem_that_shows_the_remedy(problems, left_out):
    ((position, problem),) = problems(told=[line for line in TOLD if line != left_out])
    assert position == 0 and "write its name beside it, or into a hidden cell: refers(" in problem


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('refers("x-y=1", "{eq}`eq-line-sum` is why")', "does not lead to 'x-y=1'"),
        ('refers("y=1", "{eq}`eq-line-sum` is why")', "'y=1' stands in eq-line-difference as well as in eq-line-sum"),
        (
            'refers("Shortest way", "({prf:ref}`thm-line-long`)")',
            "the chapter does not say '({prf:ref}`thm-line-long`)'",
        ),
    ],
)
def test_a_cell_that_tells_the_wrong_thing_is_a_problem(problems, line, said):
    assert any(position == 3 and said in problem for position, problem in problems(told=[*TOLD, line]))


def test_a_quote_that_stands_twice_tells_nothing(problems):
    found = problems(TEXT + "\nIt follows from {prf:ref}`thm-line-right`, and from nothing else.\n")
    assert "the chapter says 2 times 'follows from {prf:ref}`thm-line-right`, and'" in found[0][1]


def test_names_of_people_are_read_without_their_markup(problems):
    problems()
    book = Book()
    assert book.targets["cite"]["bjorck1996"].name.startswith("Björck: Numerical Methods")
    assert book.targets["eq"]["eq-basics-pairs"].text.count("sigma_i") == 2


def test_books_that_are_cited_together_are_told_one_by_one(problems):
    text = TEXT.replace("{cite:t}`strang2016`", "{cite}`strang2016,bjorck1996`")
    told = [*TOLD[:2], 'refers("Strang: Introduction", "{cite}`strang2016,bjorck1996`, chapter")']
    ((_, problem),) = problems(text, told)
    assert "around bjorck1996" in problem
    told.append('refers("Björck: Numerical", "{cite}`strang2016,bjorck1996`, chapter")')
    assert problems(text, told) == []


@pytest.mark.parametrize("sentence", ["no reference", "{eq}`eq-a` and {eq}`eq-b`", "`eq-a`"])
def test_a_quote_has_one_reference(sentence):
    with pytest.raises(ValueError, match="sentences must have one reference each, got"):
        refers("words", sentence)
