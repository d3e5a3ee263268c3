"""The SVD through bidiagonal form and the implicit QR iteration, as in LAPACK's gesvd."""

import math

import numpy as np

from svdbook._scaling import moderate, restore
from svdbook._validation import as_matrix
from svdbook.algorithms._householder import phase, product, reflect, reflector


@np.errstate(all="ignore")
def golub_kahan_svd(A):
    """Thin SVD by Householder bidiagonalisation and the implicit QR iteration of Golub, Kahan and Reinsch.

    Reflections from both sides bring A to an upper bidiagonal matrix. Sweeps of rotations then make it
    diagonal. Where a shift would harm the small singular values, a sweep has none, and is arranged as by
    Demmel and Kahan, so that it only multiplies, divides and adds positive numbers.

    The method is backward stable: the error of each s_i is about eps s_1. If A itself is upper bidiagonal,
    each s_i has a small relative error, however small it is.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; p = min(m, n).

    Returns
    -------
    U : (m, p) ndarray
    s : (p,) ndarray
    Vt : (p, n) ndarray
        Left vectors, singular values and right vectors; signs are not fixed.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, or a singular value is too large for its dtype.
    numpy.linalg.LinAlgError
        If the iteration does not converge.

    References
    ----------
    G. H. Golub and C. Reinsch, "Singular value decomposition and least squares solutions", Numerische
    Mathematik 14 (1970) 403-420.

    J. Demmel and W. Kahan, "Accurate singular values of bidiagonal matrices", SIAM Journal on Scientific and
    Statistical Computing 11 (1990) 873-912, sections 2, 3 and 6.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import golub_kahan_svd
    >>> U, s, Vt = golub_kahan_svd([[3, 0], [4, 5]])
    >>> s.round(6).tolist()
    [6.708204, 2.236068]

    The product of the singular values of this bidiagonal matrix is that of its diagonal, 1e-40:

    >>> s = golub_kahan_svd([[1, 1, 0], [0, 1e-20, 1], [0, 0, 1e-20]])[1]
    >>> bool(np.isclose(np.prod(s), 1e-40, rtol=1e-13))
    True
    """
    A = as_matrix(A)
    m, n = A.shape
    if m < n:
        U, s, Vt = golub_kahan_svd(A.conj().T)
        return Vt.conj().T, s, U.conj().T
    A, exponent = moderate(A)
    U, d, e, V = _bidiagonalise(A)
    left, right = np.ascontiguousarray(U.T), np.ascontiguousarray(V.T)
    _diagonalise(d, e, left, right, np.finfo(A.dtype).eps)
    # Rotations keep the sign of the determinant; only rounding can turn one.
    right[d < 0] *= -1
    order = np.argsort(-abs(d), kind="stable")
    s = restore(abs(d[order]).astype(A.real.dtype), exponent[0], "A", "its largest singular value")
    return left[order].T, s, right[order].conj()


def _bidiagonalise(A):
    """Return U, d, e, V with ``A = U B V^H``, where B has the diagonal d >= 0 and the superdiagonal e >= 0."""
    m, n = A.shape
    B = A.copy()
    lefts, rights = [], []
    for i in range(n):
        lefts.append(reflector(B[i:, i]))
        reflect(lefts[i], B[i:, i:])
        rights.append(reflector(B[i, i + 1 :]))
        reflect(rights[i], B[i:, i + 1 :].T)
    U, V = product(lefts, m, n, A.dtype), product(rights, n, n, A.dtype).conj()
    # Columns of U and V times numbers of modulus 1 make one entry of B after the other positive.
    for i in range(n):
        U[:, i] *= phase(B[i, i])
        B[i] *= phase(B[i, i]).conj()
        if i < n - 1:
            V[:, i + 1] *= phase(B[i, i + 1]).conj()
            B[:, i + 1] *= phase(B[i, i + 1]).conj()
    return U, abs(B.diagonal()).astype(np.float64), abs(B.diagonal(1)).astype(np.float64), V


def _diagonalise(d, e, left, right, eps):
    """Overwrite d by the signed singular values of the bidiagonal matrix of d and e, and e by zeros.

    The rows of left and right are the vectors that belong to d.
    """
    n = len(d)
    tolerance = 10 * eps
    # No singular value is much smaller than this; the second number is where underflow would spoil the tests.
    threshold = max(
        tolerance * _small_values(d, e).min(initial=np.inf) / math.sqrt(n or 1), n**2 * np.finfo(d.dtype).tiny
    )
    sweeps = 0
    high = n - 1
    while high > 0:
        e[abs(e) <= threshold] = 0
        if e[high - 1] == 0:
            high -= 1
            continue
        low = high - 1
        while low > 0 and e[low - 1] != 0:
            low -= 1
        here = slice(low, high + 1)
        block = d[here], e[low:high], left[here], right[here]
        if abs(d[low]) < abs(d[high]):
            # Read from its end, the transposed block is upper bidiagonal, too. Small values come out last.
            block = block[0][::-1], block[1][::-1], block[3][::-1], block[2][::-1]
        if not _deflate(*block[:2], tolerance):
            shift = _shift(*block[:2], tolerance, eps)
            if shift:
                _shifted_sweep(*block, shift)
            else:
                _zero_shift_sweep(*block)
            sweeps += 1
        if sweeps > 30 * n:
            raise np.linalg.LinAlgError(f"the QR iteration did not converge in {sweeps} sweeps")


def _small_values(d, e):
    """Demmel and Kahan's numbers mu: the least of the first j is within a factor sqrt(j) of a singular value."""
    mu = abs(d)
    for j in range(1, len(d)):
        mu[j] *= mu[j - 1] / (mu[j - 1] + abs(e[j - 1])) if mu[j - 1] else 0
    return mu


def _deflate(d, e, tolerance):
    """Zero entries of e that change each singular value by a relative `tolerance` or little more; say if there are."""
    small = abs(e) <= tolerance * _small_values(d, e)[:-1]
    small[-1] |= abs(e[-1]) <= tolerance * abs(d[-1])
    e[small] = 0
    return small.any()


def _shift(d, e, tolerance, eps):
    """The smaller singular value of the last 2 x 2 block, or 0 where it would cost relative accuracy."""
    largest = max(abs(d).max(), abs(e).max())
    if len(d) * tolerance * _small_values(d, e).min() <= eps * largest:
        return 0.0
    f, g, h = abs(d[-2]), abs(e[-1]), abs(d[-1])
    shift = f * (h / ((math.hypot(f + h, g) + math.hypot(f - h, g)) / 2))
    return shift if (shift / d[0]) ** 2 > eps else 0.0


def _shifted_sweep(d, e, left, right, shift):
    """Golub and Reinsch's sweep of implicit QR: an entry outside the bidiagonal is chased down and out."""
    last = len(d) - 1
    # The first column of B^T B - shift^2 I, divided by d[0].
    f, g = (abs(d[0]) - shift) * (math.copysign(1, d[0]) + shift / d[0]), e[0]
    for i in range(last):
        c, s, r = _rotation(f, g)
        if i > 0:
            e[i - 1] = r
        f, e[i] = c * d[i] + s * e[i], c * e[i] - s * d[i]
        g, d[i + 1] = s * d[i + 1], c * d[i + 1]
        _rotate(right, i, c, s)
        c, s, d[i] = _rotation(f, g)
        f, d[i + 1] = c * e[i] + s * d[i + 1], c * d[i + 1] - s * e[i]
        if i < last - 1:
            g, e[i + 1] = s * e[i + 1], c * e[i + 1]
        _rotate(left, i, c, s)
    e[-1] = f


def _zero_shift_sweep(d, e, left, right):
    """Demmel and Kahan's sweep without a shift, in which no digits cancel."""
    c_left, s_left = 1.0, 0.0
    c = 1.0
    for i in range(len(d) - 1):
        c, s, r = _rotation(c * d[i], e[i])
        if i > 0:
            e[i - 1] = s_left * r
        _rotate(right, i, c, s)
        c_left, s_left, d[i] = _rotation(c_left * r, d[i + 1] * s)
        _rotate(left, i, c_left, s_left)
    h = c * d[-1]
    e[-1], d[-1] = h * s_left, h * c_left


def _rotation(f, g):
    """Return c, s, r with ``c f + s g = r`` and ``c g - s f = 0``."""
    r = math.hypot(f, g)
    return (f / r, g / r, r) if r else (1.0, 0.0, 0.0)


def _rotate(vectors, i, c, s):
    """Rotate the rows i and i + 1."""
    vectors[i], vectors[i + 1] = c * vectors[i] + s * vectors[i + 1], c * vectors[i + 1] - s * vectors[i]
