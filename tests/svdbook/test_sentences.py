"""Numbers of sentences, and what `says` and `given` do with them."""

import numpy as np
import pytest

from svdbook.sentences import given, numbers, says


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("the first 35.2 % of 1,024 entries", ["35.2", "1024"]),
        ("Seven of twenty, but one of two", ["7", "20"]),
        (r"$1{,}050{,}050$ of 10", ["1050050", "10"]),
        ("4.4e-16 and 1e+3", ["4.4E-16", "1E+3"]),
        (r"$4.4 \cdot 10^{-16}$, $3\times10^5$, 2 × 10^{-3}", ["4.4E-16", "3E+5", "0.002"]),
        (r"$10^{-8}$ and $2^{53}$", ["1E-8", "9007199254740992"]),
        (r"$\frac12$, $\tfrac{3}{4}$, $\sqrt5$, $\frac1{\sqrt{10}}$", ["1", "2", "3", "4", "5", "1", "10"]),
        (r"$\begin{bmatrix}3&0\\4&5\end{bmatrix}$", ["3", "0", "4", "5"]),
        ("−1.5, -2 and 3x", ["1.5", "2", "3"]),
        ("A quarter of JPEG's bytes, three-quarters of those, two fifths more", ["0.25", "0.75", "0.4"]),
        ("one half of an eighth; not a fourth, but a tenth.", ["0.125", "0.25", "0.1"]),
        # No numbers of a sentence.
        ("A fourth, too weak, a third time, the tenth of them, half of two quarter notes", []),
        (r"$v_1$, $\sigma_{12}$, $m_{11}$, $A^{-1}$, $x^2$, NCI60, float64, `k = 5`, [text](page2.html), the 2-norm, {eq}`eq-1`", []),
    ],
)  # fmt: skip
def test_the_numbers_of_a_sentence(sentence, values):
    found = numbers(sentence)
    assert [str(value) for _, _, value, _ in found] == values
    assert all(sentence.startswith(written, place) for place, written, _, _ in found)


@pytest.mark.parametrize(
    ("sentence", "computed"),
    [
        ("35.2 %", 35.249),
        ("35.2 %", 35.15),
        ("-1.5", 1.5),
        ("1.5", -1.5),
        ("about 400", 400.4),
        ("seven layers", np.int64(7)),
        (r"$4.4\cdot10^{-16}$", 4.441e-16),
        ("$2^{53}$", 2.0**53),
        ("$10^{-8}$", 0.1**8),
        ("0.25", 0.245),
        ("at most 10 %", lambda stated: stated > 9.7),
        ("a third of them", 0.317),
        ("a third of them", 0.349),
        ("known, not a seventh,", 0.1492),
        ("two thirds", 0.7),
        ("less than a quarter of", lambda stated: stated > 0.24),
    ],
)
def test_a_true_number_passes(sentence, computed):
    says(sentence, computed)


@pytest.mark.parametrize(
    ("sentence", "computed"),
    [
        ("35.2 %", 35.26),
        ("35.2 %", 35.14),
        ("1 %", 10.0),
        ("seven layers", 8),
        (r"$4.4\cdot10^{-16}$", 4.46e-16),
        ("$10^{-8}$", 1e-7),
        ("$2^{53}$", 2.0**53 + 1000000),
        ("0.25", np.nan),
        ("at most 9 %", lambda stated: stated > 9.7),
        ("a third of them", 0.316),
        ("a third of them", 0.351),
        ("known, not a sixth,", 0.1492),
        ("two thirds", 0.71),
        ("less than a fifth of", lambda stated: stated > 0.24),
    ],
)
def test_a_wrong_number_does_not(sentence, computed):
    with pytest.raises(AssertionError, match="in '"):
        says(sentence, computed)


@pytest.mark.parametrize("values", [(), (1,), (1, 2, 3)])
def test_each_number_needs_a_value(values):
    with pytest.raises(ValueError, match=rf"has 2 numbers \['3', '4'\], got {len(values)} values"):
        says("a 3 × 4 matrix", *values)


def test_what_is_given_has_a_number():
    given("a 3 × 4 matrix", "the four axioms")
    with pytest.raises(ValueError, match="sentences must have a number each, got 'a matrix'"):
        given("a 3 × 4 matrix", "a matrix")
