"""What the references of a chapter lead to, and whether a reader is told so beside them.

A reference is only a key, and a wrong key of an existing theorem passes every build. So the words around a reference are to
fit the name of its target better than the name of any other, or a hidden cell says what it leads to (`svdbook.sentences.refers`).
"""

import ast
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from pybtex.database import parse_file
from pybtex.richtext import Text

from svdbook.sentences import REFERENCE

NUMBERED = re.compile(r"\$\$((?:(?!\$\$).)*)\$\$ \((eq-[\w-]+)\)", re.S)
# Where a sentence ends: behind an option of a directive, behind a mark and a blank, before an item of a list or a directive.
END = re.compile(r"^:[\w-]+:.*\n|[.!?:;][)*]*\s|\n(?=- |\d+\. |:)", re.M)
WORD = re.compile(r"[^\W\d_]{3,}")
NO_WORD = re.compile(rf"{REFERENCE.pattern}|\\[A-Za-z]+|^:[\w-]+:.*$", re.M)
# Words that name nothing.
COMMON = set(
    "the and for with its are not that this from one two any all has have into was were can may which when what each how "
    "than then them they their there here over same other more most every but only also does much true false hand proof "
    "data code core new table start end matrix svd exercise theorem figure lemma definition".split()
)
WHAT = {
    "prf": "theorem or definition",
    "eq": "equation",
    "numref": "figure",
    "ref": "exercise",
    "cite": "book or paper",
}


@dataclass(frozen=True)
class Target:
    """What a reference may lead to.

    Attributes
    ----------
    name : str
        Title or caption, and the words of the key; of a book or paper authors and title. An equation has a key alone.
    text : str
        All that stands there.
    page : str
        Name of the chapter; "" for a book or paper.
    """

    name: str
    text: str
    page: str

    @cached_property
    def words(self):
        return words(self.name)


def targets(book):
    """All targets of a book.

    Returns
    -------
    dict of str to dict of str to Target
        By the first part of the role ("prf", "eq", "numref", "ref", "cite") and by key.
    """
    found = defaultdict(dict)
    for chapter in book.chapters:

        def add(kind, key, title, text, chapter=chapter.name):
            part = key.partition("-")[2].removeprefix(chapter).replace("-", " ")
            found[kind][key] = Target(f"{title} {part}", " ".join(f"{title} {text}".split()), chapter)

        for box in chapter.boxes:
            if box.label and (box.kind == "exercise" or box.kind.startswith("prf:")):
                add("ref" if box.kind == "exercise" else "prf", box.label, box.title, box.text)
        for figure in filter(lambda figure: figure.name, chapter.figures):
            add("numref", figure.name, figure.caption, "")
        for formula, key in NUMBERED.findall(chapter.text):
            add("eq", key, "", formula)
    bibliography = book.root / "book" / "references.bib"
    for key, entry in parse_file(bibliography).entries.items() if bibliography.is_file() else ():
        people = entry.persons.get("author") or entry.persons["editor"]
        authors = ", ".join(" ".join(person.last_names) for person in people)
        name = str(Text.from_latex(f"{authors}: {entry.fields['title']}"))
        found["cite"][key] = Target(name, name, "")
    return found


def words(text):
    """The words of a text that may name something, without an s at the end; formulas and references have none."""
    return {word.rstrip("s") for word in WORD.findall(NO_WORD.sub(" ", text).lower()) if word not in COMMON}


def references(text):
    """Each reference of a text.

    Returns
    -------
    list of (int, str, str, str, str)
        Where it stands; the first part of its role; its key; the words of its sentence, and those of its paragraph.
    """
    found = []
    for match in REFERENCE.finditer(text):
        begin = text.rfind("\n\n", 0, match.start()) + 1
        paragraph = text[begin : max(text.find("\n\n", match.end()), 0) or len(text)]
        ends = [end.end() for end in END.finditer(paragraph)]
        first = max((end for end in ends if end <= match.start() - begin), default=0)
        last = min((end for end in ends if end >= match.end() - begin), default=len(paragraph))
        for key in match["keys"].split(","):
            found.append((match.start(), match["role"].split(":")[0], key.strip(), paragraph[first:last], paragraph))
    return found


def names(kind, key, chapter, around, known):
    """Whether the words around a reference fit the name of its target better than any other name.

    Those of the same kind in the chapter compete, of books and papers all. A word that `n` of them have counts `1 / n`. The
    sentence decides; where it does not, the paragraph.

    Parameters
    ----------
    kind, key : str
    chapter : str
        Name of the chapter that refers.
    around : sequence of str
        Sentence and paragraph.
    known : dict
        Of `targets`.
    """
    others = _others(kind, key, chapter, known)
    shared = Counter(word for target in others.values() for word in target.words)
    around = [words(text) for text in around]
    # Sums of 1/2 and 1/3 in another order are equal, too.
    fit = {
        other: [round(sum(1 / shared[word] for word in target.words & said), 9) for said in around]
        for other, target in others.items()
    }
    best = fit.pop(key)
    return sum(best) > 0 and all(best > value for value in fit.values())


def _others(kind, key, chapter, known):
    """What a reference could be mistaken for: all of its kind in the chapter, or all books and papers; and its own target."""
    return {
        other: target
        for other, target in known[kind].items()
        if kind == "cite" or chapter == target.page or other == key
    }


def told(chapter):
    """The calls of `refers` in hidden cells: the position of the cell, the words, and each sentence."""
    for position in chapter.checks:
        for node in ast.walk(ast.parse(chapter.cells[position].source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refers":
                meaning, *quotes = (" ".join(ast.literal_eval(argument).split()) for argument in node.args)
                for quote in quotes:
                    yield position, meaning, quote


def problems(chapter, known):
    """Say which references nobody can check, and which are not what a hidden cell says of them.

    Parameters
    ----------
    chapter : publishing.book.Chapter
    known : dict
        Of `targets`.

    Yields
    ------
    position : int
        Position of the cell, from 0.
    problem : str
        What is wrong, and what to do.
    """
    texts, checked = chapter.texts, set()
    for position, meaning, quote in told(chapter):
        # Blanks in the text may be line breaks.
        pattern = re.compile(r"\s+".join(map(re.escape, quote.split())))
        places = [(i, found.start()) for i, (_, text) in enumerate(texts) for found in pattern.finditer(text)]
        if len(places) != 1:
            there = "does not say" if not places else f"says {len(places)} times"
            yield position, f"the chapter {there} {quote!r}; quote what stands there once"
            continue
        i, begin = places[0]
        (_, kind, *_), *_ = found = references(quote)
        start = next(REFERENCE.finditer(texts[i][1], begin)).start()
        # Of several books that are cited together, the words are of one.
        meant = [key for _, _, key, *_ in found if key in known[kind] and meaning in known[kind][key].text]
        checked |= {(i, start, key) for key in meant}
        if not meant:
            yield position, f"the reference in {quote!r} does not lead to {meaning!r}; mend the one or the other"
        for key in meant:
            alike = [
                other
                for other in _others(kind, key, chapter.name, known)
                if other not in meant and meaning in known[kind][other].text
            ]
            if alike:
                yield position, f"{meaning!r} stands in {alike[0]} as well as in {key}; give words that only {key} has"
    for i, (position, text) in enumerate(texts):
        for start, kind, key, *around in references(text):
            # A key that leads nowhere fails the build.
            if (
                key in known[kind]
                and (i, start, key) not in checked
                and not names(kind, key, chapter.name, around, known)
            ):
                quote = " ".join(text[max(0, start - 30) : text.index("`", text.index("`", start) + 1) + 20].split())
                yield (
                    position,
                    f"the words around {key} do not tell which {WHAT[kind]} is meant; write its name beside it, "
                    f"or into a hidden cell: refers(words of it, '...{quote}...')",
                )
