"""The book as objects, and what is said of a chapter that breaks the form."""

import shutil

import nbformat
import pytest

from publishing.book import ROOT, Book, Chapter, main
from publishing.new_chapter import new_chapter
from publishing.notebooks import normalise

PICTURE = {"image/svg+xml": '<svg width="300pt" height="200pt">'}
ALT = "A line that rises from the left to the right, and falls off again at its end."


def code(source, *tags, data=None, **metadata):
    outputs = [nbformat.v4.new_output("display_data", data)] if data else []
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": list(tags), **metadata})


def figure(name, **changes):
    shown = {"figure": {"name": name, "caption": "A line and what one sees in it."}, "image": {"alt": ALT}}
    return code("plt.show()", "hide-input", data=PICTURE, mystnb=shown | changes)


def exercise(label, title="★ By hand: a line", solution="", **options):
    lines = [f":::{{exercise}} {title}", f":label: {label}", "Draw it.", ":::", ""]
    lines += [f":::{{solution}} {solution or label}", f":label: sol-{label}", ":class: dropdown", "Drawn.", ":::"]
    return "\n".join(lines)


TIMES = "The core takes about 5 minutes, the exercises about 2 hours."


def sound_cells():
    text = nbformat.v4.new_markdown_cell
    return [
        text("# A line\n\nWhere does it lead?"),
        figure("fig-line-first"),
        text(
            "**In this chapter you will**\n\n- see.\n\n**You need** [basics](basics.ipynb). "
            + TIMES
            + "\n\n## It rises"
        ),
        code("assert True", "remove-cell", "test"),
        text(":::{admonition} Try it\n:class: tip\nTurn it.\n:::"),
        figure("fig-line-second"),
        figure("fig-line-third"),
        text(
            "## Key takeaways\n\n- It rises.\n\n## Exercises\n\n"
            + "\n\n".join(exercise(f"ex-line-{i}") for i in range(8))
        ),
        code("assert 1 + 1 == 2", "solution", "hide-cell"),
        text("## Further reading"),
    ]


@pytest.fixture
def problems(tmp_path):
    """What is said of a chapter made of cells, normalised and with execution counts if not told otherwise."""
    (tmp_path / "notebooks").mkdir()

    def problems(
        cells,
        *,
        ran=True,
        description="A chapter about a line that rises, made for the tests of this project.",
        normal=True,
    ):
        counter = 0
        for position, cell in enumerate(cells):
            cell.id = f"cell-{position}"
            if cell.cell_type == "code" and ran:
                counter += 1
                cell.execution_count = counter
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"myst": {"html_meta": {"description": description}}})
        if normal:
            normalise(notebook)
        path = tmp_path / "notebooks" / "line.ipynb"
        nbformat.write(notebook, path)
        return list(Chapter("notebooks/line", tmp_path).problems())

    return problems


def test_a_sound_chapter_has_no_problem(problems):
    assert problems(sound_cells()) == []


def broken(change):
    cells = sound_cells()
    change(cells)
    return cells


def edit(position, old, new):
    def change(cells):
        assert old in cells[position].source
        cells[position].source = cells[position].source.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit(0, "# A line", "A line"), ["line.ipynb: there is no title", "# Title"]),
        (edit(2, "**You need**", "Need"), ["'**You need**' is missing", "Add a chapter"]),
        (edit(4, "Turn it", "Replace this"), ["cell 4 (cell-4)", "write your own text"]),
        (lambda cells: cells[5].metadata.pop("mystnb"), ["cell 5 (cell-5)", "alternative text", '"mystnb": {"image"']),
        (lambda cells: cells[5].metadata.mystnb.pop("figure"), ["cell 5 (cell-5)", "caption", "fig-line-...", "Add a figure"]),
        (lambda cells: cells[5].metadata.mystnb.figure.update(name="fig-curve"), ["cell 5", "must begin with fig-line-"]),
        (lambda cells: cells[5].metadata.mystnb.figure.update(name="fig-line-first"), ["cell 5", "stands at cell 1 too"]),
        (lambda cells: cells[5].metadata.mystnb.image.update(alt="Replace this. " * 8), ["cell 5", "write your own caption"]),
        (lambda cells: cells[5].outputs[0].update(data={"image/png": "x"}), ["cell 5 (cell-5)", "image/png", "use_style"]),
        (
            lambda cells: cells[5].outputs[0].update(data={"image/svg+xml": '<svg height="1pt" width="460pt">'}),
            ["cell 5 (cell-5)", "6.39 inches", "6 at most"],
        ),
        (lambda cells: cells.pop(6), ["at least 3 figures, got 2"]),
        (lambda cells: cells.insert(7, cells.pop(1)), ["open with a picture of the chapter's result"]),
        (lambda cells: cells[3].metadata.tags.remove("remove-cell"), ["cell 3 (cell-3)", "both tags, remove-cell and test"]),
        (lambda cells: cells[3].metadata.tags.remove("test"), ["cell 3 (cell-3)", "both tags, remove-cell and test"]),
        (lambda cells: cells[3].metadata.tags.clear(), ["cell 3 (cell-3)", "readers see a check; hide it"]),
        (
            lambda cells: cells.insert(5, code("from svdbook.sentences import says", "hide-input")),
            ["cell 5 (cell-5)", "readers see a check; hide it"],
        ),
        (lambda cells: cells[8].metadata.tags.remove("hide-cell"), ["cell 8 (cell-8)", "add the tag hide-cell"]),
        (lambda cells: cells[8].metadata.tags.append("hide"), ["cell 8 (cell-8)", "the tag 'hide' is unknown"]),
        (edit(8, "assert", "print"), ["no solution is checked"]),
        (edit(8, "assert 1 + 1 == 2", " "), ["cell 8 (cell-8)", "the cell is empty; delete it"]),
        (edit(7, "{solution} ex-line-4", "{solution} ex-line-9"), ["cell 7", "the exercise ex-line-4 has no solution"]),
        (edit(7, "{solution} ex-line-4", "{solution} ex-line-9"), ["cell 7", "of 'ex-line-9', which is no exercise"]),
        (edit(7, ":label: sol-ex-line-4\n:class: dropdown", ":label: sol-ex-line-4"), ["ex-line-4 lies open", ":class: dropdown"]),
        (edit(7, ":label: ex-line-4", ":label: ex-line-3"), ["the label ex-line-3 stands at cell 7 too"]),
        (edit(7, "ex-line-4", "line-4"), ["label of an exercise must begin with ex-line-, got 'line-4'"]),
        (edit(7, "★ By hand", "By hand"), ["title of ex-line-0 must begin with one to three stars"]),
        (edit(7, exercise("ex-line-7"), ""), ["at least 8 exercises, got 7"]),
        (
            lambda cells: cells[5].outputs.append(nbformat.v4.new_output("error", ename="NameError", evalue="plt")),
            ["cell 5 (cell-5)", "failed with NameError: plt"],
        ),
        (
            lambda cells: cells[5].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="Warning: old")),
            ["cell 5 (cell-5)", "Warning: old"],
        ),
        (edit(2, "5 minutes", "9 minutes"), ["line.ipynb: the times are not those of the book's rule", TIMES]),
        (edit(2, "## It rises", "## Second reading: it rises\n\n## It falls"), ["cell 2 (cell-2): the core goes on behind"]),
        (edit(8, "== 2", "== 2  # " + 56 * "x"), ["cell 8 (cell-8)", "line 1 of the code has 77 characters", "break it"]),
        (
            lambda cells: cells[8].outputs.append(nbformat.v4.new_output("stream", text="1\n" + 61 * "2")),
            ["cell 8 (cell-8)", "line 2 of the output has 61 columns", "print shorter lines"],
        ),
        (
            lambda cells: cells[8].outputs.append(nbformat.v4.new_output("execute_result", {"text/plain": 61 * "2"})),
            ["cell 8 (cell-8)", "line 1 of the output has 61 columns", "write a table into the text"],
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_cell_and_its_remedy(problems, change, said):
    found = problems(broken(change))
    assert any(all(part in problem for part in said) for problem in found), found


def test_a_solution_above_its_exercise_is_out_of_place(problems):
    cells = sound_cells()
    task, solved = exercise("ex-line-7").split("\n\n")
    cells[7].source = cells[7].source.replace(f"\n\n{task}\n\n{solved}", "")
    cells[4].source += f"\n\n{solved}"
    cells[9].source = f"{task}\n\n{cells[9].source}"
    assert ["cell 4 (cell-4): the solution of ex-line-7 stands above" in problem for problem in problems(cells)] == [
        True
    ]


def test_cells_that_never_ran_and_files_that_editors_wrote_are_sent_to_make_notebooks(problems):
    assert [
        "did not run from top to bottom; run `make notebooks`" in problem
        for problem in problems(sound_cells(), ran=False)
    ] == [True]
    assert ["not as `make notebooks` writes it" in problem for problem in problems(sound_cells(), normal=False)] == [
        True
    ]


def test_lines_as_wide_as_allowed_and_lines_that_nobody_sees_are_no_problem(problems):
    cells = sound_cells()
    cells[3].source += "  # " + 80 * "x"
    cells[3].outputs = [nbformat.v4.new_output("stream", text=61 * "1")]
    cells[5].outputs[0].data["text/plain"] = "<Figure size 638x451 with 1 Axes> " + 61 * "1"
    cells[8].source += "  # " + 55 * "x"
    cells[8].outputs = [nbformat.v4.new_output("stream", text=60 * "1")]
    cells.insert(9, code("print(2)  # " + 80 * "x", "remove-input"))
    assert problems(cells) == []


@pytest.mark.parametrize("description", ["", "Too short.", "long " * 40])
def test_a_page_needs_a_description(problems, description):
    (problem,) = problems(sound_cells(), description=description)
    assert f"60 to 160 characters, got {len(description)}" in problem and "html_meta" in problem


def test_boxes_inside_boxes_and_other_fences_are_found(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(
                "::::{exercise} ★★ Outer\n:label: ex-line-outer\n\n:::{hint}\nInner.\n:::\n::::\n\n"
                "```python\n:::{exercise} none\n:::\n```\n\n```{prf:theorem} Old fence\n:label: thm-old\nText.\n```"
            )
        ]
    )
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "line.ipynb")
    boxes = Chapter("notebooks/line", tmp_path).boxes
    assert [(box.kind, box.title, box.label, box.text.strip().splitlines()[0]) for box in boxes] == [
        ("exercise", "★★ Outer", "ex-line-outer", ":::{hint}"),
        ("hint", "", "", "Inner."),
        ("prf:theorem", "Old fence", "thm-old", "Text."),
    ]


def test_the_chapters_of_the_book_are_read_with_their_parts():
    book = Book()
    basics = book.chapter("basics")
    assert book.pages[0].document == "book/welcome" and book.chapters[0] is basics
    assert basics.title == "Any matrix is a sum of rank-one pieces"
    (first,) = [exercise for exercise in basics.exercises if exercise.box.label == "ex-basics-blocks"]
    assert first.solution.label == "sol-basics-blocks"
    assert "shapes of $U$, $\\Sigma$ and $V$" in first.box.text and "absent" in first.solution.text
    for chapter in book.chapters:
        for exercise in chapter.exercises:
            for position in exercise.solution_cells:
                assert position > exercise.solution.cell
                assert "solution" in chapter.cells[position].metadata.tags
        positions = [position for exercise in chapter.exercises for position in exercise.solution_cells]
        owned = set(positions)
        assert len(owned) == len(positions)
        tagged = {i for i, cell in enumerate(chapter.cells) if "solution" in cell.metadata.get("tags", [])}
        # Every code cell of a solution belongs to one.
        assert owned == tagged
        assert chapter.checks


def test_a_file_that_is_missing_and_one_that_is_not_listed_are_named(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: welcome\n")
    with pytest.raises(ValueError, match=r"got 'welcome': no welcome.ipynb or welcome.md"):
        Book(tmp_path)
    (tmp_path / "welcome.md").write_text("# Welcome\n")
    (tmp_path / "notebooks" / "line.ipynb").write_text("{}")
    unlisted, undescribed = Book(tmp_path).problems()
    assert "notebooks/line.ipynb: stands in no table of contents; add `- file: notebooks/line`" in unlisted
    assert "welcome.md: the description must have 60 to 160 characters, got 0" in undescribed


@pytest.mark.parametrize("name", ["basics", "algorithms", "gene expression"])
def test_the_name_of_a_chapter_is_a_link(folder, name):
    path = folder / "book" / "paths.md"
    path.write_text(
        f"{path.read_text()}\nFirst [*{name}*](../notebooks/basics.ipynb), then ***{name}***, *{name} two*.\n"
    )
    book = Book(folder)
    (page,) = (page for page in book.pages if page.name == "paths")
    assert list(book.problems_of(page)) == []
    path.write_text(f"{path.read_text()}\nSee *{name}*.\n")
    book = Book(folder)
    (page,) = (page for page in book.pages if page.name == "paths")
    (problem,) = book.problems_of(page)
    assert f"book/paths.md: *{name}* is the name of a chapter and no link" in problem


def test_names_of_code_and_references_are_checked_on_their_page(folder):
    path = folder / "notebooks" / "basics.ipynb"
    text = path.read_text(encoding="utf-8")
    # Of the reference only the one in the text, and not its quote in the hidden cell below.
    for old, new, times in (
        ("`scipy.linalg.svd`", "`scipy.linalg.svdd`", -1),
        ("**The two norms** ({prf:ref}`thm-basics-norms`)", "**The two norms** ({prf:ref}`thm-basics-psd`)", 1),
    ):
        assert old in text
        text = text.replace(old, new, times)
    path.write_text(text, encoding="utf-8")
    tips = folder / "book" / "tips.md"
    tips.write_text(
        tips.read_text(encoding="utf-8") + "\nCall `sb.best_rank` and `sb.low_rank(A, k)`.\n", encoding="utf-8"
    )
    name, told, reference, page = Book(folder).problems()
    assert "notebooks/basics.ipynb, cell" in name and "there is no 'scipy.linalg.svdd'" in name
    assert "does not say '**The two norms** ({prf:ref}`thm-basics-norms`).'" in told
    assert "the words around thm-basics-psd do not tell which theorem" in reference
    assert page.startswith("book/tips.md: there is no 'sb.best_rank', which the text names in `sb.best_rank`")


def test_the_command_knows_its_chapters(capsys):
    assert main(["basics"]) == 0
    with pytest.raises(SystemExit):
        main(["basic"])
    assert "chapter must be one of basics, geometry" in capsys.readouterr().err


@pytest.fixture
def folder(tmp_path):
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    (tmp_path / "book").mkdir()
    shutil.copy(ROOT / "book" / "references.bib", tmp_path / "book")
    for page in Book().pages:
        target = tmp_path / page.path.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(page.path, target)
    return tmp_path


def test_a_new_chapter_lacks_what_only_its_author_can_write(folder):
    path = new_chapter("my-topic", folder)
    book = Book(folder)
    assert book.chapters[-1].path == path
    told = list(book.chapter("my-topic").problems())
    assert told
    for problem in told:
        assert any(
            part in problem
            for part in (
                "write your own",
                "at least 3 figures, got 1",
                "at least 8 exercises, got 1",
                "the times are not",
            )
        ), problem
    assert [problem for problem in book.problems() if "my-topic" not in problem] == []


@pytest.mark.parametrize("name", ["My Topic", "topic2", "", "../topic", "topic_b", "-a"])
def test_the_name_of_a_chapter_is_a_topic(folder, name):
    before = (folder / "_toc.yml").read_text()
    with pytest.raises(ValueError, match="words in lower case with hyphens"):
        new_chapter(name, folder)
    assert (folder / "_toc.yml").read_text() == before


def test_a_chapter_is_never_overwritten(folder):
    before = (folder / "notebooks" / "basics.ipynb").read_bytes()
    with pytest.raises(ValueError, match="must be new, got 'basics'"):
        new_chapter("basics", folder)
    assert (folder / "notebooks" / "basics.ipynb").read_bytes() == before
