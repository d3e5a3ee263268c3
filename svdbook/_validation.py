"""Checks of arguments that the modules of svdbook share: "NAME must be WHAT, got WHAT IT WAS"."""

import operator
from numbers import Real

import numpy as np


def as_array(values, name, kinds):
    """Return `values` as an array of finite numbers, of a dtype whose kind is listed, or raise a ValueError."""
    try:
        values = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must have rows of equal length, got rows of different lengths") from error
    if values.dtype.kind not in kinds:
        field = "real or complex" if "c" in kinds else "real"
        raise ValueError(f"{name} must hold {field} numbers, got dtype {values.dtype}")
    if not np.isfinite(values).all():
        index = tuple(np.argwhere(~np.isfinite(values))[0].tolist())
        raise ValueError(f"{name} must be finite, got {values[index]} at {list(index)}")
    return values


def as_matrix(A, name="A", kinds="biufc"):
    """Return `A` as a 2-D floating-point array that LAPACK accepts, or raise a ValueError."""
    A = as_array(A, name, kinds)
    if A.ndim != 2:
        raise ValueError(f"{name} must be a matrix (2 dimensions), got an array of shape {A.shape}")
    # LAPACK has no routine for extended precision.
    if A.dtype in (np.longdouble, np.clongdouble):
        raise ValueError(f"{name} must be of at most double precision, got dtype {A.dtype}")
    if A.dtype.kind in "biu":
        return A.astype(np.float64)
    return A.astype(np.float32) if A.dtype == np.float16 else A


def as_picture(picture, name, kinds="iuf"):
    """Return `picture` as an array of shape (H, W) or (H, W, 3), or raise a ValueError."""
    picture = as_array(picture, name, kinds)
    if picture.ndim != 2 and picture.shape[2:] != (3,):
        hint = f"; {name}[..., :3] leaves out the transparency" if picture.shape[2:] == (4,) else ""
        raise ValueError(f"{name} must have shape (H, W) or (H, W, 3), got {picture.shape}{hint}")
    check_not_empty(picture, name)
    return picture


def as_singular_values(s):
    """Return `s` as a float array, or raise a ValueError unless it is 1-D, finite, nonnegative, nonincreasing."""
    s = as_array(s, "s", "iuf")
    if s.ndim != 1:
        raise ValueError(f"s must be a vector, got an array of shape {s.shape}")
    if s.dtype.kind in "iu":
        s = s.astype(np.float64)
    if (s < 0).any() or (np.diff(s) > 0).any():
        raise ValueError(f"s must be nonnegative and in nonincreasing order, got {s}")
    return s


def as_count(k, upper, name="k", lower=0):
    """Return `k` as an int from `lower` to `upper`, or raise a ValueError."""
    try:
        count = operator.index(k)
    except TypeError:
        count = None
    if count is None or isinstance(k, bool) or not lower <= count <= upper:
        raise ValueError(f"{name} must be an integer from {lower} to {upper}, got {k!r}")
    return count


def check_number(x, interval, name):
    """Raise a ValueError unless `x` is a real number in an interval, such as "[0, 1)"."""
    lower, upper = map(float, interval[1:-1].split(","))
    inside = isinstance(x, Real) and lower <= x <= upper
    if not inside or (x == lower and interval[0] == "(") or (x == upper and interval[-1] == ")"):
        raise ValueError(f"{name} must be a number in {interval}, got {x!r}")


def check_choice(x, choices, name):
    """Raise a ValueError unless `x` is one of the choices."""
    if x not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {x!r}")


def check_shape(shape, s):
    """Raise a ValueError unless `shape` is that of a matrix with the singular values `s`."""
    if len(shape) != 2 or min(shape) != len(s):
        raise ValueError(f"shape must be (m, n) with min(m, n) = len(s) = {len(s)}, got {shape}")


def check_not_empty(values, name):
    """Raise a ValueError if an array has no entry."""
    if values.size == 0:
        raise ValueError(f"{name} must have at least one entry, got shape {values.shape}")
