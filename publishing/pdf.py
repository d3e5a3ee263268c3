"""Print the book to one PDF with the Chromium or Chrome on this machine: ``python -m publishing.pdf``.

The pages of the built site are joined to one document, to which pdf.css gives the form of a book. On paper there is
nothing to click, so one rule holds: proofs stand open in their place, solutions stand with their code in an appendix,
and other folded code, such as that of figures, is left out.
"""

import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from publishing.book import ROOT, Book
from publishing.browser import REMEDY, find_browser, open_browser
from publishing.markup import solutions_page
from publishing.site import PDF, project_urls

SITE = ROOT / "_build" / "html"
STYLE = Path(__file__).with_name("pdf.css")
# The first one that draws running heads as a style sheet says.
OLDEST_BROWSER = 131
# Nobody listens there: this program hands the browser the document, and the files of the site that it asks for.
ADDRESS = "http://book.invalid/"
MOST_PASSES = 3
LONGEST_LOADING_MS = 300_000
# 140 mm, as pdf.css says.
MEASURE_PIXELS = 529
# Formulas that are wider than a line are set smaller. Anything else would make Chromium set all pages smaller.
PREPARE = """() => {
    for (const formula of document.querySelectorAll("div.formula")) {
        for (let size = 0.95; size > 0.3 && formula.scrollWidth > formula.clientWidth; size -= 0.05)
            formula.style.fontSize = `${size}em`;
    }
    const place = element => element.closest("[id]").id;
    const fits = document.documentElement.scrollWidth <= innerWidth;
    const wide = fits ? [] : [...document.querySelectorAll("article *")]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
        .map(element => `something is wider than a page of the PDF, at ${place(element)}`);
    const broken = [...document.querySelectorAll("a[href^='#']")]
        .filter(link => !document.getElementById(decodeURIComponent(link.hash.slice(1))))
        .map(link => `a link leads nowhere: ${link.hash} at ${place(link)}`);
    const missing = [...document.images].filter(picture => !picture.naturalWidth)
        .map(picture => `a picture is missing: ${picture.getAttribute("src")}`);
    return [...wide, ...broken, ...missing];
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, [role=heading]")]
    .map(heading => heading.textContent.replace(/\\s+/g, " ").trim())"""
NUMBER = """numbers => {
    for (const link of document.querySelectorAll("a[data-page]"))
        link.dataset.page = numbers[decodeURIComponent(link.hash.slice(1))];
}"""
LICENCES = (
    'Text, figures and exercises: <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. '
    "Code: BSD-3-Clause. Data sets have licences of their own."
)
MAKING = (
    "<strong>How this PDF was made.</strong> Chromium printed it from the pages of the book’s site. Proofs stand open "
    "in their place. Solutions stand with their code in the appendix. Other code that the site shows at a click, such "
    "as that of the figures, is left out and stands in the notebooks. Pages are counted from this one on."
)


def anchor(document, identifier=""):
    """Id, in the joined document, of what has an id on a page; without one, of the page.

    Examples
    --------
    >>> anchor("notebooks/basics", "exercises")
    'notebooks-basics.exercises'
    """
    return ".".join(filter(None, [document.replace("/", "-"), identifier]))


def adopt(article, document, documents):
    """Let ids, links and pictures of a page hold in the joined document.

    Parameters
    ----------
    article : bs4.element.Tag
        What stands on the page. It is changed in place.
    document : str
        Name of the page, such as "notebooks/basics".
    documents : collection of str
        Names of all pages that are joined.
    """
    here = f"/{document}.html"
    for permalink in article.find_all(class_="headerlink"):
        permalink.decompose()
    for element in article.find_all(id=True):
        element["id"] = anchor(document, element["id"])
    for picture in article.find_all("img"):
        picture["src"] = urljoin(here, picture["src"])
        # A picture that waits until it is near would not be printed.
        del picture["loading"]
    for link in article.find_all("a", href=True):
        target = urlsplit(urljoin(here, link["href"]))
        page = unquote(target.path).strip("/").removesuffix(".html")
        if target.scheme:
            continue
        if page in documents:
            link["href"] = "#" + anchor(page, unquote(target.fragment))
        else:
            # A file of the site, which is not at hand where the PDF is read.
            link.unwrap()
    for block in article.select("pre, dt, div.math"):
        # Otherwise Chromium gives each piece of these a tag of its own, and none to the whole.
        block["role"] = "paragraph"
    for formula in article.find_all("math"):
        tex = formula.attrs.pop("data-tex")
        if tex:
            # Chromium tags what has this role as a figure with an alternative text; `tidy_tags` makes it a formula.
            formula["role"], formula["aria-label"] = "img", f"${tex}$"
        else:
            # The rest of a long formula that may break; its first piece tells the whole.
            formula["aria-hidden"] = "true"


def bring_solutions(article, solutions):
    """Put the solutions of a page into its folds.

    Parameters
    ----------
    article : bs4.element.Tag
        What stands on the page. It is changed in place.
    solutions : bs4.element.Tag
        The page of its solutions, whose links lead to the page.
    """
    for fold in article.find_all("details", class_="solution"):
        solution = solutions.find(id=fold["id"])
        solution.h2.decompose()
        fold.find(class_="elsewhere").replace_with(*solution.contents[:])


def unfold(article):
    """Take the solutions out of a page, drop other folded code, and open what else is folded.

    Returns
    -------
    list of str
        HTML of each solution, below a heading that links to its exercise.
    """
    solutions = []
    for solution in article.find_all("details", class_="solution"):
        exercise = solution.find_previous(class_="exercise")
        title = exercise.find(class_="admonition-title").decode_contents()
        turn = f'<p class="turn"><a href="#{solution["id"]}" data-page="000">Solution</a></p>'
        exercise.append(BeautifulSoup(turn, "html.parser"))
        solution.extract().summary.decompose()
        for fold in solution.find_all("details"):
            fold.summary.decompose()
            fold.unwrap()
        solutions.append(
            f'<section class="solution" id="{solution["id"]}">'
            f'<h3><a href="#{exercise["id"]}" data-page="000"><span>{title}</span></a></h3>'
            f"{solution.decode_contents()}</section>"
        )
    for fold in article.select("div.cell > details"):
        cell = fold.parent
        fold.decompose()
        if not cell.find(True):
            cell.decompose()
    for fold in article.find_all("details"):
        fold.name, fold.summary.name = "div", "p"
        fold["class"] = [*fold.get("class", []), "unfolded"]
    return solutions


def captions(page, document):
    """Names of the book's parts, by the document with which each begins, as the side of a page lists them."""
    return {
        urljoin(f"/{document}.html", caption.find_next("a")["href"])
        .strip("/")
        .removesuffix(".html"): caption.get_text()
        for caption in page.select(".sidebar-tree .caption")
    }


def contents_entry(article):
    """Item of the table of contents for the title of a page, with one for each section in it."""
    title, *sections = (
        f'<li><a href="#{heading.find_parent("section")["id"]}" data-page="000"><span>{heading.decode_contents()}</span></a>'
        for heading in article.find_all(["h1", "h2"])
    )
    return f"{title}<ol>{'</li>'.join(sections)}</ol></li>"


def authors(citation):
    names = (
        author.get("name") or f"{author['given-names']} {author['family-names']}" for author in citation["authors"]
    )
    return ", ".join(names)


def title_page(citation, day):
    """HTML of the first page, from what CITATION.cff says and the day of the last change (None if it is not known)."""
    edition = f"Version {citation['version']}" + (f", {day.day} {day:%B %Y}" if day else "")
    address = project_urls()[0]
    if address:
        edition += f'. Online at <a href="{address}">{address}</a>'
    return f"""<div class="title-page" id="title">
<img src="/_static/logo.svg" alt="" width="120" height="120">
<p class="title">{escape(citation["title"])}</p>
<p class="authors">{escape(authors(citation))}</p>
<p>{edition}</p>
<p class="abstract">{escape(citation["abstract"])}</p>
<p class="small">{LICENCES}</p>
<p class="small">{MAKING}</p>
</div>"""


def join(book, site, citation, day):
    """Join the pages of the site to one document.

    Parameters
    ----------
    book : publishing.book.Book
    site : pathlib.Path
        Folder of the built site.
    citation : dict
        What CITATION.cff says.
    day : datetime.datetime or None
        When the book was changed last, if that is known.

    Returns
    -------
    str
        HTML with addresses as in the root of the site. A link with ``data-page`` waits for the number of the
        page that it leads to.
    """
    pages = {
        page.document: BeautifulSoup((site / f"{page.document}.html").read_text(encoding="utf-8"), "html.parser")
        for page in book.pages
    }
    first = book.pages[0].document
    parts = captions(pages[first], first)
    articles, solutions = [], []
    for document, page in pages.items():
        solved = site / f"{solutions_page(document)}.html"
        if page.article.find("details", class_="solution"):
            bring_solutions(page.article, BeautifulSoup(solved.read_text(encoding="utf-8"), "html.parser"))
        adopt(page.article, document, pages)
        sections = "".join(unfold(page.article))
        if sections:
            title = page.article.h1.decode_contents()
            solutions.append(f'<section id="solutions.{anchor(document)}"><h2>{title}</h2>{sections}</section>')
        articles.append((anchor(document), parts.get(document, ""), page.article))
    if solutions:
        appendix = f'<article><section id="solutions.all"><h1>Solutions</h1>{"".join(solutions)}</section></article>'
        articles.append(("solutions", "Appendix", BeautifulSoup(appendix, "html.parser").article))
    rules, contents, bodies = [STYLE.read_text(encoding="utf-8")], [], []
    level = 0
    for name, part, article in articles:
        opening = ""
        if part:
            # Among tags and bookmarks, chapters stand below the part that they belong to.
            level = 1
            opening = f'<p class="part" role="heading" aria-level="1">{escape(part)}</p>'
            contents.append(f'<li class="part">{escape(part)}</li>')
        contents.append(contents_entry(article))
        for heading in article.find_all(["h1", "h2", "h3", "h4"]):
            heading["aria-level"] = int(heading.name[1]) + level
        head = json.dumps(article.h1.get_text(), ensure_ascii=False)
        rules.append(f"@page {name} {{ @top-left {{ content: {head}; }} }}")
        bodies.append(f'<article id="{name}" style="page: {name}">{opening}{article.decode_contents()}</article>')
    return f"""<!doctype html>
<html lang="{pages[first].html["lang"]}">
<head>
<meta charset="utf-8">
<title>{escape(citation["title"])}</title>
<link rel="stylesheet" href="/_static/site.css">
<style>
{"".join(rules)}
</style>
</head>
<body data-theme="light">
{title_page(citation, day)}
<article class="table-of-contents" id="contents"><h1>Contents</h1><ol>{"".join(contents)}</ol></article>
{"".join(bodies)}
</body>
</html>
"""


def page_numbers(pdf):
    """Number of the page, from 1, of everything in a PDF that a link leads to."""
    reader = PdfReader(io.BytesIO(pdf))
    numbers = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages, start=1)}
    return {
        name.removeprefix("/"): numbers[destination.raw_get("/Page").idnum]
        for name, destination in reader.named_destinations.items()
    }


def print_document(document, site, program, report):
    """Print a document that `join` made, with page numbers where links wait for them.

    A browser cannot tell a document where it will break its pages. So it prints once to find out, and again with
    the numbers, until they do not change any more.

    Parameters
    ----------
    document : str
    site : pathlib.Path
        Folder of the built site.
    program : str
        Path of the browser.
    report : callable
        Is told what goes on.

    Returns
    -------
    pdf : bytes
        As the browser makes it.
    headings : list of str
        In their order.

    Raises
    ------
    ValueError
        If the browser is too old, a link leads nowhere, a picture is missing, or something is too wide.
    RuntimeError
        If the page numbers keep changing.
    """

    def answer(route):
        path = unquote(urlsplit(route.request.url).path).lstrip("/")
        if not path:
            route.fulfill(body=document, content_type="text/html; charset=utf-8")
        elif (site / path).is_file():
            route.fulfill(path=site / path)
        else:
            route.abort()

    with open_browser(program) as browser:
        if int(browser.version.split(".")[0]) < OLDEST_BROWSER:
            raise ValueError(f"make pdf needs Chromium or Chrome {OLDEST_BROWSER}, got {browser.version}: {program}")
        tab = browser.new_page(viewport={"width": MEASURE_PIXELS, "height": MEASURE_PIXELS})
        tab.set_default_timeout(LONGEST_LOADING_MS)
        tab.emulate_media(media="print")
        tab.route("**/*", answer)
        tab.goto(ADDRESS)
        problems = tab.evaluate(PREPARE)
        if problems:
            raise ValueError("\n".join(dict.fromkeys(problems)))
        numbers = {}
        for number in range(MOST_PASSES):
            report(f"Printing, pass {number + 1} ...")
            # Tags take half of the time, and the first pass does not need them.
            pdf = tab.pdf(prefer_css_page_size=True, tagged=number > 0, outline=number > 0)
            found = page_numbers(pdf)
            if found == numbers:
                return pdf, tab.evaluate(HEADINGS)
            numbers = found
            tab.evaluate(NUMBER, numbers)
    raise RuntimeError(f"the page numbers still change after {MOST_PASSES} passes")


def kids_of(element):
    """What stands below a tag: references to tags, numbers of pieces of a page, links."""
    if "/K" not in element:
        return []
    kids = element.raw_get("/K")
    return kids.get_object() if isinstance(kids.get_object(), list) else [kids]


def tidy_tags(element, reference, successors):
    """Make the tags below one in a PDF fewer and truer.

    Chromium writes a tag for each piece of text that has a style of its own, nine tenths of the file, which say
    nothing. Formulas come as figures, and a figure with its caption as a figure without an alternative text.

    Parameters
    ----------
    element : pypdf.generic.DictionaryObject
        Is changed in place.
    reference : pypdf.generic.IndirectObject
        Leads to the element.
    successors : dict
        Gets, for the number of each tag that was taken out, the reference to the tag that has its content now.
    """
    kids = ArrayObject()
    for kid in kids_of(element):
        inner = kid.get_object()
        if not isinstance(inner, dict) or "/S" not in inner:
            kids.append(kid)
            continue
        tidy_tags(inner, kid, successors)
        if inner["/S"] != "/NonStruct":
            kids.append(kid)
            continue
        successors[kid.idnum] = reference
        for content in kids_of(inner):
            if isinstance(content, int):
                # A number counts on the page of its tag.
                if "/Pg" not in element:
                    element[NameObject("/Pg")] = inner.raw_get("/Pg")
                if element.raw_get("/Pg") != inner.raw_get("/Pg"):
                    content = DictionaryObject(
                        {
                            NameObject("/Type"): NameObject("/MCR"),
                            NameObject("/Pg"): inner.raw_get("/Pg"),
                            NameObject("/MCID"): content,
                        }
                    )
            elif "/P" in content.get_object():
                content.get_object()[NameObject("/P")] = reference
            kids.append(content)
    element[NameObject("/K")] = kids
    if element["/S"] == "/Figure":
        description = element.get("/Alt", "")
        if description.startswith("$"):
            element[NameObject("/S")] = NameObject("/Formula")
            element[NameObject("/Alt")] = TextStringObject(description.strip("$"))
        elif not description:
            element[NameObject("/S")] = NameObject("/Div")


def bookmarks(parent):
    """The bookmarks below one, in their order."""
    step = "/First"
    while step in parent:
        parent, step = parent[step], "/Next"
        yield parent
        yield from bookmarks(parent)


def finish(pdf, headings, citation, day):
    """Tidy the tags and bookmarks of a printed PDF, and say in it what it is.

    Parameters
    ----------
    pdf : bytes
    headings : list of str
        In their order.
    citation : dict
        What CITATION.cff says.
    day : datetime.datetime or None
        When the book was changed last, if that is known.

    Returns
    -------
    pypdf.PdfWriter
    """
    reader = PdfReader(io.BytesIO(pdf))
    tree = reader.trailer["/Root"]["/StructTreeRoot"]
    successors = {}
    tidy_tags(tree["/K"], tree.raw_get("/K"), successors)

    def owner(reference):
        while reference.idnum in successors:
            reference = successors[reference.idnum]
        return reference

    # Which tag each piece of a page belongs to.
    for owners in tree["/ParentTree"]["/Nums"][1::2]:
        if isinstance(owners.get_object(), list):
            owners.get_object()[:] = map(owner, owners.get_object())
    # Two tags that Chromium writes are of PDF 2.0.
    tree[NameObject("/RoleMap")] = DictionaryObject(
        {NameObject(tag): NameObject("/Span") for tag in ("/Em", "/Strong")}
    )
    # In the title of a bookmark Chromium loses the space at which the heading begins a new line.
    for bookmark, heading in zip(bookmarks(reader.trailer["/Root"]["/Outlines"]), headings, strict=True):
        bookmark[NameObject("/Title")] = TextStringObject(heading)
    # What nothing leads to any more is not copied.
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = "%PDF-1.7"
    about = {
        "/Title": citation["title"],
        "/Author": authors(citation),
        "/Subject": citation["abstract"],
        "/Creator": "Chromium",
        "/Producer": "pypdf",
    }
    if day:
        about["/CreationDate"] = about["/ModDate"] = f"D:{day:%Y%m%d%H%M%S}Z"
    writer.metadata = about
    return writer


def last_change():
    """Time of the last commit; None outside of a checkout."""
    try:
        git = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(int(git.stdout), UTC) if git.returncode == 0 else None


def main():
    program = find_browser()
    if program is None:
        return f"make pdf needs Chromium or Chrome on this machine; {REMEDY}"
    started = time.monotonic()

    def report(what):
        print(f"{time.monotonic() - started:4.0f} s  {what}", flush=True)

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    day = last_change()
    report("Joining the pages ...")
    try:
        document = join(Book(), SITE, citation, day)
        pdf, headings = print_document(document, SITE, program, report)
    except (ValueError, RuntimeError) as error:
        return str(error)
    report("Tidying ...")
    writer = finish(pdf, headings, citation, day)
    partial = PDF.with_suffix(".pdf.partial")
    writer.write(partial)
    os.replace(partial, PDF)
    report(f"{PDF.relative_to(ROOT)}: {len(writer.pages)} pages, {PDF.stat().st_size / 1e6:.1f} MB")
    return None


if __name__ == "__main__":
    sys.exit(main())
