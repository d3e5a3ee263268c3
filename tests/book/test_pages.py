"""What can be read off the files of the built site, page by page."""

import itertools
import json
import re
from functools import cache
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from pages import BOOK, CONTENT, PAGES


@cache
def read(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def article(page):
    # The search has no article.
    return page.select_one("article.bd-article") or page.select_one("main")


def test_the_site_has_the_pages_of_the_table_of_contents_and_no_others(site):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {name for name in built if not name.startswith("_static/")} == {*PAGES, "index.html"}


def test_the_address_of_the_site_leads_to_the_welcome_page(site):
    refresh = read(site / "index.html").select_one("meta[http-equiv='refresh' i]")
    assert refresh["content"].endswith(CONTENT[0])


@pytest.mark.parametrize("name", PAGES)
def test_links_and_anchors_lead_somewhere(site, name):
    broken = []
    for element in read(site / name).select("[href], [src]"):
        link = element.get("href") or element.get("src")
        if urlsplit(link).scheme or not link:
            continue
        path, _, anchor = urljoin("/" + name, link).partition("#")
        target = site / unquote(path.partition("?")[0]).lstrip("/")
        if not target.is_file():
            broken.append(link)
        elif anchor and target.suffix == ".html" and not read(target).find(id=unquote(anchor)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_from_another_host(site, name):
    page = read(site / name)
    loaded = [
        element.get("src") or element.get("href")
        for element in page.select("script[src], link[href], img[src], iframe[src], source[src], object[data]")
        if element.get("rel") != ["canonical"]
    ]
    assert [link for link in loaded if link and urlsplit(link).netloc] == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_skip_no_level(site, name):
    levels = [int(heading.name[1]) for heading in article(read(site / name)).find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_pictures_are_described(site, name):
    for picture in article(read(site / name)).find_all("img"):
        description = picture.get("alt", "")
        assert len(description.split()) >= 4, f"{picture['src']}: {description!r}"
        assert not re.search(r"\.(svg|png|jpe?g)$|[0-9a-f]{32}", description), description


@pytest.mark.parametrize("name", PAGES)
def test_formulas_are_rendered(site, name):
    page = article(read(site / name))
    formulas = page.select(".math")
    assert [formula for formula in formulas if not formula.select_one(".katex .katex-mathml math")] == []
    assert page.select(".katex-error, [style*='#cc0000']") == []


@pytest.mark.parametrize("name", PAGES)
def test_no_source_of_a_formula_or_of_a_directive_is_left_in_the_text(site, name):
    page = BeautifulSoup(str(article(read(site / name))), "html.parser")
    for hidden in page.select(".katex, code, pre, script, style"):
        hidden.decompose()
    assert re.findall(r"\\[A-Za-z]+.{0,20}|\$.{0,20}|:{3,}.{0,20}|\{[a-z:]+\}.{0,20}", page.get_text()) == []


@pytest.mark.parametrize("name", CONTENT)
def test_a_page_has_a_description_and_a_social_picture(site, name):
    page = read(site / name)
    description = page.select_one("meta[name=description]")["content"]
    assert 60 <= len(description) <= 160, f"{len(description)} characters: {description}"
    assert page.select_one("meta[property='og:description']")["content"] == description
    picture = page.select_one("meta[property='og:image']")["content"]
    assert (site / name).parent.joinpath(picture).resolve().is_file()


def test_descriptions_are_not_shared(site):
    descriptions = [read(site / name).select_one("meta[name=description]")["content"] for name in CONTENT]
    assert len(set(descriptions)) == len(CONTENT)


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_the_download_of_a_chapter_is_its_notebook(site, chapter):
    button = read(site / f"{chapter.document}.html").select_one("a.btn-download-source-button")
    assert button["download"] == chapter.path.name
    served = (site / f"{chapter.document}.html").parent / button["href"]
    assert json.loads(served.read_text(encoding="utf-8")) == json.loads(chapter.path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_hidden_tests_stay_hidden(site, chapter):
    removed = [chapter.cells[position].source for position in chapter.checks]
    text = article(read(site / f"{chapter.document}.html")).get_text()
    assert removed
    assert [source for source in removed if source in text] == []


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_solutions_and_proofs_can_be_folded(site, chapter):
    page = article(read(site / f"{chapter.document}.html"))
    boxes = page.select("div.solution, div.proof.admonition[id^=proof-]")
    assert len(page.select("div.solution")) == len(page.select("div.exercise")) == len(chapter.exercises)
    assert [
        box["id"] for box in boxes if "dropdown" not in box["class"] or not box.select_one(".admonition-title")
    ] == []


# On the page of the search the theme's own field stands twice.
@pytest.mark.parametrize("name", [name for name in PAGES if name != "search.html"])
def test_ids_are_unique(site, name):
    ids = [element["id"] for element in read(site / name).select("[id]")]
    assert [id_ for id_ in set(ids) if ids.count(id_) > 1] == []
