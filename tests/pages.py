"""The pages that the site must have, read from _toc.yml and not from what was built."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def _files(node):
    if isinstance(node, dict):
        yield from (node[key] for key in ("root", "file") if key in node)
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _files(child)


DOCUMENTS = list(_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))
CHAPTERS = [name for name in DOCUMENTS if name.startswith("notebooks/")]
PAGES = [f"{name}.html" for name in [*DOCUMENTS, "search", "404"]]
