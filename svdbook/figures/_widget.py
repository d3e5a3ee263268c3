"""The figures as widgets."""

import base64
import json
import re
from functools import cache
from xml.sax.saxutils import quoteattr

import anywidget
import numpy as np
import traitlets

from svdbook.figures import DESCRIPTIONS, FOLDER

NO_LIMIT = 1e6
MOST_ENTRIES = 64


class Part(traitlets.TraitType):
    """A part of the state of a figure, of the form of its default."""

    def __init__(self, description, key):
        default = description["state"][key]
        super().__init__(default)
        self.tag(sync=True)
        self.first = default
        self.allowed = description.get("allowed", {}).get(key)
        self.lengths = description.get("lengths", {}).get(key, ())
        self.largest = description.get("largest", {}).get(key, NO_LIMIT)

    def validate(self, owner, value):
        accepted = self._accept(value)
        if accepted is None:
            raise ValueError(f"{self.name} must be {self._wanted()}, got {value!r}")
        return accepted

    def _accept(self, value):
        """The value in the form in which it is sent, or None."""
        if isinstance(self.first, bool):
            return bool(value) if isinstance(value, bool | np.bool_) else None
        if isinstance(self.first, str):
            fits = isinstance(value, str) and (self.allowed is None or value in self.allowed)
            return value if fits else None
        try:
            numbers = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            return None
        if numbers.ndim != np.ndim(self.first) or np.iscomplexobj(value):
            return None
        for length, wanted in zip(numbers.shape, self.lengths, strict=False):
            if not (1 <= length <= MOST_ENTRIES if wanted is None else length == wanted):
                return None
        fits = np.isfinite(numbers).all() and (np.abs(numbers) <= self.largest).all()
        return numbers.tolist() if fits else None

    def _wanted(self):
        if isinstance(self.first, bool):
            return "True or False"
        if isinstance(self.first, str):
            return "a text" if self.allowed is None else f"one of {', '.join(self.allowed)}"
        size = f"at most {self.largest:g} in size"
        if not self.lengths:
            return f"a finite number, {size}"
        sides = " x ".join(f"1 to {MOST_ENTRIES}" if length is None else str(length) for length in self.lengths)
        return f"an array of {sides} finite numbers, {size}"


class Figure(anywidget.AnyWidget):
    """What all figures have."""

    fixed = traitlets.List(traitlets.Unicode()).tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, fixed, hidden, **state):
        super().__init__(fixed=list(fixed), hidden=list(hidden), **state)

    def _state(self):
        return {key: getattr(self, key) for key in DESCRIPTIONS[self._figure]["state"]}

    def __repr__(self):
        return f"<figure {self._figure}>"

    def _repr_mimebundle_(self, **options):
        """The widget; beside it what is kept in a notebook, where no Python is at hand."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        state = self._state()
        data = data | {"text/plain": repr(self)}
        if state == DESCRIPTIONS[self._figure]["state"]:
            drawing = (FOLDER / f"{self._figure}.svg").read_text(encoding="utf-8")
            state |= {key: getattr(self, key) for key in ("fixed", "hidden") if getattr(self, key)}
            # By this a page of the book knows what the drawing becomes.
            marks = f"<svg data-figure={quoteattr(self._figure)} data-state={quoteattr(json.dumps(state))}"
            data["image/svg+xml"] = drawing.replace("<svg", marks, 1)
        return data, metadata


@cache
def widget_class(name):
    """The class of the widgets of one figure."""
    description = DESCRIPTIONS[name]
    parts = {key: Part(description, key) for key in description["state"]}
    return type(name.capitalize(), (Figure,), {"_figure": name, "_esm": module(name), **parts})


def module(name):
    """The JavaScript of a figure as one module, for a widget cannot load files beside it."""
    source = (FOLDER / f"{name}.mjs").read_text(encoding="utf-8")

    def inline(imported):
        content = base64.b64encode(module(imported[1]).encode()).decode()
        return f'from "data:text/javascript;base64,{content}"'

    return re.sub(r'from "\./(\w+)\.mjs"', inline, source)
