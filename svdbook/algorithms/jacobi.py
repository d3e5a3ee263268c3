"""The SVD by rotations that make the columns of a matrix orthogonal, pair by pair."""

import numpy as np

from svdbook._scaling import moderate, restore
from svdbook._validation import as_matrix
from svdbook.algorithms._householder import normalise, phase, product, reflect, reflector

SWEEPS = 60


@np.errstate(all="ignore")
def jacobi_svd(A):
    """Thin SVD by one-sided Jacobi rotations, after a QR factorisation with column pivoting.

    Rotations of two columns at a time make all columns orthogonal. Their lengths are then the singular values.
    The QR factorisation leaves a triangular factor whose rows decrease; rotations of those need fewer sweeps.

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
    Q, R, columns = _pivoted_qr(A)
    r = len(R)
    # R^H Z = W has orthogonal columns, so A = Q R P^H = (Q Z) (P W)^H. The rows of both are columns of W and Z.
    W, Z = _orthogonalise(R.conj(), np.eye(r, dtype=A.dtype))
    s, W = normalise(W)
    order = np.argsort(-s, kind="stable")
    U = Q.copy()
    U[:, :r] = Q[:, :r] @ Z[order].T
    V = np.zeros((n, n), A.dtype)
    V[columns, :r] = W[order].T
    s = np.append(s[order], np.zeros(n - r, s.dtype))
    # A QR factorisation of columns followed by zeros ends in columns that are orthonormal to the others.
    zeros = s == 0
    V[:, zeros] = np.linalg.qr(V)[0][:, zeros]
    return U, restore(s, exponent[0], "A", "its largest singular value"), V.conj().T


def _pivoted_qr(A):
    """Return Q, R and a permutation with ``A[:, permutation] = Q[:, :r] @ R``; no row of R is zero."""
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
    return product(vectors, m, n, A.dtype), R[: len(vectors)], columns


def _orthogonalise(W, Z):
    """Rotate the rows of W, and those of Z with them, until the rows of W are orthogonal to rounding."""
    r, n = W.shape
    both = np.hstack([W, Z])
    tolerance = np.sqrt(n) * np.finfo(W.dtype).eps
    for _ in range(SWEEPS):
        converged = True
        for i, j in _rounds(r):
            x, y = both[i], both[j]
            (x_norms, x_units), (y_norms, y_units) = normalise(x[:, :n]), normalise(y[:, :n])
            cosines = (x_units.conj() * y_units).sum(axis=1)
            swap = x_norms < y_norms
            rotate = abs(cosines) > tolerance
            if not (swap | rotate).any():
                continue
            converged &= not rotate.any()
            # The longer row comes first: de Rijk's order, which brings the long ones together.
            x[swap], y[swap] = y[swap], x[swap]
            cosines[swap] = cosines[swap].conj()
            ratio = np.maximum(x_norms, y_norms) / np.minimum(x_norms, y_norms)
            # The smaller root t of t^2 + 2 zeta t - 1 = 0 is the tangent of the angle.
            zeta = (ratio - 1 / ratio) / (2 * abs(cosines))
            t = np.where(rotate, 1 / (zeta + np.hypot(1, zeta)), 0).astype(W.real.dtype)[:, None]
            c = 1 / np.hypot(1, t)
            y = y * phase(cosines).conj()[:, None]
            both[i], both[j] = c * (x + t * y), c * (y - t * x)
        if converged:
            return both[:, :n], both[:, n:]
    raise np.linalg.LinAlgError(f"the rotations did not converge in {SWEEPS} sweeps")


def _rounds(r):
    """Pairs i < j of 0, ..., r - 1, in rounds of pairs with nothing in common: a round-robin tournament."""
    circle = np.arange(r + r % 2)
    for _ in range(len(circle) - 1):
        pairs = np.sort([circle[: len(circle) // 2], circle[::-1][: len(circle) // 2]], axis=0)
        yield pairs[:, pairs[1] < r]
        circle[1:] = np.roll(circle[1:], 1)
