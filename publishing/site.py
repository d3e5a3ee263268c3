"""Sphinx extension: addresses, descriptions and files that the site has beyond Jupyter Book's configuration."""

import json
import re
import shutil
import tomllib
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

import furo
import nbformat
from docutils import nodes
from pybtex.backends.plaintext import Backend
from pybtex.plugin import register_plugin
from sphinx.util import logging

from publishing.book import Book
from publishing.editions import Editions
from publishing.reading_time import times

ROOT = Path(__file__).resolve().parent.parent
STYLE_SHEET = "site.css"
# `make pdf` prints it from the site, which then is built again with a link to it.
PDF = ROOT / "_build" / "svd-book.pdf"

logger = logging.getLogger(__name__)


def project_urls():
    """Addresses of the published book and of its repository.

    Returns
    -------
    book, repository : str
        ``Homepage`` and ``Repository`` of ``[project.urls]`` in pyproject.toml; empty while unset.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls = project.get("urls", {})
    return urls.get("Homepage", ""), urls.get("Repository", "")


def launch_address(repository, notebook):
    """Address at which Binder opens a notebook of a repository.

    Examples
    --------
    >>> launch_address("https://github.com/someone/svd", "my/basics.ipynb")
    'https://mybinder.org/v2/gh/someone/svd/HEAD?urlpath=lab/tree/my/basics.ipynb'
    >>> launch_address("https://codeberg.org/someone/svd", "my/basics.ipynb")
    'https://mybinder.org/v2/git/https%3A%2F%2Fcodeberg.org%2Fsomeone%2Fsvd/HEAD?urlpath=lab/tree/my/basics.ipynb'
    """
    on_github = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", repository)
    source = f"gh/{on_github[1]}" if on_github else f"git/{quote(repository, safe='')}"
    return f"https://mybinder.org/v2/{source}/HEAD?urlpath=lab/tree/{notebook}"


def configure_addresses(app, config):
    """Hand the two addresses to everything on the site that links to them."""
    book, repository = project_urls()
    if book:
        config.html_baseurl = book.rstrip("/") + "/"
        config.sitemap_url_scheme = "{link}"
    # GitHub Pages serves 404.html at any depth, so its links cannot be relative.
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path or "/"
    config.html_context["address"] = config.html_baseurl
    config.html_context["repository"] = repository
    config.html_context["pdf"] = PDF.name if PDF.is_file() else ""


def style_sheet():
    """The one style sheet of the site: colours of code, theme, book."""
    theme = (furo.THEME_PATH / "static" / "styles" / "furo.css").read_text(encoding="utf-8")
    book = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    return "\n".join([furo.get_pygments_stylesheet(), theme.split("\n/*# sourceMappingURL")[0], book])


def name_style_sheet(app):
    """Let browsers keep the style sheet until it changes."""
    digest = sha256(style_sheet().encode()).hexdigest()[:8]
    app.config.html_context["style_sheet"] = f"_static/{STYLE_SHEET}"
    app.config.html_context["style_sheet_version"] = digest


def write_style_sheet(app, exception):
    if exception is None:
        (Path(app.outdir) / "_static" / STYLE_SHEET).write_text(style_sheet(), encoding="utf-8")


def describe_page(app, pagename, templatename, context, doctree):
    """Give search engines and social media the page's own description, and refuse a page without one."""
    if doctree is None:
        return
    descriptions = [meta["content"] for meta in doctree.findall(nodes.meta) if meta.get("name") == "description"]
    if not descriptions:
        logger.warning("the page has no description; write one (CONTRIBUTING.md, Add a chapter)", location=pagename)
        return
    context["description"] = descriptions[0]
    page = app.book_pages.get(pagename)
    if page is not None:
        titles = {other: title.astext() for other, title in app.env.titles.items()}
        context["structured_data"] = json.dumps(structured_data(page, app.book, titles, app.config), ensure_ascii=False)


def structured_data(page, book, titles, config):
    """What search engines are told of a page, in the words of schema.org.

    Parameters
    ----------
    page : publishing.book.Page
    book : publishing.book.Book
    titles : dict of str to str
        Title of each document.
    config : sphinx.config.Config

    Returns
    -------
    dict
        A LearningResource with its time and prerequisites for a chapter, the Course for the first page.
    """

    def address(other):
        return {"url": f"{config.html_baseurl}{other.document}.html"} if config.html_baseurl else {}

    first = book.pages[0]
    common = {
        "@context": "https://schema.org",
        "name": titles[page.document],
        "description": page.description,
        "inLanguage": config.language,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
        **address(page),
    }
    author = {"@type": "Organization", "name": config.author}
    if page is first:
        return common | {
            "@type": "Course",
            "name": config.project,
            "provider": author,
            "hasPart": [
                {"@type": "LearningResource", "name": titles[chapter.document], **address(chapter)}
                for chapter in book.chapters
            ],
        }
    about = {
        "@type": "LearningResource",
        "author": author,
        "isPartOf": {"@type": "Course", "name": config.project, **address(first)},
    }
    if page in book.chapters:
        about["learningResourceType"] = "Chapter with exercises"
        needed = times(page)
        about["timeRequired"] = f"PT{needed.core + needed.second}M"
        about["coursePrerequisites"] = [
            {"@type": "LearningResource", "name": titles[other.document], **address(other)}
            for other in book.needs(page)
        ]
    return common | about


def prepare_editions(app, env):
    """Collect what references read as on the site."""
    names = {}
    for kinds in env.toc_fignumbers.values():
        for kind, numbers in kinds.items():
            for label, number in numbers.items():
                number = ".".join(map(str, number))
                if kind == "displaymath":
                    names[label.removeprefix("equation-")] = f"({number})"
                else:
                    names[label] = f"{kind.capitalize()} {number}"
    sources = {citation.key: citation.entry for citation in env.get_domain("cite").citations}
    app.editions = Editions(names, sources)


def offer_notebook(app, pagename, templatename, context, doctree):
    """Write the reader's and the student's edition of a chapter, and tell the template of its page where they are."""
    page = app.book_pages.get(pagename)
    if page in app.book.chapters:
        folder, name = pagename.rsplit("/", 1)
        context["notebook"] = f"{pagename}.ipynb"
        context["notebook_without_solutions"] = f"{folder}/without-solutions/{name}.ipynb"
        for edition, solutions in (("notebook", True), ("notebook_without_solutions", False)):
            path = Path(app.outdir) / context[edition]
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(app.editions.edition(page, solutions), path)
        if context["repository"]:
            context["launch"] = launch_address(context["repository"], f"_build/html/{context['notebook']}")


def read_book(app):
    app.book = Book(app.srcdir)
    app.book_pages = {page.document: page for page in app.book.pages}


def publish_data(app, exception):
    """Put the data sets beside the pages, where `svdbook.datasets` fetches them."""
    if exception is None:
        shutil.copytree(ROOT / "data", Path(app.outdir) / "data", dirs_exist_ok=True)


def publish_pdf(app, exception):
    """Put the PDF beside the pages, which link it, if it has been printed."""
    if exception is None and app.config.html_context["pdf"]:
        shutil.copy(PDF, app.outdir)


def setup(app):
    # Otherwise it is looked up among all packages that are installed, once for each citation.
    register_plugin("pybtex.backends", "plaintext", Backend, force=True)
    if project_urls()[0]:
        app.setup_extension("sphinx_sitemap")
    app.setup_extension("publishing.figures")
    app.setup_extension("publishing.markup")
    app.setup_extension("publishing.mathematics")
    app.setup_extension("publishing.rebuilding")
    app.setup_extension("publishing.references")
    # Before the extension that reads the prefix on the same event.
    app.connect("config-inited", configure_addresses, priority=100)
    app.connect("builder-inited", read_book)
    # After the theme, which knows the colours of code then.
    app.connect("builder-inited", name_style_sheet, priority=900)
    app.connect("html-page-context", describe_page, priority=100)
    # After figures have got their numbers and the bibliography its entries.
    app.connect("env-check-consistency", prepare_editions)
    app.connect("html-page-context", offer_notebook)
    app.connect("build-finished", write_style_sheet)
    app.connect("build-finished", publish_data)
    app.connect("build-finished", publish_pdf)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
