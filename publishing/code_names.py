"""The names of code in the sentences of the book: each of them must exist."""

import ast
import builtins
import importlib
import importlib.util
import inspect
import re
from functools import cache
from pathlib import Path

import numpy as np

# Blocks of code, and the first and last lines of directives in backquotes, whose inside is text.
FENCE = re.compile(r"^(`{3,})(?!\{|`).*?^\1$|^`{3,}.*?$", re.S | re.M)
ROLE = re.compile(r"\{[\w:]+\}`[^`]*`")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
ROOT = Path(__file__).resolve().parent.parent
WORD = re.compile(r"[^\W\d]\w*")
# The lines `full_matrices : bool` and `u, v : ndarray` of numpydoc docstrings.
DOCUMENTED = re.compile(r"^ *(\w+(?:, \w+)*) ?: ", re.M)
# What a code assigns or changes, as `D = A.copy()` and `D[0, 0] += 1`; an argument such as `rtol=0.1` has no blanks.
ASSIGNED = re.compile(r"^([\w, ]+?)(?:\[.*\])? \+?= ")
# Where a name that stands alone, such as `matrix_rank` or `eigh`, may come from without an import in the chapter.
LIBRARIES = ("svdbook", "svdbook.algorithms", "svdbook.datasets", "svdbook.images", "svdbook.plots")
LIBRARIES += ("numpy", "numpy.linalg", "scipy.linalg", "scipy.sparse.linalg", "sklearn.decomposition")


def codes(text):
    """Each code in backquotes of a text in Markdown, without blocks of code and references."""
    return [" ".join(code.split()) for _, code in CODE.findall(ROLE.sub(" ", FENCE.sub(" ", text)))]


class Names:
    """What a text may name: the imports and the own names of some code, and the libraries.

    Parameters
    ----------
    sources : iterable of str
        Code that the reader of the text sees.
    """

    def __init__(self, sources):
        # The imported names and what they are; modules of which something is imported; what the code assigns.
        self._imports, self._modules, self._variables = {}, [_find(name) for name in LIBRARIES], set()
        # Also arguments, attributes, and words of strings, such as names of pictures and of columns.
        self._words = set(dir(np.ndarray)) | set(dir(builtins)) | {"_"}
        for module in self._modules:
            self._words |= _documented(module)
        for source in sources:
            self._words |= set(WORD.findall(source))
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    self._import(node)
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    self._variables.add(node.id)
                elif isinstance(node, ast.arg):
                    self._variables.add(node.arg)

    def _import(self, node):
        if isinstance(node, ast.ImportFrom):
            module = _find(node.module)
            self._modules.append(module)
            self._imports |= {name.asname or name.name: _part(module, name.name) for name in node.names}
            for name in node.names:
                self._words |= _arguments_and_attributes(_part(module, name.name))
        else:
            for name in node.names:
                top = name.name.split(".")[0]
                self._imports[name.asname or top] = _find(name.name if name.asname else top)

    def unknown(self, text):
        """Find names of code that do not exist.

        Parameters
        ----------
        text : str
            Markdown. Code in it that is no Python is left aside.

        Returns
        -------
        list of (str, str)
            Each name, and the code that holds it.

        Examples
        --------
        >>> names = Names(["import svdbook as sb"])
        >>> names.unknown("Not `sb.best_rank(A)` but `sb.low_rank(A, k)`, `.T` and `full_matrices=False`.")
        [('sb.best_rank', 'sb.best_rank(A)')]
        """
        written = codes(text)
        assigned = {name for code in written for names in ASSIGNED.findall(code) for name in WORD.findall(names)}
        known = self._variables | assigned
        return [(name, code) for code in written if not _is_file(code) for name in self._unknown_in(code, known)]

    def _unknown_in(self, code, variables):
        try:
            tree = ast.parse(f"_{code}" if code.startswith(".") else code)
        except SyntaxError:
            return
        inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner:
                name = _dotted(node)
                if not self._exists(name, variables):
                    yield name.removeprefix("_")
            elif isinstance(node, ast.Call):
                arguments = _arguments(self._found(_dotted(node.func)))
                known = arguments or self._words
                yield from (each.arg for each in node.keywords if each.arg and each.arg not in known)
            elif isinstance(node, ast.Import):
                yield from (name.name for name in node.names if _find(name.name) is None)
            elif isinstance(node, ast.ImportFrom):
                yield from (name.name for name in node.names if _find(f"{node.module}.{name.name}") is None)

    def _found(self, name):
        """What an import or a module has under a name; None if there is nothing."""
        root, *parts = name.split(".")
        found = self._imports.get(root) if root in self._imports else _find(root)
        for part in parts:
            found = _part(found, part)
        return found

    def _exists(self, name, variables):
        root, *parts = name.split(".")
        # Letters alone are those of formulas.
        if root in variables or len(root) == 1:
            # No code says what a variable is: its parts are those of arrays, of estimators or of the chapter's code.
            return all(part in self._words for part in parts)
        if parts or root in self._imports:
            return self._found(name) is not None
        held = any(hasattr(module, root) for module in self._modules)
        return held or root in self._words or importlib.util.find_spec(root) is not None


def _is_file(code):
    return (ROOT / code).is_file() or (ROOT / "data" / code).is_file()


def _part(whole, name):
    """An attribute of an object, or a module inside a module; None if there is none."""
    if inspect.ismodule(whole) and not hasattr(whole, name):
        return _find(f"{whole.__name__}.{name}")
    return getattr(whole, name, None)


@cache
def _find(name):
    """A module, or what a module holds, by its full name; None if there is none."""
    try:
        return importlib.import_module(name)
    except (ImportError, ValueError):
        module, _, part = name.rpartition(".")
        return getattr(_find(module), part, None) if module else None


def _dotted(node):
    """The names of an attribute of an attribute; what is called or indexed in front of them is "_"."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id if isinstance(node, ast.Name) else "_", *reversed(parts)])


def _arguments(function):
    """Names of the arguments of a function; none if it takes any, or if they are not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return set()
    return set() if any(each.kind is each.VAR_KEYWORD for each in parameters) else {each.name for each in parameters}


@cache
def _documented(module):
    """Arguments and attributes of all that a module holds."""
    return {name for part in dir(module) for name in _arguments_and_attributes(getattr(module, part, None))}


def _arguments_and_attributes(thing):
    methods = [method for _, method in inspect.getmembers(thing, inspect.isfunction)] if inspect.isclass(thing) else []
    names = {
        name
        for each in (thing, *methods)
        for line in DOCUMENTED.findall(inspect.getdoc(each) or "")
        for name in line.split(", ")
    }
    return names | (set(dir(thing)) if inspect.isclass(thing) else set())
