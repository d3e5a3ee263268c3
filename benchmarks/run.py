"""Print, measured in one run, both sides of every claim of speed and size.

``make bench`` measures all, ``python -m benchmarks.run low_rank`` only what is named.
"""

import argparse
import os
import platform
from importlib import import_module

import numpy as np

# Each is a module of this folder with a function `measure`.
PARTS = [
    "low_rank",
    "randomized",
    "algorithms",
    "text",
    "recommenders",
    "networks",
    "out_of_core",
    "build",
    "weight",
    "lighthouse",
    "notebooks",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args().parts or PARTS
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    for name in chosen:
        part = import_module(f"benchmarks.{name}")
        print(f"\n== {name}: {part.__doc__.splitlines()[0]}")
        part.measure()


if __name__ == "__main__":
    main()
