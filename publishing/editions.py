"""The notebooks that readers take home: what JupyterLab does not know is written out, and hidden checks are left out.

A chapter is written for the site: Sphinx numbers its figures and theorems, resolves references and folds solutions. In
a reader's edition references read as words, figures have their captions, boxes are plain text, each exercise has a
cell to answer in, and its solution stays closed, with its outputs, until one opens it.
"""

import re

import nbformat

from publishing.book import parts

ROLE = re.compile(r"\{(numref|prf:ref|ref|eq|cite|cite:t)\}`([^`<]*?)(?:\s*<([^>]+)>)?`")
EQUATION = re.compile(r"\$\$ \((eq-[\w-]+)\)")
ANSWER = "# Your answer\n"


class Editions:
    """Makes editions of chapters.

    Parameters
    ----------
    names : dict of str to str
        What a reference to a label, in small letters, reads as, such as "Theorem 4.2" or "(4.2)".
    sources : dict of str to pybtex.database.Entry
        The entries of the bibliography.
    """

    def __init__(self, names, sources):
        self.names = names
        self.sources = {key: _author_and_year(key, entry) for key, entry in sources.items()}

    def words(self, text):
        """Write out the references in a text, and the numbers of its equations."""

        def word(role):
            kind, target, explicit = role.groups()
            if kind.startswith("cite"):
                form = "{} [{}]" if kind == "cite:t" else "{}, {}"
                cited = [form.format(*self.sources[key.strip()]) for key in target.split(",")]
                return ", ".join(cited) if kind == "cite:t" else f"[{'; '.join(cited)}]"
            name = self.names[(explicit or target).lower()]
            return target.replace("%s", name.rpartition(" ")[2]) if explicit else name

        text = EQUATION.sub(lambda label: rf"\tag{{{self.names[label[1].lower()][1:-1]}}}" + "\n$$", text)
        return ROLE.sub(word, text)

    def edition(self, chapter, solutions=True):
        """Make the edition of a chapter.

        Parameters
        ----------
        chapter : publishing.book.Chapter
        solutions : bool
            Whether it has the solutions.

        Returns
        -------
        nbformat.NotebookNode
        """
        captions = {figure.cell: figure for figure in chapter.figures if figure.numbered}
        cells = []
        for position, cell in enumerate(chapter.cells):
            tags = cell.metadata.get("tags", [])
            if cell.cell_type == "markdown":
                cells += self._text_cells(cell, position, solutions)
            elif "test" in tags or ("solution" in tags and not solutions):
                continue
            else:
                cell = nbformat.NotebookNode(cell)
                if "solution" in tags:
                    # It asserts results for the numbers of the book. Where a reader has tried others, Run All goes on.
                    cell.metadata = nbformat.NotebookNode(cell.metadata, tags=[*tags, "raises-exception"])
                cells.append(cell)
            if position in captions:
                figure = captions[position]
                text = f"**{self.names[figure.name.lower()]}.** {self.words(figure.caption)}"
                cells.append(_cell("markdown", text, f"{cell.id}-caption"))
        count = 0
        for cell in cells:
            if cell.cell_type == "code" and cell.execution_count:
                cell.execution_count = count = count + 1
        return nbformat.NotebookNode(chapter.notebook, cells=cells)

    def _text_cells(self, cell, position, solutions):
        """Split a text cell where an exercise ends and where a solution begins, because these are folded by their headings."""
        cells, texts = [], []

        def finish(**metadata):
            text = "\n".join(texts).strip()
            if text:
                cells.append(_cell("markdown", self.words(text), f"{cell.id}-{len(cells)}", **metadata))
            texts.clear()

        for part in parts(cell.source, position):
            if isinstance(part, str):
                texts.append(part)
            elif part.kind == "exercise":
                finish()
                texts += [f"#### {self.names[part.label.lower()]} {part.title}", "", self._plain(part.text, position)]
                finish()
                cells.append(_cell("code", ANSWER, f"{cell.id}-{len(cells)}", execution_count=None, outputs=[]))
            elif part.kind == "solution":
                finish()
                if solutions:
                    title = f"##### Solution to {self.names[part.title.lower()]}"
                    texts += [title, "", self._plain(part.text, position)]
                    # JupyterLab keeps what is below a closed heading out of sight, outputs as well, also when all cells are run.
                    finish(metadata={"jp-MarkdownHeadingCollapsed": True})
            else:
                texts.append(self._plain_box(part, position))
        finish()
        return cells

    def _plain(self, text, position):
        return "\n".join(
            part if isinstance(part, str) else self._plain_box(part, position) for part in parts(text, position)
        )

    def _plain_box(self, box, position):
        text = self._plain(box.text, position)
        if box.kind == "prf:proof" or "dropdown" in box.options.get("class", ""):
            return f"<details><summary>{box.title or 'Proof'}</summary>\n\n{text}\n\n</details>"
        name = self.names.get(box.label.lower())
        heading = f"**{name}** ({box.title})." if name and box.title else f"**{name or box.title}.**"
        return f"\n---\n\n{heading}\n\n{text}\n\n---"


def _author_and_year(key, entry):
    people = entry.persons.get("author") or entry.persons.get("editor", [])
    authors = [" ".join(person.prelast_names + person.last_names).strip("{}") for person in people]
    several = " and ".join(authors) if len(authors) < 3 else f"{authors[0]} et al."
    return several or entry.fields.get("organization", key), entry.fields.get("year", "")


def _cell(kind, source, identifier, **rest):
    return nbformat.from_dict({"cell_type": kind, "id": identifier, "metadata": {}, "source": source} | rest)
