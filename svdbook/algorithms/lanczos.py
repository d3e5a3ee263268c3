"""Leading singular triplets by Lanczos bidiagonalisation."""

import numpy as np

from svdbook._scaling import restore
from svdbook._validation import as_count, check_number
from svdbook.algorithms._products import as_generator, as_products, orthonormal_complement

_RESTARTS = 1000


@np.errstate(all="ignore")
def lanczos_svd(A, k, tol=None, seed=0):
    """Leading singular triplets by Golub-Kahan-Lanczos bidiagonalisation with thick restarts.

    From a random unit vector v_1, A v_1, then the adjoint of `A` on that, and so on, each made orthogonal to all
    before it, give orthonormal u_1, ..., u_p and v_1, ..., v_p in which `A` is an upper bidiagonal p x p matrix B.
    Its singular triplets approximate those of `A`, the largest ones first; p = min(max(2 k, k + 20), m, n). As long
    as they are not accurate enough, the iteration goes on from the best of them. A triplet is accurate enough when
    ``A @ v = s * u``, and ``A.conj().T @ u = s * v`` but for a remainder of length at most ``tol * s_1``; then there
    is a singular value of `A` within ``tol * s_1`` of s.

    One random vector sees one direction of the space that belongs to a repeated singular value; in exact arithmetic
    the iteration would find each value once and never its copies. So when k triplets are accurate, the iteration
    goes on from a new random vector that is orthogonal to them. They are returned only after this has brought no
    larger value, when the next triplet is accurate to 1 % of its value.

    Parameters
    ----------
    A : (m, n) array_like, sparse matrix or scipy.sparse.linalg.LinearOperator
        Real or complex matrix. It is used in products with vectors only, so that a sparse one stays sparse.
    k : int
        How many triplets, from 0 to min(m, n).
    tol : float, optional
        Bound on the remainder, 0 < tol < 1; the default is 100 eps, with the machine epsilon of the dtype of `A`.
        Below 10 eps, rounding may keep the bound from being met.
    seed : int or numpy.random.Generator
        Of the random vectors; the same seed gives the same result.

    Returns
    -------
    U : (m, k) ndarray
    s : (k,) ndarray
    Vt : (k, n) ndarray
        Leading left vectors, singular values and right vectors; signs are not fixed.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, `k` or `tol` is out of range, `seed` is neither a whole number from
        0 up nor a generator, or a singular value is too large for its dtype.
    numpy.linalg.LinAlgError
        If 1000 restarts do not suffice.

    References
    ----------
    G. Golub and W. Kahan, "Calculating the singular values and pseudo-inverse of a matrix", Journal of the Society
    for Industrial and Applied Mathematics, Series B, 2 (1965) 205-224.
    J. Baglama and L. Reichel, "Augmented implicitly restarted Lanczos bidiagonalization methods", SIAM Journal on
    Scientific Computing 27 (2005) 19-42, section 3.

    Examples
    --------
    >>> import numpy as np, scipy.sparse
    >>> from svdbook.algorithms import lanczos_svd
    >>> A = scipy.sparse.diags_array(np.arange(1.0, 1001))
    >>> U, s, Vt = lanczos_svd(A, k=3)
    >>> s.round(6).tolist()
    [1000.0, 999.0, 998.0]
    """
    A = as_products(A)
    k = as_count(k, min(A.shape))
    eps = float(np.finfo(A.dtype).eps)
    if tol is not None:
        check_number(tol, "(0, 1)", "tol")
    tol = 100 * eps if tol is None else float(tol)
    generator = as_generator(seed)
    if A.shape[0] >= A.shape[1]:
        U, s, V = _triplets(A, k, tol, generator)
    else:
        V, s, U = _triplets(A.adjoint(), k, tol, generator)
    return U, restore(s, A.exponent, "A", "its largest singular value"), V.conj().T


def _triplets(A, k, tol, generator):
    """Return U, s and V of a matrix that has at least as many rows as columns."""
    m, n = A.shape
    p = min(max(2 * k, k + 20), n)
    U, V = np.zeros((m, p), A.dtype, order="F"), np.zeros((n, p + 1), A.dtype, order="F")
    B = np.zeros((p, p), A.dtype)
    kept, accurate_before = 0, None
    if k == 0:
        return U[:, :0], B.real.diagonal()[:0], V[:, :0]

    def new_direction():
        return orthonormal_complement(V[:, :kept], generator.standard_normal((n, 1)).astype(A.dtype), generator)

    V[:, :1] = new_direction()
    for _ in range(_RESTARTS):
        coupling = 0
        for j in range(kept, p):
            y = A.times(V[:, j : j + 1])[:, 0]
            # All coefficients of y, and not only the two that are not zero in exact arithmetic without restarts: then
            # A @ V = U @ B up to rounding, whatever a new start has left out.
            B[:j, j], B[j, j], U[:, j] = _next(U[:, :j], y, np.conj(coupling), generator)
            coupling = 0
            if j + 1 < n:
                z = A.adjoint_times(U[:, j : j + 1])[:, 0]
                _, coupling, V[:, j + 1] = _next(V[:, : j + 1], z, B[j, j].conj(), generator)
        P, s, Qt = np.linalg.svd(B)
        # The adjoint of A times column i of U @ P is s_i times that of V @ Qt* and a remainder along the last v.
        remainders = abs(coupling * P[-1])
        accurate = (remainders[:k] <= tol * s[0]).all()
        confirmed = accurate_before is not None and (s[:k] <= accurate_before + tol * s[0]).all()
        if p == n or (accurate and confirmed and remainders[k] <= max(0.01 * s[k], tol * s[0])):
            break
        begin_anew = accurate and not confirmed
        kept = k if begin_anew else (3 * k + p) // 4
        U[:, :kept], V[:, :kept] = U @ P[:, :kept], V[:, :p] @ Qt[:kept].conj().T
        B[:] = 0
        B[range(kept), range(kept)] = s[:kept]
        if begin_anew:
            accurate_before = s[:k]
            V[:, kept : kept + 1] = new_direction()
        else:
            V[:, kept] = V[:, p]
    else:
        raise np.linalg.LinAlgError(
            f"{_RESTARTS} restarts have not made {k} singular triplets accurate to tol = {tol:.1g}; "
            "take a larger tol, or a larger k if singular values lie close together"
        )
    return U @ P[:, :k], s[:k], V[:, :p] @ Qt[:k].conj().T


def _next(basis, y, last, generator):
    """Return c, a and a unit vector q with ``y = basis @ c + a * q``; q is orthogonal to the columns of `basis`.

    What is known of c before, its `last` entry, is subtracted first: then one pass with the basis is enough as a rule.
    """
    c = np.zeros(basis.shape[1], y.dtype)
    if last:
        c[-1] = last
        y = y - last * basis[:, -1]
    length = np.linalg.norm(y)
    for _ in range(3):
        along = basis.conj().T @ y
        c, y = c + along, y - basis @ along
        before, length = length, np.linalg.norm(y)
        if length > 0.9 * before:
            return c, length, y / length
    # Nothing but rounding errors is left: they or random numbers give the direction.
    q = orthonormal_complement(basis, y[:, None], generator)[:, 0]
    return c, np.vdot(q, y), q
