"""The site from stored outputs, as ``make book`` builds it: all of it, and again after an edit of one line."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

from benchmarks.measuring import copy_of_the_book


def build(folder):
    """Seconds that a build takes, and seconds of the processor."""
    before = os.times()
    subprocess.run([sys.executable, "-m", "publishing.build"], cwd=folder, check=True, capture_output=True)
    after = os.times()
    # Of the program and of what it has started.
    busy = after.children_user - before.children_user + after.children_system - before.children_system
    return after.elapsed - before.elapsed, busy


def measure():
    with tempfile.TemporaryDirectory() as folder:
        copy_of_the_book(folder)
        chapters = sorted(Path(folder).glob("notebooks/*.ipynb"))
        took = "{:.1f} s (bound {} s), {:.1f} s of the processor".format
        wall, busy = build(folder)
        print(f"site of {len(chapters)} chapters, cold: {took(wall, 10 + len(chapters) / 2, busy)}")
        notebook = nbformat.read(chapters[0], as_version=4)
        notebook.cells[0].source += "\nOne more line."
        nbformat.write(notebook, chapters[0])
        wall, busy = build(folder)
        print(f"again after an edit of one line: {took(wall, 3, busy)}")
