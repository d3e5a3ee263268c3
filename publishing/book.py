"""The book as objects: its pages in their order, and each chapter with its figures, exercises, solutions and checks.

Whatever needs a part of a chapter (tests, the site, editions for students) asks here and parses nothing itself.
``python -m publishing.book`` says what breaks the form of a chapter, ``python -m publishing.book basics`` of that one.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count, pairwise
from pathlib import Path

import nbformat
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from publishing.reading_time import SECOND_READING, times

ROOT = Path(__file__).resolve().parent.parent
TAGS = {"hide-input", "hide-cell", "remove-input", "remove-cell", "solution", "test"}
PARTS = (
    "**In this chapter you will**",
    "**You need**",
    "Try it",
    "## Key takeaways",
    "## Exercises",
    "## Further reading",
)
PLACEHOLDER = "Replace this"
LARGEST_BYTES = 3_500_000
# A figure of 6 inches, and the margin that the notebook's backend draws around it.
WIDEST_FIGURE_POINTS = 6.13 * 72
# The column of a page has room for so many characters of code; the ends of longer lines are cut off.
WIDEST_CODE = 76
# A phone shows about 50 columns of an output. A number that is cut is seen, a column that is left out is not missed.
WIDEST_OUTPUT = 60

# What only hidden cells do, apart from the assertions of solutions in code.
CHECK = re.compile(r"^(?:assert|says|given|refers)\b|svdbook\.sentences", re.M)

# Blocks alone: nobody asks here for what stands within a line.
_MARKDOWN = MarkdownIt("commonmark").use(colon_fence_plugin).use(front_matter_plugin).disable("inline")


@dataclass(frozen=True)
class Box:
    """A directive of a text cell: an exercise, a theorem, an admonition.

    Attributes
    ----------
    kind : str
        Name of the directive, such as "exercise" or "prf:theorem".
    title : str
        What stands behind the name: of an exercise its title, of a solution the label of its exercise.
    options : dict of str to str
        Such as ``{"label": "ex-basics-blocks"}``.
    text : str
        Markdown inside the box, without the options.
    cell : int
        Position of the cell in the notebook, from 0.
    """

    kind: str
    title: str
    options: dict
    text: str
    cell: int

    @property
    def label(self):
        return self.options.get("label", "")


@dataclass(frozen=True)
class Figure:
    """A code cell that draws.

    Attributes
    ----------
    name, caption, alt : str
        Name to refer to, caption and alternative text; "" where the metadata lack it.
    svg : str
        The picture; "" if the output is no SVG.
    cell : int
        Position of the cell in the notebook, from 0.
    numbered : bool
        Whether the page shows it outside a folded solution, where figures are numbered.
    """

    name: str
    caption: str
    alt: str
    svg: str
    cell: int
    numbered: bool


@dataclass(frozen=True)
class Exercise:
    """An exercise with what belongs to it.

    Attributes
    ----------
    box : Box
        Its label begins with "ex-", its title with one to three stars.
    solution : Box or None
        The box that names the exercise.
    solution_cells : tuple of int
        Positions of the code cells tagged "solution" that follow.
    """

    box: Box
    solution: Box | None
    solution_cells: tuple


class Page:
    """A page of the book.

    Parameters
    ----------
    document : str
        As _toc.yml names it: its path in the book's folder, without an ending.
    root : pathlib.Path
        Folder of the book.

    Attributes
    ----------
    name : str
        The last part of `document`.
    path : pathlib.Path
    """

    def __init__(self, document, root=ROOT):
        self.document = document
        self.name = document.rsplit("/", 1)[-1]
        self.path = root / f"{document}.md"

    def __str__(self):
        return self.name

    @cached_property
    def text(self):
        """All that stands on the page in Markdown, without its front matter."""
        tokens = _MARKDOWN.parse(self.path.read_text(encoding="utf-8"))
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        return "".join(lines[tokens[0].map[1] :] if tokens and tokens[0].type == "front_matter" else lines)

    @cached_property
    def front_matter(self):
        tokens = _MARKDOWN.parse(self.path.read_text(encoding="utf-8"))
        return yaml.safe_load(tokens[0].content) if tokens and tokens[0].type == "front_matter" else {}

    @property
    def description(self):
        """The sentence that search engines show; "" if there is none."""
        return self.front_matter.get("myst", {}).get("html_meta", {}).get("description", "")

    @cached_property
    def title(self):
        """Text of the first heading."""
        return next((title for level, title, _ in _headings([self.text]) if level == 1), "")

    def problems(self) -> Iterator[str]:
        """Say what breaks the form of a page, where it is and how to mend it."""
        if not self.title:
            yield f"{self._file}: there is no title; begin the text with a line `# Title`"
        if not 60 <= len(self.description) <= 160:
            yield (
                f"{self._file}: the description must have 60 to 160 characters, got {len(self.description)}; "
                f"{self._description_remedy}"
            )

    _description_remedy = (
        "write it at the top of the file between two lines of ---, under myst: html_meta: description:"
    )

    @property
    def _file(self):
        return f"{self.document}{self.path.suffix}"


class Chapter(Page):
    """A notebook of the book.

    Positions of cells are counted from 0, as in ``chapter.cells[position]``.
    """

    def __init__(self, document, root=ROOT):
        super().__init__(document, root)
        self.path = root / f"{document}.ipynb"

    @cached_property
    def notebook(self):
        return nbformat.read(self.path, as_version=4)

    @property
    def cells(self):
        return self.notebook.cells

    @property
    def front_matter(self):
        return {"myst": self.notebook.metadata.get("myst", {})}

    @cached_property
    def text(self):
        """All text cells."""
        return "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")

    @cached_property
    def requirements(self):
        """The paragraph that says what a reader needs and how long the chapter takes; "" if there is none."""
        found = re.search(r"^\*\*You need\*\*.*?(?=\n\n|\Z)", self.text, re.S | re.M)
        return found[0] if found else ""

    @cached_property
    def headings(self):
        """Level, title and position of the cell of each heading."""
        return _headings(cell.source if cell.cell_type == "markdown" else "" for cell in self.cells)

    @cached_property
    def boxes(self):
        """Every `Box`, in order; those inside others included."""
        return [
            box
            for position, cell in enumerate(self.cells)
            if cell.cell_type == "markdown"
            for box in _boxes(cell.source, position)
        ]

    @cached_property
    def figures(self):
        """Every `Figure` that a reader sees, in order."""
        found = []
        for position, cell in self._tagged(without="remove-cell"):
            pictures = [output.data for output in cell.outputs if _kinds_of_picture(output)]
            if pictures:
                shown = cell.metadata.get("mystnb", {})
                figure = shown.get("figure", {})
                found.append(
                    Figure(
                        figure.get("name", ""),
                        figure.get("caption", ""),
                        shown.get("image", {}).get("alt", ""),
                        pictures[0].get("image/svg+xml", ""),
                        position,
                        "solution" not in _tags(cell),
                    )
                )
        return found

    @cached_property
    def texts(self):
        """Text cells, captions and alternative texts, each as the position of its cell and its Markdown."""
        cells = [(position, cell.source) for position, cell in enumerate(self.cells) if cell.cell_type == "markdown"]
        return cells + [(figure.cell, text) for figure in self.figures for text in (figure.caption, figure.alt)]

    @property
    def code(self):
        """Code of the cells that readers see."""
        return [cell.source for _, cell in self._tagged(without="remove-cell")]

    @cached_property
    def exercises(self):
        """Every `Exercise`, in order."""
        solutions = {box.title: box for box in self.boxes if box.kind == "solution"}
        last = {box.cell: box for box in solutions.values()}
        found = []
        for box in self.boxes:
            if box.kind == "exercise":
                solution = solutions.get(box.label)
                cells = []
                # The code below a text cell belongs to the solution that ends the cell.
                if solution and last[solution.cell] is solution:
                    for position in range(solution.cell + 1, len(self.cells)):
                        if "solution" not in _tags(self.cells[position]):
                            break
                        cells.append(position)
                found.append(Exercise(box, solution, tuple(cells)))
        return found

    @cached_property
    def checks(self):
        """Positions of the hidden cells that assert what the text says."""
        return [position for position, _ in self._tagged("test")]

    def _tagged(self, tag=None, without=None):
        return [
            (position, cell)
            for position, cell in enumerate(self.cells)
            if cell.cell_type == "code" and (tag is None or tag in _tags(cell)) and without not in _tags(cell)
        ]

    _description_remedy = (
        'in JupyterLab\'s property inspector, notebook metadata, write {"myst": {"html_meta": {"description": "..."}}}'
    )

    def _at(self, position):
        return f"{self._file}, cell {position} ({self.cells[position].id})"

    def problems(self):
        """Say what breaks the form of a chapter, where it is and how to mend it."""
        yield from super().problems()
        yield from self._problems_of_the_file()
        yield from self._problems_of_the_form()
        yield from self._problems_of_reading()
        yield from self._problems_of_width()
        yield from self._problems_of_figures()
        yield from self._problems_of_exercises()
        yield from self._problems_of_claims()

    def _problems_of_the_file(self):
        # Not above: it comes with all that executes notebooks, and the site asks for no problems.
        from publishing.notebooks import normalise

        stored = self.path.read_text(encoding="utf-8")
        if len(stored) > LARGEST_BYTES:
            yield f"{self._file}: {len(stored):,} bytes are too many; draw with fewer points or pixels, {LARGEST_BYTES:,} at most"
        fresh = nbformat.reads(stored, as_version=4)
        if stored != nbformat.writes(normalise(fresh)) + "\n":
            yield f"{self._file}: not as `make notebooks` writes it; run `make notebooks`"
        counter = count(1)
        for position, cell in self._tagged():
            if not cell.source.strip():
                yield f"{self._at(position)}: the cell is empty; delete it"
            elif cell.execution_count != next(counter):
                yield f"{self._at(position)}: the cells did not run from top to bottom; run `make notebooks`"
                break
        for position, cell in self._tagged():
            for output in cell.outputs:
                if output.output_type == "error":
                    yield f"{self._at(position)}: the cell failed with {output.ename}: {output.evalue}; mend it, then run `make notebooks`"
                elif output.get("name") == "stderr":
                    yield f"{self._at(position)}: the cell wrote a warning ({output.text.strip()[:80]!r}); mend its cause"

    def _problems_of_the_form(self):
        for part in PARTS:
            if part not in self.text:
                yield f"{self._file}: {part!r} is missing; a chapter has this part (CONTRIBUTING.md, Add a chapter)"
        if PLACEHOLDER in self.description:
            yield f"{self._file}: write your own description; {self._description_remedy}"
        for position, cell in enumerate(self.cells):
            if cell.cell_type == "markdown" and PLACEHOLDER in cell.source:
                yield f'{self._at(position)}: write your own text where "{PLACEHOLDER}" stands'
            tags = set(_tags(cell))
            for tag in sorted(tags - TAGS):
                yield f"{self._at(position)}: the tag {tag!r} is unknown; take one of {', '.join(sorted(TAGS))}"
            if ("test" in tags) != ("remove-cell" in tags):
                yield (
                    f"{self._at(position)}: a check is hidden and a hidden cell is a check; "
                    "give the cell both tags, remove-cell and test, or neither"
                )
            if cell.cell_type == "code" and not tags & {"solution", "remove-cell"} and CHECK.search(cell.source):
                yield f"{self._at(position)}: readers see a check; hide it with the tags remove-cell and test"
            if "solution" in tags and not tags & {"hide-cell", "remove-cell"}:
                yield f"{self._at(position)}: code of a solution shows before it is asked for; add the tag hide-cell"

    def _problems_of_reading(self):
        sections = [(title, position) for level, title, position in self.headings if level == 2]
        titles = [title for title, _ in sections]
        ends = titles.index("Key takeaways") if "Key takeaways" in titles else len(titles)
        second = [title.startswith(SECOND_READING) for title in titles[:ends]]
        for (title, position), is_second, follows in zip(sections, second, [*second[1:], True], strict=False):
            if is_second and not follows:
                yield (
                    f"{self._at(position)}: the core goes on behind {title!r}; move what is for a second reading behind the "
                    "core, right before the key takeaways"
                )
        stated = str(times(self))
        if stated not in self.requirements.replace("\n", " "):
            yield f"{self._file}: the times are not those of the book's rule; write into *You need*: {stated}"

    def _problems_of_width(self):
        for position, cell in self._tagged(without="remove-cell"):
            code = "" if "remove-input" in _tags(cell) else cell.source
            for number, line in enumerate(code.splitlines(), start=1):
                if len(line) > WIDEST_CODE:
                    yield (
                        f"{self._at(position)}: line {number} of the code has {len(line)} characters, a page shows "
                        f"{WIDEST_CODE}; break it, or give a part of it a name"
                    )
            for number, line in enumerate(_printed(cell), start=1):
                if len(line) > WIDEST_OUTPUT:
                    yield (
                        f"{self._at(position)}: line {number} of the output has {len(line)} columns, {WIDEST_OUTPUT} at "
                        "most, for a phone hides the rest; print shorter lines, or write a table into the text and assert "
                        "its numbers in a hidden cell"
                    )

    def _problems_of_figures(self):
        recipe = "(CONTRIBUTING.md, Add a figure)"
        for position, cell in self._tagged():
            kinds = {kind for output in cell.outputs for kind in _kinds_of_picture(output)}
            if kinds - {"image/svg+xml"}:
                yield (
                    f"{self._at(position)}: the picture is {', '.join(sorted(kinds))} and not SVG, which alone is compared; "
                    "call plots.use_style() in the first code cell, then run `make notebooks`"
                )
        names = {}
        for figure in self.figures:
            where = self._at(figure.cell)
            if len(figure.alt.split()) < 12:
                yield (
                    f"{where}: the figure needs an alternative text of at least 12 words, got {figure.alt!r}; add "
                    f'"mystnb": {{"image": {{"alt": "..."}}}} to the metadata of the cell {recipe}'
                )
            width = re.search(r'<svg[^>]* width="([\d.]+)pt"', figure.svg)
            if width and float(width[1]) > WIDEST_FIGURE_POINTS:
                yield f"{where}: the figure is {float(width[1]) / 72:.2f} inches wide; 6 at most, a phone shows half of that {recipe}"
            if not figure.numbered:
                continue
            if len(figure.caption.split()) < 6:
                yield (
                    f"{where}: the figure needs a caption of at least 6 words, got {figure.caption!r}; add "
                    f'"mystnb": {{"figure": {{"caption": "...", "name": "fig-{self.name}-..."}}}} to the metadata of the cell {recipe}'
                )
            if not figure.name.startswith(f"fig-{self.name}-"):
                yield f"{where}: the name of the figure must begin with fig-{self.name}-, got {figure.name!r} {recipe}"
            if PLACEHOLDER in figure.caption + figure.alt:
                yield f'{where}: write your own caption and alternative text where "{PLACEHOLDER}" stands {recipe}'
            if figure.name in names:
                yield f"{where}: the figure's name {figure.name} stands at cell {names[figure.name]} too; choose another one"
            names[figure.name] = figure.cell
        if len(names) < 3:
            yield f"{self._file}: a chapter has at least 3 figures, got {len(names)} {recipe}"
        if not any(figure.cell <= 3 for figure in self.figures):
            yield f"{self._file}: no picture among the first four cells; open with a picture of the chapter's result {recipe}"

    def _problems_of_exercises(self):
        recipe = "(CONTRIBUTING.md, Add an exercise)"
        labels = {}
        for box in self.boxes:
            if box.label in labels:
                yield f"{self._at(box.cell)}: the label {box.label} stands at cell {labels[box.label]} too; choose another one"
            if box.label:
                labels[box.label] = box.cell
        known = {exercise.box.label for exercise in self.exercises}
        for box in self.boxes:
            if box.kind == "solution" and box.title not in known:
                yield f"{self._at(box.cell)}: the solution is of {box.title!r}, which is no exercise of this chapter {recipe}"
            if box.kind == "solution" and "dropdown" not in box.options.get("class", "").split():
                yield f"{self._at(box.cell)}: the solution of {box.title} lies open; add the line `:class: dropdown` {recipe}"
        for exercise in self.exercises:
            where, label = self._at(exercise.box.cell), exercise.box.label
            if not label.startswith(f"ex-{self.name}-"):
                yield f"{where}: the label of an exercise must begin with ex-{self.name}-, got {label!r} {recipe}"
            if not re.match("★{1,3} ", exercise.box.title):
                yield f"{where}: the title of {label} must begin with one to three stars ★ and a blank, got {exercise.box.title!r}"
            if exercise.solution is None:
                yield f"{where}: the exercise {label} has no solution; add `:::{{solution}} {label}` below it {recipe}"
            elif exercise.solution.cell < exercise.box.cell:
                yield f"{self._at(exercise.solution.cell)}: the solution of {label} stands above its exercise; move it below"
        if len(self.exercises) < 8:
            yield f"{self._file}: a chapter has at least 8 exercises, got {len(self.exercises)} {recipe}"
        if not any("assert" in cell.source for _, cell in self._tagged("solution")):
            yield f"{self._file}: no solution is checked; add a cell tagged solution that asserts a result {recipe}"

    def _problems_of_claims(self):
        # It needs numpy and scipy, which the build of the site has no use for.
        from publishing import claims

        for position, problem in claims.problems(self):
            yield f"{self._at(position)}: {problem} (CONTRIBUTING.md, Write a number)"


class Book:
    """All pages, in the order of _toc.yml.

    Parameters
    ----------
    root : pathlib.Path
        The folder that holds _toc.yml.

    Attributes
    ----------
    pages : list of Page
        Prose pages and chapters; the first is the page that the address of the book leads to.
    """

    def __init__(self, root=ROOT):
        self.root = Path(root)
        listing = yaml.safe_load((self.root / "_toc.yml").read_text(encoding="utf-8"))
        self.pages = [self._page(document) for document in _documents(listing)]

    def _page(self, document):
        for kind in (Chapter, Page):
            page = kind(document, self.root)
            if page.path.is_file():
                return page
        raise ValueError(f"_toc.yml must name files that exist, got {document!r}: no {document}.ipynb or {document}.md")

    @property
    def chapters(self):
        """The notebooks among the pages."""
        return [page for page in self.pages if isinstance(page, Chapter)]

    def chapter(self, name):
        """The chapter of a name, such as "basics"; a ValueError lists the names there are."""
        names = [chapter.name for chapter in self.chapters]
        if name not in names:
            raise ValueError(f"chapter must be one of {', '.join(names)}, got {name!r}")
        return self.chapters[names.index(name)]

    @cached_property
    def targets(self):
        """What references may lead to (`publishing.targets.targets`)."""
        from publishing import targets

        return targets.targets(self)

    def needs(self, chapter):
        """The chapters that a chapter names among what a reader needs, in the order of the book."""
        linked = re.findall(r"\]\(([\w-]+)\.ipynb", chapter.requirements)
        return [other for other in self.chapters if other.name in linked]

    def problems_of(self, page) -> Iterator[str]:
        """Say what breaks the form of a page, which chapters it names without a link, and which references and code nobody can trust."""
        # They need numpy and the libraries that the book names, which the build of the site has no use for.
        from publishing import code_names, targets

        yield from page.problems()
        is_chapter = isinstance(page, Chapter)
        names = code_names.Names(code for chapter in ([page] if is_chapter else self.chapters) for code in chapter.code)
        for position, text in page.texts if is_chapter else [(None, page.text)]:
            where = page._at(position) if is_chapter else page._file
            for name, code in names.unknown(text):
                yield f"{where}: there is no {name!r}, which the text names in `{code}`; write a name that exists"
        if is_chapter:
            for position, problem in targets.problems(page, self.targets):
                yield f"{page._at(position)}: {problem}"
        names = {chapter.name.replace("-", " ") for chapter in self.chapters}
        for name in re.findall(r"(?<![*\w\[])\*([a-z -]+)\*(?![*\w\]])", page.text):
            if name.replace("-", " ") in names:
                yield f"{page._file}: *{name}* is the name of a chapter and no link; link it"

    def problems(self) -> Iterator[str]:
        """Say what breaks the form of any page, and which notebooks stand in no table of contents."""
        listed = {chapter.path for chapter in self.chapters}
        for path in sorted(self.root.glob("notebooks/*.ipynb")):
            if path not in listed:
                yield f"notebooks/{path.name}: stands in no table of contents; add `- file: notebooks/{path.stem}` to _toc.yml"
        for page in self.pages:
            yield from self.problems_of(page)


def _documents(node):
    """Names of documents in a table of contents, whatever parts and sections it has."""
    if isinstance(node, dict):
        yield from (node[key] for key in ("root", "file") if key in node)
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _documents(child)


def _headings(texts):
    found = []
    for position, text in enumerate(texts):
        tokens = _MARKDOWN.parse(text)
        for heading, inline in pairwise(tokens):
            if heading.type == "heading_open":
                found.append((int(heading.tag[1]), inline.content, position))
    return found


@cache
def parts(text, position):
    """Split Markdown at its directives.

    Parameters
    ----------
    text : str
    position : int
        Of the cell that holds it.

    Returns
    -------
    tuple of (str or Box)
        In their order; the text of a box is not split.
    """
    rows, found, done = text.splitlines(), [], 0
    for token in _MARKDOWN.parse(text):
        directive = re.match(r"\{([\w:-]+)\}\s*(.*)", token.info or "")
        if token.type in ("colon_fence", "fence") and directive:
            options, inside = {}, token.content.splitlines()
            while inside and (option := re.match(r":([\w-]+):\s*(.*)", inside[0])):
                options[option[1]] = option[2].strip()
                inside.pop(0)
            begin, end = token.map
            found.append("\n".join(rows[done:begin]))
            found.append(Box(directive[1], directive[2].strip(), options, "\n".join(inside), position))
            done = end
    return (*found, "\n".join(rows[done:]))


def _boxes(text, position):
    for part in parts(text, position):
        if isinstance(part, Box):
            yield part
            yield from _boxes(part.text, position)


def _tags(cell):
    return cell.metadata.get("tags", [])


def _printed(cell):
    """Lines of text below a cell; what stands for a picture or for a table in HTML is shown nowhere."""
    for output in cell.outputs:
        data = output.get("data", {})
        yield from (output.get("text", "") or (data["text/plain"] if set(data) == {"text/plain"} else "")).splitlines()


def _kinds_of_picture(output):
    return [kind for kind in output.get("data", {}) if kind.startswith("image/")]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Say what breaks the form of the chapters, and how to mend it.")
    parser.add_argument("chapters", nargs="*", help="names such as basics; default: the whole book")
    names = parser.parse_args(arguments).chapters
    book = Book()
    try:
        chapters = [book.chapter(name) for name in names]
    except ValueError as error:
        parser.error(str(error))
    problems = (
        [problem for chapter in chapters for problem in book.problems_of(chapter)] if names else [*book.problems()]
    )
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
