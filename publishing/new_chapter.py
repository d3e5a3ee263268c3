"""Begin a chapter: ``python -m publishing.new_chapter my-topic`` copies the template and enters it in _toc.yml."""

import argparse
import re
import sys
from pathlib import Path

from publishing.book import ROOT

TEMPLATE = Path(__file__).with_name("template.ipynb")


def new_chapter(name, root=ROOT):
    """Write ``notebooks/NAME.ipynb`` from the template, and a line for it below the last chapter of _toc.yml.

    Parameters
    ----------
    name : str
        The topic, in lower case with hyphens, such as "my-topic". It stands in addresses, so it holds no number.
    root : pathlib.Path
        Folder of the book.

    Returns
    -------
    pathlib.Path
        The new notebook.

    Raises
    ------
    ValueError
        If the name has another form or is taken.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        raise ValueError(
            f"the name of a chapter must be words in lower case with hyphens, such as my-topic, got {name!r}"
        )
    path = root / "notebooks" / f"{name}.ipynb"
    if path.exists():
        raise ValueError(f"the name of a chapter must be new, got {name!r}: {path.relative_to(root)} is there")
    contents = root / "_toc.yml"
    lines = contents.read_text(encoding="utf-8").splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if "- file: notebooks/" in line)
    lines.insert(last + 1, re.sub(r"notebooks/.*", f"notebooks/{name}", lines[last]))
    path.write_text(TEMPLATE.read_text(encoding="utf-8").replace("NAME", name), encoding="utf-8", newline="\n")
    contents.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0] + ".")
    parser.add_argument("name", help="topic in lower case with hyphens, such as my-topic")
    name = parser.parse_args().name
    try:
        path = new_chapter(name)
    except ValueError as error:
        return str(error)
    print(
        f"{path.relative_to(ROOT)} is there, and stands last among the chapters in _toc.yml; move the line where it belongs.\n"
        f"Write it with `make edit`; `make check CHAPTER={name}` says what is still missing."
    )
    return None


if __name__ == "__main__":
    sys.exit(main())
