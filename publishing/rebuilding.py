"""Sphinx extension: after an edit a site as from a fresh build, in half the time that Sphinx would take.

Sphinx and its extensions number all figures, format the whole bibliography and load all exercises each time, and
compile all templates. Here what the edit has left as it is stays in Sphinx's environment, beside the pages as it read
them; build.py removes both if the frame of the pages or these modules change. What Sphinx leaves behind of the page as
it was, is taken away.
"""

from functools import cache
from pathlib import Path

from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from pybtex.plugin import register_plugin
from pybtex.style.formatting import alpha
from pybtex.style.labels.alpha import LabelStyle
from pybtex.style.names.plain import NameStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from sphinx.addnodes import toctree
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.search.en import SearchEnglish
from sphinx.util.index_entries import split_index_msg

number_afresh = TocTreeCollector.assign_figure_numbers


class KeptStyle(alpha.Style):
    """The style of the bibliography, which formats an entry again only if the entry or its label has changed."""

    # As classes, for names are looked up among all packages that are installed.
    default_label_style = LabelStyle
    default_name_style = NameStyle
    default_sorting_style = SortingStyle
    # Key to label, entry and what they gave.
    kept = {}  # noqa: RUF012

    def format_entry(self, label, entry, bib_data=None):
        *known, formatted = self.kept.get(entry.key, (None, None, None))
        if known != [label, entry] or "crossref" in entry.fields:
            formatted = super().format_entry(label, entry, bib_data)
            self.kept[entry.key] = label, entry, formatted
        return formatted


def keep_bibliography(app, env, docnames):
    cited = env.get_domain("cite").citations
    KeptStyle.kept = {c.entry.key: (c.formatted_entry.label, c.entry, c.formatted_entry) for c in cited}


def forget_page(app, env, docname):
    env.numbered = getattr(env, "numbered", {})
    env.numbered.pop(docname, None)


def note_what_is_numbered(app, doctree):
    """Write down what the numbers of figures, formulas, theorems and exercises hang on."""
    title = app.env.get_domain("std").get_numfig_title
    app.env.numbered[app.env.docname] = [
        (type(node).__name__, node["ids"], title(node), node.get("entries"))
        for node in doctree.findall(nodes.Element)
        if node["ids"] or isinstance(node, toctree)
    ]


def assign_figure_numbers(collector, env):
    """Leave all numbers as they are, without loading all pages, if nothing that is numbered was added, moved or removed."""
    noted = getattr(env, "numbered", {})
    # Copies, for Sphinx takes a page out of the originals before it reads it again.
    hang_on = env.config.numfig_secnum_depth, dict(env.toc_secnumbers), dict(noted)
    known, numbers = getattr(env, "numbers", (None, None))
    if hang_on == known and noted.keys() >= env.found_docs:
        env.toc_fignumbers = dict(numbers)
        return []
    changed = number_afresh(collector, env)
    env.numbers = hang_on, dict(env.toc_fignumbers)
    return changed


def keep_titles(app, doctree):
    """Keep the titles of a page's exercises. sphinx-exercise keeps their whole page with each, 6 of 8 MB that are loaded."""
    for known in getattr(app.env, "sphinx_exercise_registry", {}).values():
        if known["docname"] == app.env.docname:
            box = known["node"]
            known["node"] = box.copy()
            known["node"] += box[0].deepcopy()
            for node in known["node"].findall():
                node.document = None


class QuickEnglish(SearchEnglish):
    """The words of a search, each cut down to its stem once for all pages; Sphinx does it for each page again."""

    def init(self, options):
        super().init(options)
        self.stem = cache(self.stem)


def keep_templates(app):
    app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(app.doctreedir)


def mend_search_index(app):
    """Take out words that no page has any more, and give it the entries of pages that were not written again.

    Sphinx does neither; on the entries see https://github.com/sphinx-doc/sphinx/issues/12599.
    """
    index = app.builder.indexer
    for words in (index._mapping, index._title_mapping):
        for word in [word for word, pages in words.items() if not pages]:
            del words[word]
    index._index_entries = {
        page: sorted(
            {
                (words, target or "", main)
                for kind, entry, target, main, _ in entries
                for words in split_index_msg(kind, entry)
            }
        )
        for page, entries in sorted(app.env.get_domain("index").entries.items())
    }
    return []


def remove_old_pictures(app, exception):
    if exception is None:
        shown = {name for _, name in app.env.images.values()}
        for picture in Path(app.outdir, app.builder.imagedir).glob("*"):
            if picture.name not in shown:
                picture.unlink()


def setup(app):
    register_plugin("pybtex.style.formatting", "alpha", KeptStyle, force=True)
    TocTreeCollector.assign_figure_numbers = assign_figure_numbers
    app.add_search_language(QuickEnglish)
    app.connect("builder-inited", keep_templates)
    app.connect("env-before-read-docs", keep_bibliography)
    app.connect("env-purge-doc", forget_page)
    # When the page is as it will be kept.
    app.connect("doctree-read", note_what_is_numbered, priority=900)
    app.connect("doctree-read", keep_titles, priority=900)
    app.connect("html-collect-pages", mend_search_index)
    app.connect("build-finished", remove_old_pictures)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
