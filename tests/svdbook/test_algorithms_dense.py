"""golub_kahan_svd, jacobi_svd and power_svd against numpy, mpmath and the test ratios of LAPACK; what all dense methods keep."""

import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from svdbook.algorithms import golub_kahan_svd, gram_svd, jacobi_svd, power_svd

DTYPES = [np.float32, np.float64, np.complex64, np.complex128]
both = pytest.mark.parametrize("svd", [golub_kahan_svd, jacobi_svd])
all_dense = pytest.mark.parametrize("svd", [golub_kahan_svd, gram_svd, jacobi_svd])


def gaussian(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.standard_normal(shape)
    return A.astype(dtype)


def with_spectrum(s, dtype, m=None, n=None):
    """A matrix of random singular vectors and, up to rounding, the singular values s."""
    U = np.linalg.qr(gaussian((m or len(s), len(s)), dtype))[0]
    V = np.linalg.qr(gaussian((n or len(s), len(s)), dtype, seed=1))[0]
    return (U * s @ V.conj().T).astype(dtype)


def ratios(A, U, s, Vt):
    """LAPACK's ratios of errors to eps, in the norm of columns: of A, of U, of Vt, and of s against numpy's."""
    m, n = A.shape
    p = min(m, n)
    eps = np.finfo(A.dtype).eps
    # A power of two keeps the test itself from overflow and underflow.
    scale = 2.0 ** -np.frexp(s.max(initial=0))[1]
    A = A * (scale / 8) * 8
    s = s * (scale / 8) * 8
    size = s.max(initial=0) or 1
    errors = A - U * s @ Vt, U.conj().T @ U - np.eye(p), Vt @ Vt.conj().T - np.eye(p)
    norms = [abs(error).sum(axis=0).max(initial=0) for error in errors]
    of_values = abs(s - np.linalg.svd(A, compute_uv=False)).max(initial=0)
    sides = size * max(m, n, 1), max(m, 1), max(n, 1), size * max(m, n, 1)
    return np.array([*norms, of_values]) / np.array(sides) / eps


def kahan(n, c=0.285):
    return (1 - c**2) ** (np.arange(n) / 2)[:, None] * (np.eye(n) - c * np.triu(np.ones((n, n)), 1))


def golub_klema_stewart(n):
    return (2 * np.eye(n) - np.triu(np.ones((n, n)))) / np.sqrt(np.arange(1, n + 1))


def gu_eisenstat(n, c=0.285):
    """Their matrix of rank revealing QR: Kahan's, bordered by a column of sums and three small equal values."""
    k = n - 2
    K = kahan(k - 1, c)
    A = np.zeros((n, n))
    A[: k - 1, : k - 1] = K
    A[: k - 1, -1] = -c * (1 - c**2) ** (np.arange(k - 1) / 2)
    mu = 1 / np.sqrt(k) / np.linalg.norm(np.linalg.inv(K), axis=1).max()
    A[range(k - 1, n), range(k - 1, n)] = mu
    return A


def bidiagonal(d, e):
    return np.diag(d) + np.diag(e, 1)


def spectra(eps):
    n = 30
    rng = np.random.default_rng(0)
    return {
        "one large": np.append(1, np.full(n - 1, eps)),
        "one small": np.append(np.ones(n - 1), eps),
        "geometric": eps ** (np.arange(n) / (n - 1)),
        "arithmetic": 1 - np.arange(n) / (n - 1) * (1 - eps),
        "random logarithms": np.sort(eps ** rng.random(n))[::-1],
        "stairs": np.repeat(10.0 ** -np.arange(6), 5),
        "pairs": np.repeat(np.linspace(1, 0.1, n // 2), 2),
        "near pairs": np.repeat(np.linspace(1, 0.1, n // 2), 2) * np.tile([1, 1 - 2 * eps], n // 2),
        "clusters": np.concatenate([1 + eps * np.arange(10), 0.5 + eps * np.arange(10), eps * np.arange(10)]),
        "low rank": np.append(np.linspace(2, 1, 5), np.zeros(n - 5)),
        "equal": np.ones(n),
    }


FAMILIES = {
    "zero": lambda dtype: np.zeros((7, 5)),
    "identity": lambda dtype: np.eye(8),
    "permutation": lambda dtype: np.eye(8)[[3, 1, 4, 7, 5, 0, 2, 6]],
    "one row": lambda dtype: gaussian((1, 9), dtype),
    "one column": lambda dtype: gaussian((9, 1), dtype),
    "1 x 1": lambda dtype: gaussian((1, 1), dtype),
    "negative 1 x 1": lambda dtype: -np.ones((1, 1)),
    "0 x 0": lambda dtype: np.zeros((0, 0)),
    "0 x 3": lambda dtype: np.zeros((0, 3)),
    "3 x 0": lambda dtype: np.zeros((3, 0)),
    "ones": lambda dtype: np.ones((9, 6)),
    "diagonal with zeros": lambda dtype: np.diag([0, 3, 0, -2, 1, 0.0]),
    "bidiagonal with zeros in the diagonal": lambda dtype: bidiagonal([1, 0, 2, 3, 0, 0, 1.0], np.arange(1, 7)),
    "bidiagonal that splits": lambda dtype: bidiagonal(np.arange(1, 8), [1, 0, 2, 0, 0, 3.0]),
    "nilpotent": lambda dtype: np.diag(np.ones(6), 1),
    "Jordan block": lambda dtype: bidiagonal(np.full(20, 0.1), np.ones(19)),
    "graded bidiagonal": lambda dtype: bidiagonal(0.1 ** np.arange(10), 0.1 ** np.arange(9)),
    "graded bidiagonal, upwards": lambda dtype: bidiagonal(0.1 ** np.arange(10)[::-1], 0.1 ** np.arange(9)[::-1]),
    "Kahan": lambda dtype: kahan(40),
    "Hilbert": lambda dtype: scipy.linalg.hilbert(20),
    "Gu and Eisenstat": lambda dtype: gu_eisenstat(40),
    "Golub, Klema and Stewart": lambda dtype: golub_klema_stewart(40),
    "Gaussian": lambda dtype: gaussian((40, 40), dtype),
    "tall": lambda dtype: gaussian((200, 12), dtype),
    "wide": lambda dtype: gaussian((12, 200), dtype),
    "tall of low rank": lambda dtype: gaussian((50, 3), dtype) @ gaussian((3, 20), dtype, seed=1),
    "wide of low rank": lambda dtype: gaussian((20, 3), dtype) @ gaussian((3, 50), dtype, seed=1),
    "huge": lambda dtype: gaussian((20, 10), dtype) * 2.0 ** (np.finfo(dtype).maxexp - 10),
    "tiny": lambda dtype: gaussian((20, 10), dtype) * 2.0 ** (np.finfo(dtype).minexp + 60),
    "huge next to tiny": lambda dtype: np.diag([np.finfo(dtype).max / 4, 1, 4 * np.finfo(dtype).tiny]),
    "doubled columns": lambda dtype: np.repeat(gaussian((20, 5), dtype), 2, axis=1),
    "columns of zeros": lambda dtype: gaussian((20, 8), dtype) * ([0, 1] * 4),
    "graded rows": lambda dtype: gaussian((30, 20), dtype) * np.logspace(0, -15, 30)[:, None],
    "graded columns": lambda dtype: gaussian((30, 20), dtype) * np.logspace(0, -15, 20),
    "graded columns, upwards": lambda dtype: gaussian((30, 20), dtype) * np.logspace(-15, 0, 20),
    "graded both": lambda dtype: gaussian((20, 20), dtype) * np.logspace(0, -8, 20) * np.logspace(0, -8, 20)[:, None],
    **{name: lambda dtype, name=name: with_spectrum(spectra(np.finfo(dtype).eps)[name], dtype) for name in spectra(1)},
}


@both
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_ratios_of_lapack(svd, dtype, family):
    A = FAMILIES[family](dtype).astype(dtype)
    U, s, Vt = svd(A)
    p = min(A.shape)
    assert U.shape == (A.shape[0], p) and s.shape == (p,) and Vt.shape == (p, A.shape[1])
    assert U.dtype == Vt.dtype == dtype and s.dtype == np.finfo(dtype).dtype
    assert (s >= 0).all() and (np.diff(s) <= 0).all()
    assert (ratios(A, U, s, Vt) <= 10).all()


@both
def test_a_larger_matrix(svd):
    A = with_spectrum(np.geomspace(1, 1e-10, 100), np.float64, m=120)
    assert (ratios(A, *svd(A)) <= 10).all()


def exact_singular_values(A):
    """From the eigenvalues of the exact A^T A, at three times as many digits as they need."""
    with mpmath.workdps(320):
        M = mpmath.matrix(A.tolist())
        return np.array([float(mpmath.sqrt(abs(x))) for x in mpmath.eigsy(M.T * M, eigvals_only=True)])[::-1]


def relative_error(svd, A):
    return abs(svd(A)[1] / exact_singular_values(A) - 1).max()


def shuffled_columns(seed, m=8, n=8):
    """Columns of a Gaussian matrix times powers of 10 from 1 to 1e-23, in random order."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((m, n)) * 10.0 ** -rng.permutation(np.linspace(0, 23, n))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("m", [8, 12])
def test_jacobi_keeps_the_digits_of_scaled_columns_in_any_order(seed, m):
    A = shuffled_columns(seed, m)
    exact = exact_singular_values(A)
    np.testing.assert_allclose(jacobi_svd(A)[1], exact, rtol=1e-12, atol=0)
    if m > 8:
        np.testing.assert_allclose(jacobi_svd(A.T)[1], exact, rtol=1e-12, atol=0)


def random_bidiagonal(seed, kind, n=12):
    rng = np.random.default_rng(seed)
    grades = np.linspace(0, -20, n)
    d, e = {
        "down": (grades + rng.uniform(-1, 1, n), grades[1:] + rng.uniform(-1, 1, n - 1)),
        "up": (grades[::-1] + rng.uniform(-1, 1, n), grades[:0:-1] + rng.uniform(-1, 1, n - 1)),
        "random": (rng.uniform(-10, 10, n), rng.uniform(-10, 10, n - 1)),
        "graded diagonal": (grades / 2, np.zeros(n - 1)),
        "graded diagonal, upwards": (grades[::-1] / 2, np.zeros(n - 1)),
    }[kind]
    return bidiagonal(10.0**d * rng.choice([-1, 1], n), 10.0**e * rng.choice([-1, 1], n - 1))


BIDIAGONAL = ["down", "up", "random", "graded diagonal", "graded diagonal, upwards"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", BIDIAGONAL)
def test_golub_kahan_keeps_the_digits_of_bidiagonal_matrices(seed, kind):
    assert relative_error(golub_kahan_svd, random_bidiagonal(seed, kind)) < 1e-12


def test_each_of_the_two_fails_where_the_other_has_all_digits_and_so_does_lapack():
    columns = [shuffled_columns(seed) for seed in range(10)]
    assert np.median([relative_error(golub_kahan_svd, A) for A in columns]) > 1e-6
    assert np.median([relative_error(np.linalg.svd, A) for A in columns]) > 1e-6
    diagonals = [random_bidiagonal(seed, "graded diagonal") for seed in range(5)]
    assert np.median([relative_error(jacobi_svd, A) for A in diagonals]) > 0.5


def test_the_divide_and_conquer_of_lapack_loses_the_digits_of_a_bidiagonal_matrix_beyond_order_25():
    A = random_bidiagonal(0, "down", n=30)
    exact = exact_singular_values(A)
    np.testing.assert_allclose(golub_kahan_svd(A)[1], exact, rtol=1e-12, atol=0)
    np.testing.assert_allclose(scipy.linalg.svd(A, lapack_driver="gesvd")[1], exact, rtol=1e-12, atol=0)
    assert abs(np.linalg.svd(A)[1] / exact - 1).max() > 1e-6


@pytest.mark.parametrize("svd", [golub_kahan_svd, jacobi_svd, np.linalg.svd])
def test_nobody_has_the_digits_of_a_hilbert_matrix(svd):
    assert relative_error(svd, scipy.linalg.hilbert(12)) > 1e-3


@all_dense
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_empty_matrices(svd, shape):
    U, s, Vt = svd(np.zeros(shape))
    assert (U.shape, s.shape, Vt.shape) == ((shape[0], 0), (0,), (0, shape[1]))


@all_dense
@pytest.mark.parametrize("dtype", DTYPES)
def test_scaling_by_powers_of_two_scales_the_singular_values_and_nothing_else(svd, dtype):
    A = gaussian((6, 4), dtype)
    U, s, Vt = svd(A)
    limits = np.finfo(dtype)
    for factor in (2.0 ** (limits.maxexp - 6), 2.0 ** (limits.minexp + 30)):
        U_scaled, s_scaled, Vt_scaled = svd(A * np.asarray(factor, limits.dtype))
        np.testing.assert_array_equal(s_scaled, s * limits.dtype.type(factor))
        np.testing.assert_array_equal(U_scaled, U)
        np.testing.assert_array_equal(Vt_scaled, Vt)


@all_dense
def test_the_smallest_and_largest_numbers_of_double_precision(svd):
    for entry in (5e-324, 1.7e308):
        np.testing.assert_array_equal(svd([[entry, 0], [0, 0]])[1], [entry, 0])
    np.testing.assert_allclose(svd([[1e308 + 1e308j]])[1], np.sqrt(2) * 1e308)
    with pytest.raises(ValueError, match="A must be of a size at which its largest singular value fits"):
        svd(np.full((4, 4), 1.7e308))


@both
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1), st.booleans())
def test_small_integer_matrices(svd, m, n, seed, is_complex):
    rng = np.random.default_rng(seed)
    A = rng.integers(-2, 3, (m, n)) + (1j * rng.integers(-2, 3, (m, n)) if is_complex else 0.0)
    assert (ratios(A, *svd(A)) <= 10).all()


@pytest.mark.parametrize("svd", [golub_kahan_svd, gram_svd, jacobi_svd, lambda A: power_svd(A, 1)])
@pytest.mark.parametrize(
    "bad, message",
    [
        ([1, 2, 3], r"A must be a matrix \(2 dimensions\), got an array of shape \(3,\)"),
        ([[1, np.nan]], r"A must be finite, got nan at \[0, 1\]"),
        ([[1], [np.inf]], r"A must be finite, got inf at \[1, 0\]"),
        ([["a"]], "A must hold real or complex numbers, got dtype <U1"),
    ],
)
def test_bad_matrices_are_refused(svd, bad, message):
    with pytest.raises(ValueError, match=message):
        svd(bad)


@pytest.mark.parametrize("svd", [golub_kahan_svd, gram_svd, jacobi_svd, lambda A: power_svd(A, 2)])
def test_the_argument_is_not_changed_and_no_warning_escapes(svd):
    A = np.diag([1e300, 1.0, 1e-300, 0.0]) + np.diag([1e-310, 1.0, 0.0], 1)
    before = A.copy()
    with np.errstate(all="raise"):
        svd(A)
    np.testing.assert_array_equal(A, before)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (7, 4), (4, 7), (30, 30), (60, 6), (6, 60)])
def test_power_iteration_finds_leading_triplets(shape, dtype):
    p = min(shape)
    k = (p + 1) // 2
    exact = 2.0 ** -np.arange(p)
    A = with_spectrum(exact, dtype, *shape)
    U, s, Vt = power_svd(A, k)
    assert (U.shape, s.shape, Vt.shape) == ((shape[0], k), (k,), (k, shape[1]))
    assert U.dtype == Vt.dtype == dtype and s.dtype == np.finfo(dtype).dtype
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(s, np.linalg.svd(A, compute_uv=False)[:k], rtol=0, atol=100 * eps)
    tolerance = max(1e-10, sum(shape) * eps)
    assert abs(A @ Vt.conj().T - U * s).max() < 100 * eps + 10 * tolerance
    assert abs(A.conj().T @ U - Vt.conj().T * s).max() < 100 * eps + 10 * tolerance
    assert abs(U.conj().T @ U - np.eye(k)).max() < 30 * eps and abs(Vt @ Vt.conj().T - np.eye(k)).max() < 30 * eps


@pytest.mark.parametrize("A", [np.zeros((4, 3)), np.eye(5), np.diag([2.0, 2, 1, 0]), np.ones((5, 4))])
def test_power_iteration_completes_bases_where_values_are_equal_or_zero(A):
    p = min(A.shape)
    U, s, Vt = power_svd(A, p)
    np.testing.assert_allclose(s, np.linalg.svd(A, compute_uv=False), atol=1e-9)
    np.testing.assert_allclose(U * s @ Vt, A, atol=1e-8)
    assert abs(U.T @ U - np.eye(p)).max() < 1e-14 and abs(Vt @ Vt.T - np.eye(p)).max() < 1e-14


def test_power_iteration_of_no_triplet():
    U, s, Vt = power_svd(np.zeros((3, 0)), 0)
    assert (U.shape, s.shape, Vt.shape) == ((3, 0), (0,), (0, 0))


def test_power_iteration_of_huge_and_tiny_matrices():
    for scale in (2.0**990, 2.0**-1000):
        s = power_svd(np.diag([3.0, 2.0, 1.0]) * scale, 2)[1]
        np.testing.assert_allclose(s / scale, [3, 2], rtol=1e-14)


def test_power_iteration_takes_a_seed():
    A = gaussian((6, 5), np.float64)
    first, again = power_svd(A, 2, seed=3), power_svd(A, 2, seed=np.random.default_rng(3))
    for x, y in zip(first, again, strict=True):
        np.testing.assert_array_equal(x, y)


def test_power_iteration_needs_steps_as_the_ratio_of_values_says():
    # The residual falls by the square of this ratio in each step, from about 1 to 1e-10.
    A = np.diag([1, 0.9])
    needed = np.log(1e-10) / np.log(0.9**2)
    power_svd(A, 1, max_iterations=int(1.3 * needed))
    with pytest.raises(np.linalg.LinAlgError, match="triplet 1 of 1 did not converge in max_iterations"):
        power_svd(A, 1, max_iterations=int(0.7 * needed))
    power_svd(A, 1, tol=1e-4, max_iterations=int(0.7 * needed))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"k": 3}, "k must be an integer from 0 to 2, got 3"),
        ({"k": 1, "tol": 1.5}, r"tol must be a number in \[0, 1\), got 1.5"),
        ({"k": 1, "max_iterations": 0}, "max_iterations must be an integer from 1 to inf, got 0"),
        ({"k": 1, "seed": -1}, "seed must be an integer from 0 to inf, got -1"),
    ],
)
def test_power_iteration_refuses_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        power_svd(np.eye(2), **arguments)
