"""A site that knows its addresses, built from a small book of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def build(folder, *, urls="", chapter="Text."):
    """Build a book of two pages with this project's configuration; return the finished process."""
    shutil.copytree(ROOT / "publishing", folder / "publishing", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    shutil.copytree(ROOT / "book" / "_templates", folder / "book" / "_templates")
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("1,2\n")
    (folder / "book" / "references.bib").write_text("")
    (folder / "_config.yml").write_text((ROOT / "_config.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/welcome\nchapters:\n- file: book/chapter\n")
    (folder / "book" / "welcome.md").write_text("# Welcome\n\nHere.\n")
    (folder / "book" / "chapter.md").write_text(f"# Chapter\n\n{chapter}\n")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "book"\nversion = "1"\n{urls}')
    jupyter_book = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    return subprocess.run(
        [jupyter_book, "build", str(folder), "-n", "-W", "--keep-going"],
        capture_output=True,
        text=True,
        # Before the checkout, which `pip install -e` puts on the path.
        env=os.environ | {"PYTHONPATH": str(folder)},
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    urls = '[project.urls]\nHomepage = "https://example.org/svd"\nRepository = "https://github.com/someone/svd"\n'
    finished = build(folder, urls=urls)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return folder / "_build" / "html"


def test_the_sitemap_names_every_page_at_its_address(published):
    locations = re.findall("<loc>(.*?)</loc>", (published / "sitemap.xml").read_text())
    assert {f"https://example.org/svd/book/{page}.html" for page in ("welcome", "chapter")} <= set(locations)
    assert all(location.startswith("https://example.org/svd/") for location in locations)


def test_pages_link_to_their_address_and_to_the_repository(published):
    page = (published / "book" / "chapter.html").read_text()
    assert '<link rel="canonical" href="https://example.org/svd/book/chapter.html"' in page
    assert '<meta property="og:url" content="https://example.org/svd/book/chapter.html"' in page
    picture = re.search(r'property="og:image" content="https://example.org/svd/([^"]+)"', page)[1]
    assert (published / picture).is_file()
    assert "https://github.com/someone/svd" in page


def test_the_page_for_wrong_addresses_finds_its_files_from_any_depth(published):
    page = (published / "404.html").read_text()
    local = [link for link in re.findall(r'(?:href|src)="([^"#]+)"', page) if "//" not in link]
    assert local and all(link.startswith("/svd/") for link in local)
    assert all((published / link.removeprefix("/svd/").partition("?")[0]).is_file() for link in local)


def test_the_data_are_published_beside_the_pages(published):
    assert (published / "data" / "numbers.csv").read_text() == "1,2\n"


def test_without_addresses_nothing_links_to_one(tmp_path):
    finished = build(tmp_path)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    html = tmp_path / "_build" / "html"
    assert not (html / "sitemap.xml").exists()
    for page in html.glob("**/*.html"):
        if "_static" not in page.parts:
            text = page.read_text()
            assert not re.search(r'rel="canonical"|og:url|sitemap|(?:github|mybinder)\.', text), page


def test_a_broken_reference_fails_the_build(tmp_path):
    finished = build(tmp_path, chapter="See {ref}`nowhere`.")
    assert finished.returncode != 0
    assert "nowhere" in finished.stdout + finished.stderr
