"""Sphinx extension: formulas become MathML Core while the site is built, and browsers draw them without a script."""

import html
import re
from xml.etree import ElementTree

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

UNBROKEN_CHARACTERS = 16
# Where a line may end in a formula, and where in a long piece of one.
SIGNS = set("+−")
BREAKS = set("=<>≤≥≈≠≡∼∈⊂⊆→↦⇒⇔⟂⊥,")

# What math-core takes without a word and shows wrongly.
MISREAD = {
    r"\\\\[\[*]": r"\\ takes no space in brackets and no star, they would be printed",
    r"(?s)\A(?!.*\\begin\{).*\\\\": r"\\ begins no new line outside of an environment such as aligned",
    r"\\(?:label|tag|eqref)\b": "numbers and labels stand outside: $$ ... $$ (eq-label) and {eq}`eq-label`",
}


def mathml(tex, macros=None, *, display=False):
    r"""Write a formula in MathML Core.

    Parameters
    ----------
    tex : str
        The formula in LaTeX's notation, without dollars.
    macros : dict of str to str, optional
        Commands of one's own and what they stand for, such as ``{"R": r"\mathbb{R}"}``.
    display : bool
        Whether the formula has a line of its own.

    Returns
    -------
    str
        A ``math`` element. Its attribute ``data-tex`` is `tex`, for those who copy the formula.

    Raises
    ------
    math_core.LatexError
        If the formula is wrong or has a command that nobody knows; the message begins with the place of
        the mistake in `tex`, counted from 0.

    Examples
    --------
    >>> mathml(r"\sigma_1")
    '<math data-tex="\\sigma_1"><msub><mi>σ</mi><mn>1</mn></msub></math>'
    >>> mathml(r"\frac{1}{")
    Traceback (most recent call last):
        ...
    _math_core_rust.LatexError: 9: Expected closing token "}", but reached end of input.
    """
    for pattern, reason in MISREAD.items():
        if found := re.search(pattern, tex):
            raise LatexError(f"{found.start()}: {reason}.")
    # The equations of the book are numbered by Sphinx, which knows their chapter.
    unnumbered = re.sub(r"\\(begin|end)\{(equation|align|gather|multline)\}", r"\\\1{\2*}", tex)
    written = LatexToMathML(macros=macros, fancy_error=False).convert_with_local_state(unnumbered, displaystyle=display)
    return f'<math data-tex="{html.escape(tex)}"' + written.removeprefix("<math")


def convert(translator, node):
    """Write the formula of a node; a wrong one is a warning, which fails the build, and stays what it is."""
    tex = node.astext().strip()
    try:
        return mathml(tex, translator.config.mathml_macros, display=isinstance(node, nodes.math_block))
    except LatexError as error:
        logger.warning("the formula %s is wrong at character %s", tex, error, location=node)
        return f'<math data-tex="{html.escape(tex)}"><mtext>{html.escape(tex)}</mtext></math>'


def hang_punctuation(app, doctree, docname):
    """Give a formula the brackets, the comma or the "-th" that touch it.

    Otherwise Chromium and WebKit break a line there, and the next one begins with a full stop.
    """
    for formula in list(doctree.findall(nodes.math)):
        siblings = formula.parent
        place = siblings.index(formula)
        if place > 0 and isinstance(siblings[place - 1], nodes.Text):
            text = siblings[place - 1]
            formula["before"] = re.search(r"[(\[“‘]*\Z", text)[0]
            siblings[place - 1] = nodes.Text(text[: len(text) - len(formula["before"])])
        if place + 1 < len(siblings) and isinstance(siblings[place + 1], nodes.Text):
            text = siblings[place + 1]
            formula["after"] = re.match(r"[^\w\s]*(?:th\b)?", text)[0]
            siblings[place + 1] = nodes.Text(text[len(formula["after"]) :])


def break_behind_relations(written):
    """Cut a long formula behind its relations and commas, where a line may end as in TeX.

    MathML has no line breaks, and what is wider than a phone would be cut off. The first piece carries the TeX.

    Examples
    --------
    >>> break_behind_relations(mathml("a=b"))
    ['<math data-tex="a=b"><mi>a</mi><mo>=</mo><mi>b</mi></math>']
    >>> len(break_behind_relations(mathml("c_1x_1+c_2x_2+c_3x_3=d_1y_1+d_2y_2+d_3y_3")))
    2
    """
    # XML knows five of HTML's names of characters.
    named = re.sub(r"&(?!amp;|lt;|gt;|quot;|apos;)\w+;", lambda name: html.unescape(name[0]), written)
    tree = ElementTree.fromstring(named)
    if len("".join(tree.itertext())) <= UNBROKEN_CHARACTERS:
        return [written]
    pieces, piece = [], []
    for element in tree:
        piece.append(element)
        long = len("".join("".join(part.itertext()) for part in piece)) > UNBROKEN_CHARACTERS
        ends = element.text in BREAKS or (long and element.text in SIGNS)
        if element.tag == "mo" and ends and element is not tree[-1]:
            # At the end of its piece it would count as a sign behind a number, with the spaces of one.
            element.set("form", "infix")
            pieces.append(piece)
            piece = []
    pieces.append(piece)
    tex = [tree.get("data-tex"), *[""] * (len(pieces) - 1)]
    return [
        f'<math data-tex="{html.escape(first)}">'
        + "".join(ElementTree.tostring(element, encoding="unicode") for element in piece)
        + "</math>"
        for first, piece in zip(tex, pieces, strict=True)
    ]


def visit_math(translator, node):
    pieces = break_behind_relations(convert(translator, node))
    pieces[0] = translator.encode(node.get("before", "")) + pieces[0]
    pieces[-1] += translator.encode(node.get("after", ""))
    # On a span, because a browser that translates the page looks for the attribute on elements of HTML.
    translator.body.append("<wbr>".join(f'<span class="math" translate="no">{piece}</span>' for piece in pieces))
    raise nodes.SkipNode


def visit_math_block(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math", translate="no"))
    # A box of its own, so that a wide formula scrolls and leaves the number where it is.
    translator.body.append(f'<div class="formula">{convert(translator, node)}</div>')
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_config_value("mathml_macros", {}, "html")
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-resolved", hang_punctuation)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
