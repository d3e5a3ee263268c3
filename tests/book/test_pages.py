"""What can be read off the files of the built site, page by page."""

import itertools
import json
import re
from collections import Counter
from functools import cache
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from pages import BOOK, CONTENT, FIGURES, PAGES, SOLUTIONS

from publishing.editions import ANSWER

# A host, after "//" or bare. The names of XML's vocabularies look like addresses; nobody goes there.
HOST = re.compile(
    r"//(?!www\.w3\.org/)[\w-]+(?:\.[\w-]+)+|(?<![\w.])(?!www\.w3\.org\b)(?:[\w-]+\.)+(?:com|org|net|io|dev)\b"
)
EVERY_PAGE = [*PAGES, *FIGURES, "index.html"]


@cache
def read(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def article(page):
    return page.select_one("main article")


def without_comments(source):
    return re.sub(r"(?ms)/\*.*?\*/|^\s*//.*?$", "", source)


def test_the_site_has_the_pages_of_the_table_of_contents_and_no_others(site):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {name for name in built if not name.startswith("_static/")} == set(EVERY_PAGE)


def test_the_address_of_the_site_leads_to_the_welcome_page(site):
    refresh = read(site / "index.html").select_one("meta[http-equiv='refresh' i]")
    assert refresh["content"].endswith(f"url={CONTENT[0]}")


@pytest.mark.parametrize("name", EVERY_PAGE)
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


@pytest.mark.parametrize("direction, expected", [("next", CONTENT), ("prev", CONTENT[::-1])])
def test_previous_and_next_lead_through_the_book(site, direction, expected):
    visited = [expected[0]]
    while (link := read(site / visited[-1]).select_one(f"a.{direction}-page")) and len(visited) < len(expected):
        visited.append(urljoin("/" + visited[-1], link["href"]).lstrip("/"))
    assert link is None and visited == expected


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_no_other_host_is_named_but_in_links_that_a_reader_follows(site, name):
    page = read(site / name)
    named = []
    for element in page.find_all(True):
        for attribute, value in element.attrs.items():
            may_name_hosts = (
                (element.name == "a" and attribute == "href")
                or (element.name == "link" and element.get("rel") == ["canonical"])
                or (element.name == "meta" and element.get("property", "").startswith("og:"))
            )
            if not may_name_hosts and HOST.search(" ".join(value) if isinstance(value, list) else value):
                named.append(f"{element.name}[{attribute}={value!r}]")
    inline = [script for script in page.select("script:not([src])") if script.get("type") != "application/ld+json"]
    sources = {element.name: element.get_text() for element in [*inline, *page.select("style")]}
    for link in page.select("script[src], link[rel=stylesheet]"):
        path = urljoin("/" + name, link.get("src") or link["href"]).partition("?")[0]
        sources[path] = (site / path.lstrip("/")).read_text(encoding="utf-8")
    for source, text in sources.items():
        named += [f"{source}: {found}" for found in HOST.findall(without_comments(text))]
    assert named == []
    # A block of data for a script is how a kernel from another host is announced.
    assert {script.get("type") for script in inline} <= {None, "module"}


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_a_page_has_one_title_one_main_part_and_a_language(site, name):
    page = read(site / name)
    assert page.html["lang"] == "en"
    assert len(page.select("h1")) == len(page.select("main h1")) == 1
    assert len(page.select("main, [role=main]")) == 1
    assert page.title.get_text(strip=True)


@pytest.mark.parametrize("name", PAGES)
def test_headings_skip_no_level(site, name):
    levels = [int(heading.name[1]) for heading in article(read(site / name)).find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_pictures_are_described(site, name):
    for picture in article(read(site / name)).find_all("img"):
        description = picture.get("alt", "")
        assert len(description.split()) >= 4, f"{picture['src']}: {description!r}"
        assert not re.search(r"\.(svg|png|jpe?g)$|[0-9a-f]{32}", description), description


@pytest.mark.parametrize("name", PAGES)
def test_pictures_keep_their_place_and_load_when_they_are_near(site, name):
    pictures = article(read(site / name)).find_all("img")
    assert [picture["src"] for picture in pictures if not (picture.get("width") and picture.get("height"))] == []
    # The first one of a chapter may be in view, where lazy loading would only delay it.
    first = "lazy" if name in SOLUTIONS else None
    assert [picture.get("loading") for picture in pictures] == [first, *["lazy"] * (len(pictures) - 1)][: len(pictures)]


def test_formulas_are_rendered_and_left_alone_by_translators(site):
    pages = {name: read(site / name) for name in PAGES}
    assert sum(len(page.select("math")) for page in pages.values()) > 1000
    for name, page in pages.items():
        assert [box for box in page.select(".math") if not box.select_one("math[data-tex] *")] == [], name
        assert [math for math in page.select("math") if not math.find_parent(translate="no")] == [], name


@pytest.mark.parametrize("name", PAGES)
def test_no_source_of_a_formula_or_of_a_directive_is_left_in_the_text(site, name):
    page = BeautifulSoup(str(article(read(site / name))), "html.parser")
    # A formula stands once: what a script draws of it, or a comment with its TeX, would be heard and found twice.
    assert [formula.get_text() for formula in page.select("math") if re.search(r"\\|\$", formula.get_text())] == []
    assert page.select("math annotation, math semantics, .katex, .MathJax, merror") == []
    for hidden in page.select("math, code, pre, script, style"):
        hidden.decompose()
    assert re.findall(r"\\[A-Za-z]+.{0,20}|\$.{0,20}|:{3,}.{0,20}|\{[a-z:]+\}.{0,20}", page.get_text()) == []


@pytest.mark.parametrize("name", [*CONTENT, *SOLUTIONS])
def test_a_page_has_a_description_and_a_social_picture(site, name):
    page = read(site / name)
    description = page.select_one("meta[name=description]")["content"]
    assert 60 <= len(description) <= 160, f"{len(description)} characters: {description}"
    assert page.select_one("meta[property='og:description']")["content"] == description
    picture = page.select_one("meta[property='og:image']")["content"]
    assert (site / name).parent.joinpath(picture).resolve().is_file()


def test_descriptions_are_not_shared(site):
    pages = [*CONTENT, *SOLUTIONS]
    descriptions = [read(site / name).select_one("meta[name=description]")["content"] for name in pages]
    assert len(set(descriptions)) == len(pages)


@pytest.mark.parametrize("page", BOOK.pages, ids=str)
def test_search_engines_are_told_what_the_page_is(site, page):
    found = read(site / f"{page.document}.html").select("script[type='application/ld+json']")
    assert len(found) == 1
    about = json.loads(found[0].string)
    assert about["@type"] == ("Course" if page is BOOK.pages[0] else "LearningResource")
    assert about["description"] == page.description
    assert ("timeRequired" in about) == (page in BOOK.chapters)


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_the_download_without_solutions_has_none(site, chapter):
    page = f"{chapter.document}.html"
    _, button = read(site / page).select("a.page-tool[download]")
    served = (site / page).parent / button["href"]
    notebook = nbformat.read(served, as_version=4)
    nbformat.validate(notebook)
    text = squeeze("".join(cell.source for cell in notebook.cells))
    for exercise in chapter.exercises:
        for paragraph in exercise.solution.text.split("\n\n"):
            # Of what a paragraph says, a piece that no reference has changed.
            piece = max(re.split(r"\{[\w:]+\}`[^`]*`|\$\$|:{3,}|^:.*$", paragraph), key=len)
            assert len(squeeze(piece)) < 40 or squeeze(piece) not in text
        for position in exercise.solution_cells:
            assert squeeze(chapter.cells[position].source) not in text
    assert len([cell for cell in notebook.cells if cell.source == ANSWER]) == len(chapter.exercises)


NAME = re.compile(r"(?:(?:Figure|Theorem|Lemma|Corollary|Definition|Algorithm|Exercise) \d+\.\d+|\(\d+\.\d+\))")
OWN_NAME = re.compile(r"^(?:\*\*|#+ |#+ Solution to )\w+ [\d.]+|\\tag\{.*?\}", re.M)


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_the_download_of_a_chapter_has_its_code_and_the_references_of_its_page(site, chapter):
    page = read(site / f"{chapter.document}.html")
    button, _ = page.select("a.page-tool[download]")
    assert button["download"] == chapter.path.name
    served = nbformat.read((site / f"{chapter.document}.html").parent / button["href"], as_version=4)
    code = [cell for cell in served.cells if cell.cell_type == "code" and cell.source != ANSWER]
    shown = [
        cell
        for position, cell in enumerate(chapter.cells)
        if cell.cell_type == "code" and position not in chapter.checks
    ]
    assert [(cell.source, cell.outputs) for cell in code] == [(cell.source, cell.outputs) for cell in shown]
    text = "\n".join(cell.source for cell in served.cells if cell.cell_type == "markdown")
    links = [
        *article(page).select("a.reference"),
        *article(read(site / f"{chapter.document}-solutions.html")).select("section > :not(h2) a.reference"),
    ]
    named = [link.get_text() for link in links if NAME.fullmatch(link.get_text())]
    found, expected = Counter(NAME.findall(OWN_NAME.sub("", text))), Counter(named)
    # The text may have a number in brackets that looks like an equation's.
    assert {name: count for name, count in (found - expected).items() if name[0] != "("} == {}
    assert expected - found == Counter()
    assert re.findall(r"^:{3,}.*|^:[\w-]+:.*|\{[a-z:]+\}`.*", text, re.M) == []


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_hidden_tests_stay_hidden(site, chapter):
    removed = [chapter.cells[position].source for position in chapter.checks]
    pages = (f"{chapter.document}.html", f"{chapter.document}-solutions.html")
    text = "".join(article(read(site / page)).get_text() for page in pages)
    assert removed
    assert [source for source in removed if source in text] == []


def squeeze(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_solutions_fold_below_their_exercise_and_stand_with_their_code_on_a_page_of_their_own(site, chapter):
    page = article(read(site / f"{chapter.document}.html"))
    solved = article(read(site / f"{chapter.document}-solutions.html"))
    boxes = page.select("div.exercise, details.solution")
    assert [box["id"] for box in boxes] == [
        label for exercise in chapter.exercises for label in (exercise.box.label, exercise.solution.label)
    ]
    for exercise in chapter.exercises:
        fold = page.find(id=exercise.solution.label)
        assert fold.name == "details" and not fold.has_attr("open")
        summary = fold.find("summary", recursive=False)
        assert re.fullmatch(r"Solution to Exercise [\d.]+", summary.get_text(" ", strip=True))
        # A link in the line that opens it would be followed in its place.
        assert summary.a is None
        name = summary.get_text(" ", strip=True).removeprefix("Solution to ")
        assert fold.p.a["href"] == f"{chapter.name}-solutions.html#{exercise.solution.label}"
        back = solved.find(id=exercise.solution.label).h2.a
        assert back["href"] == f"{chapter.name}.html#{exercise.box.label}" and back.get_text().startswith(name)
    # Code below two solutions of one cell belongs to the last of them.
    owners = {position: exercise.solution for exercise in chapter.exercises for position in exercise.solution_cells}
    for position, solution in owners.items():
        cell = chapter.cells[position]
        if "remove-cell" not in cell.metadata.tags:
            assert squeeze(cell.source) in squeeze(solved.find(id=solution.label).get_text())


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_proofs_stand_folded(site, chapter):
    page = article(read(site / f"{chapter.document}.html"))
    folds = page.select("details.proof")
    assert len(folds) == sum(box.kind == "prf:proof" for box in chapter.boxes)
    assert not page.select("div.proof.admonition[id^=proof-]")
    for fold in folds:
        assert not fold.has_attr("open")
        assert fold.find("summary", recursive=False).get_text(strip=True) == "Proof"
        assert not fold.get_text(" ", strip=True).startswith("Proof Proof")


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=str)
def test_code_that_draws_stands_folded(site, chapter):
    pages = [article(read(site / f"{chapter.document}{page}.html")) for page in ("", "-solutions")]
    hidden = [cell for cell in chapter.cells if {"hide-input", "hide-cell"} & set(cell.metadata.get("tags", []))]
    hidden.sort(key=lambda cell: "solution" in cell.metadata.tags)
    folds = [fold for page in pages for fold in page.select("details.code")]
    assert len(folds) == len(hidden) > 0
    for fold, cell in zip(folds, hidden, strict=True):
        assert not fold.has_attr("open")
        assert fold.find("summary", recursive=False).get_text(strip=True) in ("Show the code", "Solution code")
        assert squeeze(cell.source) in squeeze(fold.get_text())


def test_the_bibliography_is_a_list(site):
    [listing] = read(site / "book/bibliography.html").select(".citation-list")
    assert listing["role"] == "list"
    items = listing.find_all(recursive=False)
    assert len(items) > 10
    assert {item["role"] for item in items} == {"listitem"}


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_ids_are_unique(site, name):
    ids = [element["id"] for element in read(site / name).select("[id]")]
    assert [id_ for id_ in set(ids) if ids.count(id_) > 1] == []
