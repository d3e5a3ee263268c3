"""Checks of arguments that the modules of svdbook share."""

import operator

import numpy as np


def as_matrix(A, name="A"):
    """Return `A` as a 2-D floating-point array that LAPACK accepts, or raise a ValueError that names it."""
    A = np.asarray(A)
    if A.ndim != 2:
        raise ValueError(f"{name} must be a matrix (2 dimensions), got an array of shape {A.shape}")
    # LAPACK has no routine for extended precision; objects and strings are no numbers at all.
    if A.dtype.kind not in "biufc" or A.dtype in (np.longdouble, np.clongdouble):
        raise ValueError(
            f"{name} must hold integers, or real or complex numbers of at most double precision, got dtype {A.dtype}"
        )
    if A.dtype.kind in "biu":
        A = A.astype(np.float64)
    elif A.dtype == np.float16:
        A = A.astype(np.float32)
    if not np.isfinite(A).all():
        row, column = np.argwhere(~np.isfinite(A))[0]
        raise ValueError(f"{name} must be finite, got {A[row, column]} at [{row}, {column}]")
    return A


def as_singular_values(s, name="s"):
    """Return `s` as a float array, or raise a ValueError unless it is 1-D, finite, nonnegative, nonincreasing."""
    s = np.asarray(s)
    if s.ndim != 1 or s.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be a vector of real singular values, got shape {s.shape} and dtype {s.dtype}")
    if s.dtype.kind in "iu":
        s = s.astype(np.float64)
    if not np.isfinite(s).all():
        raise ValueError(f"{name} must be finite, got {s[~np.isfinite(s)][0]}")
    if (s < 0).any() or (np.diff(s) > 0).any():
        raise ValueError(f"{name} must be nonnegative and in nonincreasing order, got {s}")
    return s


def as_count(k, upper, name="k"):
    """Return `k` as an int between 0 and `upper`, or raise a ValueError that names it."""
    try:
        count = operator.index(k)
    except TypeError:
        raise ValueError(f"{name} must be an integer from 0 to {upper}, got {k!r}") from None
    if not 0 <= count <= upper:
        raise ValueError(f"{name} must be an integer from 0 to {upper}, got {k}")
    return count
