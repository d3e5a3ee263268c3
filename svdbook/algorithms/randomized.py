"""Leading singular triplets by random projection."""

import numpy as np

from svdbook._scaling import moderate, restore
from svdbook._validation import as_count, as_matrix


@np.errstate(all="ignore")
def randomized_svd(A, k, oversampling=10, power_iterations=4, seed=0):
    """Leading singular triplets by a random projection and subspace iteration.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix.
    k : int
        How many triplets, from 0 to min(m, n).
    oversampling : int
        Columns of the random test matrix beyond `k`.
    power_iterations : int
        How often `A` and its adjoint are applied to sharpen the subspace.
    seed : int or numpy.random.Generator
        Of the random test matrix; the same seed gives the same result.

    Returns
    -------
    U : (m, k) ndarray
    s : (k,) ndarray
    Vt : (k, n) ndarray
        Approximate leading left vectors, singular values and right vectors; signs are not fixed.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, a count is out of range, `seed` is neither a whole number from 0
        up nor a generator, or a singular value is too large for its dtype.

    References
    ----------
    N. Halko, P. G. Martinsson and J. A. Tropp, "Finding structure with randomness", SIAM Review 53
    (2011) 217-288, algorithms 4.4 and 5.1.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import randomized_svd
    >>> U, s, Vt = randomized_svd(np.diag([3.0, 2.0, 1.0]), k=2)
    >>> s.round(6).tolist()
    [3.0, 2.0]
    """
    A, exponent = moderate(as_matrix(A))
    m, n = A.shape
    k = as_count(k, min(m, n))
    columns = min(k + as_count(oversampling, np.inf, "oversampling"), m, n)
    power_iterations = as_count(power_iterations, np.inf, "power_iterations")
    if not isinstance(seed, np.random.Generator):
        seed = as_count(seed, np.inf, "seed")
    test = np.random.default_rng(seed).standard_normal((n, columns))
    Q = np.linalg.qr(A @ test.astype(A.dtype))[0]
    for _ in range(power_iterations):
        Q = np.linalg.qr(A.conj().T @ Q)[0]
        Q = np.linalg.qr(A @ Q)[0]
    U, s, Vt = np.linalg.svd(Q.conj().T @ A, full_matrices=False)
    return Q @ U[:, :k], restore(s[:k], exponent[0], "A", "its largest singular value"), Vt[:k]
