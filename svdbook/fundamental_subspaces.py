"""The four fundamental subspaces of a matrix, as orthonormal bases."""

from typing import NamedTuple

import numpy as np

from svdbook._scaling import moderate_svd
from svdbook._validation import as_matrix
from svdbook.decomposition import fix_signs, numerical_rank


class Subspaces(NamedTuple):
    """Orthonormal bases, in columns, of the four subspaces of an m x n matrix of numerical rank r.

    Attributes
    ----------
    column : (m, r) ndarray
        Of the column space C(A), all vectors ``A @ x``.
    left_null : (m, m - r) ndarray
        Of the left null space N(A*), all y with ``A.conj().T @ y = 0``; orthogonal to `column`.
    row : (n, r) ndarray
        Of the row space C(A*), all vectors ``A.conj().T @ y``.
    null : (n, n - r) ndarray
        Of the null space N(A), all x with ``A @ x = 0``; orthogonal to `row`.
    """

    column: np.ndarray
    left_null: np.ndarray
    row: np.ndarray
    null: np.ndarray


@np.errstate(all="ignore")
def subspaces(A, rtol=None):
    """Orthonormal bases of the four fundamental subspaces, read off the full SVD.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; integers are taken as float64.
    rtol : float, optional
        A singular value up to `rtol` times the largest one counts as zero, see `numerical_rank`.

    Returns
    -------
    Subspaces
        ``column, left_null, row, null``. Columns of `column` and `row` are pairs of singular vectors,
        ``A @ row[:, i] = s[i] * column[:, i]``, with the signs of `fix_signs`. In `left_null` and `null`
        the largest entry of each column is positive. These two bases are not settled by that: any
        rotation of them is as good, and only projectors such as ``null @ null.conj().T`` are unique.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers or `rtol` is out of range.
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.
    MemoryError
        If the memory does not suffice, with the amount that is needed.

    Notes
    -----
    The full SVD holds an m x m and an n x n matrix, whatever the rank.

    Examples
    --------
    >>> import svdbook
    >>> bases = svdbook.subspaces([[2, 1], [-2, -1], [0, 0]])
    >>> [basis.shape for basis in bases]
    [(3, 1), (3, 2), (2, 1), (2, 1)]
    >>> (bases.row * 5 ** 0.5).round(8).tolist(), (bases.null * 5 ** 0.5).round(8).tolist()
    ([[2.0], [1.0]], [[-1.0], [2.0]])
    """
    A = as_matrix(A)
    U, s, Vt, _ = moderate_svd(A, full_matrices=True)
    r = numerical_rank(s, A.shape, rtol)
    column, row = fix_signs(U[:, :r], Vt[:r])
    # Vectors without a partner: each gets its sign by itself.
    left_null, _ = fix_signs(U[:, r:], Vt[:0])
    _, null = fix_signs(U[:, :0], Vt[r:])
    return Subspaces(column, left_null, row.conj().T, null.conj().T)
