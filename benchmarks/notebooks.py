"""nbval, which executes a notebook and compares its outputs, chapter by chapter."""

import os
import subprocess
import sys
from functools import partial

from benchmarks.measuring import seconds
from publishing.book import ROOT


def measure():
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
