"""The numbers of a chapter's sentences, and the hidden cells that compute them again (`svdbook.sentences.says`)."""

import ast
import re

from publishing.reading_time import times
from svdbook.sentences import numbers

MATHEMATICS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$")
# Labels of equations and solutions, options of directives, marks of lists.
NO_SENTENCE = re.compile(r"\(eq-[\w-]+\)|^:[\w-]+:.*$|^:{3,}\{solution\}.*$|^ *\d+\. ", re.M)
# Places in other books, and years.
NO_CLAIM = re.compile(
    r"\b(?:sections?|lectures?|chapters?|pages?|volumes?|theorems?)\s+\d[\d.]*(?:(?:,| and| to|–)\s*\d[\d.]*)*"
    r"|(?<![\d.,])(?<!× )(?:1[89]|20)\d\d(?![\d.,]*\d| ×)",
    re.I,
)
# In a formula, mostly part of its form, as in 1/2 or n - 1.
SMALLEST = {"0", "1", "2"}


def texts(chapter):
    """Each text of a chapter, as the position of its cell and its words in one line.

    The bibliography at the end and the sentence of the chapter's times, which another rule holds, are left out.
    """
    for position, text in chapter.texts:
        yield position, _line(text.partition("## Further reading")[0]).replace(str(times(chapter)), "")


def sentences(chapter):
    """Each sentence that a hidden cell checks or calls given, as the position of the cell and its words in one line."""
    for position in chapter.checks:
        for node in ast.walk(ast.parse(chapter.cells[position].source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("says", "given"):
                quotes = node.args[:1] if node.func.id == "says" else node.args
                yield from ((position, _line(ast.literal_eval(quote))) for quote in quotes)


def problems(chapter):
    """Say which numbers no cell checks, and which checked sentences the chapter does not have.

    Yields
    ------
    position : int
        Position of the cell, from 0.
    problem : str
        What is wrong, and what to do.
    """
    written, checked = list(texts(chapter)), list(sentences(chapter))
    for position, sentence in checked:
        if not any(sentence in text for _, text in written):
            yield position, f"the chapter does not say {sentence!r}; quote it as it stands there"
    for position, text in written:
        covered = [
            range(start, start + len(sentence)) for _, sentence in checked for start in _occurrences(sentence, text)
        ]
        formulas = [range(*formula.span()) for formula in MATHEMATICS.finditer(text)]
        covered += [range(*found.span()) for found in NO_CLAIM.finditer(text)]
        for place, number, _, _ in numbers(text):
            form = number in SMALLEST and any(place in formula for formula in formulas)
            if not form and not any(place in words and place + len(number) - 1 in words for words in covered):
                around = text[max(0, place - 50) : place + 40]
                yield position, f"no hidden cell checks {number!r} in '...{around}...'; add says(...) to one below"


def _line(text):
    return " ".join(NO_SENTENCE.sub(" ", text).split())


def _occurrences(sentence, text):
    return [found.start() for found in re.finditer(re.escape(sentence), text)]
