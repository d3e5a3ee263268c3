"""The sentences of the book: spelling and symbols. What holds their numbers is publishing/claims.py."""

import re
import subprocess
import sys

import pytest
from pages import BOOK

from publishing.book import ROOT

MATHEMATICS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.S)


def symbols(text):
    """Capital letters, Greek letters and operators of the formulas of a text."""
    formulas = " ".join(MATHEMATICS.findall(text))
    formulas = re.sub(r"\\(?:text|operatorname)\{([^}]*)\}", r" \\\1 ", formulas)
    formulas = re.sub(r"\\(?:begin|end)\{\w+\*?\}", " ", formulas)
    greek = {name for name in re.findall(r"\\([A-Za-z]+)", formulas) if name in GREEK}
    return greek | set(re.findall(r"(?<![A-Za-z\\])[A-Z](?![A-Za-z])", formulas))


GREEK = set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi varphi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split()
)


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_every_symbol_stands_on_the_notation_page(chapter):
    notation = symbols((ROOT / "book" / "notation.md").read_text(encoding="utf-8"))
    # What an exercise introduces is explained in the exercise.
    assert symbols(chapter.text.split("## Exercises")[0]) - notation == set()


def test_spelling(tmp_path):
    for page in BOOK.pages:
        (tmp_path / f"{page.name}.txt").write_text(page.text, encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "data/README.md"):
        (tmp_path / name.replace("/", "-")).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "codespell_lib",
            "--toml",
            str(ROOT / "pyproject.toml"),
            str(tmp_path),
            str(ROOT / "svdbook"),
        ],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
