"""What only a browser can tell of the built site."""

import re

import nbformat
import pytest
from pages import BOOK, CONTENT, PAGES


@pytest.fixture
def tab(chromium):
    """A fresh tab that remembers what went wrong in it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.problems = []
    page.requested = []
    page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.requested.append(request.url))
    yield page
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_from_its_own_host_without_errors_and_fits(tab, address, name, width):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{address}/{name}", wait_until="networkidle")
    # What is folded must fit as well.
    tab.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    tab.evaluate("document.querySelectorAll('button.toggle-button-hidden').forEach(button => button.click())")
    assert tab.problems == []
    assert [url for url in tab.requested if not url.startswith((address, "data:"))] == []
    assert tab.locator("h1:visible").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    # Formulas, tables and code that are wider scroll inside their own box; pictures shrink.
    outside = tab.evaluate(
        """() => [...document.querySelectorAll("article img")]
            .filter(image => image.getBoundingClientRect().right > innerWidth).map(image => image.alt)"""
    )
    assert outside == []


def test_a_page_opened_from_a_folder_reads_well(tab, site):
    tab.goto((site / f"{BOOK.chapters[0].document}.html").as_uri())
    assert tab.locator("h1:visible").count() == 1
    formula = tab.locator("article .katex-html").first
    assert "KaTeX" in formula.evaluate("element => getComputedStyle(element).fontFamily")
    assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('16px KaTeX_Main'))")
    assert tab.locator("article img").first.evaluate("image => image.complete && image.naturalWidth > 0")


def test_the_search_finds_eckart(tab, address):
    tab.goto(f"{address}/{CONTENT[0]}")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("Eckart")
    tab.keyboard.press("Enter")
    results = tab.locator("#search-results li a")
    results.first.wait_for()
    assert any("truncation" in link.get_attribute("href") for link in results.all())
    assert tab.problems == []


def test_dark_mode_keeps_and_leaves_the_pixels_of_pictures_alone(tab, address):
    tab.goto(f"{address}/{BOOK.chapters[0].document}.html")
    picture = tab.locator("article img").first

    def theme():
        return tab.evaluate("document.documentElement.dataset.theme")

    for _ in range(3):
        if theme() != "dark":
            tab.locator(".theme-switch-button:visible").first.click()
    assert theme() == "dark"
    tab.goto(f"{address}/{BOOK.chapters[-1].document}.html")
    assert theme() == "dark"
    for picture in tab.locator("article img").all():
        assert picture.evaluate("image => getComputedStyle(image).filter") == "none"
    red, green, blue = map(int, re.findall(r"\d+", tab.evaluate("getComputedStyle(document.body).backgroundColor"))[:3])
    assert max(red, green, blue) < 64


def test_code_can_be_copied(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{address}/{BOOK.chapters[0].document}.html")
    cell = tab.locator("div.cell_input:visible div.highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    tab.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    assert tab.evaluate("navigator.clipboard.readText()").strip() == cell.locator("pre").inner_text().strip()


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_the_notebook_downloads_and_opens(tab, address, tmp_path, chapter):
    tab.goto(f"{address}/{chapter.document}.html")
    tab.locator(".dropdown-download-buttons > button").click()
    with tab.expect_download() as started:
        tab.locator("a.btn-download-source-button").click()
    download = started.value
    assert download.suggested_filename == chapter.path.name
    download.save_as(tmp_path / "chapter.ipynb")
    notebook = nbformat.read(tmp_path / "chapter.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert any(cell.cell_type == "code" for cell in notebook.cells)


def test_previous_and_next_lead_through_the_book(tab, address):
    tab.goto(f"{address}/{CONTENT[0]}")
    visited = [CONTENT[0]]
    while tab.locator("a.right-next").count():
        with tab.expect_navigation():
            tab.locator("a.right-next").click()
        visited.append(tab.url.removeprefix(f"{address}/"))
    assert visited == CONTENT


def test_a_wrong_address_below_a_folder_still_shows_the_page_for_it(tab, address):
    tab.goto(f"{address}/404.html")
    link = tab.locator("article a").first.get_attribute("href")
    assert link.startswith("/")
    assert tab.goto(address + link).ok
