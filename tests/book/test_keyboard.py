"""The site without a mouse: real key presses."""

import re

import pytest
from pages import BOOK, CONTENT, PAGES

CHAPTER = f"{BOOK.chapters[0].document}.html"
NARROW = {"width": 360, "height": 900}
WIDE = {"width": 1280, "height": 900}

# Write down whatever gets the focus: what it is, and what keeps a reader from seeing it.
RECORD = """() => {
    if (window.stops) {
        window.stops = [];
        return;
    }
    window.stops = [];
    const named = element => element.outerHTML.slice(0, 120);
    const ringed = element => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    addEventListener("focusin", ({ target }) => {
        // Of a menu, the icon is what one sees, and of an open one the menu itself.
        const icons = [...document.querySelectorAll(`label[for="${target.id}"] svg`)].filter(icon => icon.checkVisibility());
        const seen = target.checked ? document.getElementById(target.getAttribute("aria-controls"))
            : icons.length ? icons[0].parentElement : target;
        const box = seen.getBoundingClientRect();
        const faults = [];
        if (!seen.checkVisibility({ opacityProperty: true, visibilityProperty: true })) faults.push("hidden");
        if (box.width < 4 || box.height < 4) faults.push("too small");
        if (box.left >= innerWidth || box.right <= 0 || box.bottom <= 0 || box.top >= innerHeight) faults.push("outside of the window");
        if (!ringed(seen)) faults.push("no ring");
        // Some point of it must not be covered.
        const points = [...seen.getClientRects()].flatMap(({ left, right, top, bottom }) =>
            [[left + 2, top + 2], [right - 2, bottom - 2], [(left + right) / 2, (top + bottom) / 2]]);
        const onTop = ([x, y]) => seen.contains(document.elementFromPoint(x, y));
        if (!points.some(onTop)) faults.push("covered");
        window.stops.push({ target, faults });
    });
    window.faultyStops = () => window.stops.filter(stop => stop.faults.length).map(stop => `${stop.faults}: ${named(stop.target)}`);
    window.disorder = () => window.stops.slice(1).filter((stop, i) =>
        !(window.stops[i].target.compareDocumentPosition(stop.target) & Node.DOCUMENT_POSITION_FOLLOWING)).map(stop => named(stop.target));
    window.unreached = () => {
        const reached = new Set(window.stops.map(stop => stop.target));
        // The answers of a question are one stop; arrows lead from one to the next.
        for (const answer of document.querySelectorAll("input[type=radio]")) {
            if (window.stops.some(({ target }) => target.type === "radio" && target.name === answer.name)) reached.add(answer);
        }
        return [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
            .filter(control => control.checkVisibility({ visibilityProperty: true }) && !control.closest("[inert]") && !reached.has(control))
            .map(named);
    };
}"""


def walk(tab, key="Tab"):
    """Press Tab until the focus leaves the page; return how many stops there were."""
    tab.evaluate(RECORD)
    count = -1
    while count < (count := tab.evaluate("window.stops.length")):
        for _ in range(20):
            tab.keyboard.press(key)
            if not tab.evaluate("document.hasFocus() && document.activeElement !== document.body"):
                return tab.evaluate("window.stops.length")
    raise AssertionError("the focus stays where it is")


def go_to(tab, control):
    for _ in range(200):
        tab.keyboard.press("Tab")
        if control.evaluate("control => control === document.activeElement"):
            return
    raise AssertionError(f"the tab key does not lead to {control}")


def focused(tab):
    return tab.evaluate(
        "document.activeElement.id || document.activeElement.className || document.activeElement.localName"
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_skip_link_comes_first_and_leads_to_the_text(tab, address, name):
    tab.goto(f"{address}/{name}")
    tab.keyboard.press("Tab")
    link = tab.locator("a.skip-to-content")
    assert link.evaluate("link => link === document.activeElement")
    box = link.bounding_box()
    assert box["width"] > 50 and box["height"] > 20 and box["x"] >= 0 and box["y"] >= 0
    tab.keyboard.press("Enter")
    assert focused(tab) == "content"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main, footer') !== null")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", PAGES)
def test_each_control_is_reached_in_order_and_seen(tab, address, name, size):
    tab.set_viewport_size(size)
    tab.goto(f"{address}/{name}")
    tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert walk(tab) > 5
    assert tab.evaluate("window.faultyStops()") == []
    assert tab.evaluate("window.disorder()") == []
    assert tab.evaluate("window.unreached()") == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("menu, part", [("__navigation", ".sidebar-drawer"), ("__toc", ".toc-drawer")])
def test_a_menu_opens_holds_the_focus_and_closes(tab, address, menu, part, key):
    tab.set_viewport_size(NARROW)
    tab.goto(f"{address}/{CHAPTER}")
    drawer = tab.locator(part)
    assert not drawer.is_visible()
    go_to(tab, tab.locator(f"#{menu}"))
    tab.keyboard.press(key)
    box = drawer.bounding_box()
    assert drawer.is_visible() and box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]
    # Nothing behind the open menu is reached, in neither direction.
    for direction in ("Tab", "Shift+Tab"):
        walk(tab, direction)
        assert tab.evaluate("window.faultyStops()") == []
        assert tab.evaluate("window.stops.every(({ target }) => target.checked || target.closest('nav'))")
        assert tab.evaluate("part => window.stops.filter(({ target }) => target.closest(part)).length", part) > 5
    tab.locator(f"{part} a").last.focus()
    tab.keyboard.press("Escape")
    assert not drawer.is_visible()
    assert focused(tab) == menu
    # The page is there again.
    tab.locator("main summary").first.focus()
    assert focused(tab) == "summary"


def test_a_link_of_the_contents_closes_them_and_leads_to_its_section(tab, address):
    tab.set_viewport_size(NARROW)
    tab.goto(f"{address}/{CHAPTER}")
    tab.locator("#__toc").press("Enter")
    tab.locator(".toc-tree a").last.press("Enter")
    assert not tab.locator(".toc-drawer").is_visible()
    tab.wait_for_function("document.querySelector(location.hash).getBoundingClientRect().top < innerHeight / 2")
    assert tab.evaluate("document.querySelector('.content').inert") is False


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("kind", ["solution", "proof", "code"])
def test_a_folded_part_opens_and_closes(tab, address, kind, key):
    tab.goto(f"{address}/{CHAPTER}")
    fold = tab.locator(f"details.{kind}").first
    content = fold.locator("> :not(summary)").first
    fold.locator("> summary").focus()
    for visible in (True, False):
        tab.keyboard.press(key)
        assert content.is_visible() is visible


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", [CHAPTER, "search.html"])
def test_ctrl_k_leads_to_the_search(tab, address, name, size):
    tab.set_viewport_size(size)
    tab.goto(f"{address}/{name}")
    tab.keyboard.press("Control+k")
    assert tab.evaluate("document.activeElement.type") == "search"
    assert tab.evaluate("document.activeElement.checkVisibility({ visibilityProperty: true })")
    tab.keyboard.type("rank")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(r"/search\.html\?q=rank"))
    tab.locator("#search-results li").first.wait_for()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_theme_is_changed_and_the_change_is_told(tab, address, size):
    tab.set_viewport_size(size)
    tab.goto(f"{address}/{CHAPTER}")
    button = tab.locator(".theme-toggle:visible")
    assert button.count() == 1
    button.focus()
    for theme in ("dark", "light", "auto"):
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.body.dataset.theme") == theme
        assert tab.get_by_role("status").inner_text() == f"Theme: {'as your system' if theme == 'auto' else theme}"


def test_the_copy_button_shows_when_it_is_reached_and_copies(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{address}/{CHAPTER}")
    button = tab.locator("button.copybtn:visible").first
    code = tab.locator(".highlight:has(> button.copybtn)").filter(visible=True).first
    go_to(tab, button)
    tab.wait_for_function("getComputedStyle(document.activeElement).opacity === '1'")
    tab.keyboard.press("Enter")
    tab.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    assert tab.evaluate("navigator.clipboard.readText()").strip() == code.locator("pre").inner_text().strip()


# A browser on a busy machine may leave a tab undrawn for good; after two seconds it is asked all the same.
DRAWN = """new Promise(drawn => {
    requestAnimationFrame(() => requestAnimationFrame(drawn));
    setTimeout(drawn, 2000);
})"""
SCROLLING = ".formula, .table-wrapper, .highlight pre, .output pre"


@pytest.mark.parametrize("name", CONTENT)
def test_what_is_wider_than_its_box_is_a_stop_with_a_name_and_nothing_else_is(tab, address, name):
    tab.goto(f"{address}/{name}")
    tab.evaluate("document.querySelector('details.solution')?.toggleAttribute('open', true)")
    # The first solution brings all of them.
    tab.wait_for_function("!document.querySelector('.elsewhere')")
    tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    tab.add_style_tag(content="* { content-visibility: visible !important }")
    for size in (NARROW, WIDE):
        tab.set_viewport_size(size)
        # The script hears of the new sizes with the next picture that is drawn.
        tab.evaluate(DRAWN)
        wrong = tab.evaluate(
            """selector => [...document.querySelectorAll("body *")].filter(element => {
                const style = getComputedStyle(element);
                const scrolls = /auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1
                    && style.display !== "inline" && element.closest("main");
                const stop = element.tabIndex === 0 && element.getAttribute("role") === "group" && element.ariaLabel;
                return scrolls ? !stop || !element.matches(selector) : element.matches(selector) && element.hasAttribute("tabindex");
            }).map(element => element.outerHTML.slice(0, 200))""",
            SCROLLING,
        )
        assert wrong == []


@pytest.mark.parametrize("selector", SCROLLING.split(", ")[:3])
def test_a_box_scrolls_by_the_arrow_keys(tab, address, selector):
    tab.set_viewport_size({"width": 320, "height": 900})
    for name in CONTENT:
        tab.goto(f"{address}/{name}")
        tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        tab.add_style_tag(content="* { content-visibility: visible !important }")
        tab.evaluate(DRAWN)
        box = tab.locator(f"main {selector}[tabindex='0']").filter(visible=True).first
        if box.count():
            break
    box.scroll_into_view_if_needed()
    # By the keyboard: from the stop before it.
    box.evaluate("""box => {
        const before = document.createElement("button");
        box.before(before);
        before.focus();
    }""")
    tab.keyboard.press("Tab")
    assert box.evaluate("box => box === document.activeElement")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("document.activeElement.scrollLeft > 0")


def test_without_scripts_menus_and_folds_open(chromium, address):
    context = chromium.new_context(viewport=NARROW, java_script_enabled=False)
    try:
        tab = context.new_page()
        tab.goto(f"{address}/{CHAPTER}")
        for menu, part in (("__navigation", ".sidebar-drawer"), ("__toc", ".toc-drawer")):
            tab.locator(f"#{menu}").press("Space")
            assert tab.locator(part).is_visible()
            tab.locator(f"#{menu}").press("Space")
            assert not tab.locator(part).is_visible()
        fold = tab.locator("details.proof").first
        fold.locator("> summary").press("Space")
        assert fold.locator("p").first.is_visible()
        tab.goto(f"{address}/search.html")
        assert tab.locator("noscript p").is_visible()
    finally:
        context.close()
