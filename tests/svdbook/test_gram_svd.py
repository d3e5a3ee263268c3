"""gram_svd against numpy, scipy and matrices whose singular values are known exactly."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from svdbook.algorithms import gram_svd

SHAPES = [(1, 1), (1, 5), (5, 1), (2, 2), (7, 4), (4, 7), (30, 30), (200, 6), (6, 200)]
DTYPES = [np.float32, np.float64, np.complex64, np.complex128]


def gaussian(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.standard_normal(shape)
    return A.astype(dtype)


def check_is_svd(A, U, s, Vt, tolerance):
    """Shapes, order, and distances that a factorisation A = U diag(s) Vt may keep, relative to s[0]."""
    A = np.asarray(A)
    p = min(A.shape)
    assert U.shape == (A.shape[0], p) and s.shape == (p,) and Vt.shape == (p, A.shape[1])
    assert (s >= 0).all() and (np.diff(s) <= 0).all()
    size = s[0] if p and s[0] > 0 else 1
    # Divided first, so that the test itself neither overflows nor underflows.
    assert abs(U * (s / size) @ Vt - A / size).max(initial=0) <= tolerance
    assert abs(U.conj().T @ U - np.eye(p)).max(initial=0) <= tolerance
    assert abs(Vt @ Vt.conj().T - np.eye(p)).max(initial=0) <= tolerance


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_well_conditioned_matrices_of_every_shape_and_type(shape, dtype):
    m, n = shape
    # Singular values from 4 down to 1: singular vectors of a Gaussian matrix with other values.
    U, _, Vt = scipy.linalg.svd(gaussian(shape, dtype), full_matrices=False)
    exact = np.linspace(4, 1, min(m, n))
    A = (U * exact @ Vt).astype(dtype)
    eps = np.finfo(dtype).eps
    U, s, Vt = gram_svd(A)
    assert U.dtype == Vt.dtype == dtype and s.dtype == np.finfo(dtype).dtype
    check_is_svd(A, U, s, Vt, 500 * eps)
    np.testing.assert_allclose(s, exact, rtol=500 * eps)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(2, 2), (7, 4), (4, 7), (30, 30), (200, 6), (6, 200)])
def test_zero_singular_values_are_zero_and_their_vectors_orthonormal(shape, dtype):
    r = min(shape) // 2
    A = gaussian((shape[0], r), dtype) @ gaussian((r, shape[1]), dtype, seed=1)
    U, s, Vt = gram_svd(A)
    np.testing.assert_array_equal(s[r:], 0)
    np.testing.assert_allclose(s[:r], scipy.linalg.svdvals(A)[:r], rtol=1e5 * np.finfo(dtype).eps)
    check_is_svd(A, U, s, Vt, 1e5 * np.finfo(dtype).eps)


def test_a_matrix_of_zeros_has_orthonormal_vectors():
    U, s, Vt = gram_svd(np.zeros((5, 3)))
    np.testing.assert_array_equal(s, 0)
    check_is_svd(np.zeros((5, 3)), U, s, Vt, 1e-15)


def test_laeuchli_matrix_loses_its_second_singular_value():
    A = np.array([[1, 1], [1e-9, 0], [0, 1e-9]])
    U, s, Vt = gram_svd(A)
    assert s[1] == 0
    np.testing.assert_allclose(s[0], np.sqrt(2), rtol=1e-15)
    check_is_svd(A, U, s, Vt, 1e-8)
    np.testing.assert_allclose(np.linalg.svd(A, compute_uv=False)[1], 1e-9, rtol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(2, 2), (6, 2), (2, 6), (14, 2), (62, 2)])
def test_an_eigenvalue_at_the_limit_counts_as_zero_and_one_above_does_not(shape, dtype):
    # The product is diagonal: 1 and the square of the second entry, without rounding if that is a power of 2.
    limit = sum(shape) * np.finfo(dtype).eps
    exponent = int(np.log2(limit))
    assert 2.0**exponent == limit
    at, above = (1, 1 + 2**-8) if exponent % 2 == 0 else (2**0.5 * (1 - 2**-8), 2**0.5 * (1 + 2**-8))
    for factor, r in ((at, 1), (above, 2)):
        A = np.zeros(shape, dtype)
        A[0, 0], A[1, 1] = 1, factor * 2.0 ** (exponent // 2)
        assert (gram_svd(A)[1] > 0).sum() == r


def exact_matrix(s, rng):
    """A 13 x 4 matrix with these whole numbers up to 1e14 as its singular values, without any rounding."""
    reflections = []
    for pattern in ([2] + [1] * 12, [2] * 4):
        v = rng.permutation(pattern) * rng.choice([-1, 1], len(pattern))
        reflections.append(np.eye(len(v)) - np.outer(v, v) / 8)
    return (reflections[0][:, :4] * s) @ reflections[1]


@pytest.mark.parametrize("ratio", [10**2, 10**4, 10**6])
def test_the_error_grows_with_the_square_of_the_condition_number(ratio):
    rng = np.random.default_rng(0)
    s = np.array([10**14, 6 * 10**13, 3 * 10**13, 10**14 // ratio])
    errors = {"gram": [], "numpy": []}
    for _ in range(100):
        A = exact_matrix(s, rng)
        errors["gram"].append(abs(gram_svd(A)[1][-1] / s[-1] - 1))
        errors["numpy"].append(abs(np.linalg.svd(A, compute_uv=False)[-1] / s[-1] - 1))
    eps = np.finfo(float).eps
    assert 0.03 * eps * ratio**2 < np.median(errors["gram"]) < 10 * eps * ratio**2
    assert np.median(errors["numpy"]) < eps * ratio


def test_graded_matrix_the_vectors_of_small_values_are_orthogonal_only_as_documented():
    A = exact_matrix(np.array([10**14, 10**12, 10**10, 10**8]), np.random.default_rng(1))
    U, s, Vt = gram_svd(A)
    assert abs(Vt @ Vt.T - np.eye(4)).max() < 1e-14
    off = abs(U.T @ U - np.eye(4))
    assert (off <= 100 * np.finfo(float).eps * s[0] ** 2 / np.outer(s, s)).all()
    assert off.max() > 1e-10


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1), st.booleans())
def test_small_integer_matrices_agree_with_scipy_to_half_the_digits(m, n, seed, is_complex):
    rng = np.random.default_rng(seed)
    A = rng.integers(-2, 3, (m, n)) + (1j * rng.integers(-2, 3, (m, n)) if is_complex else 0)
    U, s, Vt = gram_svd(A)
    # An error of x in s_i**2 is an error of at most sqrt(x) in s_i.
    np.testing.assert_allclose(s, scipy.linalg.svdvals(A), rtol=0, atol=2e-7 * max(s[0], 1))
    check_is_svd(A, U, s, Vt, 1e-6)


def test_lists_and_integers_are_taken_as_double_precision():
    U, s, Vt = gram_svd([[3, 0], [4, 5]])
    assert U.dtype == s.dtype == Vt.dtype == np.float64
    np.testing.assert_allclose(s, np.sqrt([45, 5]), rtol=1e-14)
