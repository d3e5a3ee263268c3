"""Executing and normalising notebooks."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from publishing.notebooks import execute, main, normalise


@pytest.fixture
def write(tmp_path):
    def write(*sources, name="chapter.ipynb", **metadata):
        path = tmp_path / name
        nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources], metadata=metadata), path)
        return path

    return write


def test_executing_twice_changes_no_byte(write):
    path = write(
        "import matplotlib.pyplot as plt\nfrom svdbook import plots\nplots.use_style()",
        "plt.plot([1, 3, 2])\nplt.show()",
        "for word in ['a', 'b']:\n    print(word, flush=True)",
    )
    assert execute(path) is None
    first = path.read_bytes()
    assert execute(path) is None
    assert path.read_bytes() == first
    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.cells[1].outputs[0].data["image/svg+xml"].startswith("<?xml")
    assert notebook.cells[2].outputs[0].text == "a\nb\n"
    assert nbformat.writes(normalise(notebook)) + "\n" == first.decode()


def test_a_failing_notebook_is_left_as_it_was_and_the_others_are_written(write, capsys):
    bad, good = write("1 / 0", name="bad.ipynb"), write("1 + 1", name="good.ipynb")
    before = bad.read_bytes()
    assert main([str(bad), str(good)]) == 1
    assert bad.read_bytes() == before
    assert nbformat.read(good, as_version=4).cells[0].outputs[0].data["text/plain"] == "2"
    printed = capsys.readouterr().err
    assert "bad.ipynb is unchanged" in printed and "ZeroDivisionError" in printed
    assert sorted(path.name for path in bad.parent.iterdir()) == ["bad.ipynb", "good.ipynb"]


def test_a_file_that_is_no_notebook_is_reported(tmp_path, capsys):
    path = tmp_path / "broken.ipynb"
    path.write_text("not json")
    assert main([str(path)]) == 1
    assert "broken.ipynb is unchanged" in capsys.readouterr().err
    assert path.read_text() == "not json"


def test_normalising_keeps_what_a_person_wrote_and_drops_what_an_editor_left():
    notebook = new_notebook(
        metadata={
            "kernelspec": {"name": "my-env", "display_name": "Mine", "language": "python"},
            "language_info": {"name": "python", "version": "3.12.4"},
            "myst": {"html_meta": {"description": "What it is."}},
            "toc-autonumbering": True,
        },
        cells=[
            new_markdown_cell("# Title", metadata={"editable": True}),
            new_code_cell(
                "x", metadata={"tags": ["remove-cell", "test"], "execution": {"iopub": "2026"}, "collapsed": True}
            ),
            new_code_cell("y", metadata={"mystnb": {"image": {"alt": "A line."}}}),
        ],
    )
    notebook.cells[0].id = notebook.cells[1].id = "same"
    normalise(notebook)
    assert notebook.metadata == {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        "myst": {"html_meta": {"description": "What it is."}},
    }
    assert [cell.metadata for cell in notebook.cells] == [
        {},
        {"tags": ["remove-cell", "test"], "jupyter": {"source_hidden": True, "outputs_hidden": True}},
        {"mystnb": {"image": {"alt": "A line."}}},
    ]
    ids = [cell.id for cell in notebook.cells]
    assert ids[0] == "same" and len(set(ids)) == 3
    nbformat.validate(notebook)
    once = json.dumps(notebook)
    assert json.dumps(normalise(notebook)) == once
