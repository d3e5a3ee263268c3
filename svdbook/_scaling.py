"""Extreme entries are divided by a power of two, which rounds nothing, before anything is computed with them."""

from contextlib import contextmanager

import numpy as np


def ldexp(A, exponents):
    """``A * 2**exponents`` of a real or complex array, without a product that overflows on the way."""
    if A.dtype.kind != "c":
        return np.ldexp(A, exponents)
    return np.stack([np.ldexp(A.real, exponents), np.ldexp(A.imag, exponents)], axis=-1).view(A.dtype)[..., 0]


def moderate(A, axis=None):
    """Return ``A / 2**e`` and the whole numbers e: 0 for ordinary entries, which then keep every bit.

    With e = 0 the largest entry lies between about 1e-135 and 1e135 (1e-17 and 1e17 in single precision),
    where neither norms nor quotients overflow. LAPACK begins to rescale at about the same size, so no
    small entry is lost that it would have kept. There is one e for the whole array, or one for each slice
    along `axis`, in an array that broadcasts against `A`.
    """
    # Of the largest and the smallest entry, without an array of their moduli.
    options = dict(axis=axis, initial=0, keepdims=True)
    largest = np.maximum(A.real.max(**options), -A.real.min(**options))
    if A.dtype.kind == "c":
        largest = np.maximum(largest, np.maximum(A.imag.max(**options), -A.imag.min(**options)))
    exponents = np.frexp(largest)[1]
    limit = 7 * np.finfo(A.dtype).maxexp // 16
    exponents = exponents - np.clip(exponents, -limit, limit)
    return (ldexp(A, -exponents) if exponents.any() else A), exponents


def restore(X, exponents, name, what):
    """Return ``X * 2**exponents``, or raise a ValueError: `name` is of a size at which `what` does not fit."""
    if np.any(exponents):
        rounding = 64 * np.finfo(X.dtype).eps
        fits = np.isfinite(ldexp(X * (1 - rounding), exponents)).all()
        X = ldexp(X, exponents)
        if fits and not np.isfinite(X).all():
            # Only rounding carried it past the largest number.
            largest = np.finfo(X.dtype).max
            parts = X.view(X.real.dtype)
            np.clip(parts, -largest, largest, out=parts)
    if not np.isfinite(X).all():
        raise ValueError(
            f"{name} must be of a size at which {what} fits into {X.dtype}, got a number above "
            f"{np.finfo(X.dtype).max:.2g}; scale {name} by a power of 2 first"
        )
    return X


def first_finite(compute, exponents):
    """Return ``compute(e)``, an array and exponents for `restore`, with only those e that can do no harm if possible.

    Division by a large power of 2 can round small entries to zero, so it is done only where the array would
    overflow without it.
    """
    X, restoring = compute(np.minimum(exponents, 0))
    return (X, restoring) if np.isfinite(X).all() else compute(exponents)


def moderate_svd(A, full_matrices=False):
    """Return ``U, s, Vt, e``: numpy's SVD of ``A / 2**e``, with the e of `moderate`."""
    A, exponents = moderate(A)
    m, n = A.shape
    size = m * m + n * n if full_matrices else min(m, n) * (m + n)
    with memory_for(f"the {'full' if full_matrices else 'thin'} SVD of a {m} x {n} matrix", size, A.dtype):
        U, s, Vt = np.linalg.svd(A, full_matrices=full_matrices)
    return U, s, Vt, exponents[0]


@contextmanager
def memory_for(what, size, dtype):
    """Say what needs how much if the memory does not suffice for an array of this size."""
    try:
        yield
    except MemoryError as error:
        raise MemoryError(f"{what} needs at least {size * dtype.itemsize / 1e9:,.1f} GB of memory") from error
