"""Figures that readers move: in the pages of the book without Python, and here as widgets of JupyterLab.

Each is one JavaScript module of this folder, in the form that anywidget defines.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
# What the modules say of themselves; `python -m publishing.figures` writes it.
DESCRIPTIONS = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))

__all__ = ["DESCRIPTIONS", "FOLDER", "show"]


def show(name, *, fixed=(), hidden=(), **state):
    """A figure that can be moved, for the output of a notebook's cell.

    Parameters
    ----------
    name : str
        Which one: a key of `DESCRIPTIONS`.
    fixed : sequence of str
        Parts of the state that the reader cannot change.
    hidden : sequence of str
        Controls that are left out: ``"question"``, ``"goal"``, ``"tools"``, or a row of controls of this figure.
    **state
        Where the figure begins, in place of ``DESCRIPTIONS[name]["state"]``: numbers, words or arrays.

    Returns
    -------
    anywidget.AnyWidget
        Each part of the state is an attribute, which follows what the reader does and moves the figure when it is set.

    Raises
    ------
    ValueError
        If there is no such figure, or a part of the state is unknown or has a wrong form.

    Examples
    --------
    >>> from svdbook.figures import show
    >>> figure = show("explorer", matrix=[[1, 1], [0, 1]])
    >>> figure.matrix = [[2, 0], [0, 0.5]]
    >>> figure.matrix
    [[2.0, 0.0], [0.0, 0.5]]
    """
    # The widgets take half a second to import; who asks for a folder or a description does without them.
    from svdbook.figures._widget import widget_class

    if name not in DESCRIPTIONS:
        raise ValueError(f"name must be one of {', '.join(DESCRIPTIONS)}, got {name!r}")
    if unknown := state.keys() - DESCRIPTIONS[name]["state"].keys():
        known = ", ".join(DESCRIPTIONS[name]["state"])
        raise ValueError(f"{min(unknown)} is no part of the state of {name}, which has {known}")
    return widget_class(name)(fixed=fixed, hidden=hidden, **state)
