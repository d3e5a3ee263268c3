"""The time of a chapter, counted by hand."""

import nbformat
import pytest

from publishing.book import Chapter
from publishing.reading_time import times

SVG = {"image/svg+xml": "<svg>"}


def code(source, *tags, drawn=False):
    outputs = [nbformat.v4.new_output("display_data", SVG)] if drawn else []
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}, outputs=outputs)


def words(count):
    return "word " * count


@pytest.fixture
def times_of(tmp_path):
    (tmp_path / "notebooks").mkdir()

    def times_of(*cells):
        cells = [nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "line.ipynb")
        return times(Chapter("notebooks/line", tmp_path))

    return times_of


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        ([words(1400)], 10),
        (["$a+b$ " * 150], 10),
        (["$$\na=b\n$$\n" * 20], 10),
        ([code("a\n\n" * 100)], 10),
        ([code("a\n" * 1000, "hide-input", drawn=True) for _ in range(10)], 10),
        ([code("a\n" * 1000, "remove-cell", "test"), code("a\n" * 1000, "hide-cell", "solution")], 0),
        ([words(700) + "`code code`" * 99 + " [](code.ipynb)" * 99, "$a$ " * 75], 10),
    ],
)
def test_words_formulas_code_and_figures_count(times_of, cells, minutes):
    found = times_of("# T\n", *cells)
    assert (found.core, found.second, found.exercises) == (minutes, 0, 0)


def test_the_second_reading_and_the_exercises_have_times_of_their_own(times_of):
    box = ":::{{exercise}} {stars} T\n:label: ex-line-{stars}\n" + words(1400) + "\n:::\n\n"
    found = times_of(
        "# T\n\n" + words(1400) + "\n\n## Second reading: more\n\n" + words(700),
        code("a\n" * 50),
        words(1400) + "\n\n## Key takeaways\n\n" + words(2800),
        "## Exercises\n\n" + "".join(box.format(stars=stars) for stars in ("★", "★★", "★★★")),
        code("a\n" * 1000),
        "## Further reading\n\n" + words(700),
    )
    assert (found.core, found.second, found.exercises) == (35, 20, 2)
    assert str(found) == "The core takes about 35 minutes, the second reading 20, the exercises about 2 hours."
