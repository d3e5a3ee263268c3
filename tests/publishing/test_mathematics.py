"""Formulas of a small project, and those of the chapters."""

import io

import pytest
from bs4 import BeautifulSoup
from math_core import LatexError
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser
from pages import BOOK
from sphinx.application import Sphinx

from publishing.mathematics import mathml

MYST = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution"]


def build(folder, text, **options):
    """Build a page of that text; return it, the project's warnings and the exit status."""
    source = folder / "source"
    source.mkdir()
    (source / "index.md").write_text("# Index\n\n```{toctree}\nchapter\n```\n", encoding="utf-8")
    (source / "chapter.md").write_text(text, encoding="utf-8")
    config = {
        "extensions": ["myst_parser", "publishing.mathematics"],
        # Otherwise what myst-nb writes into the default counts for every Sphinx of this process.
        "source_suffix": {".md": "markdown"},
        "html_math_renderer": "mathml",
        "myst_enable_extensions": MYST,
        "numfig": True,
        **options,
    }
    warnings = io.StringIO()
    app = Sphinx(
        source,
        None,
        folder / "html",
        folder / "doctrees",
        "html",
        config,
        status=None,
        warning=warnings,
        warningiserror=True,
        keep_going=True,
    )
    app.build()
    pages = {
        name: BeautifulSoup((folder / "html" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for name in ("index", "chapter")
    }
    return pages, warnings.getvalue(), app.statuscode


CHAPTER = r"""# On $\sigma_1$

Some words ($x < y$), a rank-$k$ matrix, the $k$-th one, $\R^{m\times n}$ and "$z$".

$$
\begin{aligned}
A &= B \\
  &= C
\end{aligned}
$$ (eq-chain)

$\lambda_{\max}(A+B)\le\lambda_{\max}(A)=\sum_{i=1}^n c_i$.

$$ x'' $$

See {eq}`eq-chain`.

\begin{align}
p &= q \\
r &= s
\end{align}

| letter | $t$ |
|--------|-----|
| $u$    | 1   |

:::{figure} none.png
:alt: nothing

A caption with $v$.
:::
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pages, warnings, status = build(
        tmp_path_factory.mktemp("formulas"),
        CHAPTER,
        mathml_macros={"R": r"\mathbb{R}"},
        suppress_warnings=["image.not_readable"],
    )
    assert (warnings, status) == ("", 0)
    return pages


@pytest.fixture(scope="module")
def page(site):
    return site["chapter"]


def formula(page, tex):
    """The one formula of a page that is written so."""
    (found,) = (math for math in page.select("[role=main] math") if math["data-tex"] == tex)
    return found


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\sigma_1", "<msub><mi>σ</mi><mn>1</mn></msub>"),
        (r"\Sigma", '<mrow><mspace/><mi mathvariant="normal">Σ</mi></mrow>'),
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        (r"\mathbb R", "<mi>ℝ</mi>"),
        (r"\sqrt x", "<msqrt><mi>x</mi></msqrt>"),
        ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
    ],
)
def test_a_formula_is_written_in_mathml(tex, expected):
    assert mathml(tex) == f'<math data-tex="{tex.replace("<", "&lt;")}">{expected}</math>'
    assert mathml(tex, display=True).endswith(f' display="block">{expected}</math>')


def test_what_touches_a_formula_stays_on_its_line_and_nothing_is_translated(page):
    spans = page.select("[role=main] p > span.math")
    assert [span["translate"] for span in spans[:5]] == ["no"] * 5
    assert [span.get_text() for span in spans[:3]] == ["(x<y),", "k", "k-th"]
    assert spans[4].get_text() == "“z”."
    assert spans[0].parent.get_text().startswith("Some words (x<y), a rank-k matrix, the k-th one, ")


def test_a_long_formula_may_be_broken_behind_its_relations(page):
    pieces = page.select("[role=main] p:has(wbr) > *")
    assert [piece.name for piece in pieces] == ["span", "wbr", "span", "wbr", "span"]
    maths = [piece.find("math") for piece in pieces[::2]]
    # Once for those who copy, and nothing is lost.
    assert [math["data-tex"] for math in maths] == [r"\lambda_{\max}(A+B)\le\lambda_{\max}(A)=\sum_{i=1}^n c_i", "", ""]
    assert [math.get_text() for math in maths] == ["λmax(A+B)≤", "λmax(A)=", "∑i=1nci"]
    assert [math.find_all(recursive=False)[-1].get("form") for math in maths] == ["infix", "infix", None]
    assert pieces[-1].get_text().endswith(".")


def test_a_macro_stands_for_what_the_configuration_says(page):
    assert "ℝ" in formula(page, r"\R^{m\times n}").get_text()


def test_the_number_of_a_display_stands_beside_it_and_a_reference_leads_to_it(page):
    display = page.select_one("div.math#equation-eq-chain")
    box, number = display.find_all(recursive=False)
    assert box["class"] == ["formula"] and number["class"] == ["eqno"]
    assert number.get_text().startswith("(1)")
    (link,) = page.select("[role=main] p a[href='#equation-eq-chain']")
    assert link.get_text() == "(1)"
    math = box.find("math")
    assert math["display"] == "block"
    assert [len(row.find_all("mtd")) for row in math.find_all("mtr")] == [2, 2]


def test_a_display_without_a_label_has_no_number(page):
    display = formula(page, "x''").find_parent("div", class_="math")
    assert display.select(".eqno") == []


def test_an_environment_of_amsmath_is_numbered_once(page):
    (display,) = (div for div in page.select("div.math") if "p &= q" in div.math["data-tex"])
    assert display.select_one(".eqno").get_text().startswith("(2)")
    assert "(" not in display.math.get_text()


@pytest.mark.parametrize(("place", "tex"), [("h1", r"\sigma_1"), ("th", "t"), ("td", "u"), ("figcaption", "v")])
def test_titles_tables_and_captions_have_formulas_too(page, place, tex):
    assert formula(page, tex).find_parent(place)


def test_a_title_in_a_table_of_contents_has_its_formula(site):
    entry = site["index"].select_one(".toctree-wrapper a")
    assert entry.get_text() == "On σ1" and entry.find("math")


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\frac{1}{", 'Expected closing token "}"'),
        (r"x+\unknown", r'Unknown command "\unknown"'),
        (r"\begin{aligned}a\\[4pt]b\end{aligned}", "no space in brackets"),
        (r"a\\b", "no new line outside of an environment"),
        (r"\eqref{eq-chain}", "stand outside"),
    ],
)
def test_a_wrong_formula_fails_the_build_which_names_page_formula_and_reason(tmp_path, tex, reason):
    with pytest.raises(LatexError):
        mathml(tex)
    pages, warnings, status = build(tmp_path, f"# Chapter\n\nWords.\n\nIn line five: ${tex}$ is wrong, $x$ is not.\n")
    assert status != 0
    assert "chapter.md:5: " in warnings
    assert tex in warnings and reason in warnings
    assert formula(pages["chapter"], "x")


def formulas(parser, markdown):
    """TeX and kind of all formulas of a text, those in its exercises and theorems as well."""
    for token in parser.parse(markdown):
        if token.type in ("math_block", "math_block_label", "amsmath"):
            yield token.content, True
        if token.type == "colon_fence":
            yield from formulas(parser, token.content)
        yield from ((child.content, False) for child in token.children or [] if child.type == "math_inline")


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_every_formula_of_a_chapter_can_be_shown(chapter):
    parser = create_md_parser(MdParserConfig(enable_extensions=set(MYST)), DocutilsRenderer)
    found = list(formulas(parser, chapter.text))
    assert len(found) > 100
    wrong = []
    for tex, display in found:
        try:
            mathml(tex.strip(), display=display)
        except LatexError as error:
            wrong.append(f"{tex}: {error}")
    assert wrong == []
