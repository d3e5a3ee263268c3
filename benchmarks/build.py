"""The site from stored outputs: all of it, and again after an edit of one line."""

import os
import subprocess
import tempfile
from pathlib import Path

import nbformat

from benchmarks.measuring import copy_of_the_book, program, seconds


def measure():
    with tempfile.TemporaryDirectory() as folder:
        copy_of_the_book(folder)
        environment = os.environ | {"PYTHONPATH": folder}
        configure = [program("jupyter-book"), "config", "sphinx", folder]
        subprocess.run(configure, env=environment, check=True, capture_output=True)
        command = [program("sphinx-build"), "-q", "-n", "-W", "--keep-going", folder, f"{folder}/_build/html"]

        def run():
            subprocess.run(command, env=environment, check=True, capture_output=True)

        chapters = sorted(Path(folder).glob("notebooks/*.ipynb"))
        fresh, _ = seconds(run)
        notebook = nbformat.read(chapters[0], as_version=4)
        notebook.cells[0].source += "\nOne more line."
        nbformat.write(notebook, chapters[0])
        again, _ = seconds(run)
        print(f"site of {len(chapters)} chapters, cold: {fresh:.1f} s (bound {10 + len(chapters) / 2} s)")
        print(f"again after an edit of one line: {again:.1f} s (bound 3 s)")
