"""What nbval may overlook: the last digits of coordinates of a figure, and nothing else."""

import io
import re

import matplotlib.pyplot as plt
import pytest
from nbval.plugin import get_sanitize_patterns
from pages import BOOK

from publishing.book import ROOT
from svdbook import plots

PATTERNS = dict(get_sanitize_patterns((ROOT / "tests" / "nbval-sanitize.cfg").read_text(encoding="utf-8")))


def sanitize(text):
    for regex, replacement in PATTERNS.items():
        text = re.sub(regex, replacement, text)
    return text


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_outputs_that_are_no_figures_are_compared_as_they_are(chapter):
    compared = 0
    for cell in chapter.cells:
        for output in cell.get("outputs", []):
            texts = [value for kind, value in output.get("data", {}).items() if kind != "image/svg+xml"]
            for text in [*texts, output.get("text", "")]:
                assert sanitize(text) == text
                compared += len(text)
    assert compared > 100


def svg(values):
    plots.use_style()
    figure, ax = plt.subplots(figsize=(3, 2))
    ax.plot(values, marker="o")
    ax.set(xlim=(-0.1, 2.1), ylim=(0, 4))
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    plt.close(figure)
    return file.getvalue()


def test_a_figure_may_differ_in_the_last_digits_and_not_in_a_tenth_of_a_point():
    drawn = svg([1.00003, 3, 2])
    assert svg([1.000031, 3, 2]) != drawn
    assert sanitize(svg([1.000031, 3, 2])) == sanitize(drawn)
    assert sanitize(svg([1.01, 3, 2])) != sanitize(drawn)


def test_the_lower_edge_of_a_figure_may_be_zero_with_a_sign():
    drawn = svg([1, 3, 2])
    signed = re.sub(r"(?<=\d )0(?= ?\n)", "-0", drawn)
    assert signed != drawn and sanitize(signed) == sanitize(drawn)
    assert sanitize(signed.replace(" -0", " -1")) != sanitize(drawn)


def test_the_size_of_a_figure_may_differ_in_the_last_digits_and_not_in_a_tenth_of_a_point():
    head = '<svg width="300.5pt" height="210.021073pt" viewBox="0 0 300.5 210.021073" version="1.1">'
    assert sanitize(head.replace("1073", "1075")) == sanitize(head)
    assert sanitize(head.replace("210.02", "210.12")) != sanitize(head)


def test_a_clipping_path_may_have_another_name_but_not_another_rectangle():
    drawn = svg([1, 3, 2])
    (name,) = set(re.findall(r"(?<=#)p[0-9a-f]{10}", drawn))
    assert sanitize(drawn.replace(name, "p0123456789")) == sanitize(drawn)
    assert sanitize(re.sub(r'(<clipPath .*?height=")\d', r"\g<1>9", drawn, flags=re.S)) != sanitize(drawn)


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
@pytest.mark.parametrize(
    ("number", "other"),
    [
        # Letters of another size.
        (r'(?<=scale\(0\.1)\d*(?= -0\.1\d*\)")', "9"),
        (r'(?<= -0\.1)\d*(?=\)")', "9"),
        (r'(?<=scale\(0\.0)\d+(?=\)")', "19"),
        # A picture that is wider, and one that is higher, by a tenth of a point for every hundred pixels.
        (r'(?<="matrix\()\d+\.\d\d(?=\d* 0 0 )', "0.77"),
        (r"(?<= 0 0 )\d+\.\d\d(?=\d* )", "0.77"),
        # Paler, thicker.
        (r'(?<=: 0\.)\d+(?=")', "01"),
        (r"(?<=stroke-width: )[\d.]+", "0.77"),
    ],
)
def test_a_factor_and_a_style_are_compared_as_they_are(chapter, number, other):
    drawings = [figure.svg for figure in chapter.figures]
    for drawn in drawings:
        changed = re.sub(number, other, drawn)
        assert (sanitize(changed) == sanitize(drawn)) == (changed == drawn)


def test_beside_a_factor_and_in_a_picture_the_last_digits_may_differ_and_no_more():
    letters = '<g transform="translate(82.53 187.351) scale(0.11 -0.11)"/>'
    assert sanitize(letters.replace("187.351", "187.36").replace("82.53", "82.54")) == sanitize(letters)
    assert sanitize(letters.replace("187.351", "187.451")) != sanitize(letters)
    picture = '<image transform="matrix(0.883591 0 0 0.883592 1.77 2.55)"/>'
    assert sanitize(picture.replace("0.883592", "0.883692")) != sanitize(picture)
    assert sanitize(picture.replace("591", "599").replace("592", "599").replace("2.55", "2.51")) == sanitize(picture)
