"""Leading singular triplets by random projection."""

import numpy as np

from svdbook._scaling import restore
from svdbook._validation import as_count
from svdbook.algorithms._products import as_generator, as_products, orthonormal_complement


@np.errstate(all="ignore")
def randomized_svd(A, k, oversampling=10, power_iterations=None, seed=0):
    """Leading singular triplets by a random projection and a block Krylov iteration.

    A random test matrix of ``k + oversampling`` columns is multiplied by `A`; each power iteration multiplies what
    came out by the adjoint of `A` and by `A`. The SVD of `A` projected onto the span of *all* the products is that
    of a small matrix. A subspace iteration keeps the last product only: it needs the same products with `A` and
    less memory, and is never more accurate.

    Parameters
    ----------
    A : (m, n) array_like, sparse matrix or scipy.sparse.linalg.LinearOperator
        Real or complex matrix. It is used in products with blocks of vectors only, so that a sparse one stays sparse.
    k : int
        How many triplets, from 0 to min(m, n).
    oversampling : int
        Columns of the random test matrix beyond `k`.
    power_iterations : int, optional
        How often, q, `A` and its adjoint are applied to sharpen the subspace; None, the default, stands for 4, and for
        2 if `k` is at least a tenth of min(m, n), where the span is large. In all there are 2 q + 2 products of a
        block with `A` or its adjoint, and about (q + 1) (k + oversampling) (m + n) numbers to store.
    seed : int or numpy.random.Generator
        Of the random test matrix; the same seed gives the same result.

    Returns
    -------
    U : (m, k) ndarray
    s : (k,) ndarray
    Vt : (k, n) ndarray
        Approximate leading left vectors, singular values and right vectors; signs are not fixed. Up to rounding, no
        s_i is above the singular value that it approximates.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, a count is out of range, `seed` is neither a whole number from 0
        up nor a generator, or a singular value is too large for its dtype.

    References
    ----------
    N. Halko, P. G. Martinsson and J. A. Tropp, "Finding structure with randomness", SIAM Review 53
    (2011) 217-288, algorithms 4.3 and 5.1, theorem 10.6 and corollary 10.10.
    C. Musco and C. Musco, "Randomized block Krylov methods for stronger and faster approximate singular value
    decomposition", Advances in Neural Information Processing Systems 28 (2015) 1396-1404, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import randomized_svd
    >>> U, s, Vt = randomized_svd(np.diag([3.0, 2.0, 1.0]), k=2)
    >>> s.round(6).tolist()
    [3.0, 2.0]
    """
    A = as_products(A)
    m, n = A.shape
    k = as_count(k, min(m, n))
    columns = min(k + as_count(oversampling, np.inf, "oversampling"), m, n)
    if power_iterations is None:
        power_iterations = 4 if k < 0.1 * min(m, n) else 2
    power_iterations = as_count(power_iterations, np.inf, "power_iterations")
    generator = as_generator(seed)
    size = min((power_iterations + 1) * columns, m, n)
    # W is the adjoint of A times Q.
    Q, W = np.zeros((m, size), A.dtype, order="F"), np.zeros((n, size), A.dtype, order="F")
    Y = A.times(generator.standard_normal((n, columns)).astype(A.dtype))
    for begin in range(0, size, max(columns, 1)):
        end = min(begin + columns, size)
        Q[:, begin:end] = orthonormal_complement(Q[:, :begin], Y[:, : end - begin], generator)
        W[:, begin:end] = A.adjoint_times(Q[:, begin:end])
        if end < size:
            Y = A.times(orthonormal_complement(W[:, :0], W[:, begin:end], generator))
    # The eigenvectors of W* W lead to k columns in place of `size`, if they are not lost among the squares.
    squares, vectors = np.linalg.eigh(W.conj().T @ W)
    if k > 0 and squares[-k] > np.sqrt(np.finfo(A.dtype).eps) * squares[-1]:
        Q, W = Q @ vectors[:, -k:], W @ vectors[:, -k:]
    basis, R = np.linalg.qr(W)
    U, s, Vt = np.linalg.svd(R.conj().T)
    s = restore(s[:k], A.exponent, "A", "its largest singular value")
    return Q @ U[:, :k], s, Vt[:k] @ basis.conj().T
