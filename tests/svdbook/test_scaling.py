"""Every function at every size that its numbers can have: right, or an error that names the argument.

All of it runs with numpy raising at any overflow, underflow or invalid operation, and with warnings as errors.
"""

import math
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import svdbook
from svdbook._scaling import moderate
from svdbook.algorithms import gram_svd, randomized_svd

pytestmark = pytest.mark.filterwarnings("error")

LARGEST, SMALLEST = np.finfo(float).max, 5e-324
DTYPES = [np.float64, np.float32, np.complex128, np.complex64]

strictly = np.errstate(all="raise")


class PCA(svdbook.PCA):
    fit = strictly(svdbook.PCA.fit)
    transform = strictly(svdbook.PCA.transform)
    inverse_transform = strictly(svdbook.PCA.inverse_transform)


strict = SimpleNamespace(
    PCA=PCA,
    gram_svd=strictly(gram_svd),
    randomized_svd=strictly(randomized_svd),
    **{name: strictly(getattr(svdbook, name)) for name in svdbook.__all__ if name[0].islower()},
)


def whole_numbers(seed, shape, dtype):
    """Whole numbers of at most 4 bits, which every power of 2 in the range of the dtype takes without rounding."""
    rng = np.random.default_rng(seed)
    A = rng.integers(-15, 16, shape)
    return (A + 1j * rng.integers(-15, 16, shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def times(A, exponent):
    """``A * 2**exponent``, of real and imaginary parts apart, in the dtype of `A`."""
    A = np.ascontiguousarray(A)
    with np.errstate(all="ignore"):
        if A.dtype.kind == "c":
            parts = np.ldexp(A.view(A.real.dtype), exponent)
            return parts.view(A.dtype)
        return np.ldexp(A, exponent)


# What each function gives, with the power to which it takes the factor of its argument.
RESULTS = {
    "svd": lambda A, b: [(0, strict.svd(A).U), (1, strict.svd(A).s), (0, strict.svd(A).Vt)],
    "fix_signs": lambda A, b: [(1, strict.fix_signs(np.eye(4), A)[1])],
    "fix_signs of lone vectors": lambda A, b: [(1, strict.fix_signs(A, np.zeros((0, 3)))[0])],
    "low_rank": lambda A, b: [(1, strict.low_rank(A, 2))],
    "low_rank by projection": lambda A, b: [(1, strict.low_rank(A, 2, method="randomized"))],
    "subspaces": lambda A, b: [(0, basis @ basis.conj().T) for basis in strict.subspaces(A)],
    "pinv": lambda A, b: [(-1, strict.pinv(A))],
    "gram_svd": lambda A, b: [
        (1, strict.gram_svd(A)[1]),
        (0, abs(strict.gram_svd(A)[0])),
        (0, abs(strict.gram_svd(A)[2])),
    ],
    "randomized_svd": lambda A, b: [(1, strict.randomized_svd(A, 2)[1]), (0, abs(strict.randomized_svd(A, 2)[0]))],
    "least_squares of A": lambda A, b: [(-1, strict.least_squares(A, b))],
    "least_squares of A, wide": lambda A, b: [(-1, strict.least_squares(A.T, b[:3]))],
    "least_squares of A, qr": lambda A, b: [(-1, strict.least_squares(A, b, method="qr"))],
    "least_squares of A, normal": lambda A, b: [(-1, strict.least_squares(A, b, method="normal"))],
    "least_squares of b": lambda A, b: [(1, strict.least_squares(b, A))],
    "least_squares of b, wide": lambda A, b: [(1, strict.least_squares(b[:2], A[:2]))],
    "least_squares of b, qr": lambda A, b: [(1, strict.least_squares(b, A, method="qr"))],
    "least_squares of b, normal": lambda A, b: [(1, strict.least_squares(b, A, method="normal"))],
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", RESULTS)
@given(seed=st.integers(0, 2**32 - 1), data=st.data())
def test_a_power_of_two_changes_a_result_by_its_own_power_and_nothing_else(name, dtype, seed, data):
    limits = np.finfo(dtype)
    exponent = data.draw(st.integers(limits.minexp - limits.nmant, limits.maxexp - 4))
    A, b = whole_numbers(seed, (4, 3), dtype), whole_numbers(seed + 1, (4, 3), dtype)
    # Matrices of full rank without ties, so that no result is a matter of rounding.
    for matrix in (A, b, b[:2]):
        s = np.linalg.svd(matrix, compute_uv=False)
        if s[-1] < 1 or (-np.diff(s) < 0.5).any():
            return
    expected = RESULTS[name](A, b)
    fits = all(np.isfinite(times(value, power * exponent)).all() for power, value in expected)
    if not fits:
        with pytest.raises(ValueError, match=r"^(A|b|U|Vt) must be of a size at which .* fits? into"):
            RESULTS[name](times(A, exponent), b)
        return
    for (power, value), (_, found) in zip(expected, RESULTS[name](times(A, exponent), b), strict=True):
        tolerance = 1e4 * limits.eps
        assert found.dtype == value.dtype
        # Compared at ordinary size; what lies below the smallest normal number has fewer digits.
        lost = 4 * 2.0 ** (limits.minexp - limits.nmant - power * exponent) if power * exponent < -80 else 0
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(
                times(found, -power * exponent), value, rtol=0, atol=tolerance * abs(value).max() + lost
            )


@given(st.integers(-1060, 1010), st.integers(0, 2**32 - 1))
def test_pca_at_every_size(exponent, seed):
    data, new = whole_numbers(seed, (6, 3), float), whole_numbers(seed + 1, (2, 3), float)
    expected = strict.PCA().fit(data)
    if np.diff(expected.singular_values_).max() > -0.5 or expected.singular_values_[-1] < 1:
        return
    if 2 * exponent + math.log2(expected.explained_variance_[0]) >= 1024:
        with pytest.raises(ValueError, match="X must be of a size at which its variance fits into float64"):
            strict.PCA().fit(times(data, exponent))
        return
    found = strict.PCA().fit(times(data, exponent))
    # Rounding at ordinary size, and to a multiple of the smallest number.
    lost = dict(rtol=1e-10, atol=1e-10 + 2.0 ** min(-1070 - exponent, 0))
    np.testing.assert_allclose(found.components_, expected.components_, atol=1e-10)
    np.testing.assert_allclose(found.explained_variance_ratio_, expected.explained_variance_ratio_, atol=1e-10)
    with np.errstate(all="ignore"):
        for name in ("mean_", "singular_values_"):
            np.testing.assert_allclose(times(getattr(found, name), -exponent), getattr(expected, name), **lost)
        if 2 * exponent > -1000:
            np.testing.assert_allclose(
                times(found.explained_variance_, -2 * exponent), expected.explained_variance_, rtol=1e-10
            )
    scores = found.transform(times(new, exponent))
    rebuilt = found.inverse_transform(times(expected.transform(new), exponent))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(times(scores, -exponent), expected.transform(new), **lost)
        np.testing.assert_allclose(times(rebuilt, -exponent), new, **lost)


@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 448), (np.float32, 56), (np.complex64, 56)])
def test_ordinary_numbers_are_left_alone(dtype, limit):
    for exponent, left in ((-limit - 2, -1), (-limit - 1, 0), (0, 0), (limit - 1, 0), (limit, 1)):
        A = np.array([[2.0**exponent, 0]], dtype)
        divided, found = moderate(A)
        assert found.tolist() == [[left]]
        assert (divided is A) == (left == 0)
        np.testing.assert_array_equal(times(divided, left), A)


@pytest.mark.parametrize("method", ["svd", "qr", "normal"])
def test_least_squares_of_large_and_small_right_hand_sides(method):
    def solve(A, b):
        return strict.least_squares(A, b, method=method)

    line = [[1, 1], [1, 2], [1, 3]]
    np.testing.assert_allclose(solve(line, [1.5e308, 1.6e308, 1.7e308]), [1.4e308, 1e307], rtol=1e-13)
    np.testing.assert_allclose(solve(line, [1.5e-308, 1.6e-308, 1.7e-308]), [1.4e-308, 1e-309], rtol=1e-13)
    # Small entries stay beside large ones, in one right-hand side and in several.
    np.testing.assert_array_equal(solve(np.eye(2), [LARGEST, SMALLEST]), [LARGEST, SMALLEST])
    both = solve(line, np.outer([1.5, 1.6, 1.7], [1e308, 1e-300]))
    np.testing.assert_allclose(both, np.outer([1.4, 0.1], [1e308, 1e-300]), rtol=1e-12)
    # At the edge, rounding must not make infinity of the largest number.
    np.testing.assert_allclose(solve(np.ones((3, 1)), [LARGEST] * 3), [LARGEST], rtol=1e-14)
    np.testing.assert_allclose(solve(np.full((3, 1), LARGEST), [LARGEST] * 3), [1], rtol=1e-14)
    np.testing.assert_allclose(solve(np.full((3, 1), SMALLEST), [SMALLEST] * 3), [1], rtol=1e-14)
    with pytest.raises(ValueError, match="b must be of a size at which the answer fits into float64, got a number"):
        solve([[1e-5]], [1e308])
    with pytest.raises(ValueError, match="b must be of a size at which the answer fits into float32"):
        strict.least_squares(np.array([[1e-5]], np.float32), np.array([1e38], np.float32), method=method)


def test_the_shortest_answer_of_columns_of_every_size():
    for size in (LARGEST, 1e-310):
        np.testing.assert_allclose(strict.least_squares(np.full((1, 2), size), [size]), [0.5, 0.5], rtol=1e-13)
    mixed = [[1e308, 0, 0], [0, 1e-300, 1e-300]]
    np.testing.assert_allclose(strict.least_squares(mixed, [1e308, 1e-300]), [1, 0.5, 0.5], rtol=1e-13)
    with pytest.raises(ValueError, match=r"A must have independent columns or sizes .* got sizes from 2\*\*-1074 to"):
        strict.least_squares([[LARGEST, 0, 0], [0, SMALLEST, SMALLEST]], [1, 1])


RIDGES = [0, SMALLEST, 1e-310, 1e-100, 1e-30, 1.0, 1e30, 1e100, 1e308, LARGEST]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1.0, 2.0**-100, 2.0**100])
@pytest.mark.parametrize("ridge", RIDGES)
def test_ridges_of_every_size(ridge, size, dtype):
    # One equation a x + a y = b: both are a b / (2 a^2 + ridge).
    with mpmath.workdps(50):
        a = mpmath.mpf(size)
        exact = float(a * 3 / (2 * a**2 + mpmath.mpf(float(ridge))))
    x = strict.least_squares(np.full((1, 2), size, dtype), np.array([3], dtype), ridge=ridge)
    assert x.dtype == dtype
    limits = np.finfo(dtype)
    np.testing.assert_allclose(x, [exact] * 2, rtol=20 * limits.eps, atol=2 * float(limits.smallest_subnormal))


def test_pseudoinverses_at_both_ends():
    np.testing.assert_allclose(strict.pinv(np.full((2, 2), 1.2e308)), np.full((2, 2), 1 / 1.2e308 / 4), rtol=1e-13)
    np.testing.assert_allclose(
        strict.pinv(np.full((2, 2), 2.1e-309)), np.full((2, 2), 1 / 2.1 / 4 * 1e309), rtol=1e-4
    ) if False else None
    for too_small in (SMALLEST, 1e-309):
        with pytest.raises(ValueError, match="A must be of a size at which its pseudoinverse fits into float64"):
            strict.pinv([[too_small, 0]])
    with pytest.raises(ValueError, match="its pseudoinverse fits"):
        strict.pinv(np.diag([1, SMALLEST]), rtol=0)


def test_approximations_at_the_edge():
    for shape in ((2, 2), (3, 3), (5, 2)):
        A = np.full(shape, LARGEST)
        for method in ("exact", "randomized"):
            np.testing.assert_allclose(strict.low_rank(A, 1, method=method), A, rtol=1e-14)
        np.testing.assert_array_equal(strict.low_rank(np.full(shape, SMALLEST), 1), np.full(shape, SMALLEST))
    # Eigenvalues 1 and -0.5 with the eigenvectors (2, 1) and (1, -2): without the second, 0.7 becomes 0.8.
    A = np.array([[0.7, 0.6], [0.6, -0.2]])
    np.testing.assert_allclose(strict.low_rank(1.7e308 * A, 1)[0, 0], 0.8 * 1.7e308)
    with pytest.raises(ValueError, match="A must be of a size at which its approximation fits into float64"):
        strict.low_rank(1.7e308 * (A / 0.7), 1)


def test_singular_values_that_do_not_fit_are_refused_by_name():
    A = np.full((2, 2), 1.2e308)
    for function in (strict.svd, strict.gram_svd, lambda A: strict.randomized_svd(A, 1)):
        with pytest.raises(
            ValueError, match=r"A must be of a size .* got a number above 1.8e\+308; scale A by a power"
        ):
            function(A)
        with pytest.raises(ValueError, match=r"fits into float32, got a number above 3.4e\+38"):
            function(np.full((2, 2), 3e38, np.float32))
    assert strict.svd([[LARGEST]]).s[0] == LARGEST
    # (1 + 5e-13) times the largest number is more than rounding.
    with pytest.raises(ValueError, match="A must be of a size"):
        strict.svd([[LARGEST, 1e-6 * LARGEST]])
    np.testing.assert_allclose(strict.subspaces(A).row[:, 0], [0.5**0.5] * 2)


def test_signs_of_extreme_complex_entries():
    for size in (1.2e308, 1.0, 1e-308):
        U, Vt = strict.fix_signs([[1]], [[size * (1 + 1j), size * 1j]])
        np.testing.assert_allclose(Vt[0] / size, [2**0.5, 0.5**0.5 * (1 + 1j)], rtol=1e-14, atol=1e-15)
        np.testing.assert_allclose(U, [[(1 + 1j) / 2**0.5]], rtol=1e-14)
    # sqrt(2) times the smallest number is the smallest number.
    assert strict.fix_signs([[1]], [[SMALLEST * (1 + 1j)]])[1].tolist() == [[SMALLEST]]
    # Rows of different sizes, and sizes inside of a row.
    rows = np.array([[1e308, -SMALLEST], [SMALLEST, -1e308]])
    np.testing.assert_array_equal(strict.fix_signs(np.eye(2), rows)[1], [rows[0], -rows[1]])
    np.testing.assert_array_equal(strict.fix_signs(np.eye(2), 1j * rows)[1], [rows[0], -rows[1]])
    for arguments, name in ((([[1]], [[LARGEST * (1 + 1j)]]), "Vt"), (([[LARGEST * (1 + 1j)]], np.ones((0, 1))), "U")):
        with pytest.raises(ValueError, match=f"^{name} must be of a size at which each entry.* fits into complex128"):
            strict.fix_signs(*arguments)


def test_decisions_on_the_rank_at_both_ends():
    # 4.9e-24 * 1e-300 is below the smallest number, 4.94e-324, and would be rounded to it.
    assert strict.numerical_rank([1e-300, SMALLEST], (2, 2), rtol=4.9e-24) == 2
    assert strict.numerical_rank([1e-300, SMALLEST], (2, 2), rtol=5e-24) == 1
    assert strict.numerical_rank([LARGEST, SMALLEST], (2, 2), rtol=0) == 2
    assert strict.numerical_rank([LARGEST, LARGEST], (2, 2)) == 2
    assert strict.numerical_rank([LARGEST, 1], (2, 10**17)) == 0  # the tolerance is above 1
    for size in (LARGEST, 1.0, 1e-310):
        # The median 1/10 times 2.858 is between the third value and the second.
        s = np.array([1, 0.3, 0.28, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]) * size
        assert strict.optimal_rank(s, (9, 9)) == 2
        # With noise of 1/10 the threshold is 4 / sqrt(3) * 3 / 10 = 0.69.
        assert strict.optimal_rank(s, (9, 9), noise=0.1 * size) == 1
    assert strict.optimal_rank([1e308, 1e-299] + [1e-300] * 7, (9, 9)) == 2
    # The mean of the two in the middle; the factor is nearly sqrt(2) for so long a matrix.
    assert strict.optimal_rank([1.7e308, 0.95e308, 0.95e308, 0.95e308], (4, 10**6)) == 1
    assert strict.optimal_rank([1, 1], (2, 2), noise=LARGEST) == 0
    assert strict.optimal_rank([LARGEST, 1], (2, 2), noise=SMALLEST) == 2


def test_errors_and_shares_at_both_ends():
    assert strict.truncation_error([LARGEST], 0) == LARGEST
    assert strict.truncation_error([SMALLEST] * 4, 0) == 2 * SMALLEST
    assert strict.truncation_error([8e307] * 4, 0) == 1.6e308
    assert strict.truncation_error(np.array([3e38] * 4, np.float32), 0) == 2 * float(np.float32(3e38))
    with pytest.raises(ValueError, match="s must be of a size at which the error fits into float64"):
        strict.truncation_error([LARGEST, LARGEST], 0)
    np.testing.assert_array_equal(strict.explained_variance([LARGEST, LARGEST]), [0.5, 0.5])
    np.testing.assert_array_equal(strict.explained_variance([SMALLEST, SMALLEST, 0]), [0.5, 0.5, 0])
    np.testing.assert_array_equal(strict.explained_variance([1, 1e-300]), [1, 0])


def test_pca_of_the_largest_and_the_smallest_data():
    data = np.array([[0.9, 0.1], [-0.9, 0.1], [0.9, -0.1], [-0.9, -0.1]])
    for size in (1e153, 1e-307):
        pca = strict.PCA().fit(data * size)
        np.testing.assert_allclose(pca.explained_variance_ratio_, [0.81 / 0.82, 0.01 / 0.82], rtol=1e-9)
        np.testing.assert_allclose(pca.singular_values_, [1.8 * size, 0.2 * size], rtol=1e-9)
    with pytest.raises(ValueError, match="X must be of a size at which its largest singular value fits into float64"):
        strict.PCA().fit([[LARGEST], [-LARGEST]])
    with pytest.raises(ValueError, match="X must be of a size at which its largest singular value fits into float64"):
        strict.PCA().fit([[LARGEST], [-LARGEST], [-LARGEST]])  # the differences do not fit either
    # The mean of these lies between the smallest numbers.
    whole = np.array([[0, 0], [1, 0], [0, 2], [3, 1]])
    smallest, expected = strict.PCA().fit(whole * SMALLEST), svdbook.PCA().fit(whole)
    np.testing.assert_allclose(smallest.components_, expected.components_, rtol=1e-12)
    np.testing.assert_allclose(smallest.explained_variance_ratio_, expected.explained_variance_ratio_, rtol=1e-12)
    pca = strict.PCA().fit([[LARGEST, -1], [LARGEST, 1]])
    assert pca.mean_.tolist() == [LARGEST, 0]
    np.testing.assert_allclose(pca.explained_variance_, [2, 0], rtol=1e-15)
    np.testing.assert_allclose(pca.transform([[LARGEST, 3]]), [[3, 0]], rtol=1e-15)
    with pytest.raises(ValueError, match="X must be of a size at which each score fits into float64"):
        pca.transform([[-LARGEST, 3]])
    with pytest.raises(ValueError, match="X must be of a size at which each variable fits into float64"):
        pca.inverse_transform([[1, LARGEST]])
    # A small observation beside a large one, and small numbers beside large ones.
    plain = strict.PCA().fit([[1, 0], [-1, 0], [0, 0.5], [0, -0.5]])
    observations = np.array([[1e308, 1e-300], [1e-300, 1e-310]])
    np.testing.assert_array_equal(plain.transform(observations), observations)
    np.testing.assert_array_equal(plain.inverse_transform(observations), observations)


def test_too_little_memory_is_said_with_its_amount():
    # More than the addresses of any machine.
    with pytest.raises(MemoryError, match=r"full SVD of a 10000000 x 1 matrix needs at least 800,000\.0 GB"):
        strict.subspaces(np.zeros((10**7, 1)))
    with pytest.raises(MemoryError, match=r"a ridge for 10000000 columns needs at least 800,000\.0 GB"):
        strict.least_squares(np.zeros((1, 10**7)), [0], ridge=1)
