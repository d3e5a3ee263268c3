"""What the methods share that see a matrix through its products only."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.sparse
from scipy.linalg import solve_triangular
from scipy.sparse.linalg import LinearOperator

from svdbook._scaling import moderate
from svdbook._validation import as_array, as_count, as_lapack_dtype, as_matrix

# Of orthonormal_complement: two are the rule, and a few more where columns are lost. It does not run for ever.
_PASSES = 20


class Products(NamedTuple):
    """Of an m x n matrix ``A / 2**exponent``: what it and its adjoint make of matrices, its shape and its dtype."""

    times: Callable
    adjoint_times: Callable
    shape: tuple
    dtype: np.dtype
    exponent: np.ndarray

    def adjoint(self):
        return Products(self.adjoint_times, self.times, self.shape[::-1], self.dtype, self.exponent)


def as_products(A):
    """Return the `Products` of an array, a sparse matrix or a linear operator of scipy, or raise a ValueError."""
    if isinstance(A, LinearOperator):
        return _products_of_operator(A)
    if not scipy.sparse.issparse(A):
        A, exponent = moderate(as_matrix(A))
        # The adjoint of X and not that of A: if they are complex, that would be a second copy of A, and if they are
        # real, its product with a block of vectors would take up to a third longer.
        return Products(A.__matmul__, lambda X: (X.conj().T @ A).conj().T, A.shape, A.dtype, exponent[0])
    if A.ndim != 2:
        raise ValueError(f"A must be a matrix (2 dimensions), got a sparse array of shape {A.shape}")
    A = scipy.sparse.csr_array(A)
    entries, exponent = moderate(as_lapack_dtype(as_array(A.data, "A", "biufc"), "A"))
    A = scipy.sparse.csr_array((entries, A.indices, A.indptr), shape=A.shape)
    # Stored by rows, too: a transpose of rows is one of columns, whose products with a vector take twice as long.
    adjoint = A.conj(copy=False).T.tocsr()
    return Products(A.__matmul__, adjoint.__matmul__, A.shape, A.dtype, exponent)


def _products_of_operator(A):
    # An operator without a dtype is taken as one of doubles.
    dtype = as_lapack_dtype(as_array(np.zeros(0, A.dtype or np.float64), "A", "biufc"), "A").dtype

    def checked(product):
        def times(X):
            try:
                Y = product(X)
            except (NotImplementedError, TypeError) as error:
                # scipy raises the second where a function that it needs was not given.
                raise ValueError(
                    f"A must be a linear operator with matvec and rmatvec that take arrays, got: {error}"
                ) from error
            return as_array(Y, "A @ X", "biufc").astype(dtype, copy=False)

        return times

    return Products(checked(A.matmat), checked(A.rmatmat), A.shape, dtype, np.zeros(1, int))


def as_generator(seed):
    """Return `seed`, a generator or a whole number, as a numpy.random.Generator, or raise a ValueError."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(as_count(seed, np.inf, "seed"))


def orthonormal_complement(Q, Y, generator):
    """Return orthonormal columns that are orthogonal to those of `Q` and together with them span those of `Y`.

    There are as many as `Y` has: where a column adds nothing to the ones before it, a random direction takes its
    place. So `Q` and `Y` together must not have more columns than rows; a LinAlgError says so if they do.
    """
    eps = np.finfo(Y.dtype).eps
    lengths = np.linalg.norm(Y, axis=0)
    Y = Y / np.where(lengths > 0, lengths, 1)
    for _ in range(_PASSES):
        Y = Y - Q @ (Q.conj().T @ Y)
        gram = Y.conj().T @ Y
        # Where more of a column is taken away, what is left is not orthogonal to rounding, and the next columns, made
        # orthogonal to it, are less and less so.
        last = np.linalg.norm(gram - np.eye(len(gram))) < 0.1
        if (L := _cholesky(gram)) is not None and L.diagonal().real.min(initial=1) > eps**0.25:
            # Y = X L*: several times as fast as Householder's reflections, and what rounding spoils the next pass mends.
            Y = solve_triangular(L, Y.conj().T, lower=True, check_finite=False).conj().T
        else:
            Y, R = np.linalg.qr(Y)
            lost = abs(R.diagonal()) <= 100 * eps
            Y[:, lost] = generator.standard_normal((len(Y), lost.sum())) / np.sqrt(len(Y))
        if last:
            return Y
    raise np.linalg.LinAlgError(
        f"{_PASSES} passes have not made {Y.shape[1]} columns orthogonal to {Q.shape[1]} others of length {len(Q)}"
    )


def _cholesky(gram):
    try:
        return np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return None
