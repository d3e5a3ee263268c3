"""Print, measured in one run, both sides of every claim of speed and size.

``make bench`` runs all parts, ``python -m benchmarks.run numerics`` only those named.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import nbformat
import numpy as np

import svdbook

ROOT = Path(__file__).resolve().parent.parent


def seconds(function, *arguments):
    """Wall time of one call and what it returned."""
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def numerics():
    """low_rank against a full SVD, on a matrix with slowly decaying singular values."""
    print("4000 x 4000, singular values 1 / i, k = 50; three runs of each, in turn")
    n, k = 4000, 50
    rng = np.random.default_rng(0)
    s = 1 / np.arange(1, n + 1)
    left, right = (np.linalg.qr(rng.standard_normal((n, n)))[0] for _ in range(2))
    A = left * s @ right
    times = {"exact": [], "auto": []}
    for _ in range(3):
        for method in times:
            taken, A_k = seconds(svdbook.low_rank, A, k, method)
            times[method].append(taken)
            if method == "auto":
                excess = [
                    np.linalg.norm(A - A_k, norm) / svdbook.truncation_error(s, k, norm) - 1 for norm in ("fro", 2)
                ]
    exact, auto = (statistics.median(times[method]) for method in times)
    print(f'  low_rank(A, 50, method="exact"), a full SVD   {exact:7.2f} s')
    print(f"  low_rank(A, 50)                               {auto:7.2f} s   {exact / auto:.1f} times as fast")
    print(f"  its error above the best: {excess[0]:.3%} (Frobenius), {excess[1]:.3%} (spectral norm)")


def build():
    """The site from stored outputs: all of it, and again after an edit of one line."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in filter(None, tracked):
            target = Path(folder) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        command = [
            shutil.which("jupyter-book", path=Path(sys.executable).parent),
            "build",
            folder,
            "-n",
            "-W",
            "--keep-going",
        ]
        environment = os.environ | {"PYTHONPATH": folder}

        def run():
            subprocess.run(command, env=environment, check=True, capture_output=True)

        chapters = sorted(Path(folder).glob("notebooks/*.ipynb"))
        fresh, _ = seconds(run)
        notebook = nbformat.read(chapters[0], as_version=4)
        notebook.cells[0].source += "\nOne more line."
        nbformat.write(notebook, chapters[0])
        again, _ = seconds(run)
        print(
            f"site from stored outputs, {len(chapters)} chapters: {fresh:.1f} s (bound 10 s + 1 s a chapter: {10 + len(chapters)} s)"
        )
        print(f"again after an edit of one line: {again:.1f} s")
        html = Path(folder) / "_build" / "html"
        print("weight of a page: HTML, and its pictures")
        for chapter in chapters:
            page = html / "notebooks" / f"{chapter.stem}.html"
            text = page.read_text(encoding="utf-8")
            pictures = sum(path.stat().st_size for path in (html / "_images").glob("*.svg") if path.name in text)
            print(f"  {chapter.stem:20} {page.stat().st_size / 1e6:5.2f} MB {pictures / 1e6:6.2f} MB")


def notebooks():
    """nbval, which executes a notebook and compares its outputs, chapter by chapter."""
    print("nbval, one notebook at a time, start of pytest included (bound 20 s each)")
    # One thread for the BLAS, as in `make test`.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:xdist",
            "-q",
            str(path),
            "-o",
            "addopts=--nbval --nbval-current-env --nbval-sanitize-with=tests/nbval-sanitize.cfg",
        ]
        taken, finished = seconds(
            partial(subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True)
        )
        print(f"  {path.stem:20} {taken:5.1f} s   {finished.stdout.strip().splitlines()[-1]}")


PARTS = {part.__name__: part for part in (numerics, build, notebooks)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args().parts or list(PARTS)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    for name in chosen:
        print(f"\n== {name}: {PARTS[name].__doc__}")
        PARTS[name]()


if __name__ == "__main__":
    main()
