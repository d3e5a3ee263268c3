"""A small book of its own, built the way `make book` goes: with addresses, without, and with mistakes in it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

from publishing.book import ROOT
from publishing.figures import names
from publishing.reading_time import WORDS_A_MINUTE

ADDRESSES = '[project.urls]\nHomepage = "https://example.org/svd"\nRepository = "https://github.com/someone/svd"\n'
DESCRIPTION = "A page of a small book, which the tests of this project build to look at it."
PAGES = ("book/welcome", "notebooks/first", "notebooks/second")


def prose(title, text, description=DESCRIPTION):
    front_matter = f"---\nmyst:\n  html_meta:\n    description: {description}\n---\n" if description else ""
    return f"{front_matter}# {title}\n\n{text}\n"


def notebook(title, *texts):
    cells = [nbformat.v4.new_markdown_cell(text) for text in (f"# {title}", *texts)]
    return nbformat.v4.new_notebook(cells=cells, metadata={"myst": {"html_meta": {"description": DESCRIPTION}}})


def run(folder, program, *arguments):
    return subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        # Before the checkout, which `pip install -e` puts on the path.
        env=os.environ | {"PYTHONPATH": str(folder)},
    )


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A folder with this project's configuration, templates and extensions, and three pages."""
    folder = tmp_path_factory.mktemp("book")
    for name in ("publishing", "book/_static", "book/_templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/welcome\nparts:\n- numbered: 2\n  chapters:\n"
        "  - file: notebooks/first\n  - file: notebooks/second\n"
    )
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("1,2\n")
    (folder / "data" / "films").mkdir()
    (folder / "data" / "films" / "LICENSE.txt").write_text("terms\n")
    (folder / "book" / "references.bib").write_text("")
    (folder / "book" / "welcome.md").write_text(prose("Welcome", "A [link](https://content.example/page) of the text."))
    (folder / "notebooks").mkdir()
    nbformat.write(notebook("First things", "Formulas: $a_1$."), folder / "notebooks" / "first.ipynb")
    # Words for forty minutes.
    second = notebook("Second things", "**You need** [the first](first.ipynb).", "word " * 40 * WORDS_A_MINUTE)
    nbformat.write(second, folder / "notebooks" / "second.ipynb")
    (folder / "pyproject.toml").write_text('[project]\nname = "book"\nversion = "1"\n')
    configured = run(folder, "jupyter-book", "config", "sphinx", ".")
    assert configured.returncode == 0, configured.stderr
    return folder


@pytest.fixture
def build(small_book, tmp_path):
    """Build the small book with some of its files replaced; return the finished process."""

    def build(**files):
        shutil.copytree(small_book, tmp_path, dirs_exist_ok=True)
        for name, text in files.items():
            (tmp_path / "book" / f"{name}.md").write_text(text)
        return build_site(tmp_path)

    return build


def build_site(folder):
    return run(folder, "sphinx-build", "-q", "-n", "-W", "--keep-going", "-d", "_build/.doctrees", ".", "_build/html")


@pytest.fixture(scope="module")
def published(small_book, tmp_path_factory):
    """The built site of a book that knows its addresses."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(small_book, folder, dirs_exist_ok=True)
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write(ADDRESSES)
    finished = build_site(folder)
    assert finished.returncode == 0, finished.stderr
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def unpublished(small_book, tmp_path_factory):
    """The built site of a book that has no addresses yet."""
    folder = tmp_path_factory.mktemp("unpublished")
    shutil.copytree(small_book, folder, dirs_exist_ok=True)
    finished = build_site(folder)
    assert finished.returncode == 0, finished.stderr
    return folder / "_build" / "html"


def read(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def about(site, page):
    [found] = read(site / f"{page}.html").select("script[type='application/ld+json']")
    return json.loads(found.string)


# ---- With addresses


def test_the_sitemap_names_every_page_at_its_address(published):
    locations = re.findall("<loc>(.*?)</loc>", (published / "sitemap.xml").read_text())
    assert {f"https://example.org/svd/{page}.html" for page in PAGES} <= set(locations)
    assert all(location.startswith("https://example.org/svd/") for location in locations)


@pytest.mark.parametrize("page", PAGES)
def test_pages_link_to_their_address_and_to_the_repository(published, page):
    html = read(published / f"{page}.html")
    address = f"https://example.org/svd/{page}.html"
    assert [link["href"] for link in html.select("link[rel=canonical]")] == [address]
    assert [meta["content"] for meta in html.select("meta[property='og:url']")] == [address]
    picture = html.select_one("meta[property='og:image']")["content"]
    assert (published / picture.removeprefix("https://example.org/svd/")).is_file()
    links = {link["href"] for link in html.select("footer a")}
    assert {"https://github.com/someone/svd", "https://github.com/someone/svd/issues"} <= links


def test_a_chapter_opens_on_binder_and_a_page_of_prose_does_not(published):
    for page in PAGES[1:]:
        [link] = read(published / f"{page}.html").select("a.launch")
        assert link["href"] == f"https://mybinder.org/v2/gh/someone/svd/HEAD?urlpath=lab/tree/_build/html/{page}.ipynb"
    assert "mybinder" not in (published / "book" / "welcome.html").read_text(encoding="utf-8")


def test_the_page_for_wrong_addresses_finds_its_files_from_any_depth(published):
    page = read(published / "404.html")
    links = [element.get("href") or element["src"] for element in page.select("[href], [src]")]
    local = [link for link in links if not urlsplit(link).netloc and not link.startswith("#")]
    assert len(local) > 5 and all(link.startswith("/svd/") for link in local)
    assert all((published / link.removeprefix("/svd/").partition("?")[0]).is_file() for link in local)


def test_the_first_page_is_a_course_with_its_chapters(published):
    course = about(published, PAGES[0])
    assert course["@context"] == "https://schema.org"
    assert course["@type"] == "Course"
    assert course["name"] == "The Singular Value Decomposition"
    assert course["description"] == DESCRIPTION
    assert course["url"] == "https://example.org/svd/book/welcome.html"
    assert course["inLanguage"] == "en"
    assert course["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert course["provider"]["name"]
    assert [(part["name"], part["url"]) for part in course["hasPart"]] == [
        ("First things", "https://example.org/svd/notebooks/first.html"),
        ("Second things", "https://example.org/svd/notebooks/second.html"),
    ]


def test_a_chapter_is_a_learning_resource_with_its_time_and_what_it_needs(published):
    chapter = about(published, "notebooks/second")
    assert chapter["@type"] == "LearningResource"
    assert chapter["name"] == "Second things"
    assert chapter["timeRequired"] == "PT40M"
    assert chapter["isPartOf"]["url"] == "https://example.org/svd/book/welcome.html"
    [needed] = chapter["coursePrerequisites"]
    assert (needed["name"], needed["url"]) == ("First things", "https://example.org/svd/notebooks/first.html")
    assert about(published, "notebooks/first")["coursePrerequisites"] == []


def test_the_data_are_published_beside_the_pages(published):
    assert (published / "data" / "numbers.csv").read_text() == "1,2\n"
    assert (published / "data" / "films" / "LICENSE.txt").read_text() == "terms\n"


# ---- Without


def test_without_addresses_nothing_leads_to_another_host_but_the_text(unpublished):
    assert not (unpublished / "sitemap.xml").exists()
    pages = [path for path in unpublished.glob("**/*.html") if "_static" not in path.parts]
    assert len(pages) == len(PAGES) + len(names()) + 3
    for path in pages:
        values = [
            value
            for element in read(path).find_all(True)
            for value in element.attrs.values()
            if isinstance(value, str) and re.search(r"(?:https?:)?//", value)
        ]
        allowed = {"https://creativecommons.org/licenses/by/4.0/", "https://content.example/page"}
        assert set(values) <= allowed, path
    [link] = read(unpublished / "book" / "welcome.html").select("article a[href*=content]")
    assert link["href"] == "https://content.example/page"


def test_without_addresses_no_tag_pretends_to_know_one(unpublished):
    for page in PAGES:
        html = read(unpublished / f"{page}.html")
        assert html.select("link[rel=canonical], meta[property='og:url'], a.launch, a[href*=issues]") == []
        picture = html.select_one("meta[property='og:image']")["content"]
        assert (unpublished / page).parent.joinpath(picture).resolve().is_file()
        assert "url" not in about(unpublished, page)


def test_without_addresses_the_notebook_is_there_to_download(unpublished):
    [link] = read(unpublished / "notebooks" / "first.html").select("a.download")
    assert (unpublished / "notebooks" / link["href"]).resolve().is_file()


# ---- Mistakes


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("See {ref}`nowhere`.", "nowhere"),
        (r"A formula: $\frac{1}{$.", r"\frac{1}{"),
        ("$$\n\\nosuchcommand{x}\n$$", "nosuchcommand"),
        ("See [a page](nowhere.md).", "nowhere.md"),
        (":::{nosuchdirective}\n:::", "nosuchdirective"),
    ],
    ids=["reference", "formula", "command", "link", "directive"],
)
def test_a_mistake_in_the_text_fails_the_build(build, text, complaint):
    finished = build(welcome=prose("Welcome", text))
    assert finished.returncode != 0
    assert complaint in finished.stderr and "welcome" in finished.stderr
    # Nothing else is wrong.
    assert finished.stderr.count("WARNING") + finished.stderr.count("ERROR") == 1, finished.stderr


def test_a_page_without_a_description_fails_the_build(build):
    finished = build(welcome=prose("Welcome", "Text.", description=""))
    assert finished.returncode != 0
    assert re.search(r"welcome.*the page has no description; write one", finished.stderr), finished.stderr
    assert finished.stderr.count("WARNING") == 1, finished.stderr
