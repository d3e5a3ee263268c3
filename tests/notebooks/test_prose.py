"""The sentences of the book: spelling, symbols, and numbers that a cell computes or asserts."""

import re
import subprocess
import sys
from decimal import Decimal

import pytest
from pages import BOOK

from publishing.book import ROOT
from publishing.reading_time import times

NUMBER = re.compile(r"(?<![\w.^_-])\d+(?:[,_]\d{3})*(?:\.\d+)?(?![\w]|[.,]?\d)")
MATHEMATICS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.S)
PLACE_IN_A_BOOK = re.compile(
    r"\b(?:sections?|lectures?|chapters?|pages?|volume)\s+\d[\d.]*(?:(?:,| and| to)\s+\d[\d.]*)*"
)
# Not sentences: code, the options of directives, targets of links, roles, labels of equations.
NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|^:\w+:.*$|\]\([^)]*\)|\{[a-z:]+\}|\(eq-[\w-]+\)|<[^>]+>", re.S | re.M)


def prose(chapter):
    """Text cells, captions and alternative texts, without code."""
    # The times come from a rule, and another test holds them to it.
    yield NOT_PROSE.sub(" ", chapter.text.replace(str(times(chapter)), ""))
    for figure in chapter.figures:
        yield from (figure.caption, figure.alt)


def values(text):
    """All numbers of a text, as decimals: 1,050,050 and 1_050_050 and the 1.5 of 1.5e+10."""
    text = text.replace("{,}", ",").replace("−", "-")
    plain = re.sub(r"(?<=\d)[,_](?=\d{3}(?!\d))", "", text)
    return {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)}


def computed(chapter):
    """Numbers in outputs and in code; an output of 0.352 also computes 35.2 %."""
    found = set()
    for cell in chapter.cells:
        if cell.cell_type == "code":
            found |= values(cell.source)
            for output in cell.outputs:
                found |= values(output.get("text", "") + output.get("data", {}).get("text/plain", ""))
    return found | {number * 100 for number in found}


def is_a_year(number):
    return number == number.to_integral() and 1800 <= number <= 2030


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_every_number_in_a_sentence_is_computed_or_asserted_by_a_cell(chapter):
    known = computed(chapter)
    unknown = []
    for text in prose(chapter):
        # A formula defines or derives; what it evaluates to stands in the sentence around it.
        text = PLACE_IN_A_BOOK.sub(" ", MATHEMATICS.sub(" ", text.split("## Further reading")[0]))
        for match in NUMBER.finditer(text):
            number = Decimal(match[0].replace(",", ""))
            if number >= 10 or "." in match[0]:
                if number not in known and not is_a_year(number):
                    unknown.append(text[max(0, match.start() - 40) : match.end() + 20].replace("\n", " "))
    assert unknown == []


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
