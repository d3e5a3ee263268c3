"""The figures as widgets in a real JupyterLab, and what Python says of them."""

import json
import os
import re
import socket
import subprocess
import sys

import nbformat
import pytest
import requests

from publishing.figures import names
from svdbook.figures import DESCRIPTIONS, show

TOKEN = "for-this-test"
SECONDS = 240


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab of its own, and the folder that it shows."""
    home = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {
        name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}", "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, env=os.environ | folders, stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(SECONDS * 2):
            try:
                requests.get(f"http://127.0.0.1:{port}/api", timeout=5)
                break
            except requests.ConnectionError:
                assert server.poll() is None, (home / "log").read_text()
                # The server is asked twice a second, not waited for.
                subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)"], check=True)
        yield f"http://127.0.0.1:{port}", home
    finally:
        server.terminate()
        server.wait(30)


def run_all(tab, lab, name, cells):
    """Open a new notebook of these cells and run it."""
    address, home = lab
    # JupyterLab takes cells that are not on the screen out of the page.
    tab.set_viewport_size({"width": 1280, "height": 20_000})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, home / f"{name}.ipynb")
    tab.goto(f"{address}/lab/tree/{name}.ipynb?reset&token={TOKEN}")
    tab.wait_for_selector(".jp-Notebook .jp-CodeCell")
    # Before its kernel has started, cells would not run.
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()


def test_every_figure_runs_in_jupyterlab(tab, lab):
    every = names()
    run_all(tab, lab, "every", ["from svdbook.figures import show", *[f"show({name!r})" for name in every]])
    for name in every:
        group = tab.get_by_role("group", name=DESCRIPTIONS[name]["title"], exact=True)
        group.wait_for()
        assert DESCRIPTIONS[name]["summary"] in group.locator(".spoken").first.inner_text()
    assert not [problem for problem in tab.problems if "figure" in problem.lower()]


def test_reader_and_python_move_the_same_figure(tab, lab):
    cells = [
        "from svdbook.figures import show\n\nfigure = show('explorer', matrix=[[1, 0], [0, 1]])\nfigure",
        "figure.matrix = [[3, 0], [0, 1]]",
        "print('now it is', figure.matrix)",
    ]
    run_all(tab, lab, "both", cells)
    sigma = tab.locator(".readouts [data-part=sigma1] dd")
    sigma.filter(has_text="3.000").wait_for()
    tab.locator(".handle[data-part=column1]").focus()
    tab.keyboard.press("Shift+ArrowRight")
    sigma.filter(has_text="4.000").wait_for()
    tab.locator(".jp-Cell").nth(2).locator(".cm-content").click()
    tab.keyboard.press("Control+Enter")
    tab.locator(".jp-OutputArea-output", has_text="now it is [[4.0, 0.0], [0.0, 1.0]]").wait_for()


def test_python_sets_and_reads_the_state():
    figure = show("explorer", matrix=[[1, 1], [0, 1]], mode="hunt")
    assert figure.matrix == [[1, 1], [0, 1]] and figure.mode == "hunt" and figure.time == 3
    figure.angle = 30
    assert figure.angle == 30


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"matrix": [[1, 2, 3], [4, 5, 6]]}, r"matrix must be an array of 2 x 2 finite numbers, at most 1000 in size, got \[\[1"),
        ({"matrix": [[1, float("nan")], [0, 1]]}, "matrix must be"),
        ({"matrix": "identity"}, "matrix must be"),
        ({"matrix": [[1, 2j], [0, 1]]}, "matrix must be"),
        ({"matrix": [[1, 5000], [0, 1]]}, "at most 1000 in size"),
        ({"time": None}, "time must be a finite number"),
        ({"mode": "dance"}, "mode must be one of map, hunt, got 'dance'"),
        ({"speed": 2}, "speed is no part of the state of explorer, which has angle, matrix, mode, time"),
    ],
)  # fmt: skip
def test_a_wrong_state_is_refused_by_name(state, message):
    with pytest.raises(ValueError, match=message):
        show("explorer", **state)


def test_a_figure_that_there_is_not():
    with pytest.raises(ValueError, match="name must be one of .*explorer.*, got 'exploder'"):
        show("exploder")


def test_what_a_notebook_keeps_of_a_figure():
    data, _ = show("explorer", fixed=["matrix"])._repr_mimebundle_()
    assert data["text/plain"] == "<figure explorer>"
    assert data["image/svg+xml"].startswith('<svg data-figure="explorer" data-state=')
    state = json.loads(re.search(r"data-state='([^']*)'", data["image/svg+xml"])[1])
    assert state == DESCRIPTIONS["explorer"]["state"] | {"fixed": ["matrix"]}
    data, _ = show("explorer", angle=10)._repr_mimebundle_()
    assert "image/svg+xml" not in data
