"""The singular value decomposition of one matrix, and what is read off it."""

import bisect
import math
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from svdbook import algorithms
from svdbook._scaling import moderate, moderate_svd, restore
from svdbook._validation import (
    as_array,
    as_count,
    as_matrix,
    as_singular_values,
    check_choice,
    check_not_empty,
    check_number,
    check_shape,
)


class SVDResult(NamedTuple):
    """Thin SVD ``A = U @ np.diag(s) @ Vt`` of an m x n matrix; p = min(m, n).

    Attributes
    ----------
    U : (m, p) ndarray
        Left singular vectors, in columns.
    s : (p,) ndarray
        Singular values, largest first.
    Vt : (p, n) ndarray
        Right singular vectors, in rows, conjugated if complex.
    """

    U: np.ndarray
    s: np.ndarray
    Vt: np.ndarray


@np.errstate(all="ignore")
def svd(A):
    """Thin singular value decomposition with the signs of the vectors fixed.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; integers are taken as float64.

    Returns
    -------
    SVDResult
        ``U, s, Vt`` as numpy's `numpy.linalg.svd` gives them (LAPACK's gesdd), then `fix_signs`.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, or a singular value is too large for its dtype.
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.
    MemoryError
        If the memory does not suffice, with the amount that is needed.

    Examples
    --------
    >>> import svdbook
    >>> U, s, Vt = svdbook.svd([[0, 1, 2], [3, 4, 5]])
    >>> s.round(8).tolist()
    [7.34846923, 1.0]
    >>> bool((Vt.max(axis=1) == abs(Vt).max(axis=1)).all())
    True
    """
    U, s, Vt, exponent = moderate_svd(as_matrix(A))
    U, Vt = fix_signs(U, Vt)
    return SVDResult(U, restore(s, exponent, "A", "its largest singular value"), Vt)


@np.errstate(all="ignore")
def fix_signs(U, Vt):
    """Multiply each pair of singular vectors so that a convention holds.

    The entry of largest modulus of every right singular vector becomes real and positive. Entries whose
    modulus is within a relative ``sqrt(eps)`` of the largest, with the machine epsilon of the dtype, count
    as equal to it, and the first of them decides. Multiplying u_i and v_i by the same number of modulus 1
    changes no product ``U @ np.diag(s) @ Vt``. A rotation of vectors that share a singular value is not
    settled by this.

    Parameters
    ----------
    U : (m, p) array_like
        Left singular vectors in columns; p may be m, of a full SVD.
    Vt : (q, n) array_like
        Right singular vectors in rows, as numpy returns them; q may be n, of a full SVD.

    Returns
    -------
    U, Vt : ndarray
        New arrays. A vector without a partner (in a full SVD) follows the convention by itself.

    Raises
    ------
    ValueError
        If `U` or `Vt` is not a matrix of finite numbers, or an entry of the result is too large for its dtype.

    Examples
    --------
    >>> import numpy as np, svdbook
    >>> U, Vt = svdbook.fix_signs([[0.8, 0.6], [-0.6, 0.8]], [[0.6, -0.8], [0.8, 0.6]])
    >>> U.tolist()
    [[-0.8, 0.6], [0.6, 0.8]]
    >>> Vt.tolist()
    [[-0.6, 0.8], [0.8, 0.6]]
    """
    U, Vt = as_matrix(U, "U"), as_matrix(Vt, "Vt")
    pairs = min(U.shape[1], Vt.shape[0])
    right = _phases_to_positive(Vt)
    left = np.concatenate([right[:pairs].conj(), _phases_to_positive(U.T)[pairs:]])
    # Each entry within its own range of exponents: complex products of extreme numbers overflow or lose digits.
    (U, U_exponents), (Vt, Vt_exponents) = (moderate(A[..., None], axis=-1) for A in (U, Vt))
    turned = "each entry, turned until one of its vector is real,"
    return (
        restore(U[..., 0] * left, U_exponents[..., 0], "U", turned),
        restore(right[:, None] * Vt[..., 0], Vt_exponents[..., 0], "Vt", turned),
    )


def _phases_to_positive(rows):
    """Numbers of modulus 1 that make the largest entry of each row positive."""
    if rows.shape[1] == 0:
        return np.ones(rows.shape[0], rows.dtype)
    rows, _ = moderate(rows, axis=1)
    modulus = abs(rows)
    tie = 1 - np.sqrt(np.finfo(rows.dtype).eps)
    largest = np.argmax(modulus >= tie * modulus.max(axis=1, keepdims=True), axis=1)
    entry = np.take_along_axis(rows, largest[:, None], axis=1)[:, 0]
    entry = np.where(entry == 0, 1, entry)
    return entry.conj() / abs(entry)


@np.errstate(all="ignore")
def numerical_rank(s, shape, rtol=None):
    """Number of singular values that count as positive.

    Parameters
    ----------
    s : (p,) array_like
        All singular values, largest first.
    shape : (int, int)
        Shape (m, n) of the matrix; p = min(m, n).
    rtol : float, optional
        A singular value counts if it is greater than ``rtol * s[0]``; 0 <= rtol < 1. The default
        ``max(m, n) * eps``, with the machine epsilon of the dtype of `s`, is numpy's in
        `numpy.linalg.matrix_rank`. It allows for the rounding of the SVD and for no other error: give
        the relative size of the error in the data where you know it.

    Returns
    -------
    int
        With ``t = rtol * s[0]``, the smallest rank of any matrix within the distance t in the spectral norm.

    Raises
    ------
    ValueError
        If `s` is not a vector of min(m, n) singular values or `rtol` is out of range.

    References
    ----------
    G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 5.4.1.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.numerical_rank([5, 1, 1e-15], (4, 3)), svdbook.numerical_rank([5, 1, 1e-15], (4, 3), rtol=0.5)
    (2, 1)
    """
    given = as_array(s, "s", "iuf").dtype
    s = as_singular_values(s)
    check_shape(shape, s)
    if rtol is None:
        rtol = max(shape) * float(np.finfo(given if given.kind == "f" else np.float64).eps)
    else:
        check_number(rtol, "[0, 1)", "rtol")
    # Lifted to the largest exponent, so that the product does not underflow.
    s = np.ldexp(s, 1024 - np.frexp(s.max(initial=0))[1])
    return int((s > float(rtol) * s.max(initial=0)).sum())


def condition_number(s):
    """Largest singular value over the smallest.

    Parameters
    ----------
    s : (p,) array_like
        All singular values, largest first; p = min(m, n) of them, at least one.

    Returns
    -------
    float
        ``s[0] / s[-1]``, at least 1, and infinity when ``s[-1]`` is 0 or the quotient is above the largest
        double, 1.8e308. Its reciprocal is the relative
        distance, in the spectral norm, to the nearest matrix of lower rank. The zero matrix has infinity
        as well. Zeros are not skipped: for the condition number on the row space, the largest over the
        smallest *positive* singular value, pass ``s[:r]``.

    Raises
    ------
    ValueError
        If `s` is not a vector of singular values with at least one entry.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.condition_number([6, 3, 2]), svdbook.condition_number([6, 3, 0])
    (3.0, inf)
    """
    s = as_singular_values(s)
    check_not_empty(s, "s")
    return float(s[0]) / float(s[-1]) if s[-1] > 0 else math.inf


@np.errstate(all="ignore")
def low_rank(A, k, method="auto"):
    """Best approximation of a matrix by one of rank at most k: its truncated SVD.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix.
    k : int
        Rank to keep, from 0 to min(m, n).
    method : {"auto", "exact", "randomized"}
        "exact" truncates the full SVD. "randomized" computes k singular triplets only, with
        `svdbook.algorithms.randomized_svd`: its error is within 1 % of the best, in the Frobenius and in
        the spectral norm, on every spectrum that the tests try. "auto" takes "randomized" where that is
        much faster: both sides at least 1000, and k + 10 at most a twentieth of the smaller one.

    Returns
    -------
    (m, n) ndarray
        The matrix ``U[:, :k] @ np.diag(s[:k]) @ Vt[:k]``. By the theorem of Eckart, Young and Mirsky
        no matrix of rank k is closer to `A` in the Frobenius or the spectral norm.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, `k` is out of range, `method` is unknown, or an entry of the
        result is too large for its dtype.
    MemoryError
        If the memory does not suffice, with the amount that is needed.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.low_rank([[3, 0], [0, 1]], k=1).tolist()
    [[3.0, 0.0], [0.0, 0.0]]
    """
    A, exponent = moderate(as_matrix(A))
    k = as_count(k, min(A.shape))
    check_choice(method, ("auto", "exact", "randomized"), "method")
    if method == "auto":
        method = "randomized" if projection_pays(A.shape, k) else "exact"
    if method == "randomized":
        # Sharp enough for both norms, on spectra that hardly decay as well.
        U, s, Vt = algorithms.randomized_svd(A, k, power_iterations=5)
    else:
        U, s, Vt, _ = moderate_svd(A)
    return restore((U[:, :k] * s[:k]) @ Vt[:k], exponent, "A", "its approximation")


def projection_pays(shape, k):
    """Whether a randomized SVD of rank k is several times as fast as a full SVD; benchmarks/low_rank.py measures it."""
    return min(shape) >= max(1000, 20 * (k + 10))


@np.errstate(all="ignore")
def truncation_error(s, k, norm="fro"):
    """Distance from a matrix to the nearest one of rank k, from its singular values.

    Parameters
    ----------
    s : (p,) array_like
        All singular values, largest first.
    k : int
        Rank that is kept, from 0 to p.
    norm : {"fro", 2}
        Frobenius norm, ``sqrt(sum(s[k:] ** 2))``, or spectral norm, ``s[k]``.

    Returns
    -------
    float
        The error, in the unit of the matrix; 0 when nothing is dropped.

    Raises
    ------
    ValueError
        If `s` is not a vector of singular values, `k` is out of range, `norm` is unknown, or the error is above
        the largest double.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.truncation_error([5, 4, 3], k=1)
    5.0
    >>> svdbook.truncation_error([5, 4, 3], k=1, norm=2)
    4.0
    """
    s = as_singular_values(s)
    dropped = s[as_count(k, len(s)) :]
    check_choice(norm, ("fro", 2), "norm")
    if dropped.size == 0 or dropped[0] == 0:
        return 0.0
    if norm == 2:
        return float(dropped[0])
    # Scaled, so that squares neither overflow nor underflow.
    length = np.linalg.norm(dropped / dropped[0])
    first, exponent = moderate(dropped[:1])
    return float(restore(first * length, exponent, "s", "the error")[0])


@np.errstate(all="ignore")
def explained_variance(s):
    """Share of each singular value in the sum of squares.

    Parameters
    ----------
    s : (p,) array_like
        All singular values, largest first. They are those of a *centred* matrix if the shares are to be
        shares of the variance.

    Returns
    -------
    (p,) ndarray
        ``s ** 2 / sum(s ** 2)``: nonincreasing, with sum 1; float64 whatever the dtype of `s`.

    Raises
    ------
    ValueError
        If `s` is not a vector of singular values, or all of them are 0.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.explained_variance([3, 1]).round(3).tolist()
    [0.9, 0.1]
    """
    s = as_singular_values(s)
    if s.size == 0 or s[0] == 0:
        raise ValueError(f"s must hold a positive singular value to have shares, got {s}")
    energy = (s / s[0]) ** 2
    return energy / energy.sum()


def rank_for_energy(s, energy):
    """Smallest rank that keeps a wanted share of the sum of squares.

    Parameters
    ----------
    s : (p,) array_like
        All singular values, largest first.
    energy : float
        Wanted share, above 0 and at most 1. A share that is met up to rounding counts as met.

    Returns
    -------
    int
        The smallest k with ``sum(s[:k] ** 2) >= energy * sum(s ** 2)``.

    Raises
    ------
    ValueError
        If `s` is not a vector of singular values with a positive one, or `energy` is out of range.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.rank_for_energy([3, 1], 0.9), svdbook.rank_for_energy([3, 1], 0.91)
    (1, 2)
    """
    share = explained_variance(s)
    check_number(energy, "(0, 1]", "energy")
    wanted = float(energy) * math.fsum(share) * (1 - 4 * np.finfo(np.float64).eps)
    # math.fsum adds without rounding errors, however many values there are.
    return 1 + bisect.bisect_left(range(1, len(share)), wanted, key=lambda k: math.fsum(share[:k]))


@np.errstate(all="ignore")
def optimal_rank(s, shape, noise=None):
    """Number of singular values above Gavish and Donoho's optimal hard threshold.

    For a low-rank matrix plus white noise, truncating there gives the smallest asymptotic mean squared
    error among all hard thresholds, as the matrix grows with its shape's ratio fixed.

    Parameters
    ----------
    s : (p,) array_like
        All singular values, largest first.
    shape : (int, int)
        Shape (m, n) of the matrix; p = min(m, n).
    noise : float, optional
        Standard deviation of one entry's noise. When it is not given, it is estimated from the median
        singular value, which needs a signal of rank well below p / 2.

    Returns
    -------
    int
        The rank to keep.

    Raises
    ------
    ValueError
        If `s` is not a vector of min(m, n) > 0 singular values, or `noise` is not a positive number.

    References
    ----------
    M. Gavish and D. L. Donoho, "The optimal hard threshold for singular values is 4/sqrt(3)", IEEE
    Transactions on Information Theory 60 (2014) 5040-5053, equations (10), (11) and section III.

    Examples
    --------
    >>> import numpy as np, svdbook
    >>> rng = np.random.default_rng(0)
    >>> signal = 5 * np.outer(np.ones(100), np.ones(200))
    >>> s = np.linalg.svd(signal + rng.standard_normal((100, 200)), compute_uv=False)
    >>> svdbook.optimal_rank(s, (100, 200), noise=1), svdbook.optimal_rank(s, (100, 200))
    (1, 1)
    """
    s = as_singular_values(s)
    check_not_empty(s, "s")
    check_shape(shape, s)
    # Up to where nothing underflows and the mean of two values does not overflow.
    shift = 1000 - np.frexp(s[0])[1]
    s = np.ldexp(s, shift)
    beta = min(shape) / max(shape)
    # Threshold in units of noise * sqrt(max(m, n)), equation (11).
    threshold = np.sqrt(2 * (beta + 1) + 8 * beta / (beta + 1 + np.sqrt(beta**2 + 14 * beta + 1)))
    if noise is None:
        scale = np.median(s) / np.sqrt(_marchenko_pastur_median(beta))
    else:
        check_number(noise, "(0, inf)", "noise")
        scale = np.ldexp(float(noise), shift) * np.sqrt(max(shape))
    return int((s > threshold * scale).sum())


def _marchenko_pastur_median(beta):
    """Median of the Marchenko-Pastur law of ratio 0 < beta <= 1 for noise of variance 1."""
    lower, upper = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2

    def mass_above(x):
        # t = x + (upper - x) sin(a)^2 takes the square-root edges out of the integrand.
        def integrand(a):
            t = x + (upper - x) * np.sin(a) ** 2
            return np.sqrt((upper - t) * (t - lower)) / t * (upper - x) * np.sin(2 * a)

        return quad(integrand, 0, np.pi / 2)[0] / (2 * np.pi * beta)

    return brentq(lambda x: mass_above(x) - 0.5, lower, upper)


def storage(m, n, k):
    """Count of numbers in a truncated SVD: k singular values with their left and right vectors.

    Parameters
    ----------
    m, n : int
        Shape of the matrix, which itself takes m * n numbers.
    k : int
        Rank that is kept, from 0 to min(m, n).

    Returns
    -------
    int
        ``k * (m + n + 1)``.

    Raises
    ------
    ValueError
        If `m` or `n` is not a nonnegative integer or `k` is out of range.

    Examples
    --------
    >>> import svdbook
    >>> svdbook.storage(1000, 20000, 50)
    1050050
    """
    m, n = as_count(m, np.inf, "m"), as_count(n, np.inf, "n")
    return as_count(k, min(m, n)) * (m + n + 1)
