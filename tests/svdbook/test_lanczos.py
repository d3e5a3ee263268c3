"""lanczos_svd against numpy and scipy: repeated values, low rank, every kind of matrix, and its bound."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.linalg import LinearOperator, aslinearoperator, svds

from svdbook.algorithms import lanczos, lanczos_svd

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]
i = np.arange(1, 301)
SPECTRA = {
    "one value": np.ones(300),
    "two values": np.where(i <= 50, 2, 1),
    "five copies above the rest": np.r_[[3] * 5, [2] * 3, 1 / i],
    "pairs": np.r_[3, 3, 2.9, 2.9, 1 / i],
    "copies behind": np.r_[4, 3, 2, [1] * 200],
    "graded": 10.0 ** -(i / 20),
    "1/i": 1 / i,
    "close together": 1 + 1e-6 / i,
    "rank 3": np.r_[3, 2, 1, np.zeros(200)],
    "zero": np.zeros(200),
}


def gaussian(seed, shape, dtype=np.float64):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    return (A + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def check_triplets(A, U, s, Vt, tolerance):
    """Singular triplets of `A`, and those of its largest values: the defining properties against numpy's values."""
    k = len(s)
    expected = np.linalg.svd(A, compute_uv=False)
    scale = expected.max(initial=0) or 1
    np.testing.assert_allclose(s, expected[:k], rtol=0, atol=tolerance * scale)
    np.testing.assert_allclose(A @ Vt.conj().T / scale, U * (s / scale), rtol=0, atol=tolerance)
    np.testing.assert_allclose(A.conj().T @ U / scale, Vt.conj().T * (s / scale), rtol=0, atol=tolerance)
    np.testing.assert_allclose(U.conj().T @ U, np.eye(k), rtol=0, atol=tolerance)
    np.testing.assert_allclose(Vt @ Vt.conj().T, np.eye(k), rtol=0, atol=tolerance)


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("spectrum", SPECTRA)
def test_every_copy_of_a_value_is_found_on_every_spectrum(spectrum, k):
    s = SPECTRA[spectrum]
    # A diagonal matrix gives exact breakdowns, a full one breakdowns up to rounding.
    turned = np.linalg.qr(gaussian(0, (400, len(s))))[0] * s @ np.linalg.qr(gaussian(1, (len(s), len(s))))[0]
    for seed in range(2):
        for A in (np.diag(s), turned, turned.T):
            check_triplets(A, *lanczos_svd(A, k, seed=seed), 2e-13)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (30, 30), (120, 70), (70, 120)])
def test_shapes_and_dtypes(shape, dtype):
    A = gaussian(2, shape, dtype)
    for k in sorted({0, 1, min(shape) // 2, min(shape)}):
        U, s, Vt = lanczos_svd(A, k)
        assert (U.shape, s.shape, Vt.shape) == ((shape[0], k), (k,), (k, shape[1]))
        assert U.dtype == Vt.dtype == dtype and s.dtype == A.real.dtype
        check_triplets(A, U, s, Vt, 500 * np.finfo(dtype).eps)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.data())
def test_small_whole_number_matrices(m, n, seed, data):
    # Of whole numbers: low ranks, repeated values and exact breakdowns.
    rng = np.random.default_rng(seed)
    A = np.where(rng.random((m, n)) < data.draw(st.sampled_from([0.05, 0.3, 1])), rng.integers(-1, 2, (m, n)), 0)
    check_triplets(A, *lanczos_svd(A, data.draw(st.integers(0, min(m, n)))), 1e-12)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_matrix(shape):
    U, s, Vt = lanczos_svd(np.empty(shape), 0)
    assert (U.shape, s.shape, Vt.shape) == ((shape[0], 0), (0,), (0, shape[1]))


def test_it_agrees_with_arpack_on_a_sparse_matrix():
    A = scipy.sparse.random_array((1500, 1000), density=0.01, rng=np.random.default_rng(0))
    for matrix in (A.tocsr(), A.T.tocoo(), aslinearoperator(A.tocsc())):
        expected = np.sort(svds(A, 10)[1])[::-1]
        U, s, Vt = lanczos_svd(matrix, 10)
        np.testing.assert_allclose(s, expected, rtol=1e-12)
        np.testing.assert_allclose(matrix @ Vt.T, U * s, atol=1e-12 * s[0])
        np.testing.assert_allclose(matrix.T @ U, Vt.T * s, atol=1e-12 * s[0])


@pytest.mark.parametrize("tol", [1e-1, 1e-3, 1e-6, 1e-9])
def test_the_remainder_is_below_the_tolerance_and_bounds_the_error(tol):
    for seed in range(5):
        A = gaussian(seed, (300, 250))
        U, s, Vt = lanczos_svd(A, 5, tol, seed)
        exact = np.linalg.svd(A, compute_uv=False)
        remainders = np.linalg.norm(A.T @ U - Vt.T * s, axis=0)
        # Twice: what a new start leaves out of the space adds to the remainder.
        assert remainders.max() <= 2 * tol * s[0]
        np.testing.assert_allclose(A @ Vt.T, U * s, atol=1e-12)
        # Some singular value is that near; none is above its own.
        assert (abs(exact[:, None] - s).min(axis=0) <= remainders + 1e-12).all()
        assert (s <= exact[:5] + 1e-12).all()
    if tol >= 1e-3:
        assert remainders.max() > 1e-12


def test_a_larger_tolerance_takes_fewer_products():
    A, counts = gaussian(3, (500, 400)), []
    for tol in (1e-1, 1e-4, 1e-12):
        count = []

        def times(x, count=count):
            count.append(1)
            return A @ x

        lanczos_svd(LinearOperator(A.shape, times, lambda x: A.T @ x, dtype=float), 3, tol)
        counts.append(len(count))
    assert counts[0] < counts[1] < counts[2]


def test_the_same_seed_gives_the_same_result_and_the_argument_stays():
    A = gaussian(4, (60, 50))
    before = A.copy()
    for one, two in zip(lanczos_svd(A, 3, seed=5), lanczos_svd(A, 3, seed=np.random.default_rng(5)), strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(A, before)


def test_without_success_it_says_so(monkeypatch):
    monkeypatch.setattr(lanczos, "_RESTARTS", 2)
    with pytest.raises(
        np.linalg.LinAlgError, match="2 restarts have not made 3 singular triplets accurate to tol = 2e-14"
    ):
        lanczos_svd(gaussian(5, (300, 300)), 3)


BAD = [
    (dict(A=[[1, np.nan]], k=1), r"A must be finite, got nan at \[0, 1\]"),
    (dict(A=np.eye(3), k=4), "k must be an integer from 0 to 3, got 4"),
    (dict(A=np.eye(3), k=-1), "k must be an integer from 0 to 3, got -1"),
    (dict(A=np.eye(3), k=1, tol=0), r"tol must be a number in \(0, 1\), got 0"),
    (dict(A=np.eye(3), k=1, tol=1.0), r"tol must be a number in \(0, 1\), got 1.0"),
    (dict(A=np.eye(3), k=1, seed=-1), "seed must be an integer from 0 to inf, got -1"),
    (dict(A=scipy.sparse.csr_array([[np.inf]]), k=1), "A must be finite, got inf"),
    (
        dict(A=LinearOperator((2, 2), matvec=lambda x: x, dtype=float), k=1),
        "with matvec and rmatvec that take arrays, got: ",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=range(len(BAD)))
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        lanczos_svd(**arguments)
