"""What several measurements share."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from publishing.book import ROOT


def seconds(function, *arguments):
    """Wall time of one call and what it returned."""
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def copy_of_the_book(folder):
    """Put what git tracks into a folder."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.splitlines():
        target = Path(folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


def program(name):
    return shutil.which(name, path=Path(sys.executable).parent)
