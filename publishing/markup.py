"""Sphinx extension: the HTML of what notebooks are made of, so that it is light and everyone can use it.

Proofs become `<details>`, which fold without a script, and solutions too, whose content stands on a page of its own;
pictures know their size and load when they are near; the bibliography is a list.
"""

import re
from collections import defaultdict
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from pygments.lexers.python import PythonLexer
from pygments.token import Name, Operator, Punctuation, Text, Whitespace
from sphinx.util.images import get_image_size
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import solution_node
from sphinx_proof.nodes import proof_node

from publishing.drawings import lighten_drawings

# What this module, build.py, rebuilding.py, references.py and site.py know of the insides of others, and the versions
# that they were written for.
# tests/publishing/test_markup.py says what to look at when one of them changes.
WRITTEN_FOR = {
    "furo": "2025.12.19",
    "myst-nb": "1.4.0",
    "sphinx": "7.4.7",
    "sphinx-exercise": "1.2.1",
    "sphinx-proof": "0.4.0",
    "sphinxcontrib-bibtex": "2.7.0",
}


class LightPythonLexer(PythonLexer):
    """Python without a mark on every name, sign and comma, which have the colour of the text: a tenth of a page's weight."""

    def get_tokens_unprocessed(self, text):
        for index, token, value in super().get_tokens_unprocessed(text):
            plain = token in (Name, Name.Namespace, Operator, Punctuation, Whitespace)
            yield index, Text if plain else token, value


class fold(nodes.General, nodes.Element):
    """Content below a line that opens it; the first child is the `fold_summary`."""


class fold_summary(nodes.Part, nodes.TextElement):
    """The line that opens a `fold`."""


class solution_content(nodes.General, nodes.Element):
    """What the page of solutions shows of a solution; the first child is the `solution_heading`."""


class solution_heading(nodes.Part, nodes.TextElement):
    """The name of an exercise above its solution, with a link to it."""


def visit_fold(self, node):
    self.body.append(self.starttag(node, "details"))


def depart_fold(self, node):
    self.body.append("</details>\n")


def visit_fold_summary(self, node):
    self.body.append(self.starttag(node, "summary", ""))


def depart_fold_summary(self, node):
    self.body.append("</summary>\n")


def visit_solution_content(self, node):
    self.context.append(len(self.body))


def depart_solution_content(self, node):
    """Keep what was written for the page of solutions, and link that page."""
    start = self.context.pop()
    document = self.builder.current_docname
    identifier = node.parent["ids"][0]
    self.builder.app.solutions[document].append((identifier, "".join(self.body[start:])))
    address = self.builder.get_relative_uri(document, solutions_page(document))
    self.body[start:] = [
        f'<p class="elsewhere"><a href="{address}#{identifier}">Read the solution on its own page</a></p>\n'
    ]


def visit_solution_heading(self, node):
    self.body.append(self.starttag(node, "h2", ""))


def depart_solution_heading(self, node):
    self.body.append("</h2>\n")


def solutions_page(document):
    return f"{document}-solutions"


def fold_solutions(doctree):
    """Put each solution, with the cells of its code, below a line of plain text that opens it."""
    for solution in list(doctree.findall(solution_node)):
        title, *content = solution.children
        # Without the link to the exercise, which stands right above: a tap should open the fold.
        summary = fold_summary("", title.astext().partition(" (")[0])
        exercise = next(title.findall(nodes.reference))
        exercise.replace(exercise[0], nodes.Text(exercise[0].astext().lstrip()))
        inside = solution_content("", solution_heading("", "", exercise), *_unwrapped(content))
        folded = fold("", summary, inside, ids=solution["ids"], classes=["solution"])
        parent = solution.parent
        below = parent.children[parent.index(solution) + 1 :]
        for cell in below:
            if "tag_solution" not in cell.get("classes", []):
                break
            parent.remove(cell)
            inside.append(cell)
        solution.replace_self(folded)


def fold_code(doctree):
    """Put the code that is hidden at first below a line with a name of its own (myst-nb gives all the same)."""
    for cell in doctree.findall(lambda node: isinstance(node, nodes.container) and "cell" in node["classes"]):
        for hidden in [child for child in cell.children if isinstance(child, HideCodeCellNode)]:
            summary = fold_summary("", "Solution code" if "tag_solution" in cell["classes"] else "Show the code")
            cell.replace(hidden, fold("", summary, *hidden.children, classes=["code"]))


def fold_proofs(doctree):
    """Put each proof below the word *Proof*, with which sphinx-proof begins its text."""
    for number, proof in enumerate(list(doctree.findall(proof_node)), start=1):
        box = proof.children[0]
        opening = next(box.findall(nodes.Text))
        opening.parent.replace(opening, nodes.Text(opening.removeprefix("Proof. ")))
        summary = fold_summary("", "Proof")
        proof.replace_self(fold("", summary, *box.children, ids=[f"proof-{number}"], classes=["proof"]))


def fold_answers(doctree):
    """Put other boxes of the class dropdown below their title."""
    for box in list(doctree.findall(nodes.admonition)):
        if "dropdown" in box["classes"]:
            title, *content = box.children
            box.replace_self(fold("", fold_summary("", "", *title.children), *content, classes=["answer"]))


def unwrap_boxes(doctree):
    """Take the content of boxes out of sections that carry the same id in every box of a page."""
    for section in list(doctree.findall(nodes.section)):
        if section["ids"] in (["proof-content"], ["exercise-content"]):
            section.parent.replace(section, section.children)


def _unwrapped(content):
    for node in content:
        yield from node.children if isinstance(node, nodes.section) else [node]


def unwrap_formulas(doctree):
    """Take away the boxes that the theme puts around displays, with a copy of their ids; ours scroll by themselves."""
    for wrapper in list(doctree.findall(nodes.container)):
        if "math-wrapper" in wrapper["classes"]:
            wrapper.replace_self(wrapper.children)
        elif "table-wrapper" in wrapper["classes"]:
            wrapper["ids"] = []


def divide_first_section(doctree):
    """Divide the section that a page opens with into stretches, of which a browser lays out those on the screen.

    A stretch begins at a paragraph that follows something else. Of the sections below a browser lays out none at first.
    """
    section = next(
        iter(doctree.findall(lambda node: isinstance(node.parent, nodes.section) and isinstance(node, nodes.section))),
        None,
    )
    if section is None:
        return
    title, *content = section.children
    stretches, before = [], None
    for node in content:
        if before is None or (isinstance(node, nodes.paragraph) and not isinstance(before, nodes.paragraph)):
            stretches.append(nodes.container(classes=["stretch"]))
        stretches[-1].append(node)
        before = node
    section.children = []
    section.extend([title, *stretches])


def give_markup(app, doctree, docname):
    fold_code(doctree)
    fold_solutions(doctree)
    fold_proofs(doctree)
    fold_answers(doctree)
    unwrap_boxes(doctree)
    unwrap_formulas(doctree)
    divide_first_section(doctree)
    for position, picture in enumerate(doctree.findall(nodes.image)):
        picture["lazy"] = position > 0


def visit_image(self, node):
    """Write an `<img>` that keeps its place before it is loaded."""
    source = node["uri"]
    address = f"{self.builder.imgpath}/{self.builder.images[source]}" if source in self.builder.images else source
    attributes = {"src": address, "alt": node.get("alt", "")}
    size = get_image_size(str(Path(self.builder.srcdir) / source))
    if size:
        attributes["width"], attributes["height"] = size
    if node.get("lazy"):
        attributes["loading"] = "lazy"
    picture = self.emptytag(node, "img", "\n", **attributes)
    if "figure" in node:
        picture = self.starttag(node, "div", "", **node["figure"]) + picture + "</div>\n"
    self.body.append(picture)


def depart_image(self, node):
    pass


def visit_entry(self, node):
    """Write the empty corner of a table as a cell, because it heads nothing."""
    HTML5Translator.visit_entry(self, node)
    if isinstance(node.parent.parent, nodes.thead) and not node.astext().strip():
        self.body[-1] = "<td>"
        self.context[-1] = "</td>\n"


def depart_entry(self, node):
    HTML5Translator.depart_entry(self, node)


def visit_literal(self, node):
    """Write code in a sentence without a mark around each of its words, half a percent of a page's weight."""
    tag = "kbd" if "kbd" in node["classes"] else "code"
    classes = "" if tag == "kbd" else ' class="literal notranslate"'
    self.body.append(f"<{tag}{classes}>{self.encode(node.astext())}</{tag}>")
    raise nodes.SkipNode


def visit_citation(self, node):
    """Write an entry of the bibliography as an item of a list (docutils gives it a role that was withdrawn)."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", classes=["citation"], role="listitem"))


def depart_citation(self, node):
    self.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</div>\n")


def begin_solutions(app):
    app.solutions = defaultdict(list)


def collect_solutions(app):
    """Give each chapter that was written a page of its solutions.

    A chapter must be light for a phone, and solutions are a sixth of it. book.js brings them into its folds.
    """
    for document, solutions in app.solutions.items():
        chapter = app.env.titles[document]
        home = app.builder.get_relative_uri(solutions_page(document), document)
        written = app.builder.render_partial(chapter)["title"]
        body = f'<h1>Solutions</h1>\n<p>To the exercises of <a href="{home}">{written}</a>.</p>\n' + "".join(
            f'<section class="solution" id="{identifier}">\n{content}</section>\n' for identifier, content in solutions
        )
        description = f"Whole solutions to the exercises of {chapter.astext()}: by hand, by proof and in code, each linked to its exercise."
        context = {
            "title": escape(f"Solutions: {chapter.astext()}"),
            "body": lead_home(body, home),
            "description": description,
            "metatags": f'<meta name="description" content="{escape(description)}">\n',
        }
        yield solutions_page(document), context, "page.html"


def lead_home(body, home):
    """Let links to parts of a chapter, which has the address `home`, hold on the page of its solutions."""
    here = set(re.findall(r' id="([^"]+)"', body))
    return re.sub(r'(?<= href=")#([^"]+)', lambda link: link[0] if link[1] in here else home + link[0], body)


def setup(app):
    app.add_lexer("python", LightPythonLexer)
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(fold_summary, html=(visit_fold_summary, depart_fold_summary))
    app.add_node(solution_heading, html=(visit_solution_heading, depart_solution_heading))
    app.add_node(solution_content, html=(visit_solution_content, depart_solution_content))
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
    app.add_node(nodes.entry, override=True, html=(visit_entry, depart_entry))
    app.add_node(nodes.literal, override=True, html=(visit_literal, None))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    # Before Sphinx collects the pictures of the page.
    app.connect("doctree-read", lighten_drawings, priority=400)
    app.connect("doctree-resolved", give_markup)
    app.connect("builder-inited", begin_solutions)
    app.connect("html-collect-pages", collect_solutions)
    # Another process would keep the solutions that it wrote.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
