"""update_svd against numpy's SVD of the whole matrix, block by block."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdbook.algorithms import update_svd

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]


def gaussian(seed, shape, dtype=np.float64):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    return (A + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def stream(A, blocks, k=None):
    U, s, Vt = np.zeros((0, 0)), [], np.zeros((0, A.shape[1]))
    for rows in np.split(A, blocks):
        U, s, Vt = update_svd(U, s, Vt, rows, k)
    return U, s, Vt


def check_svd(A, U, s, Vt, tolerance):
    p, scale = len(s), np.linalg.norm(A) or 1
    np.testing.assert_allclose(U * s @ Vt, A, rtol=0, atol=tolerance * scale)
    np.testing.assert_allclose(U.conj().T @ U, np.eye(p), rtol=0, atol=tolerance)
    np.testing.assert_allclose(Vt @ Vt.conj().T, np.eye(p), rtol=0, atol=tolerance)
    np.testing.assert_allclose(s, np.linalg.svd(A, compute_uv=False)[:p], rtol=0, atol=tolerance * scale)
    assert (np.diff(s) <= 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(60, 20), (20, 60), (30, 30), (5, 1), (1, 5)])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_stream_gives_the_svd_of_the_whole(shape, size, dtype):
    A = gaussian(1, shape, dtype)
    found = stream(A, range(size, shape[0], size))
    assert found[0].dtype == found[2].dtype == (np.complex128 if np.dtype(dtype).kind == "c" else np.float64)
    check_svd(A.astype(np.complex128), *found, 1e-10)
    assert len(found[1]) == min(shape)


def test_a_long_stream_of_single_rows_stays_within_1e_10_on_a_graded_spectrum():
    A = gaussian(2, (1000, 30)) @ np.diag(10.0 ** -np.arange(0, 15, 0.5))
    U, s, Vt = stream(A, range(1, 1000))
    check_svd(A, U, s, Vt, 1e-10)
    check_svd(A, U, s, Vt, 1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_dtype_stays(dtype):
    A = gaussian(3, (12, 5), dtype)
    U, s, Vt = update_svd(*np.linalg.svd(A[:8], full_matrices=False), A[8:])
    assert U.dtype == Vt.dtype == dtype and s.dtype == A.real.dtype
    check_svd(A, U, s, Vt, 100 * np.finfo(dtype).eps)


@given(st.integers(0, 10), st.integers(0, 10), st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_whole_number_matrices_of_every_rank(m, c, n, seed):
    A = np.random.default_rng(seed).integers(-1, 2, (m + c, n)).astype(float)
    before = np.linalg.svd(A[:m], full_matrices=False)
    U, s, Vt = update_svd(*before, A[m:])
    assert (U.shape, s.shape) == ((m + c, len(s)), (min(m + c, n),))
    check_svd(A, U, s, Vt, 1e-13)


def test_a_truncated_update_is_the_best_approximation_of_the_approximation_with_the_rows():
    A, rows, k = gaussian(4, (40, 25)), gaussian(5, (6, 25)), 5
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    U, s, Vt = U[:, :k], s[:k], Vt[:k]
    U2, s2, Vt2 = update_svd(U, s, Vt, rows, k)
    P, q, Qt = np.linalg.svd(np.vstack([U * s @ Vt, rows]), full_matrices=False)
    np.testing.assert_allclose(U2 * s2 @ Vt2, P[:, :k] * q[:k] @ Qt[:k], atol=1e-12)
    np.testing.assert_allclose(U2.T @ U2, np.eye(k), atol=1e-13)


def test_the_error_of_a_truncated_stream_is_all_that_the_blocks_drop():
    A, k = gaussian(6, (200, 8)) @ gaussian(7, (8, 40)) + 0.3 * gaussian(8, (200, 40)), 8
    U, s, Vt = np.zeros((0, 0)), [], np.zeros((0, 40))
    dropped = 0
    for rows in np.split(A, 10):
        everything = update_svd(U, s, Vt, rows)[1]
        dropped += np.sum(everything[k:] ** 2)
        U, s, Vt = update_svd(U, s, Vt, rows, k)
        assert len(s) == k
    error = np.linalg.norm(A - U * s @ Vt)
    best = np.linalg.norm(np.linalg.svd(A, compute_uv=False)[k:])
    assert best < error
    np.testing.assert_allclose(error, np.sqrt(dropped), rtol=1e-12)
    assert (s <= np.linalg.svd(A, compute_uv=False)[:k]).all()


@pytest.mark.parametrize("k", [0, 2, 1000])
def test_k_bounds_the_count(k):
    A = gaussian(9, (9, 4))
    before = np.linalg.svd(A[:5], full_matrices=False)
    expected = np.linalg.svd(A, compute_uv=False)[:k]
    np.testing.assert_allclose(update_svd(*before, A[5:], k)[1], expected, rtol=1e-13)


def test_arguments_are_not_changed():
    A = gaussian(10, (9, 4))
    before = [*np.linalg.svd(A[:5], full_matrices=False), A[5:]]
    copies = [array.copy() for array in before]
    update_svd(*before)
    for array, copy in zip(before, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("exponent", [-1000, -500, 500, 1000])
def test_extreme_sizes(exponent):
    A = np.random.default_rng(11).integers(-15, 16, (9, 4)).astype(float)
    U, s, Vt = np.linalg.svd(A[:5], full_matrices=False)
    scaled = np.ldexp(A[5:], exponent)
    with np.errstate(all="raise"):
        _, found, _ = update_svd(U, np.ldexp(s, exponent), Vt, scaled)
    np.testing.assert_allclose(np.ldexp(found, -exponent), np.linalg.svd(A, compute_uv=False), rtol=1e-12)
    with pytest.raises(ValueError, match="rows must be of a size at which the largest singular value fits"):
        update_svd(U, s, Vt, np.full((3, 4), 1.7e308))


U, S, VT = np.eye(4, 2), [2.0, 1.0], np.eye(2, 3)
BAD = [
    ((U, S, VT, [[1, 2]]), r"rows must have the 3 columns of Vt, got shape \(1, 2\)"),
    ((U, S, VT, [1, 2, 3]), r"rows must be a matrix \(2 dimensions\), got an array of shape \(3,\)"),
    ((U, S, VT, [[1, np.nan, 0]]), r"rows must be finite, got nan at \[0, 1\]"),
    ((U, [1.0, 2.0], VT, [[1, 2, 3]]), "s must be nonnegative and in nonincreasing order"),
    ((U, [2.0], VT, [[1, 2, 3]]), "U, s and Vt must have as many columns, values and rows, got 2, 1 and 2 of them"),
    ((np.eye(4, 3), S, VT, [[1, 2, 3]]), "must have as many columns, values and rows, got 3, 2 and 2 of them"),
    ((U, S, np.ones((2, 1)), [[1]]), "Vt must have orthonormal rows, at most as many as columns"),
    ((U, S, VT, [[1, 2, 3]], -1), "k must be an integer from 0 to inf, got -1"),
    ((U, S, VT, [[1, 2, 3]], 1.5), "k must be an integer from 0 to inf, got 1.5"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=range(len(BAD)))
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        update_svd(*arguments)
