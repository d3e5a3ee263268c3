"""Make .venv what a lock asks for, or mend it: ``python3 -I publishing/environment.py requirements.txt``.

make runs it before everything else, with the Python of the machine, whichever that is: so it needs no package, and can
be read by a Python that is too old.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
ANOTHER = "name another Python with: make PYTHON=python3.12"
# Stands in the environment while it is being made.
UNFINISHED = "unfinished"


def fault(venv, asked=None):
    """Say why an environment cannot be used.

    Parameters
    ----------
    venv : pathlib.Path
    asked : str, optional
        The Python that the environment must have been made with.

    Returns
    -------
    str or None
        The second half of a sentence, such as "its setting-up was broken off"; None if there is nothing to say.
    """
    if (venv / UNFINISHED).exists():
        return "its setting-up was broken off"
    works = f"import pip, sys; sys.exit(sys.version_info < {OLDEST} or sys.prefix == sys.base_prefix)"
    try:
        subprocess.run([str(venv / "bin" / "python"), "-I", "-c", works], check=True, stderr=subprocess.DEVNULL)
        # A program in it begins with the Python that runs it.
        first_lines = b"".join((venv / "bin" / "pip").read_bytes().splitlines(keepends=True)[:2])
        home = re.search(rb"(?:^#!|exec' \"?)(/.*)/bin/python", first_lines, re.M)[1]
    except (OSError, subprocess.CalledProcessError, TypeError):
        return "its Python is gone, too old or without pip"
    try:
        moved = not os.path.samefile(os.fsdecode(home), str(venv))
    except FileNotFoundError:
        moved = True
    if moved:
        return "it was made in another folder, " + os.path.dirname(os.fsdecode(home))
    made_with = re.search(r"^executable = (.*)", (venv / "pyvenv.cfg").read_text(), re.M)
    if asked and made_with and made_with.group(1) != asked:
        return f"it was made with {made_with.group(1)} and not with {asked}"
    return None


def create(venv, python, reason):
    """Make an environment with nothing but pip, in the place of what is there.

    Parameters
    ----------
    venv : pathlib.Path
    python : str
        The Python to make it with, which is the one that runs this.
    reason : str
        The second half of a sentence, as from `fault`.
    """
    if sys.version_info < OLDEST:
        sys.exit(f"Python 3.11 or newer is needed, {python} is {sys.version.split()[0]}; {ANOTHER}")
    for module in ("venv", "ensurepip"):
        if find_spec(module) is None:
            sys.exit(
                f"{python} has no module {module}, which makes environments; install it "
                f"(Debian, Ubuntu: apt install python3-venv), or {ANOTHER}"
            )
    print(f"Setting up .venv, for {reason} ...", flush=True)
    if venv.exists():
        # First what it is known by, so that nothing is trusted if this is broken off.
        (venv / "bin" / "python").unlink(missing_ok=True)
        shutil.rmtree(venv)
    venv.mkdir()
    (venv / UNFINISHED).touch()
    if subprocess.call([python, "-m", "venv", str(venv)]) != 0:
        sys.exit(f"{python} could not make an environment in .venv, for the reason above")


def install(venv, lock, new):
    """Install what a lock pins, unless that was done.

    Parameters
    ----------
    venv : pathlib.Path
    lock : str
        "requirements.txt", or "requirements-dev.txt", which holds the pins of the other one too.
    new : bool
        Whether the environment has just been made.
    """
    locks = ["requirements.txt"] if lock == "requirements.txt" else ["requirements.txt", "requirements-dev.txt"]
    contents = {name: (ROOT / name).read_bytes() + (ROOT / "pyproject.toml").read_bytes() for name in locks}
    records = {venv / f"{name}.sha256": hashlib.sha256(contents[name]).hexdigest() for name in locks}
    if all(record.exists() and record.read_text() == digest for record, digest in records.items()):
        return
    print("Installing what the book needs (a minute or two, once) ..." if new else f"Installing {lock} ...", flush=True)
    (venv / UNFINISHED).touch()
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    failed = subprocess.call([*pip, "-r", lock], cwd=str(ROOT)) != 0
    if not failed:
        for record, digest in records.items():
            record.write_text(digest)
    # Without a network pip changes nothing, and what was there stays as it was. What was new is made from the start.
    if not (new and failed):
        (venv / UNFINISHED).unlink()
    if failed:
        sys.exit(f"{lock} could not be installed, for the reason above; the next make tries again")


def main():
    parser = argparse.ArgumentParser(description="Make .venv what a lock asks for, or mend it.")
    parser.add_argument("lock", choices=["requirements.txt", "requirements-dev.txt"])
    parser.add_argument(
        "--asked", action="store_true", help="make it with this Python, even if another one has made it"
    )
    arguments = parser.parse_args()
    venv = ROOT / ".venv"
    # Of an environment that is active, the Python that made it: .venv itself may be active.
    python = getattr(sys, "_base_executable", sys.executable)
    asked = os.path.realpath(python) if arguments.asked else None
    problem = fault(venv, asked) if os.path.lexists(str(venv)) else "there is none yet"
    # A link leads to what someone else looks after.
    if venv.is_symlink():
        sys.exit(f".venv is a link, and cannot be used: {problem}; remove the link" if problem else 0)
    try:
        if problem:
            create(venv, python, problem)
        install(venv, arguments.lock, new=bool(problem))
    except KeyboardInterrupt:
        sys.exit("\nBroken off; the next make begins .venv from the start")
    except OSError as error:
        sys.exit(f".venv could not be made: {error}")


if __name__ == "__main__":
    main()
