"""The SVD by rotations that make the columns of a matrix orthogonal, pair by pair."""

import numpy as np

from svdbook._scaling import moderate, restore
from svdbook._validation import as_matrix
from svdbook.algorithms._householder import normalise, product, reflect, reflector

SWEEPS = 60


@np.errstate(all="ignore")
def jacobi_svd(A):
    """Thin SVD by one-sided Jacobi rotations, after a QR factorisation with column pivoting.

    Rotations of two columns at a time make all columns orthogonal. Their lengths are then the singular values.
    The factorisation replaces A by a triangular matrix whose columns decrease and are nearly orthogonal, so
    that fewer sweeps are needed.

    The error of each s_i relative to s_i itself is about eps times the smallest condition number that A can get
    by scaling its columns (if m < n, its rows). So wide ranges of units do no harm. Nor does it help if no such
    scaling exists, as for a Hilbert matrix.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; p = min(m, n). If m < n, its adjoint is decomposed.

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
        If the rotations do not converge.

    References
    ----------
    J. Demmel and K. Veselic, "Jacobi's method is more accurate than QR", SIAM Journal on Matrix Analysis and
    Applications 13 (1992) 1204-1245, section 4.

    Z. Drmac and K. Veselic, "New fast and accurate Jacobi SVD algorithm I", SIAM Journal on Matrix Analysis
    and Applications 29 (2008) 1322-1342.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import jacobi_svd
    >>> U, s, Vt = jacobi_svd([[3, 0], [4, 5]])
    >>> s.round(6).tolist()
    [6.708204, 2.236068]

    The lengths of these columns are far apart, and every singular value has all its digits:

    >>> A = np.array([[1, 2e-20], [1, 1e-20]])
    >>> exact = np.array([2**0.5, 2**-0.5 * 1e-20])
    >>> bool(np.allclose(jacobi_svd(A)[1], exact, rtol=1e-15, atol=0))
    True
    """
    A = as_matrix(A)
    m, n = A.shape
    if m < n:
        U, s, Vt = jacobi_svd(A.conj().T)
        return Vt.conj().T, s, U.conj().T
    A, exponent = moderate(A)
    # A P = Q R and R = L H^H; then columns of L are rotated: L Z = W diag(s), and A = (Q W) diag(s) (P H Z)^H.
    Q, R, columns = _pivoted_qr(A)
    r = len(R)
    H, upper = np.linalg.qr(R.conj().T, mode="complete")
    W, Z = _orthogonalise(upper[:r].conj())
    lengths, W = normalise(W)
    order = np.argsort(-lengths, kind="stable")
    s = np.append(lengths[order], np.zeros(n - r, A.real.dtype))
    U, V = np.zeros_like(A), np.empty((n, n), A.dtype)
    U[:, :r] = Q @ W[order].T
    # A QR factorisation of columns followed by zeros ends in columns that are orthonormal to the others.
    U[:, s == 0] = np.linalg.qr(U)[0][:, s == 0]
    V[columns, :r] = H[:, :r] @ Z[order].T
    V[columns, r:] = H[:, r:]
    return U, restore(s, exponent[0], "A", "its largest singular value"), V.conj().T


def _pivoted_qr(A):
    """Return Q, R and a permutation with ``A[:, permutation] = Q @ R``; no row of R is zero."""
    m, n = A.shape
    R, columns, vectors = A.copy(), np.arange(n), []
    for i in range(n):
        lengths = normalise(R[i:, i:].T)[0]
        j = i + lengths.argmax()
        if not lengths.any():
            break
        R[:, [i, j]], columns[[i, j]] = R[:, [j, i]], columns[[j, i]]
        vectors.append(reflector(R[i:, i]))
        reflect(vectors[i], R[i:, i:])
        R[i + 1 :, i] = 0
    return product(vectors, m, len(vectors), A.dtype), R[: len(vectors)], columns


def _orthogonalise(W):
    """Return W with rows that rotations have made orthogonal to rounding, and the product of the rotations."""
    r = len(W)
    rows = np.hstack([W, np.eye(r, dtype=W.dtype)])
    tolerance = np.sqrt(r) * np.finfo(W.dtype).eps
    for _ in range(SWEEPS):
        converged = True
        for i, j in _rounds(r):
            x, y = rows[i], rows[j]
            (x_norms, x_units), (y_norms, y_units) = normalise(x[:, :r]), normalise(y[:, :r])
            products = (x_units.conj() * y_units).sum(axis=1)
            cosines = abs(products)
            # Compared with the lengths of the two rows, not of the longest: this is what small values owe their digits.
            rotate = cosines > tolerance
            if not rotate.any():
                continue
            converged = False
            # The smaller root of t^2 + 2 zeta t - 1 = 0 is the tangent of the angle.
            zeta = (y_norms / x_norms - x_norms / y_norms) / (2 * cosines)
            t = np.where(rotate, np.copysign(1, zeta) / (abs(zeta) + np.hypot(1, zeta)), 0).astype(W.real.dtype)
            phases = np.where(rotate, products.conj() / cosines, 1)
            c, t = (1 / np.hypot(1, t))[:, None], t[:, None]
            y = y * phases[:, None]
            rows[i], rows[j] = c * (x - t * y), c * (y + t * x)
        if converged:
            return rows[:, :r], rows[:, r:]
    raise np.linalg.LinAlgError(f"the rotations did not converge in {SWEEPS} sweeps")


def _rounds(r):
    """Pairs i < j of 0, ..., r - 1, in rounds of pairs with nothing in common: a round-robin tournament."""
    circle = np.arange(r + r % 2)
    for _ in range(len(circle) - 1):
        pairs = np.sort([circle[: len(circle) // 2], circle[::-1][: len(circle) // 2]], axis=0)
        yield pairs[:, pairs[1] < r]
        circle[1:] = np.roll(circle[1:], 1)
