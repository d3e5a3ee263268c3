"""Check the sentences of the book against the numbers that its cells compute."""

import re
from decimal import Decimal

WORDS = dict(
    zip(
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        range(3, 20),
        strict=True,
    )
) | dict(zip("twenty thirty forty fifty sixty seventy eighty ninety hundred".split(), range(20, 101, 10), strict=True))
WORDS |= {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

PARTS = {
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
PARTS |= {"twelfth": 12, "twentieth": 20, "fiftieth": 50, "hundredth": 100, "thousandth": 1_000}
COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2} | {word: number for word, number in WORDS.items() if number < 10}
# "A fourth, too weak" and "a third time" are ordinals.
FRACTION = (
    rf"(?!(?-i:A)n? \w+,)\b(?P<count>{'|'.join(COUNTS)})[ -](?P<part>{'|'.join(PARTS)})(?:s\b|(?= of\b|[,.;:)]|\Z))"
)

DIGITS = r"\d+(?:(?:,|\{,\})\d{3}(?!\d))*(?:\.\d+)?"
POWER = r"\^(?:\d|\{-?\d+\})"
TOKEN = re.compile(
    # No numbers of a sentence: code, targets of links, indices, exponents, names of norms.
    r"`[^`]*`|\]\([^)]*\)|<(?:https?:|/?[a-z]+\b)[^<>$]*>|[_^]\{[^{}]*\}|[_^]\w|\d-norm"
    rf"|{FRACTION}"
    rf"|\b(?P<word>{'|'.join(WORDS)})\b"
    # The rest of words and commands, so that their digits are none; but \frac12 has two numbers.
    r"|\\[dt]?frac(?P<above>\d)(?P<below>\d)|\\[a-z]+|[^\W\d_]\w*(?<!_)"
    # 4.4e-16, 4.4 \cdot 10^{-16} and 2^{53} are one number each.
    rf"|(?P<digits>{DIGITS})(?P<scale>e[+-]?\d+|\s*(?:\\cdot|\\times|×|·)\s*10{POWER})?(?P<power>{POWER})?",
    re.IGNORECASE,
)
# Markup such as {eq}`eq-basics-svd`, {numref}`Figure %s <fig-basics-data>` or {cite:t}`golub2013`.
REFERENCE = re.compile(r"\{(?P<role>prf:ref|numref|eq|ref|cite(?::\w+)?)\}`(?:[^`<]*<)?(?P<keys>[^`<>]+)>?`")


def numbers(sentence):
    r"""Find the numbers of a sentence, in digits or in words.

    Parameters
    ----------
    sentence : str
        Text in Markdown, with formulas in dollars.

    Returns
    -------
    list of (int, str, decimal.Decimal, decimal.Decimal)
        Where each number begins, how it is written, its value without a sign, and how far from it a computed value may lie:
        half a unit of the last digit, and a twentieth of a fraction in words, such as *two thirds* or *a tenth of*. *One* and
        *two* are seldom numbers and not among them; nor are *half*, ordinals, indices, exponents and code.

    Examples
    --------
    >>> [str(value) for _, _, value, _ in numbers(r"Of 1,024 entries seven exceed $4.5 \cdot 10^{-3}$, and $v_1$ has $2^{5}$.")]
    ['1024', '7', '0.0045', '32']
    """
    found = []
    for match in TOKEN.finditer(sentence):
        if match["part"]:
            fraction = Decimal(COUNTS[match["count"].lower()]) / PARTS[match["part"].lower()]
            found.append((match.start(), match[0], fraction, fraction / 20))
        elif match["word"]:
            found.append((match.start(), match[0], Decimal(WORDS[match["word"].lower()]), Decimal("0.5")))
        elif match["above"]:
            for digit in ("above", "below"):
                found.append((match.start(digit), match[digit], Decimal(match[digit]), Decimal("0.5")))
        elif match["digits"]:
            digits = Decimal(re.sub(r"[{,}]", "", match["digits"]))
            scale, power = (re.search(r"-?\d+(?=\}?\Z)", match[part] or "") for part in ("scale", "power"))
            exponent = int(scale[0]) if scale else 0
            value = digits.scaleb(exponent) ** (int(power[0]) if power else 1)
            # A power such as 10^{-8} or 2^{53} is meant to all its digits.
            half_unit = value * 0 if power else Decimal(5).scaleb(digits.as_tuple().exponent - 1 + exponent)
            found.append((match.start(), match[0], value, half_unit))
    return found


def says(sentence, *computed):
    """Check that the numbers of a sentence of the book are what the cells computed.

    It stands in the hidden cells of a chapter. The tests of the book see to it that the chapter has this sentence, and
    that each number of its text is checked in this way.

    Parameters
    ----------
    sentence : str
        Words as they stand in the text, a caption or an alternative text. Line breaks do not matter.
    *computed : float or callable
        For each number of the sentence in turn, its value, which must agree with what is written to half a unit of the last digit,
        with a fraction in words to a twentieth of it (signs are left aside); or a function that takes the written number and says
        whether it is true, for *at most*, *about*, *more than*.

    Raises
    ------
    AssertionError
        If a number is not the computed one.
    ValueError
        If there are more or fewer values than numbers.

    Examples
    --------
    >>> share = 0.3519
    >>> says("the first layer has 35.2 % of the energy", 100 * share)
    >>> says("more than a third of the energy", lambda stated: share > stated)
    >>> says("at most four layers", lambda stated: 3.2 <= stated)
    >>> says("the first layer has 61.1 % of the energy", 100 * share)
    Traceback (most recent call last):
        ...
    AssertionError: 61.1 in 'the first layer has 61.1 % of the energy', computed 35.19
    """
    stated = numbers(sentence)
    if len(stated) != len(computed):
        written = [written for _, written, _, _ in stated]
        raise ValueError(f"{sentence!r} has {len(stated)} numbers {written}, got {len(computed)} values")
    for (_, written, number, half_unit), value in zip(stated, computed, strict=True):
        if callable(value):
            if not value(float(number)):
                raise AssertionError(f"{written} in {sentence!r} is not true")
        # A number half-way between two, such as 0.25, may be written as either.
        elif not abs(abs(float(value)) - float(number)) <= float(half_unit) * (1 + 1e-9) + 1e-12 * float(number):
            raise AssertionError(f"{written} in {sentence!r}, computed {float(value):.6g}")


def given(*sentences):
    """Mark the numbers of sentences of the book as given: the data of an example, the form of a table, things that are counted.

    Nothing computes them; but whoever changes one has to change it here, too, and sees what hangs on it.

    Parameters
    ----------
    *sentences : str
        As for `says`.

    Raises
    ------
    ValueError
        If a sentence has no number.

    Examples
    --------
    >>> given("Let $A$ be a 3 × 2 matrix", "the four matrices below")
    """
    for sentence in sentences:
        if not numbers(sentence):
            raise ValueError(f"sentences must have a number each, got {sentence!r}")


def refers(words, *sentences):
    """Say to what references of the book lead, where the sentence around them does not tell.

    It stands in a hidden cell and computes nothing. The tests of the book see to it that the chapter has the sentences, each
    at one place, and that what they refer to has these words; so neither a wrong reference nor a moved label goes unseen.

    Parameters
    ----------
    words : str
        Words of the target: of a theorem or an exercise its title or a part of its text, of a figure its caption, of an
        equation its formula, of a book or paper an author and the title.
    *sentences : str
        Parts of the chapter's text, as for `says`, each with one reference.

    Raises
    ------
    ValueError
        If a sentence has no reference, or more than one.

    Examples
    --------
    >>> refers("Singular value decomposition", "Let $A$ be as in {prf:ref}`def-basics-svd`", "and {prf:ref}`def-basics-svd` for it")
    """
    for sentence in sentences:
        found = [match["keys"] for match in REFERENCE.finditer(sentence)]
        if len(found) != 1:
            raise ValueError(f"sentences must have one reference each, got {sentence!r} with {found}")
