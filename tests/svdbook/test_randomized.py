"""randomized_svd against the Krylov space it is to search, published bounds, scikit-learn and numpy."""

import itertools
import math

import numpy as np
import pytest
import scipy.sparse
import sklearn.utils.extmath
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from svdbook.algorithms import randomized_svd

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]


def gaussian(seed, shape, dtype=np.float64):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    return (A + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def with_values(s, shape, seed=0):
    m, n = shape
    U, V = np.linalg.qr(gaussian(seed, (m, len(s))))[0], np.linalg.qr(gaussian(seed + 1, (n, len(s))))[0]
    return U * s @ V.T


@pytest.mark.parametrize("power_iterations", [0, 1, 2, 5])
@pytest.mark.parametrize("oversampling", [0, 3])
def test_it_searches_the_span_of_all_its_products(power_iterations, oversampling):
    # Without the orthonormal bases in between: the spans of (A A*)^i A Omega, i = 0, ..., q.
    A = gaussian(15, (80, 60))
    blocks = [A @ np.random.default_rng(7).standard_normal((60, 2 + oversampling))]
    for _ in range(power_iterations):
        # Divided by the largest singular value, so that the blocks are of like size.
        blocks.append(A @ (A.T @ blocks[-1]) / np.linalg.norm(A, 2) ** 2)
    expected = np.linalg.svd(np.linalg.qr(np.hstack(blocks))[0].T @ A, compute_uv=False)[:2]
    found = randomized_svd(A, 2, oversampling, power_iterations, seed=7)[1]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert power_iterations == 5 or (found < np.linalg.svd(A, compute_uv=False)[:2] * (1 - 1e-6)).all()


def test_the_defaults():
    A = gaussian(16, (400, 300))
    for k, q in ((3, 4), (29, 4), (30, 2)):
        found = randomized_svd(A, k)[1]
        np.testing.assert_array_equal(found, randomized_svd(A, k, 10, q, 0)[1])
        for other in ((9, q, 0), (11, q, 0), (10, q - 1, 0), (10, q + 1, 0), (10, q, 1)):
            assert (found != randomized_svd(A, k, *other)[1]).any()


@pytest.mark.parametrize("power_iterations", [1, 2, 4])
def test_it_is_at_least_as_accurate_as_subspace_iteration_from_the_same_start(power_iterations):
    for seed in range(20):
        A = gaussian(seed, (60, 50))
        Q = A @ np.random.default_rng(seed).standard_normal((50, 8))
        for _ in range(power_iterations):
            Q = A @ np.linalg.qr(A.T @ np.linalg.qr(Q)[0])[0]
        subspace = np.linalg.svd(np.linalg.qr(Q)[0].T @ A, compute_uv=False)[:3]
        krylov = randomized_svd(A, 3, 5, power_iterations, seed)[1]
        assert (krylov >= subspace * (1 - 1e-12)).all() and krylov[2] > subspace[2] * (1 + 1e-4)


@pytest.mark.parametrize("decay", [0.25, 0.5, 1])
def test_errors_of_the_projection_stay_below_the_bounds_of_halko_martinsson_and_tropp(decay):
    k, p, n = 5, 5, 80
    s = np.arange(1.0, n + 1) ** -decay
    A = with_values(s, (100, n))
    tail = np.linalg.norm(s[k:])
    # The bounds are on the error of the whole projection, on all k + p columns.
    errors = np.array([errors_of_the_projection(A, krylov_basis(A, k + p, 0, seed)) for seed in range(300)])
    spectral, frobenius = errors.T
    # Theorem 10.6: the mean in the spectral norm; theorem 10.5: that in the Frobenius norm, which is nearly attained.
    assert spectral.mean() <= (1 + math.sqrt(k / (p - 1))) * s[k] + math.e * math.sqrt(k + p) / p * tail
    bound = math.sqrt(1 + k / (p - 1)) * tail
    assert 0.5 * bound < frobenius.mean() <= bound
    # Theorem 10.8 with t = e and u = 2: above this in a share of at most 2 t^-p + exp(-u^2 / 2) = 0.149.
    t, u, factor = math.e, 2, math.e * math.sqrt(k + p) / (p + 1)
    bound = (1 + t * math.sqrt(3 * k / (p + 1))) * s[k] + t * factor * tail + u * t * factor * s[k]
    assert (spectral > bound).mean() <= 2 * t**-p + math.exp(-(u**2) / 2)
    # Corollary 10.10: the mean with q power iterations; the span of all products contains that of the last.
    for q in (1, 2):
        spectral = [errors_of_the_projection(A, krylov_basis(A, k + p, q, seed))[0] for seed in range(50)]
        inner = (1 + math.sqrt(k / (p - 1))) * s[k] ** (2 * q + 1)
        inner += math.e * math.sqrt(k + p) / p * np.linalg.norm(s[k:] ** (2 * q + 1))
        assert np.mean(spectral) <= inner ** (1 / (2 * q + 1))


def krylov_basis(A, columns, q, seed):
    """The best directions of the span: their error is at least that of the whole span, of which the bounds are."""
    return randomized_svd(A, columns, 0, q, seed)[0]


def errors_of_the_projection(A, Q):
    difference = A - Q @ (Q.T @ A)
    return np.linalg.norm(difference, 2), np.linalg.norm(difference)


SPECTRA = {
    "1/i": 1 / np.arange(1, 301),
    "i^-1/2": np.arange(1, 301) ** -0.5,
    "exp(-i/30)": np.exp(-np.arange(300) / 30),
    "flat": np.ones(300),
}


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_its_error_is_at_most_that_of_scikit_learn_with_the_defaults_of_both(spectrum):
    s = SPECTRA[spectrum]
    A = with_values(s, (400, 300))
    for seed, k in itertools.product(range(5), (10, 40)):
        errors = []
        for U, values, Vt in (
            randomized_svd(A, k, seed=seed),
            sklearn.utils.extmath.randomized_svd(A, k, random_state=seed),
        ):
            errors.append(np.linalg.norm(A - U * values @ Vt))
        assert errors[0] <= errors[1] * (1 + 1e-12)


def linear_operator(A):
    def only_vectors(M):
        return lambda x: M @ x

    return LinearOperator(A.shape, only_vectors(A), only_vectors(A.conj().T), dtype=A.dtype)


KINDS = {
    "csr": scipy.sparse.csr_array,
    "csc": scipy.sparse.csc_array,
    "coo": scipy.sparse.coo_matrix,
    "lil": scipy.sparse.lil_array,
    "dia": scipy.sparse.dia_array,
    "dense operator": aslinearoperator,
    "operator": linear_operator,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
def test_sparse_matrices_and_operators_give_what_their_dense_form_gives(kind, dtype):
    A = np.where(abs(gaussian(3, (40, 30))) > 1, gaussian(4, (40, 30), dtype), 0).astype(dtype)
    for matrix in (A, A.T):
        expected, found = randomized_svd(matrix, 4), randomized_svd(KINDS[kind](matrix), 4)
        for one, other in zip(expected, found, strict=True):
            assert one.dtype == other.dtype
        np.testing.assert_allclose(found[1], expected[1], rtol=1e3 * np.finfo(dtype).eps)
        product = [U * s @ Vt for U, s, Vt in (expected, found)]
        np.testing.assert_allclose(*product, rtol=0, atol=1e3 * np.finfo(dtype).eps * expected[1][0])


def test_a_sparse_matrix_is_never_made_dense(monkeypatch):
    A = scipy.sparse.random_array((100_000, 50_000), density=1e-5, rng=np.random.default_rng(0))

    def refuse(*_):
        raise AssertionError("made dense")

    for kind in (scipy.sparse.csr_array, scipy.sparse.csc_array, scipy.sparse.coo_array):
        monkeypatch.setattr(kind, "toarray", refuse)
        monkeypatch.setattr(kind, "todense", refuse)
    # As an array of doubles it takes 40 GB.
    U, s, Vt = randomized_svd(A, 2, 3, 1)
    np.testing.assert_allclose(A.T @ U, Vt.T * s, atol=1e-12)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 4), st.integers(0, 3), st.sampled_from(DTYPES), st.data())
def test_a_matrix_of_rank_below_the_columns_of_the_test_matrix_is_found_exactly(m, n, rank, q, dtype, data):
    rank = min(m, n, rank)
    A = gaussian(m, (m, rank), dtype) @ gaussian(n, (rank, n), dtype)
    if data.draw(st.booleans()):
        # Rows and columns of zeros leave nothing but zeros in place of the next block.
        A = np.where(np.arange(m)[:, None] < rank, A, 0).astype(dtype)
    k = data.draw(st.integers(rank, min(m, n)))
    U, s, Vt = randomized_svd(A, k, 2, q)
    tolerance = 200 * np.finfo(dtype).eps
    scale = max(np.linalg.norm(A), 1)
    np.testing.assert_allclose(U * s @ Vt, A, rtol=0, atol=tolerance * scale)
    np.testing.assert_allclose(U.conj().T @ U, np.eye(k), atol=tolerance)
    np.testing.assert_allclose(Vt @ Vt.conj().T, np.eye(k), atol=tolerance)
    np.testing.assert_allclose(s, np.linalg.svd(A, compute_uv=False)[:k], rtol=0, atol=tolerance * scale)


def test_small_values_keep_their_digits_beside_large_ones():
    # Through the product of A and its adjoint, values below 1e-8 would be lost.
    s = 10.0 ** -np.arange(13)
    found = randomized_svd(with_values(s, (200, 150)), 13)[1]
    np.testing.assert_allclose(found, s, rtol=0, atol=1e-14)
    assert found[11] == pytest.approx(1e-11, rel=1e-3)


def test_it_is_reproducible_and_orthonormal():
    A = gaussian(11, (50, 30), np.complex128)
    first, again = randomized_svd(A, 5), randomized_svd(A, 5)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    U, s, Vt = first
    np.testing.assert_allclose(U.conj().T @ U, np.eye(5), atol=1e-14)
    np.testing.assert_allclose(Vt @ Vt.conj().T, np.eye(5), atol=1e-14)
    assert (s <= np.linalg.svd(A, compute_uv=False)[:5] + 1e-13).all()
    np.testing.assert_allclose(randomized_svd(A, 5, power_iterations=60)[1], np.linalg.svd(A)[1][:5], rtol=1e-10)


NOT_FINITE = scipy.sparse.csr_array(np.diag([1.0, np.nan]))
WITHOUT_ADJOINT = LinearOperator((3, 3), matvec=lambda x: x, dtype=float)
BAD = [
    (NOT_FINITE, r"A must be finite, got nan at \[1\]"),
    (scipy.sparse.coo_array([1.0, 2.0]), r"A must be a matrix \(2 dimensions\), got a sparse array of shape \(2,\)"),
    (scipy.sparse.csr_array(np.eye(3), dtype=np.longdouble), "A must be of at most double precision"),
    (WITHOUT_ADJOINT, "A must be a linear operator with matvec and rmatvec that take arrays, got: "),
    (aslinearoperator(np.diag([1.0, np.inf, 1.0])), "A @ X must be finite, got "),
    (
        LinearOperator((3, 3), matvec=lambda x: x, rmatvec=lambda x: x, dtype="U1"),
        "A must hold real or complex numbers",
    ),
]


@pytest.mark.parametrize(("A", "message"), BAD, ids=range(len(BAD)))
def test_bad_sparse_matrices_and_operators_are_refused(A, message):
    with pytest.raises(ValueError, match=message):
        randomized_svd(A, 1)
