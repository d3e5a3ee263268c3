"""Checks of arguments that the modules of svdbook share: "NAME must be WHAT, got WHAT IT WAS"."""

import math
import operator
import reprlib
import sys
from collections.abc import Iterator, Mapping, Set, ValuesView
from numbers import Complex, Number, Real

import numpy as np
from PIL import Image

from svdbook._pixels import pixels


def as_ndarray(values, name):
    """Return `values` as an ndarray of any dtype; a ValueError for what numpy takes for a number, or not at all."""
    refuse_masked(values, name)
    kind, hint = type(values).__name__, ""
    if hasattr(values, "toarray"):
        hint = f"; {name}.toarray() makes one of a sparse matrix"
    elif isinstance(values, Mapping):
        hint = f"; list({name}.values()) makes one of its values"
    elif isinstance(values, (bytes, bytearray)):
        hint = f"; numpy.frombuffer({name}, dtype) makes one of bytes"
    elif isinstance(values, Image.Image):
        # Of a picture with a palette numpy would take the numbers of the colours.
        hint = f"; svdbook.images.load({name}) gives its pixels"
    elif isinstance(values, (Iterator, Set, ValuesView)):
        hint = f"; list({name}) makes one"
    if hint:
        raise ValueError(f"{name} must be an array of numbers, got an object of type {kind}{hint}")
    try:
        array = np.asarray(values)
    except MemoryError:
        raise
    except Exception as error:
        if "inhomogeneous" in str(error):
            raise ValueError(
                f"{name} must have rows of equal length, got rows of different lengths; fill up the shorter ones"
            ) from error
        raise ValueError(f"{name} must be an array of numbers, got an object of type {kind}: {error}") from error
    if array.dtype == object and array.ndim == 0:
        raise ValueError(f"{name} must be an array of numbers, got an object of type {kind}")
    return array


def as_array(values, name, kinds):
    """Return `values` as an array of finite numbers, of a dtype whose kind is listed, or raise a ValueError."""
    array = as_ndarray(values, name)
    field = "real or complex" if "c" in kinds else "real"
    if array.dtype == object:
        array = _numbers(array, f"{name} must hold {field} numbers")
    if array.dtype.kind not in kinds:
        hint = _CONVERSIONS.get(array.dtype.kind, "")
        raise ValueError(f"{name} must hold {field} numbers, got dtype {array.dtype}{hint.format(name)}")
    if not np.isfinite(array).all():
        index = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{name} must be finite, got {array[index]} at {list(index)}")
    return array


_CONVERSIONS = {
    "U": "; numpy.array({}, dtype=float) reads numbers written as text",
    "S": "; numpy.array({}, dtype=float) reads numbers written as text",
    "c": "; {}.real leaves out the imaginary parts",
    "b": "; numpy.array({}, dtype=float) takes them as 0 and 1",
    "M": "; ({0} - {0}.min()) / numpy.timedelta64(1, 's') counts seconds from the first",
    "m": "; {} / numpy.timedelta64(1, 's') counts seconds",
    "V": "; numpy.lib.recfunctions.structured_to_unstructured({}) makes columns of fields",
}


def refuse_masked(values, name):
    """Raise a ValueError if numpy would use entries that are masked."""
    masked = _count_masked(values)
    if masked:
        # Of a list with masked entries, too.
        array = f"numpy.ma.array({name})"
        leave_out = {
            1: f", {array}.compressed() leaves them out",
            2: f", numpy.ma.compress_rows({array}) leaves out their rows",
        }
        raise ValueError(
            f"{name} must have no masked entries, got {masked}; {array}.filled(x) puts x in their place"
            f"{leave_out.get(getattr(values, 'ndim', None), '')}"
        )


def _count_masked(values):
    if isinstance(values, np.ma.MaskedArray):
        return int(np.ma.count_masked(values))
    return sum(map(_count_masked, values)) if isinstance(values, (list, tuple)) else 0


def _numbers(array, wanted):
    """Return an array of objects, such as that of a data frame of several dtypes, as one of doubles."""
    for index, entry in np.ndenumerate(array):
        if not isinstance(entry, (Number, np.bool_)):
            raise ValueError(
                f"{wanted}, got {reprlib.repr(entry)} at {list(index)} of dtype object; leave out or convert the rows "
                "or columns that hold other things (of a data frame, select_dtypes and dropna do)"
            )
    is_complex = any(isinstance(entry, Complex) and not isinstance(entry, Real) for entry in array.flat)
    try:
        return array.astype(np.complex128 if is_complex else np.float64)
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"{wanted} that fit into double precision: {error}") from error


def as_matrix(A, name="A", kinds="biufc"):
    """Return `A` as a 2-D floating-point array that LAPACK accepts, or raise a ValueError."""
    A = as_array(A, name, kinds)
    if A.ndim != 2:
        raise ValueError(f"{name} must be a matrix (2 dimensions), got an array of shape {A.shape}")
    return as_lapack_dtype(A, name)


def as_lapack_dtype(A, name):
    """Return `A` with integers as doubles and half precision as single, or raise a ValueError."""
    A = _at_most_double(A, name)
    return A.astype(np.float32) if A.dtype == np.float16 else A


def _at_most_double(A, name):
    """Return `A` with integers as doubles; LAPACK has no routine for extended precision."""
    if A.dtype in (np.longdouble, np.clongdouble):
        double = "complex" if A.dtype.kind == "c" else "float"
        raise ValueError(
            f"{name} must be of at most double precision, got dtype {A.dtype}; {name}.astype({double}) rounds it"
        )
    return A.astype(np.float64) if A.dtype.kind in "biu" else A


def as_picture(picture, name, kinds="iuf"):
    """Return `picture` as an array of shape (H, W) or (H, W, 3), or raise a ValueError."""
    if isinstance(picture, Image.Image):
        picture = pixels(picture, name, "a Pillow image")
    picture = as_array(picture, name, kinds)
    if picture.ndim != 2 and picture.shape[2:] != (3,):
        hint = f"; {name}[..., :3] leaves out the transparency" if picture.shape[2:] == (4,) else ""
        raise ValueError(f"{name} must have shape (H, W) or (H, W, 3), got {picture.shape}{hint}")
    check_not_empty(picture, name)
    return picture


@np.errstate(all="ignore")
def as_singular_values(s):
    """Return `s` as float64, or raise a ValueError unless it is 1-D, finite, nonnegative, nonincreasing.

    Values that one rounding has put out of order are taken, the larger of two as equal to the one before it.
    """
    s = _at_most_double(as_array(s, "s", "iuf"), "s")
    if s.ndim != 1:
        raise ValueError(f"s must be a vector, got an array of shape {s.shape}")
    if (s < 0).any() or (s[1:] > np.nextafter(s[:-1], np.inf, dtype=s.dtype)).any():
        raise ValueError(f"s must be nonnegative and in nonincreasing order, got {s}")
    return np.minimum.accumulate(s.astype(np.float64))


def brief(x):
    """Return the repr of a value for a message, shortened where a number, a text or a list is long."""
    try:
        return reprlib.repr(x)
    except ValueError:
        # Python writes no integer of more digits.
        return f"{type(x).__name__} of more than {sys.get_int_max_str_digits()} digits"


def as_count(k, upper, name="k", lower=0):
    """Return `k` as an int from `lower` to `upper`, or raise a ValueError."""
    try:
        count = operator.index(k)
    except TypeError:
        count = None
    if count is None or isinstance(k, bool) or not lower <= count <= upper:
        raise ValueError(f"{name} must be an integer from {lower} to {upper}, got {brief(k)}")
    return count


def check_number(x, interval, name):
    """Raise a ValueError unless `x` is a real number in an interval, such as "[0, 1)", also once it is a float."""
    lower, upper = map(float, interval[1:-1].split(","))
    try:
        value = float(x) if isinstance(x, Real) and not isinstance(x, bool) else math.nan
    except OverflowError:
        value = math.nan
    inside = lower <= value <= upper
    if not inside or (value == lower and interval[0] == "(") or (value == upper and interval[-1] == ")"):
        raise ValueError(f"{name} must be a number in {interval}, got {brief(x)}")


def check_choice(x, choices, name):
    """Raise a ValueError unless `x` is one of the choices."""
    if not isinstance(x, (str, Real)) or x not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {brief(x)}")


def check_shape(shape, s):
    """Raise a ValueError unless `shape` is that of a matrix with the singular values `s`."""
    try:
        m, n = (as_count(side, sys.maxsize) for side in shape)
        fits = min(m, n) == len(s)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(f"shape must be (m, n) with min(m, n) = len(s) = {len(s)}, got {brief(shape)}")


def check_not_empty(values, name):
    """Raise a ValueError if an array has no entry."""
    if values.size == 0:
        raise ValueError(f"{name} must have at least one entry, got shape {values.shape}")
