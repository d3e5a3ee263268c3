"""The rules of axe, on every page, in both themes, wide and narrow, with everything open."""

from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import BOOK, PAGES

AXE = Axe()
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Those for which it matters whether a page is light or dark.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Solutions have pages of their own. Axe leaves alone what is folded or not drawn yet, and would take half a minute for
# a chapter, most of it for the contrast of each sign. So everything is opened and drawn; what scrolls loses the shadows
# at its edges, for axe decides nothing on a gradient; a formula, which has the colour of the text around it, becomes
# text (axe knows no MathML); of the coloured words of code one of each kind is kept on each background.
PREPARE = """() => {
    document.head.insertAdjacentHTML("beforeend", `<style>
        * { content-visibility: visible !important }
        [tabindex] { background-image: none !important }
    </style>`);
    for (const fold of document.querySelectorAll("details:not(.solution)")) fold.open = true;
    const colour = element => getComputedStyle(element).color;
    const formulas = [...document.querySelectorAll("math")];
    const colourful = formulas.filter(formula => {
        const around = colour(formula.closest(".math").parentElement);
        return [formula, ...formula.querySelectorAll("*")].some(part => colour(part) !== around);
    }).map(formula => formula.dataset.tex);
    const kinds = new Set();
    const known = [...document.querySelectorAll("pre span")].filter(word => {
        const kind = getComputedStyle(word.closest("pre")).backgroundColor + word.className;
        return kinds.has(kind) || !kinds.add(kind);
    });
    for (const formula of formulas) formula.replaceWith(formula.textContent);
    for (const part of [...known, ...document.querySelectorAll("span.math")]) part.replaceWith(...part.childNodes);
    document.body.normalize();
    return colourful;
}"""
# A browser on a busy machine may leave a tab undrawn for good; after two seconds it is asked all the same.
DRAWN = """new Promise(drawn => {
    requestAnimationFrame(() => requestAnimationFrame(drawn));
    setTimeout(drawn, 2000);
})"""


def run(tab, rules=RULES):
    """Violations of a page, and how often axe could not decide, by rule and reason."""
    options = {"runOnly": rules, "resultTypes": ["violations", "incomplete"]}
    found = AXE.run(tab, options=options).response
    violations = [
        f"{rule['id']}: {node['target']} {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]
    ]
    undecided = Counter(
        (rule["id"], check["data"].get("messageKey") if isinstance(check["data"], dict) else None)
        for rule in found["incomplete"]
        for node in rule["nodes"]
        for check in (node["any"] + node["all"] + node["none"])[:1]
    )
    return violations, undecided


def open_page(tab, address, name):
    if name == "index.html":
        # Stay on the page that leads on at once.
        tab.route("**/index.html", lambda route: route.fulfill(body=route.fetch().text().replace("http-equiv", "name")))
    tab.goto(f"{address}/{name}" + ("?q=matrix" if name == "search.html" else ""))
    if name == "search.html":
        tab.locator("#search-results .context").first.wait_for()
        tab.get_by_text("Search Results").wait_for()
    assert tab.evaluate(PREPARE) == []


@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_axe_finds_nothing(tab, address, name):
    open_page(tab, address, name)
    found, undecided = {}, Counter()

    def look(*state):
        for theme, rules in (("light", RULES), ("dark", RULES_OF_COLOUR)):
            tab.evaluate("theme => { document.body.dataset.theme = theme }", theme)
            tab.evaluate(DRAWN)
            found[*state, theme], open_questions = run(tab, rules)
            undecided.update(open_questions)

    for width in (1280, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        look(width)
    # The text was looked at, and would only take its time again.
    tab.evaluate("document.querySelector('article').hidden = true")
    for drawer in tab.locator(".sidebar-toggle:visible").all():
        drawer.press("Space")
        look(drawer.get_attribute("id"))
        drawer.press("Escape")
    assert {state: violations for state, violations in found.items() if violations} == {}
    # Nobody may hide behind what axe cannot decide: signs that are no letters, or a single one; what lies in part below
    # the edge of the window or below a copy button that does not show; two labels, both empty, of a menu that has a name.
    assert undecided.pop(("form-field-multiple-labels", None), 0) <= 6
    assert {rule for rule, _ in undecided} <= {"color-contrast"}
    reasons = {"nonBmp", "shortTextContent", "elmPartiallyObscured", "elmPartiallyObscuring"}
    assert {reason for _, reason in undecided} <= reasons
    assert sum(undecided.values()) <= 60, undecided


def test_axe_sees_what_is_folded_and_what_is_far_away(tab, address):
    open_page(tab, address, f"{BOOK.chapters[0].document}.html")
    spots = {
        "fold": "details.proof p",
        "caption": "figcaption .caption-text",
        "code": "details.code pre .s2",
        "end": "article > section > section:last-of-type li",
    }
    for spot, selector in spots.items():
        tab.locator(selector).last.evaluate(
            "(element, spot) => { element.id = spot; element.style.color = '#eee' }", spot
        )
    violations, _ = run(tab)
    for spot in spots:
        assert any(line.startswith(f"color-contrast: ['#{spot}") for line in violations), spot
