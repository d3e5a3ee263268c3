"""The notebooks as they are stored. That a new run gives the same outputs is checked by nbval."""

import re

import nbformat
import pytest
from pages import CHAPTERS, ROOT

from publishing.notebooks import normalise

LARGEST_BYTES = 3_500_000
TAGS = {"hide-input", "hide-cell", "remove-input", "remove-cell", "solution", "test"}


def read(chapter):
    return nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4)


def code_cells(chapter):
    return [cell for cell in read(chapter).cells if cell.cell_type == "code"]


def prose(chapter):
    return "\n\n".join(cell.source for cell in read(chapter).cells if cell.cell_type == "markdown")


def test_every_notebook_stands_in_the_table_of_contents():
    assert sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb")) == sorted(
        name.removeprefix("notebooks/") for name in CHAPTERS
    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_it_is_normalised(chapter):
    path = ROOT / f"{chapter}.ipynb"
    stored = path.read_text(encoding="utf-8")
    assert stored == nbformat.writes(normalise(read(chapter))) + "\n", f"run `make notebooks`: {path}"
    assert len(stored) < LARGEST_BYTES


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_its_cells_ran_once_and_in_order(chapter):
    cells = code_cells(chapter)
    assert all(cell.source.strip() for cell in cells)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [output for cell in cells for output in cell.outputs if output.output_type == "error"] == []
    assert [output for cell in cells for output in cell.outputs if output.get("name") == "stderr"] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_it_uses_known_tags_only(chapter):
    assert {tag for cell in read(chapter).cells for tag in cell.metadata.get("tags", [])} <= TAGS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_its_figures_are_svg_with_a_name_a_caption_and_an_alternative(chapter):
    names = []
    for cell in code_cells(chapter):
        kinds = {kind for output in cell.outputs for kind in output.get("data", {}) if kind.startswith("image/")}
        if not kinds:
            continue
        assert kinds == {"image/svg+xml"}
        shown = cell.metadata.get("mystnb", {})
        if "remove-cell" in cell.metadata.get("tags", []):
            continue
        assert len(shown["image"]["alt"].split()) >= 12, shown["image"]["alt"]
        # A figure of a folded solution has no number.
        if "solution" not in cell.metadata.get("tags", []):
            assert len(shown["figure"]["caption"].split()) >= 6, shown["figure"]["caption"]
            names.append(shown["figure"]["name"])
    assert len(set(names)) == len(names) >= 3
    for name in names:
        assert name.startswith(f"fig-{chapter.removeprefix('notebooks/')}"), name


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_it_has_the_form_of_a_chapter(chapter):
    text = prose(chapter)
    assert text.startswith("# ")
    for part in (
        "**In this chapter you will**",
        "**You need**",
        "Try it",
        "## Key takeaways",
        "## Exercises",
        "## Further reading",
    ):
        assert part in text, part
    first_figure = next(i for i, cell in enumerate(read(chapter).cells) if "mystnb" in cell.metadata)
    assert first_figure <= 3, "a chapter opens with a picture of its result"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_has_a_solution_and_every_solution_an_assertion(chapter):
    text = prose(chapter)
    exercises = re.findall(r"^:{3,}\{exercise\}.*\n:label: (\S+)", text, re.M)
    solutions = re.findall(r"^:{3,}\{solution\} (\S+)\n:label: \S+\n:class: dropdown", text, re.M)
    assert len(exercises) >= 8
    assert sorted(exercises) == sorted(solutions)
    solved = [cell.source for cell in code_cells(chapter) if "solution" in cell.metadata.get("tags", [])]
    assert any("assert" in source for source in solved)
