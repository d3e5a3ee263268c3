"""What only a browser can tell of the built site."""

import re
from io import BytesIO

import nbformat
import pytest
from bs4 import BeautifulSoup
from pages import BOOK, CONTENT, PAGES, SOLUTIONS
from PIL import Image

FIRST = f"{BOOK.chapters[0].document}.html"
LAST = f"{BOOK.chapters[-1].document}.html"
# Everything open and drawn, but the solutions, which have pages of their own.
OPEN = """() => {
    document.head.insertAdjacentHTML("beforeend", "<style>* { content-visibility: visible !important }</style>");
    for (const fold of document.querySelectorAll("details:not(.solution)")) fold.open = true;
}"""


def theme(tab):
    return tab.evaluate("document.body.dataset.theme")


def brightness(tab, what, of="body"):
    """Mean of red, green and blue, from 0 to 255, of a computed colour."""
    colour = tab.evaluate(
        "([what, of]) => getComputedStyle(document.querySelector(of)).getPropertyValue(what)", [what, of]
    )
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


# 640 is a window of 1280 pixels at 200 %, and 320 one at 400 %.
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_from_its_own_host_without_errors_and_fits(tab, address, name):
    tab.goto(f"{address}/{name}", wait_until="networkidle")
    assert tab.problems == []
    assert [url for url in tab.requested if not url.startswith((address, "data:"))] == []
    assert tab.locator("h1:visible").count() == 1
    tab.evaluate(OPEN)
    for width in (1280, 640, 360, 320):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)") <= width
        # Formulas, tables and code that are wider scroll inside their own box; pictures shrink.
        outside = tab.evaluate(
            """() => {
                const rest = "article :is(p, li, dd, figcaption, summary, h1, h2, h3, img, .eqno)";
                return [...document.querySelectorAll(rest)]
                    .filter(element => !element.closest("table") && element.getBoundingClientRect().right > innerWidth)
                    .map(element => element.outerHTML.slice(0, 200));
            }"""
        )
        assert outside == []
    assert tab.problems == []


@pytest.mark.parametrize("selector", [".formula", ".table-wrapper", ".cell_input pre", ".output pre"])
def test_what_is_wider_than_a_phone_shows_that_it_scrolls(tab, address, selector):
    tab.goto(f"{address}/{FIRST}")
    box = tab.locator(selector).filter(visible=True).first
    box.evaluate("box => { box.innerHTML = '<div style=\"width: 800px; height: 40px\"></div>'; }")
    tab.set_viewport_size({"width": 360, "height": 640})
    box.scroll_into_view_if_needed()
    tab.wait_for_function("box => box.hasAttribute('tabindex')", arg=box.element_handle())
    place = box.bounding_box()
    border = box.evaluate("box => box.clientLeft")

    def shade(x):
        """Brightness of the box's middle line, from its left edge or, if x is below 0, from its right one."""
        x = place["x"] + (place["width"] + x if x < 0 else border + x)
        spot = {"x": x, "y": place["y"] + place["height"] / 2, "width": 1, "height": 1}
        return Image.open(BytesIO(tab.screenshot(clip=spot))).convert("L").getpixel((0, 0))

    paper = shade(place["width"] / 2)
    assert shade(-1) < paper - 40 and shade(1) == paper
    box.evaluate("box => { box.scrollLeft = 200; }")
    assert shade(-1) < paper - 40 and shade(1) < paper - 40
    box.evaluate("box => { box.scrollLeft = 1000; }")
    assert shade(-1) == paper and shade(1) < paper - 40


@pytest.mark.parametrize("name", [*CONTENT, *SOLUTIONS])
def test_formulas_have_room(tab, address, name):
    tab.goto(f"{address}/{name}")
    tab.evaluate(OPEN)
    for width in (1280, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        # An inline formula never scrolls, and never sticks out of its line.
        assert (
            tab.evaluate("""() => {
            const scrolls = element => /auto|scroll/.test(getComputedStyle(element).overflow);
            const sticksOut = element => {
                const block = element.closest("p, li, dd, th, td, figcaption, summary, h1, h2, h3, .admonition-title, .toc-tree, .sidebar-tree");
                return !element.closest("table") && element.getBoundingClientRect().right > block.getBoundingClientRect().right + 1;
            };
            return [...document.querySelectorAll("span.math, span.math *")]
                .filter(element => scrolls(element) || element.scrollWidth > Math.max(element.clientWidth, element.offsetWidth) + 1 && element.clientWidth > 0
                    || element.matches("math") && element.checkVisibility({ visibilityProperty: true }) && sticksOut(element))
                .map(element => element.outerHTML.slice(0, 200));
        }""")
            == []
        )
        # A numbered formula scrolls in its box, beside its number.
        assert (
            tab.evaluate("""() => [...document.querySelectorAll("div.math:has(.eqno)")].filter(line => {
            const [formula, number] = [".formula", ".eqno"].map(part => line.querySelector(part).getBoundingClientRect());
            return formula.right > number.left || number.right > innerWidth || formula.width < 100;
        }).map(line => line.id)""")
            == []
        )


def test_a_page_opened_from_a_folder_reads_well(tab, site):
    tab.goto((site / FIRST).as_uri())
    assert tab.locator("h1:visible").count() == 1
    formula = tab.locator("article math").first
    assert "Book Math" in formula.evaluate("element => getComputedStyle(element).fontFamily")
    assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Book Math\"', 'Σ'))")
    assert tab.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]
    assert tab.locator("article img").first.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    # From a folder a browser loads a font when it needs it and not before.
    assert [problem for problem in tab.problems if "svd-book-math" not in problem and "ERR_FAILED" not in problem] == []


@pytest.mark.parametrize("name", [*CONTENT, *SOLUTIONS])
def test_pictures_keep_their_place(tab, address, name):
    tab.goto(f"{address}/{name}")
    tab.evaluate(OPEN)
    shapes = tab.evaluate(
        """() => Promise.all([...document.querySelectorAll("article img")].map(async image => {
            const before = image.getBoundingClientRect();
            image.loading = "eager";
            await image.decode();
            const after = image.getBoundingClientRect();
            return [image.src, before.height, after.height, after.width / after.height, image.naturalWidth / image.naturalHeight];
        }))"""
    )
    for source, before, after, shown, drawn in shapes:
        assert before == pytest.approx(after, abs=1), source
        assert shown == pytest.approx(drawn, rel=0.02), source


# ---- The search


def search(tab, start, query):
    """Search as a reader does; return the titles, addresses and excerpts of the results."""
    tab.goto(start)
    tab.keyboard.press("Control+k")
    tab.keyboard.type(query)
    tab.keyboard.press("Enter")
    tab.locator("#search-results h2", has_text="Search Results").wait_for()
    results = tab.locator("#search-results li")
    if not start.startswith("file:"):
        tab.wait_for_function(
            "document.querySelectorAll('#search-results li').length === document.querySelectorAll('#search-results .context').length"
        )
    return [
        (result.locator("a").first.inner_text(), result.locator("a").first.get_attribute("href"), result.inner_text())
        for result in results.all()
    ]


def word_of_a_caption(site):
    """A word that stands in the caption of a figure and nowhere else, and the page of the figure."""
    captions, elsewhere = {}, set()
    for name in CONTENT:
        page = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser").select_one("article")
        for formula in page.select("math"):
            formula.decompose()
        for caption in page.select("figcaption"):
            for word in re.findall(r"\b[a-z]{6,}\b", caption.extract().get_text().lower()):
                captions.setdefault(word, set()).add(name)
        elsewhere |= set(re.findall(r"[a-z]+", page.get_text().lower()))
    # Words with a stem of their own.
    alone = [
        word
        for word, names in captions.items()
        if len(names) == 1 and not any(other.startswith(word[:5]) for other in elsewhere)
    ]
    word = sorted(alone)[0]
    return word, captions[word].pop()


def test_the_search_finds_a_name(tab, address):
    results = search(tab, f"{address}/{CONTENT[0]}", "Eckart")
    assert any("truncation" in link for _, link, _ in results)
    assert all("eckart" in shown.lower() for _, _, shown in results)
    assert tab.problems == []


def test_the_search_finds_two_words(tab, address):
    links = [link for _, link, _ in search(tab, f"{address}/{FIRST}", "null space")]
    assert any("subspaces" in link for link in links)
    assert any("glossary" in link for link in links)


def test_the_search_finds_a_word_of_a_caption(tab, address, site):
    word, page = word_of_a_caption(site)
    assert [link.partition("#")[0] for _, link, _ in search(tab, f"{address}/{FIRST}", word)] == [page]


def test_the_search_finds_a_heading_and_leads_to_it(tab, address):
    chapter = BOOK.chapters[0]
    heading = next(title for level, title, _ in chapter.headings if level == 2 and "$" not in title)
    search(tab, f"{address}/{CONTENT[0]}", heading)
    tab.locator("#search-results li a", has_text=f"> {heading}").click()
    tab.wait_for_url(f"{address}/{chapter.document}.html#*")
    section = tab.locator("section:target")
    assert heading in section.locator("h2").first.inner_text()
    assert section.evaluate("section => section.getBoundingClientRect().top < innerHeight")


def test_the_search_says_when_it_finds_nothing(tab, address):
    assert search(tab, f"{address}/{FIRST}", "xylophone") == []
    assert "did not match any documents" in tab.locator("#search-results").inner_text()


def test_excerpts_hold_each_formula_once(tab, address, site):
    results = search(tab, f"{address}/{FIRST}", "singular vectors")
    assert len(results) > 5
    squeeze = re.compile(r"\s+").sub
    with_formulas = 0
    for title, link, shown in results:
        assert not re.search(r"\\[a-z]|\$", shown), title
        text = squeeze("", shown)
        page = BeautifulSoup((site / link.partition("#")[0]).read_text(encoding="utf-8"), "html.parser")
        formulas = {squeeze("", formula.get_text()) for formula in page.select("math")}
        found = [formula for formula in formulas if len(formula) >= 4 and formula in text]
        with_formulas += len(found)
        assert [formula for formula in found if formula * 2 in text] == [], title
    assert with_formulas > 0


def test_the_search_works_in_a_folder(tab, site):
    # A browser does not let a page read other files, so there are no excerpts.
    results = search(tab, (site / FIRST).as_uri(), "Eckart")
    assert any("truncation" in link for _, link, _ in results)
    tab.locator("#search-results a", has_text="rank").first.click()
    tab.locator("h1").wait_for()
    assert tab.url.startswith("file:") and "truncation" in tab.url


# ---- The theme


def test_the_dark_theme_stays_and_leaves_the_pixels_of_pictures_alone(tab, address):
    tab.goto(f"{address}/{FIRST}")
    assert theme(tab) == "auto"
    assert brightness(tab, "background-color") > 240
    tab.locator(".theme-toggle:visible").click()
    assert theme(tab) == "dark"
    tab.goto(f"{address}/{LAST}")
    assert theme(tab) == "dark"
    for picture in tab.locator("article img").all():
        assert picture.evaluate("image => getComputedStyle(image).filter") == "none"
    assert brightness(tab, "background-color") < 64
    assert brightness(tab, "color") > 190


@pytest.mark.parametrize("scheme, light", [("light", True), ("dark", False)])
def test_the_theme_follows_the_system_until_a_reader_chooses(tab, address, scheme, light):
    tab.emulate_media(color_scheme=scheme)
    tab.goto(f"{address}/{FIRST}")
    assert (brightness(tab, "background-color") > 127) is light
    # The first click changes something.
    tab.locator(".theme-toggle:visible").click()
    assert (brightness(tab, "background-color") > 127) is not light


def test_all_works_where_the_storage_is_denied(tab, address):
    tab.add_init_script(
        """Object.defineProperty(window, "localStorage", {
            configurable: true, get() { throw new DOMException("denied", "SecurityError"); },
        })"""
    )
    tab.goto(f"{address}/{FIRST}")
    assert theme(tab) == "auto"
    tab.locator(".theme-toggle:visible").click()
    assert theme(tab) == "dark"
    assert search(tab, f"{address}/{FIRST}", "Eckart")
    assert tab.problems == []


# ---- What one takes along


def test_code_can_be_copied(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{address}/{FIRST}")
    cell = tab.locator("div.cell_input div.highlight").filter(visible=True).first
    cell.hover()
    cell.locator("button.copybtn").click()
    tab.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    assert tab.evaluate("navigator.clipboard.readText()").strip() == cell.locator("pre").inner_text().strip()


def copied(tab, selector):
    """Text of an element, selected and copied by the keyboard."""
    tab.evaluate(
        "selector => getSelection().selectAllChildren([...document.querySelectorAll(selector)].at(0))", selector
    )
    tab.evaluate("navigator.clipboard.writeText('')")
    tab.keyboard.press("Control+c")
    tab.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    return tab.evaluate("navigator.clipboard.readText()")


def test_a_copied_paragraph_has_each_formula_once_in_tex(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for chapter in BOOK.chapters:
        tab.goto(f"{address}/{chapter.document}.html")
        # The paragraph with the most formulas.
        tab.evaluate("""() => {
            const formulas = paragraph => paragraph.querySelectorAll("math").length;
            const paragraphs = [...document.querySelectorAll("article > section > section > p")];
            paragraphs.sort((a, b) => formulas(b) - formulas(a))[0].id = "rich";
        }""")
        page = BeautifulSoup(tab.locator("#rich").evaluate("element => element.outerHTML"), "html.parser")
        assert len(page.select("math")) > 3
        for formula in page.select("math"):
            formula.replace_with(f"${formula['data-tex']}$" if formula["data-tex"] else "")
        assert copied(tab, "#rich").split() == page.get_text().split()


def test_a_copied_line_of_its_own_is_in_tex(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{address}/{FIRST}")
    line = "div.math:not(:has(.eqno)) .formula"
    tex = tab.locator(f"{line} math").first.get_attribute("data-tex")
    assert "".join(copied(tab, line).split()) == "".join(f"$${tex}$$".split())


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_the_notebook_downloads_and_opens(tab, address, tmp_path, chapter):
    tab.goto(f"{address}/{chapter.document}.html")
    with tab.expect_download() as started:
        tab.locator("a.download").click()
    download = started.value
    assert download.suggested_filename == chapter.path.name
    download.save_as(tmp_path / "chapter.ipynb")
    notebook = nbformat.read(tmp_path / "chapter.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert any(cell.cell_type == "code" for cell in notebook.cells)


# ---- Ways through the book


def test_previous_and_next_lead_to_the_neighbours(tab, address):
    before, here, after = CONTENT[:3]
    for direction, expected in (("next", after), ("prev", before)):
        tab.goto(f"{address}/{here}")
        tab.locator(f"a.{direction}-page").click()
        tab.wait_for_url(f"{address}/{expected}")


def test_the_address_of_the_book_leads_to_its_first_page(tab, address):
    tab.goto(f"{address}/")
    tab.wait_for_url(f"{address}/{CONTENT[0]}")


def test_a_wrong_address_below_a_folder_still_shows_the_page_for_it(tab, address):
    tab.goto(f"{address}/404.html")
    link = tab.locator("article a").first.get_attribute("href")
    assert link.startswith("/")
    assert tab.goto(address + link).ok


def test_a_link_into_a_fold_opens_it(tab, address):
    solution = BOOK.chapters[0].exercises[0].solution.label
    tab.goto(f"{address}/{FIRST}#{solution}")
    tab.locator(f"#{solution} > :not(summary, .elsewhere)").first.wait_for()
    assert tab.locator(f"#{solution}").evaluate("fold => fold.getBoundingClientRect().top < innerHeight")


def test_a_solution_that_is_opened_stands_below_its_exercise(tab, address, site):
    for chapter, name in zip(BOOK.chapters, SOLUTIONS, strict=True):
        page = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
        tab.goto(f"{address}/{chapter.document}.html")
        folds = tab.locator("details.solution")
        assert not folds.last.locator("> :not(summary)").is_visible()
        requested = len(tab.requested)
        folds.last.locator("summary").click()
        folds.first.locator("> .elsewhere").wait_for(state="detached")
        assert [url for url in tab.requested[requested:] if url.endswith(".html")] == [f"{address}/{name}"]
        assert tab.locator(".elsewhere").count() == 0
        tab.evaluate("document.querySelectorAll('details.solution > summary, .copybtn').forEach(part => part.remove())")
        for exercise in chapter.exercises:
            solution = page.find(id=exercise.solution.label)
            solution.h2.decompose()
            shown = tab.locator(f"#{exercise.solution.label}").text_content()
            assert "".join(shown.split()) == "".join(solution.get_text().split())
        assert folds.last.locator("> :last-child").is_visible()
        ids = tab.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
        assert len(ids) == len(set(ids))
        assert tab.problems == []


def test_code_of_a_solution_that_was_brought_can_be_copied(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{address}/{FIRST}")
    tab.locator("details.solution:has(.elsewhere)").first.evaluate("fold => { fold.open = true }")
    code = tab.locator("details.solution details.code .highlight").first
    code.wait_for(state="attached")
    code.evaluate(
        "code => { for (let fold = code.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true }"
    )
    code.hover()
    code.locator("button.copybtn").click()
    tab.wait_for_function("document.querySelector('details.solution button.copybtn.success')")
    assert tab.evaluate("navigator.clipboard.readText()").strip() == code.locator("pre").text_content().strip()


@pytest.mark.parametrize("served", [False, True], ids=["from a folder", "without the page of solutions"])
def test_a_solution_that_cannot_be_brought_is_a_link(tab, address, site, served):
    tab.route("**/*-solutions.html", lambda route: route.abort())
    tab.goto(f"{address}/{FIRST}" if served else (site / FIRST).as_uri())
    fold = tab.locator("details.solution").first
    fold.locator("summary").click()
    link = fold.get_by_role("link", name="Read the solution on its own page")
    link.wait_for()
    tab.unroute("**/*-solutions.html")
    link.click()
    tab.wait_for_url("**/*-solutions.html#*")
    assert tab.locator("section.solution:target > :not(h2)").first.is_visible()


# ---- Other ways to look at a page


def test_on_paper_all_is_light_open_and_whole(tab, address):
    # The width between the margins of a sheet of A4.
    tab.set_viewport_size({"width": 680, "height": 960})
    for name in [*CONTENT, *SOLUTIONS]:
        tab.goto(f"{address}/{name}")
        tab.evaluate("document.body.dataset.theme = 'dark'")
        tab.emulate_media(media="print", color_scheme="dark")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert brightness(tab, "background-color") > 240
        assert brightness(tab, "color") < 64
        assert brightness(tab, "color", "article a") < 140
        assert tab.locator("details.proof:not([open]), section.solution details:not([open])").count() == 0
        assert tab.locator("details.proof > :last-child").filter(visible=False).count() == 0
        left_out = "details.solution, .page-tools, .mobile-header, .sidebar-drawer, .toc-drawer, .related-pages, button.copybtn, .headerlink"
        assert tab.locator(left_out).filter(visible=True).count() == 0
        cut = tab.evaluate(
            """() => [...document.querySelectorAll("pre, .formula, .table-wrapper, img")]
                .filter(box => box.checkVisibility())
                .filter(box => box.scrollWidth > box.clientWidth + 1 || box.getBoundingClientRect().right > innerWidth)
                .map(box => box.outerHTML.slice(0, 200))"""
        )
        assert cut == [], name
        tab.evaluate("dispatchEvent(new Event('afterprint'))")
        tab.emulate_media(media="screen", color_scheme="light")
        assert tab.locator("details[open]").count() == 0


def colours(tab, locator):
    """How many colours a browser draws at a place."""
    return len(Image.open(BytesIO(locator.screenshot())).convert("RGB").getcolors(10_000))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_show_in_forced_colours(tab, address, scheme):
    tab.emulate_media(forced_colors="active", color_scheme=scheme)
    tab.goto(f"{address}/{FIRST}")
    # A picture taken right after a long way down may come before the sections there are drawn.
    tab.add_style_tag(content="section { content-visibility: visible !important }")
    for selector in (
        ".theme-toggle:visible",
        "a.download",
        "details.proof > summary",
        ".sidebar-search",
        "a.next-page",
    ):
        assert colours(tab, tab.locator(selector).first) > 1, selector
    copy = tab.locator("button.copybtn").filter(visible=True).first
    copy.focus()
    assert colours(tab, copy) > 1
    tab.set_viewport_size({"width": 360, "height": 900})
    for selector in (".nav-overlay-icon", ".toc-header-icon", ".theme-toggle:visible"):
        assert colours(tab, tab.locator(selector).first) > 1, selector
    # The covers of shadows, in the colour of our paper, do not lie under letters of the system's colour.
    covered = "boxes => boxes.map(box => getComputedStyle(box).backgroundImage)"
    assert set(tab.locator("article [tabindex='0']").evaluate_all(covered)) == {"none"}
    # A drawing has black letters.
    assert tab.locator("article figure img").first.evaluate("image => getComputedStyle(image).backgroundColor") == (
        "rgb(255, 255, 255)"
    )


def test_nothing_moves_for_those_who_do_not_want_it(tab, address):
    # The tab of all tests asks for that.
    tab.goto(f"{address}/{FIRST}")
    assert (
        tab.evaluate("""() => [...document.querySelectorAll("*")].filter(element => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        return transitionDuration.split(", ").some(duration => parseFloat(duration) > 0)
            || animationName !== "none" || scrollBehavior !== "auto";
    }).map(element => element.outerHTML.slice(0, 100))""")
        == []
    )
