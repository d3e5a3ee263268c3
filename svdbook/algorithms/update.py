"""The SVD of a matrix to which rows are appended."""

import numpy as np

from svdbook._scaling import ldexp, moderate, restore
from svdbook._validation import as_count, as_matrix, as_singular_values
from svdbook.algorithms._products import orthonormal_complement


@np.errstate(all="ignore")
def update_svd(U, s, Vt, rows, k=None):
    """SVD of a matrix with rows appended, from the SVD of the matrix without them.

    With J an orthonormal basis of what the rows R add to the space of the right vectors V,

        [ U S V* ]   [ U  0 ]   [  S    0  ]   [ V* ]
        [   R    ] = [ 0  I ] @ [ R V  R J ] @ [ J* ]

    and only the SVD of the matrix in the middle, of r + c rows, is computed: for r triplets and c rows of length n
    this takes of the order of (m + n) (r + c)**2 operations, and `A` itself is not needed. A stream is taken in
    block by block, from ``U, s, Vt = np.zeros((0, 0)), [], np.zeros((0, n))``.

    Parameters
    ----------
    U : (m, r) array_like
        Orthonormal left vectors, in columns.
    s : (r,) array_like
        Singular values, largest first.
    Vt : (r, n) array_like
        Orthonormal right vectors, in rows. That the vectors are orthonormal is not checked.
    rows : (c, n) array_like
        The rows to append.
    k : int, optional
        How many triplets to keep, at least 0; there are at most min(r + c, n). None, the default, keeps all of
        them, and nothing is lost but rounding. With a smaller `k` the result is the best one of rank k to the SVD
        that was given with the rows appended, but of a stream not to the whole: the error of the whole stream is, in the
        Frobenius norm, the root of the sum of the squares of all values that were dropped on the way.

    Returns
    -------
    U : (m + c, q) ndarray
    s : (q,) ndarray
    Vt : (q, n) ndarray
        The q = min(k, r + c, n) triplets; signs are not fixed.

    Raises
    ------
    ValueError
        If an argument does not hold finite numbers, their shapes do not fit, `k` is out of range, or a singular
        value is too large for its dtype.

    References
    ----------
    M. Brand, "Fast low-rank modifications of the thin singular value decomposition", Linear Algebra and its
    Applications 415 (2006) 20-30, sections 2 and 3.
    H. Zha and H. D. Simon, "On updating problems in latent semantic indexing", SIAM Journal on Scientific
    Computing 21 (1999) 782-791.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import update_svd
    >>> U, s, Vt = np.linalg.svd([[3.0, 0.0]], full_matrices=False)
    >>> U, s, Vt = update_svd(U, s, Vt, [[4.0, 5.0]])
    >>> (s**2).round(6).tolist()
    [45.0, 5.0]
    >>> (U * s @ Vt).round(6).tolist()
    [[3.0, 0.0], [4.0, 5.0]]
    """
    U, Vt, rows = as_matrix(U, "U"), as_matrix(Vt, "Vt"), as_matrix(rows, "rows")
    s = as_singular_values(s)
    r, n = Vt.shape
    if U.shape[1] != r or len(s) != r:
        raise ValueError(
            f"U, s and Vt must have as many columns, values and rows, got {U.shape[1]}, {len(s)} and {r} of them"
        )
    if rows.shape[1] != n:
        raise ValueError(f"rows must have the {n} columns of Vt, got shape {rows.shape}")
    if r > n:
        raise ValueError(f"Vt must have orthonormal rows, at most as many as columns, got shape {Vt.shape}")
    c = len(rows)
    kept = min(r + c, n)
    kept = kept if k is None else min(as_count(k, np.inf), kept)
    dtype = np.result_type(U, Vt, rows)
    _, exponent = moderate(np.concatenate([s.astype(dtype), rows.astype(dtype).ravel()]))
    s, rows = ldexp(s.astype(dtype), -exponent), ldexp(rows.astype(dtype), -exponent)
    V = Vt.conj().T.astype(dtype)
    generator = np.random.default_rng(0)
    # All that is left of the space serves if the rows may fill it.
    added = rows.conj().T if c <= n - r else generator.standard_normal((n, n - r)).astype(dtype)
    V = np.hstack([V, orthonormal_complement(V, added, generator)])
    middle = np.zeros((r + c, V.shape[1]), dtype)
    middle[range(r), range(r)] = s
    middle[r:] = rows @ V
    P, s, Qt = np.linalg.svd(middle, full_matrices=False)
    U = np.concatenate([U @ P[:r, :kept], P[r:, :kept]])
    s = restore(s[:kept], exponent, "rows", "the largest singular value")
    return U, s, Qt[:kept] @ V.conj().T
