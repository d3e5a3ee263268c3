"""Leading singular triplets by power iteration, one after the other."""

import numpy as np

from svdbook._scaling import moderate, restore
from svdbook._validation import as_count, as_matrix, check_number


@np.errstate(all="ignore")
def power_svd(A, k, tol=1e-10, max_iterations=10_000, seed=0):
    """Leading singular triplets by power iteration with the adjoint of A times A.

    A random vector v is multiplied by A and its adjoint in turn. In each step the share of v that belongs to
    s_2 falls by (s_2 / s_1)**2 against that of s_1. After the first triplet the others follow in the same way,
    with vectors that are kept orthogonal to those found (deflation).

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix.
    k : int
        How many triplets, from 0 to min(m, n).
    tol : float
        A triplet is taken once ``A @ v = s * u`` and ``norm(A.conj().T @ u - s * v) <= tol * s_1``, where
        the part along the vectors found before does not count; 0 <= tol < 1. At least
        ``(m + n) * eps`` is allowed, with the machine epsilon of the dtype.
    max_iterations : int
        Of products with A and its adjoint, for each triplet.
    seed : int or numpy.random.Generator
        Of the random start vectors; the same seed gives the same result.

    Returns
    -------
    U : (m, k) ndarray
    s : (k,) ndarray
    Vt : (k, n) ndarray
        Approximate leading left vectors, singular values and right vectors; signs are not fixed. The error of
        a vector is about `tol` times s_1, divided by the distance from its singular value to the next.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, `k`, `tol` or `max_iterations` is out of range, `seed` is
        neither a whole number from 0 up nor a generator, or a singular value is too large for its dtype.
    numpy.linalg.LinAlgError
        If `max_iterations` do not suffice.

    References
    ----------
    G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed., Johns Hopkins University Press, 2013,
    sections 7.3.1 and 8.2.1.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import power_svd
    >>> U, s, Vt = power_svd(np.diag([3.0, 2.0, 1.0]), k=2)
    >>> s.round(6).tolist()
    [3.0, 2.0]
    """
    A, exponent = moderate(as_matrix(A))
    m, n = A.shape
    k = as_count(k, min(m, n))
    check_number(tol, "[0, 1)", "tol")
    tol = max(tol, (m + n) * np.finfo(A.dtype).eps)
    max_iterations = as_count(max_iterations, np.inf, "max_iterations", lower=1)
    if not isinstance(seed, np.random.Generator):
        seed = as_count(seed, np.inf, "seed")
    rng = np.random.default_rng(seed)
    # In rows: the singular vectors that are found.
    left, s, right = np.zeros((0, m), A.dtype), np.zeros(0, A.real.dtype), np.zeros((0, n), A.dtype)
    for i in range(k):
        v = _unit(_random_vector(n, A.dtype, rng), right, rng)[1]
        for _ in range(max_iterations):
            value, u = _unit(A @ v, left, rng)
            length, new = _unit(A.conj().T @ u, right, rng)
            residual = np.linalg.norm(length * new - value * v)
            if residual <= tol * max(value, s.max(initial=0)):
                break
            v = new
        else:
            raise np.linalg.LinAlgError(
                f"triplet {i + 1} of {k} did not converge in max_iterations={max_iterations}: "
                f"its residual is {residual / max(value, s.max(initial=0)):.1e} times the largest singular value"
            )
        left, s, right = np.vstack([left, u]), np.append(s, value), np.vstack([right, v])
    # Two that are nearly equal may be found in the other order.
    order = np.argsort(-s, kind="stable")
    s = restore(s[order], exponent[0], "A", "its largest singular value")
    return left[order].T, s, right[order].conj()


def _unit(x, basis, rng):
    """Return the length and direction of the part of x orthogonal to the rows of `basis`."""
    x = _orthogonal_part(x, basis)
    length = np.linalg.norm(x)
    while True:
        x = _orthogonal_part(x / np.linalg.norm(x), basis)
        remaining = np.linalg.norm(x)
        if remaining > 0.5:
            return length, x / remaining
        # Nothing was left but rounding. Any direction will do; it is a random one.
        x = _orthogonal_part(_random_vector(len(x), basis.dtype, rng), basis)


def _orthogonal_part(x, basis):
    return x - basis.T @ (basis.conj() @ x)


def _random_vector(n, dtype, rng):
    x = rng.standard_normal((n, 2))
    return (x[:, 0] + 1j * x[:, 1] if dtype.kind == "c" else x[:, 0]).astype(dtype)
