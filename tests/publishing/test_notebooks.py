"""Executing and normalising notebooks."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from publishing import notebooks
from publishing.book import ROOT
from publishing.notebooks import execute, kernel_environment, normalise


def main(*paths):
    """Execute notebooks; in a thread, for another test may have left an event loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(notebooks.main, [str(path) for path in paths]).result()


@pytest.fixture
def write(tmp_path):
    def write(*sources, name="chapter.ipynb", **metadata):
        path = tmp_path / name
        nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources], metadata=metadata), path)
        return path

    return write


@pytest.fixture
def answers(monkeypatch):
    """Have no kernel run: each notebook gets the content that stands here for its name, or its error."""
    answers = {}

    async def execute_apart(path, environment):
        content = answers[path.name]
        if isinstance(content, str):
            raise ValueError(content)
        return content

    monkeypatch.setattr(notebooks, "execute_apart", execute_apart)
    return answers


# Variables and files with which people change what their own notebooks show.
LEAKS = {
    "MPLBACKEND": "agg",
    "MATPLOTLIBRC": "{folder}/matplotlibrc",
    "IPYTHONDIR": "{folder}",
    "PYTHONSTARTUP": "{folder}/startup.py",
    "PYTHONPATH": "{folder}/packages",
    "PYTHONOPTIMIZE": "1",
    "JUPYTER_PATH": "{folder}/jupyter",
    "JUPYTER_RUNTIME_DIR": "/dev/null/nowhere",
    "HOME": "/dev/null",
    "OPENBLAS_NUM_THREADS": "7",
    "TZ": "Asia/Tokyo",
    "LANG": "de_DE.UTF-8",
}
FILES = {
    "matplotlibrc": "figure.facecolor: red",
    "startup.py": "print('started')",
    "profile_default/ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'",
    "profile_default/startup/begin.py": "print('begun')",
    "packages/svdbook.py": "raise ImportError('the wrong one')",
    "jupyter/kernels/python3/kernel.json": '{"argv": ["/bin/false"], "display_name": "", "language": "python"}',
}


def test_executing_twice_changes_no_byte_whatever_a_person_has_set(write, tmp_path, monkeypatch):
    path = write(
        "import matplotlib.pyplot as plt\nfrom svdbook import plots\nplots.use_style()",
        "plt.plot([1, 3, 2])\nplt.show()",
        "for word in ['a', 'b']:\n    print(word, flush=True)",
        "import os\n1\n__debug__, os.environ['OPENBLAS_NUM_THREADS'], os.environ.get('LANG')",
        "import ipywidgets\nfrom tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass",
        "for _ in __import__('tqdm').trange(3): pass",
        "ipywidgets.IntSlider()",
    )
    assert main(path) is None
    first = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4, 5, 6, 7]
    assert notebook.cells[1].outputs[0].data["image/svg+xml"].startswith("<?xml")
    assert notebook.cells[2].outputs[0].text == "a\nb\n"
    assert notebook.cells[3].outputs[0].data["text/plain"] == "(True, '1', None)"
    assert notebook.cells[5].outputs == []
    assert notebook.cells[6].outputs[0].data == {"text/plain": "IntSlider(value=0)"}
    assert nbformat.writes(normalise(notebook)) + "\n" == first.decode()

    for name, text in FILES.items():
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_text(text)
    for name, value in LEAKS.items():
        monkeypatch.setenv(name, value.format(folder=tmp_path / "mine"))
    assert main(path) is None
    assert path.read_bytes() == first


def test_a_kernel_takes_over_what_it_is_found_with_and_nothing_else(monkeypatch):
    monkeypatch.setenv("PATH", "/somewhere")
    monkeypatch.setenv("MPLSOMETHING", "1")
    monkeypatch.setenv("MPLBACKEND", "agg")
    environment = kernel_environment("/folder")
    assert environment["PATH"] == "/somewhere" and "MPLSOMETHING" not in environment
    assert environment["MPLBACKEND"] == "module://matplotlib_inline.backend_inline"
    assert environment["HOME"] == environment["MPLCONFIGDIR"] == environment["IPYTHONDIR"] == "/folder"


def test_a_failing_notebook_is_left_as_it_was_and_the_others_are_written(write):
    # What a kernel writes past Jupyter must not come into the file.
    writes = "import atexit, os\natexit.register(os.write, 1, b'at the end')\nos.system('echo')\n1 + 1"
    bad, good = write("1 / 0", name="bad.ipynb"), write(writes, name="my good.ipynb")
    before = bad.read_bytes()
    said = main(bad, good)
    assert f"{bad} is unchanged, for it failed:\nCellExecutionError" in said and "ZeroDivisionError" in said
    assert "good" not in said
    assert bad.read_bytes() == before
    assert nbformat.read(good, as_version=4).cells[0].outputs[-1].data["text/plain"] == "2"
    assert sorted(path.name for path in bad.parent.iterdir()) == ["bad.ipynb", "my good.ipynb"]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"not json", b"[]", b"null", b"{}", b"\xff\xfe"),
        b'{"cells": 1, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    ],
)
def test_a_file_that_is_no_notebook_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="this is no notebook"):
        execute(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "program, said",
    [
        ("import sys; sys.exit('KeyError: 3')", "KeyError: 3"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
    ],
    ids=["error", "signal"],
)
def test_whatever_ends_a_process_is_the_reason(write, monkeypatch, program, said):
    path = write("1")
    monkeypatch.setattr(notebooks, "PROGRAM", program)
    assert said in main(path)


def test_a_notebook_is_written_through_a_link_and_keeps_its_mode(write, tmp_path, answers):
    path = write("1", name="real.ipynb")
    path.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to("real.ipynb")
    answers["link.ipynb"] = b"new"
    assert main(link) is None
    assert link.is_symlink() and path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("function", ["write_bytes", "open"], ids=["full disk", "no right to write"])
def test_a_notebook_that_cannot_be_written_is_named_and_leaves_nothing_behind(write, answers, monkeypatch, function):
    path, other = write("1", name="a.ipynb"), write("1", name="b.ipynb")
    before = path.read_bytes()
    answers.update({"a.ipynb": b"new", "b.ipynb": b"new"})
    real = getattr(notebooks.Path, function)

    def fail(self, *arguments, **options):
        if self.name.startswith("a.ipynb"):
            if function == "write_bytes":
                self.touch()
            raise OSError(28, "No space left on device")
        return real(self, *arguments, **options)

    monkeypatch.setattr(notebooks.Path, function, fail)
    assert main(path, other) == f"{path} is unchanged, for it failed:\nOSError: [Errno 28] No space left on device"
    monkeypatch.undo()
    assert path.read_bytes() == before and other.read_bytes() == b"new"
    assert sorted(path.name for path in path.parent.iterdir()) == ["a.ipynb", "b.ipynb"]


def test_an_interrupt_stops_what_runs_and_what_waits(write, tmp_path):
    # More than there are cores; each says that it runs, and would not end.
    program = "import pathlib, sys, time; pathlib.Path(sys.argv[1] + '.pid').touch(); time.sleep(10_000)"
    paths = [write("1", name=f"{number}.ipynb") for number in range((os.cpu_count() or 1) + 2)]
    before = [path.read_bytes() for path in paths]
    begin = f"from publishing import notebooks; notebooks.PROGRAM = {program!r}; sys.exit(notebooks.main())"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); {begin}",
            *paths,
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(tmp_path.glob("*.pid")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 1
    for path in paths:
        assert f"{path} is unchanged, for it was not executed to the end" in said
    assert [path.read_bytes() for path in paths] == before
    assert not list(tmp_path.glob("*.partial"))


def test_without_a_place_for_temporary_files_no_notebook_is_executed(write, monkeypatch):
    def full(**options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(notebooks, "TemporaryDirectory", full)
    assert main(write("1")) == "no notebook was executed: [Errno 28] No space left on device"


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
            new_code_cell(
                "y",
                metadata={"mystnb": {"image": {"alt": "A line."}}},
                outputs=[new_output("display_data", {"text/plain": "bar", notebooks.WIDGET: {"model_id": "3f"}})],
            ),
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
    assert notebook.cells[2].outputs[0].data == {"text/plain": "bar"}
    ids = [cell.id for cell in notebook.cells]
    assert ids[0] == "same" and len(set(ids)) == 3
    nbformat.validate(notebook)
    once = json.dumps(notebook)
    assert json.dumps(normalise(notebook)) == once
