"""Householder reflections I - 2 v v^H, each given by its unit vector v."""

import numpy as np

from svdbook._scaling import ldexp, moderate


def normalise(X):
    """Return the norms of the rows of X and the rows as unit vectors, without overflow or underflow on the way."""
    X, exponents = moderate(X, axis=-1)
    lengths = np.linalg.norm(X, axis=-1, keepdims=True)
    return np.ldexp(lengths, exponents)[..., 0], X / np.where(lengths > 0, lengths, 1)


def phase(z):
    """Return ``z / abs(z)``, and 1 for 0."""
    z = ldexp(z, -np.frexp(abs(z))[1])
    return np.where(z == 0, 1, z / abs(z)).astype(z.dtype)


def reflector(x):
    """Return the unit vector whose reflection takes x to a multiple of the first one; zeros if x is zero."""
    v = normalise(x)[1]
    if v.any():
        # The phase that makes this a sum: a difference would cancel digits.
        v[0] += phase(v[0])
    return normalise(v)[1]


def reflect(v, X):
    """Overwrite X by its reflection ``X - 2 v (v^H X)``."""
    X -= np.outer(2 * v, v.conj() @ X)


def product(vectors, m, n, dtype):
    """First n columns of the product of reflections; each vector acts on the last len(v) of m coordinates."""
    Q = np.eye(m, n, dtype=dtype)
    for v in reversed(vectors):
        reflect(v, Q[m - len(v) :])
    return Q
