"""Least squares and the pseudoinverse."""

import math

import numpy as np
import scipy.linalg

from svdbook._validation import as_array, as_matrix, check_choice, check_number
from svdbook.decomposition import numerical_rank


def pinv(A, rtol=None):
    """Pseudoinverse (Moore-Penrose inverse) of a matrix, from its SVD.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; integers are taken as float64.
    rtol : float, optional
        A singular value up to `rtol` times the largest one counts as zero, see
        `svdbook.numerical_rank`; the default is ``max(m, n) * eps``, as in `scipy.linalg.pinv`.

    Returns
    -------
    (n, m) ndarray
        ``V[:, :r] @ np.diag(1 / s[:r]) @ U[:, :r].conj().T`` with the r singular values that count.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers or `rtol` is out of range.
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.

    Notes
    -----
    The columns of `A` are not scaled here: a column that is small only because of its unit can fall
    below the tolerance. `least_squares` is safer for solving a system.

    References
    ----------
    G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 5.5.2.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.pinv([[2, 0], [0, 0], [0, 0]]).tolist()
    [[0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    A = as_matrix(A)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    r = numerical_rank(s, A.shape, rtol)
    return (Vt[:r].conj().T / s[:r]) @ U[:, :r].conj().T


def least_squares(A, b, method="svd", rtol=None, ridge=0.0):
    """Vector x that makes the length of ``A @ x - b`` smallest.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; integers are taken as float64.
    b : (m,) or (m, k) array_like
        Right-hand side, or `k` of them in columns.
    method : {"svd", "qr", "normal"}
        "svd" takes every matrix. Where many x are equally good (m < n, or dependent columns) it returns
        the one of smallest length. "qr" and "normal" need n linearly independent columns. "normal" solves
        ``A.conj().T @ A @ x = A.conj().T @ b``: it is the fastest on tall matrices and loses twice as many
        digits.
    rtol : float, optional
        With "svd", a singular value of the scaled matrix (see Notes) up to `rtol` times its largest one
        counts as zero. With "qr" and "normal", a scaled column counts as dependent if its distance from
        the span of the columns taken before it is up to `rtol` times the length of the longest one. The
        default is ``max(m, n) * eps``; "normal" takes no value below four times the square root of
        that, because in the product of `A` with itself smaller distances drown in rounding errors.
    ridge : float
        If positive, the length of ``A @ x - b`` squared plus `ridge` times the length of x squared is
        made smallest. The answer is then unique for every `A`.

    Returns
    -------
    (n,) or (n, k) ndarray

    Raises
    ------
    ValueError
        If `A` or `b` is not an array of finite numbers of the shape wanted, `method` is unknown, `rtol`
        or `ridge` is out of range, or the columns are dependent and `method` is not "svd".
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.

    Notes
    -----
    All methods first divide each column of `A` by a power of 2, which makes no rounding error, so that its
    largest entry lies between 1 and 2. This does not change which x is best, and the unit of a column then
    decides neither the rank nor the digits lost. A column of pure rounding noise, however, counts as much
    as any other.

    Let D hold the powers of 2 on its diagonal and let ``U, s, V`` be the SVD of A D^-1 cut after the r
    singular values that count. "svd" returns the pseudoinverse of ``U @ diag(s) @ V.conj().T @ D`` times
    b. If r = n, this is D^-1 V diag(1/s) U* b. If r < n, it is the shortest x, with length measured in the
    units of x itself and not in scaled ones: scaling changes the decision on the rank and nothing else.

    A ridge is computed as the least squares solution for `A` with sqrt(ridge) times the identity
    below it, and `b` with zeros below it.

    On the certified data set Filip (`svdbook.datasets.load_nist`) the coefficients get 7 to 8 correct
    digits, where `numpy.linalg.lstsq` and `pinv` with their default tolerances get none. No method can be
    relied on for 8: the powers of x in `A` are rounded to double precision, and the *exact* solution for
    the rounded matrix has 7.9 correct digits. To get 13, change the basis: fit powers of
    ``t = (x - centre) / half_range`` and multiply the polynomial out afterwards, as
    `numpy.polynomial.Polynomial.fit` does.

    References
    ----------
    A. van der Sluis, "Condition numbers and equilibration of matrices", Numerische Mathematik 14 (1969)
    14-23, on scaling columns to equal length. G. H. Golub and C. F. Van Loan, "Matrix Computations",
    4th ed. (2013), sections 5.3, 5.5 and 6.1.4.

    Examples
    --------
    >>> import svdbook
    >>> line = svdbook.least_squares([[1, 0], [1, 1], [1, 2]], [1, 3, 4])
    >>> line.round(6).tolist()
    [1.166667, 1.5]
    >>> shortest = svdbook.least_squares([[1, 2, 2]], [9])
    >>> shortest.round(6).tolist()
    [1.0, 2.0, 2.0]
    """
    A, b = as_matrix(A), as_array(b, "b", "biufc")
    if b.ndim not in (1, 2) or b.shape[0] != A.shape[0]:
        raise ValueError(
            f"b must have shape ({A.shape[0]},) or ({A.shape[0]}, k) for A of shape {A.shape}, got {b.shape}"
        )
    B = as_matrix(b if b.ndim == 2 else b[:, None], "b")
    check_choice(method, ("svd", "qr", "normal"), "method")
    check_number(ridge, "[0, inf)", "ridge")
    dtype = np.result_type(A, B)
    A, B = A.astype(dtype), B.astype(dtype)
    n = A.shape[1]
    if ridge > 0:
        A = np.concatenate([A, math.sqrt(ridge) * np.eye(n, dtype=dtype)])
        B = np.concatenate([B, np.zeros((n, B.shape[1]), dtype)])
    # A power of 2 in [largest / 2, largest] for each column, and 1/2 for a column of zeros.
    _, exponents = np.frexp(abs(A).max(axis=0, initial=0))
    scale = np.ldexp(np.ones(n, A.real.dtype), exponents - 1)
    solve = {"svd": _solve_svd, "qr": _solve_qr, "normal": _solve_normal}[method]
    X = solve(A / scale, B, scale, rtol)
    return X if b.ndim == 2 else X[:, 0]


def _solve_svd(A, B, scale, rtol):
    """Shortest least squares solution for ``A * scale``, with the rank of `A`."""
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    r = numerical_rank(s, A.shape, rtol)
    C = (U[:, :r].conj().T @ B) / s[:r, None]
    V = Vt[:r].conj().T
    if r == A.shape[1]:
        return (V @ C) / scale[:, None]
    # Of all X with (scale * V)* X = C the shortest lies in the range of scale * V. Rows from large to
    # small and pivoted columns keep the small rows accurate.
    order = np.argsort(-scale, kind="stable")
    Q, R, pivots = scipy.linalg.qr((scale[:, None] * V)[order], mode="economic", pivoting=True)
    X = np.empty((A.shape[1], B.shape[1]), A.dtype)
    X[order] = Q @ scipy.linalg.solve_triangular(R, C[pivots], trans="C")
    return X


def _solve_qr(A, B, scale, rtol):
    """Least squares solution for ``A * scale`` with independent columns, by pivoted QR."""
    Q, R, pivots = scipy.linalg.qr(A, mode="economic", pivoting=True)
    _require_independent(np.diag(R), A.shape, "qr", rtol)
    X = np.empty((A.shape[1], B.shape[1]), A.dtype)
    X[pivots] = scipy.linalg.solve_triangular(R, Q.conj().T @ B)
    return X / scale[:, None]


def _solve_normal(A, B, scale, rtol):
    """Least squares solution for ``A * scale`` with independent columns, by Cholesky's factorization."""
    gram = A.conj().T @ A
    try:
        L = scipy.linalg.cholesky(gram, lower=True)
    except np.linalg.LinAlgError:
        # A column whose distance, squared, was rounded to zero or below.
        L = np.zeros_like(gram)
    noise = 4 * math.sqrt(max(A.shape) * np.finfo(A.dtype).eps)
    _require_independent(np.diag(L), A.shape, "normal", rtol, noise)
    return scipy.linalg.cho_solve((L, True), A.conj().T @ B) / scale[:, None]


def _require_independent(distances, shape, method, rtol, noise=0.0):
    """Raise a ValueError unless each column has a distance from the span of those before it."""
    m, n = shape
    # A wide matrix has n - m columns at distance 0.
    distances = np.sort(abs(distances))[::-1][: min(shape)]
    r = min(numerical_rank(distances, shape, rtol), numerical_rank(distances, shape, noise))
    if r < n:
        raise ValueError(
            f'A must have linearly independent columns for method="{method}", got {n} of length {m} that, scaled, '
            'depend on each other at working precision; method="svd" takes every matrix'
        )
