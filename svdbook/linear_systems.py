"""Least squares and the pseudoinverse."""

import math

import numpy as np
import scipy.linalg

from svdbook._scaling import first_finite, ldexp, memory_for, moderate, moderate_svd, restore
from svdbook._validation import as_array, as_matrix, check_choice, check_number
from svdbook.decomposition import numerical_rank


@np.errstate(all="ignore")
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
        If `A` is not a matrix of finite numbers, `rtol` is out of range, or an entry of the result is too
        large for its dtype.
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.
    MemoryError
        If the memory does not suffice, with the amount that is needed.

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
    U, s, Vt, exponent = moderate_svd(A)
    r = numerical_rank(s, A.shape, rtol)
    return restore((Vt[:r].conj().T / s[:r]) @ U[:, :r].conj().T, -exponent, "A", "its pseudoinverse")


@np.errstate(all="ignore")
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
        or `ridge` is out of range, the columns are dependent and `method` is not "svd", or an entry of the
        answer is too large for its dtype.
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.
    MemoryError
        If the memory does not suffice, with the amount that is needed.

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

    A ridge is computed in double precision as the least squares solution for `A` with sqrt(ridge) times the
    identity below it, and `b` with zeros below it, after a QR factorization with rows from large to small: rounding
    errors are then small relative to each row (Cox and Higham), whatever the size of the ridge.

    On the certified data set Filip (`svdbook.datasets.load_nist`) the coefficients get 7 to 8 correct
    digits, where `numpy.linalg.lstsq` and `pinv` with their default tolerances get none. No method can be
    relied on for 8: the powers of x in `A` are rounded to double precision, and the *exact* solution for
    the rounded matrix has 7.9 correct digits. To get 13, change the basis: fit powers of
    ``t = (x - centre) / half_range`` and multiply the polynomial out afterwards, as
    `numpy.polynomial.Polynomial.fit` does.

    References
    ----------
    A. van der Sluis, "Condition numbers and equilibration of matrices", Numerische Mathematik 14 (1969)
    14-23, on scaling columns to equal length. A. J. Cox and N. J. Higham, "Stability of Householder QR factorization for
    weighted least squares problems", in "Numerical Analysis 1997", Longman (1998) 57-73. G. H. Golub and C. F. Van Loan, "Matrix Computations",
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
    # Single precision would round a small or large ridge to 0 or infinity.
    working = np.result_type(dtype, np.float64) if ridge > 0 else dtype
    A, B = A.astype(working), B.astype(working)
    n = A.shape[1]
    if ridge > 0:
        with memory_for(f"a ridge for {n} columns", n * n, working):
            A = np.concatenate([A, math.sqrt(ridge) * np.eye(n, dtype=working)])
    A, exponents = moderate(A, axis=0)
    # Each column once more, by the power of 2 in [largest / 2, largest], and by 1/2 if it is 0.
    more = np.frexp(abs(A).max(axis=0, initial=0, keepdims=True))[1] - 1
    A, exponents = ldexp(A, -more), (exponents + more)[0]
    if ridge > 0:
        rotation, A = _row_wise_qr(A)
    solve = {"svd": _solve_svd, "qr": _solve_qr, "normal": _solve_normal}[method]

    def solve_divided(B_exponents):
        divided = ldexp(B, -B_exponents)
        # Below b stand zeros.
        rotated = rotation[:, : len(B)] @ divided if ridge > 0 else divided
        X, X_exponents = solve(A, rotated, exponents, rtol)
        return X, X_exponents + B_exponents

    X = restore(*first_finite(solve_divided, moderate(B, axis=0)[1]), "b", "the answer")
    X = restore(X.astype(dtype), 0, "b", "the answer")
    return X if b.ndim == 2 else X[:, 0]


def _row_wise_qr(A):
    """Return ``Q.conj().T, R`` of a tall A, accurate relative to each row, so that a ridge of any size leaves digits.

    That takes rows from large to small and pivoted columns; R is a permuted triangle.
    """
    order = np.argsort(-abs(A).max(axis=1, initial=0), kind="stable")
    Q, R, pivots = scipy.linalg.qr(A[order], mode="economic", pivoting=True)
    return Q[np.argsort(order)].conj().T, R[:, np.argsort(pivots)]


# Each solver returns X and whole numbers e, so that the solution for A * 2**exponents is X * 2**e.


def _solve_svd(A, B, exponents, rtol):
    """Shortest least squares solution, with the rank of `A`."""
    U, s, Vt, _ = moderate_svd(A)
    r = numerical_rank(s, A.shape, rtol)
    C = (U[:, :r].conj().T @ B) / s[:r, None]
    V = Vt[:r].conj().T
    if r == A.shape[1]:
        return V @ C, -exponents[:, None]
    # Of all X with (V * 2**exponents)* X = C the shortest lies in the range of V * 2**exponents. Rows from
    # large to small and pivoted columns keep the small rows accurate.
    order = np.argsort(-exponents, kind="stable")
    # Extreme columns count from the middle: only their ratios decide. Ordinary ones keep every bit.
    smallest, largest, limit = exponents.min(), exponents.max(), np.finfo(A.dtype).maxexp
    middle = (smallest + largest) // 2 if max(-smallest, largest) > limit // 2 else 0
    if largest - smallest > 2 * (limit - 12):
        raise ValueError(
            "A must have independent columns or sizes of columns that differ by less, for the shortest answer, "
            f"got sizes from 2**{smallest} to 2**{largest}"
        )
    scaled = ldexp(V, (exponents - middle)[:, None])
    Q, R, pivots = scipy.linalg.qr(scaled[order], mode="economic", pivoting=True)
    X = np.empty((A.shape[1], B.shape[1]), A.dtype)
    X[order] = Q @ scipy.linalg.solve_triangular(R, C[pivots], trans="C", check_finite=False)
    return X, -middle


def _solve_qr(A, B, exponents, rtol):
    """Least squares solution for independent columns, by pivoted QR."""
    Q, R, pivots = scipy.linalg.qr(A, mode="economic", pivoting=True)
    _require_independent(np.diag(R), A.shape, "qr", rtol)
    X = np.empty((A.shape[1], B.shape[1]), A.dtype)
    X[pivots] = scipy.linalg.solve_triangular(R, Q.conj().T @ B, check_finite=False)
    return X, -exponents[:, None]


def _solve_normal(A, B, exponents, rtol):
    """Least squares solution for independent columns, by Cholesky's factorization."""
    gram = A.conj().T @ A
    try:
        L = scipy.linalg.cholesky(gram, lower=True)
    except np.linalg.LinAlgError:
        # A column whose distance, squared, was rounded to zero or below.
        L = np.zeros_like(gram)
    noise = 4 * math.sqrt(max(A.shape) * np.finfo(A.dtype).eps)
    _require_independent(np.diag(L), A.shape, "normal", rtol, noise)
    return scipy.linalg.cho_solve((L, True), A.conj().T @ B, check_finite=False), -exponents[:, None]


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
