"""The figures that readers move: what their modules say of themselves, how they look at first, and where they stand.

``python -m publishing.figures`` draws each as it is before anybody moves it, in the browser of this machine, and writes
the drawings and the descriptions into svdbook/figures/. The rest is a Sphinx extension: it takes the modules to the
site, marks the places in the chapters where they begin, and gives each a page of its own, to be shown in class.
"""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes

from publishing.browser import REMEDY, find_browser, open_browser

# The package is found, and not imported: a build does without numpy and scipy.
FOLDER = Path(find_spec("svdbook").origin).parent / "figures"
# Modules that figures share.
SHARED = {"algebra", "kernel"}
# The colours of the page by day.
COLOURS = {
    "ink": "#1d1d1b",
    "paper": "#fffefb",
    "quiet": "#4f4d48",
    "line": "#dcd8cd",
    "first": "#1a5a8e",
    "second": "#a34700",
}
# What a module exports, as JSON, and its drawing.
READ = """async (name) => {
    const { spec } = (await import(`/${name}.mjs`)).default;
    const { title, state, lengths, largest, allowed } = spec;
    const model = { get: (key) => state[key], set() {}, on() {}, save_changes() {} };
    const place = document.body.appendChild(document.createElement("div"));
    (await import(`/${name}.mjs`)).default.render({ model, el: place });
    const drawing = place.querySelector(".stage > svg");
    for (const node of drawing.querySelectorAll("[visibility=hidden], .target")) node.remove();
    for (const node of drawing.querySelectorAll("*")) {
        for (const name of ["tabindex", "role", "class"]) node.removeAttribute(name);
        for (const { name } of [...node.attributes]) if (/^(aria|data)-/.test(name)) node.removeAttribute(name);
    }
    const summary = spec.summary(spec.compute(state));
    return [{ title, state, lengths, largest, allowed, summary }, drawing.outerHTML, drawing.viewBox.baseVal.width, drawing.viewBox.baseVal.height];
}"""


def names():
    """Names of the figures, in the order of the alphabet."""
    return sorted({path.stem for path in FOLDER.glob("*.mjs")} - SHARED)


def describe(browser):
    """What the modules say of themselves and how they look at first.

    Parameters
    ----------
    browser : playwright.sync_api.Browser

    Returns
    -------
    descriptions : dict of str to dict
    drawings : dict of str to str
    """
    descriptions, drawings = {}, {}
    tab = browser.new_page()

    def answer(route):
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".mjs"):
            route.fulfill(path=FOLDER / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><body></body>", content_type="text/html")

    tab.route("**/*", answer)
    tab.goto("http://figures.invalid/")
    for name in names():
        description, drawing, width, height = tab.evaluate(READ, name)
        descriptions[name] = {key: value for key, value in description.items() if value is not None}
        drawings[name] = standalone(drawing, width, height)
    tab.close()
    return descriptions, drawings


def standalone(drawing, width, height):
    """A drawing of a page as a file of its own: with its size, a font and colours that need no style sheet."""
    drawing = re.sub(r"var\(--(\w+)\)", lambda colour: COLOURS[colour[1]], drawing)
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" font-family="sans-serif" font-size="14"'
    drawing = re.sub(r"^<svg[^>]*?( viewBox=\"[^\"]*\")[^>]*>", rf"{opening}\1>", drawing)
    return drawing + "\n"


def write():
    program = find_browser()
    if program is None:
        raise SystemExit(f"The figures are drawn by a browser, and there is no Chromium or Chrome: {REMEDY}.")
    with open_browser(program) as browser:
        descriptions, drawings = describe(browser)
    text = json.dumps(descriptions, indent=2, ensure_ascii=False, sort_keys=True)
    (FOLDER / "figures.json").write_text(text + "\n", encoding="utf-8")
    for name, drawing in drawings.items():
        (FOLDER / f"{name}.svg").write_text(drawing, encoding="utf-8")


def mark_places(app, doctree):
    """Note at each drawing of a figure what it becomes when a reader comes near."""
    for picture in doctree.findall(nodes.image):
        path = Path(app.srcdir, picture["uri"].removeprefix("/"))
        if path.suffix == ".svg" and path.is_file():
            drawing = path.read_text(encoding="utf-8")
            if drawing.startswith("<svg data-figure="):
                marks = ElementTree.fromstring(drawing).attrib
                picture["figure"] = {name: marks[name] for name in ("data-figure", "data-state")}


def give_pages(app):
    """A page for each figure alone, to be shown in class or in the frame of another page."""
    for name, description in json.loads((FOLDER / "figures.json").read_text(encoding="utf-8")).items():
        yield f"figures/{name}", {"title": description["title"], "figure": name, **description}, "figure.html"


def copy_modules(app, exception):
    if exception is None:
        target = Path(app.outdir) / "_static" / "figures"
        shutil.copytree(
            FOLDER,
            target,
            ignore=lambda folder, files: [f for f in files if not f.endswith((".mjs", ".svg"))],
            dirs_exist_ok=True,
        )


def setup(app):
    # Before lighten_drawings puts copies in their place.
    app.connect("doctree-read", mark_places, priority=300)
    app.connect("html-collect-pages", give_pages)
    app.connect("build-finished", copy_modules)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    write()
