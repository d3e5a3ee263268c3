"""Build the site: ``python -m publishing.build`` brings _build/html up to date with its sources.

Sphinx builds again the pages that were edited. What it does not see is seen here, by the contents of all sources: that
nothing has changed (then Sphinx is not even loaded), that a page is gone, that the frame of all pages has changed, that
the last build was broken off or failed, or that a page shows what stands on another one.
"""

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
# All pages change with these. The lock stands for theme and extensions.
FRAME = [
    "_config.yml",
    "_toc.yml",
    "conf.py",
    "pyproject.toml",
    "requirements.txt",
    "book/_static/book.css",
    "book/_static/book.js",
    "book/_static/figures.mjs",
    "book/_templates/**/*",
    "publishing/*.py",
    "svdbook/figures/figures.json",
]
PAGES = [
    "book/**/*",
    "data/**/*",
    "notebooks/**/*",
    "svdbook/figures/*.mjs",
    "svdbook/figures/*.svg",
    "_build/svd-book.pdf",
]
# What a build leaves in _build, beside the PDF.
LEFT = ["html", ".doctrees", ".jupyter_cache", "jupyter_execute"]
RECORD = "built.json"


def sources(root):
    """What the site is made from.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the book.

    Returns
    -------
    frame, pages : dict of str to str
        For each file, hidden ones left out, its path in `root` and a digest of its contents.
    """
    frame, pages = (
        {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for pattern in patterns
            for path in sorted(root.glob(pattern))
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
        }
        for patterns in (FRAME, PAGES)
    )
    return frame, {name: digest for name, digest in pages.items() if name not in frame}


def must_start_afresh(last, frame, pages, root):
    """Whether Sphinx would leave an old page if it built on what is there.

    Parameters
    ----------
    last : dict or None
        Record of the last build that succeeded.
    frame, pages : dict
        `sources` of today.
    root : pathlib.Path

    Returns
    -------
    bool
    """
    if last is None or last["frame"] != frame or last["made by"] != made_by(root):
        return True
    # Sphinx removes no page, and goes by the time of a file, which a copy may bring along from somewhere else.
    changed = [name for name, digest in pages.items() if last["pages"].get(name) != digest]
    return not last["pages"].keys() <= pages.keys() or any(
        (root / name).stat().st_mtime <= last["begun"] for name in changed
    )


def made_by(root):
    """What the paths and objects that Sphinx keeps between two builds hang on."""
    return [str(root), sys.version]


def last_build(root):
    """The record of the last build; None if there is none, or its site is gone."""
    if not all((root / "_build" / folder).is_dir() for folder in ("html", ".doctrees")):
        return None
    try:
        return json.loads((root / "_build" / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def write_configuration(root):
    """Write conf.py, which Sphinx reads, from _config.yml, which people edit; return whether that was possible."""
    program = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", program, "config", "sphinx", str(root)]
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode:
        print(finished.stdout + finished.stderr, file=sys.stderr)
    return finished.returncode == 0


def shown_elsewhere(env):
    """A digest of what pages show of other pages: titles, numbers, where a label leads, and what is cited."""
    standard = env.get_domain("std")
    shown = [
        sorted((name, title.astext()) for name, title in env.titles.items()),
        sorted((name, sorted(numbers.items())) for name, numbers in env.toc_secnumbers.items()),
        sorted(
            (name, sorted((kind, sorted(of.items())) for kind, of in numbers.items()))
            for name, numbers in env.toc_fignumbers.items()
        ),
        sorted(standard.labels.items()),
        sorted(standard.anonlabels.items()),
        sorted(env.get_domain("math").equations.items()),
        # A book without a bibliography has no such domain.
        [
            (cited.key, cited.formatted_entry.label, cited.entry)
            for cited in env.domaindata.get("cite", {}).get("citations", [])
        ],
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def pages_that_show_others(app, env):
    """Have Sphinx write all pages again if one shows something that has changed on another."""
    before, env.shown_elsewhere = getattr(env, "shown_elsewhere", None), shown_elsewhere(env)
    return [] if before in (None, env.shown_elsewhere) else sorted(env.found_docs)


def run_sphinx(root):
    """Build what Sphinx takes for old, with warnings as errors; return whether there was none."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.console import color_terminal, nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    build = root / "_build"
    if not color_terminal():
        nocolor()
    try:
        with patch_docutils(str(root)), docutils_namespace():
            app = Sphinx(
                root,
                root,
                build / "html",
                build / ".doctrees",
                "html",
                confoverrides={"nitpicky": True},
                status=None,
                warning=sys.stderr,
                warningiserror=True,
                keep_going=True,
            )
            # After Sphinx has given out its numbers.
            app.connect("env-get-updated", pages_that_show_others, priority=900)
            app.build()
            return app.statuscode == 0
    except SphinxError as error:
        print(f"{error.category}: {error}", file=sys.stderr)
        return False


def build(root=ROOT):
    """Bring the site up to date.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the book.

    Returns
    -------
    bool
        Whether the site is whole and shows its sources. If not, the next build begins afresh.
    """
    begun = time.time()
    last, (frame, pages) = last_build(root), sources(root)
    if last and (last["frame"], last["pages"], last["made by"]) == (frame, pages, made_by(root)):
        return True
    print("Building the book ...", flush=True)
    record = root / "_build" / RECORD
    record.unlink(missing_ok=True)
    known = last["frame"] if last else {}
    if "conf.py" not in frame or any(known.get(name) != frame[name] for name in ("_config.yml", "conf.py")):
        if not write_configuration(root):
            return False
        frame, pages = sources(root)
    if must_start_afresh(last, frame, pages, root):
        for folder in LEFT:
            shutil.rmtree(root / "_build" / folder, ignore_errors=True)
    if not run_sphinx(root):
        return False
    partial = record.with_suffix(".partial")
    partial.write_text(
        json.dumps({"made by": made_by(root), "begun": begun, "frame": frame, "pages": pages}), encoding="utf-8"
    )
    os.replace(partial, record)
    return True


def be_quick():
    """Let this process do nothing that a build has no use for."""
    # A build makes a million objects that live to its end; to look for garbage among them takes a fifth of its time.
    gc.disable()
    # What executes notebooks, a database among it, and what checks the forms of addresses and times: to load it takes a
    # seventh of an update. Who looks for it finds nothing.
    for way in ("cache", "direct", "inline"):
        sys.modules[f"myst_nb.core.execute.{way}"] = SimpleNamespace(**{f"NotebookClient{way.title()}": None})
    for checks in ("isoduration", "rfc3986_validator"):
        sys.modules[checks] = None


def main():
    try:
        return 0 if build() else "The book is not built, for the reasons above."
    except KeyboardInterrupt:
        return "\nBroken off; the next build begins afresh."
    except OSError as error:
        return f"The book is not built: {error}"


if __name__ == "__main__":
    be_quick()
    sys.exit(main())
