"""What a cold visit to each page transfers, beside the same sources with Jupyter Book's theme and settings.

The browser tells what it asks for; the sizes are those of the files, compressed, so that each run gives the same.
"""

import gzip
import statistics
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from benchmarks.measuring import copy_of_the_book, program, seconds
from publishing.book import ROOT, Book
from publishing.browser import REMEDY, find_browser, open_browser

SITE = ROOT / "_build" / "html"
BUDGET = tomllib.loads(Path(__file__).with_name("budget.toml").read_text(encoding="utf-8"))
KINDS = {".html": "html", ".css": "styles", ".js": "scripts", ".mjs": "scripts", ".woff2": "fonts"}
# Nobody listens there: the browser gets the files from here.
ADDRESS = "http://book.invalid/"


@dataclass(frozen=True)
class Visit:
    """What a page asked for.

    Attributes
    ----------
    page : str
        Its path in the folder of the site.
    files : tuple of str
        Paths in that folder, in the order of the requests; the figures of the page are left out.
    missing : tuple of str
        Addresses that no file of the site has.
    kilobytes : dict of str to float
        Thousands of bytes after gzip of "html", "styles", "scripts", "fonts" and "all".
    """

    page: str
    files: tuple
    missing: tuple
    kilobytes: dict

    def over(self):
        """What is above the budget: name, found and allowed."""
        found = self.kilobytes | {"requests": len(self.files)}
        allowed = BUDGET["kilobytes"] | {"requests": BUDGET["requests"]}
        return [(name, found[name], bound) for name, bound in allowed.items() if found[name] > bound]


def compressed(path):
    return len(gzip.compress(path.read_bytes(), compresslevel=9, mtime=0))


def visit(browser, page, site=SITE):
    """Open a page in a fresh profile, read it to the end, and weigh what was asked for.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    page : str
        Such as "notebooks/basics.html".
    site : pathlib.Path, optional
        Folder of the built site.

    Returns
    -------
    Visit
    """
    files, missing = [], []

    def serve(route):
        name = unquote(urlsplit(route.request.url).path).lstrip("/")
        if route.request.url.startswith(ADDRESS) and (site / name).is_file():
            files.append(name)
            route.fulfill(path=site / name)
        else:
            missing.append(route.request.url)
            route.abort()

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        tab = context.new_page()
        tab.route("**/*", serve)
        tab.goto(f"{ADDRESS}{page}", wait_until="networkidle")
        # A solution that is opened brings the page of all, which is weighed for itself.
        tab.evaluate("document.querySelectorAll('details:not(.solution)').forEach(fold => fold.open = true)")
        figures = set(
            tab.evaluate(
                """() => [...document.querySelectorAll("article img")].map(image => {
                    image.loading = "eager";
                    return decodeURIComponent(new URL(image.src).pathname.slice(1));
                })"""
            )
        )
        icons = tab.evaluate("""[...document.querySelectorAll("link[rel~=icon]")].map(link => link.href)""")
        tab.wait_for_load_state("networkidle")
    finally:
        context.close()
    # A browser without a window asks for the icon of the page when it likes.
    icons = [urlsplit(icon).path.lstrip("/") for icon in icons]
    missing += [icon for icon in icons if not (site / icon).is_file()]
    files = [name for name in files if name not in figures and name not in icons]
    files += [icon for icon in icons if (site / icon).is_file()]
    kilobytes = dict.fromkeys(["all", *KINDS.values()], 0)
    for name in files:
        size = compressed(site / name) / 1000
        kilobytes["all"] += size
        if kind := KINDS.get(PurePosixPath(name).suffix):
            kilobytes[kind] += size
    return Visit(page, tuple(files), tuple(missing), kilobytes)


def table(visits):
    """Lines of a table: a row for each visit, and the budget below."""
    columns = ["all", *KINDS.values()]
    lines = [f"{'kB after gzip, figures aside':<34}{'requests':>9}" + "".join(f"{name:>9}" for name in columns)]
    for one in visits:
        weights = "".join(f"{one.kilobytes[name]:9.1f}" for name in columns)
        lines.append(f"{one.page:<34}{len(one.files):>9}{weights}")
    bounds = "".join(f"{BUDGET['kilobytes'][name]:9}" for name in columns)
    lines.append(f"{'budget':<34}{BUDGET['requests']:>9}{bounds}")
    return lines


STOCK = """
title: The Singular Value Decomposition
only_build_toc_files: true
execute: {execute_notebooks: "off"}
parse: {myst_enable_extensions: [amsmath, attrs_inline, colon_fence, deflist, dollarmath, substitution]}
bibtex_bibfiles: [book/references.bib]
sphinx: {extra_extensions: [sphinx_exercise, sphinx_proof]}
"""


def measure():
    browser = find_browser()
    if browser is None:
        print(f"left out: no Chromium or Chrome on this machine; {REMEDY}")
        return
    pages = [f"{page.document}.html" for page in Book().pages]
    with open_browser(browser) as chromium:
        print(*table(visit(chromium, page) for page in pages), sep="\n")
        with tempfile.TemporaryDirectory() as folder:
            copy_of_the_book(folder)
            (Path(folder) / "_config.yml").write_text(STOCK, encoding="utf-8")
            taken, _ = seconds(
                partial(subprocess.run, [program("jupyter-book"), "build", folder], check=True, capture_output=True)
            )
            print(
                f"\nthe same sources with Jupyter Book's theme, built in {taken:.1f} s; what other hosts send is not counted"
            )
            stock = [visit(chromium, page, Path(folder) / "_build" / "html") for page in pages]
            print(*table(stock), sep="\n")
            print(
                f"files asked of other hosts, on each page: {statistics.median(len(one.missing) for one in stock):.0f}"
            )
