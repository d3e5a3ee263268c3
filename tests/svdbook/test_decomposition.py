"""The decomposition against numpy, scipy and mpmath, and its properties on matrices of every kind."""

import fractions
import itertools
import math

import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

import svdbook
from svdbook import algorithms, datasets, decomposition
from svdbook.algorithms import randomized_svd

SHAPES = [(1, 1), (7, 3), (3, 7), (5, 5), (40, 1), (1, 40), (60, 25)]


def random_matrix(seed, shape, dtype=np.float64):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.standard_normal(shape)
    return A.astype(dtype)


@st.composite
def matrices(draw):
    """Tall, wide, square, rank-deficient, complex, single, badly scaled, graded and small whole-number matrices."""
    m, n = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    dtype = draw(st.sampled_from([np.float64, np.float32, np.complex128, np.complex64]))
    rank = draw(st.integers(0, min(m, n)))
    seed = draw(st.integers(0, 2**32 - 1))
    factors = random_matrix(seed, (m, rank), dtype), random_matrix(seed + 1, (rank, n), dtype)
    if draw(st.booleans()):
        factors = map(np.round, factors)  # whole numbers make ties of entries and of singular values
    A = np.matmul(*factors)
    if draw(st.booleans()):
        grades = np.logspace(0, -draw(st.integers(0, 20)), n).astype(A.real.dtype)
        A = A * grades
    exponent = draw(st.integers(-30, 30)) if A.real.dtype == np.float32 else draw(st.integers(-280, 280))
    return A * A.real.dtype.type(10.0**exponent)


def unit(A):
    """The matrix scaled to largest entry 1, so that a test's own products do not overflow."""
    return A / (abs(A).max() or 1)


@given(matrices())
def test_svd_rebuilds_orthonormal_ordered_and_signed(A):
    U, s, Vt = svdbook.svd(A)
    p, eps = min(A.shape), np.finfo(A.dtype).eps
    assert (U.shape, s.shape, Vt.shape) == ((A.shape[0], p), (p,), (p, A.shape[1]))
    assert U.dtype == Vt.dtype == A.dtype and s.dtype == A.real.dtype
    scale = abs(A).max() or 1
    np.testing.assert_allclose(U * (s / scale) @ Vt, A / scale, rtol=0, atol=20 * p * eps)
    np.testing.assert_allclose(U.conj().T @ U, np.eye(p), rtol=0, atol=20 * p * eps)
    np.testing.assert_allclose(Vt @ Vt.conj().T, np.eye(p), rtol=0, atol=20 * p * eps)
    assert (s >= 0).all() and (np.diff(s) <= 0).all()
    for v in Vt:
        modulus = abs(v) / abs(v).max()
        # The moduli are rounded: at the edge of the tie either side may have been taken.
        edge, rounding = 1 - np.sqrt(eps), 8 * eps
        surely_in = np.argmax(modulus >= edge + rounding)
        may_decide = v[: surely_in + 1][modulus[: surely_in + 1] >= edge - rounding]
        assert ((may_decide.real > 0) & (abs(may_decide.imag) <= 4 * eps)).any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.complex64])
@pytest.mark.parametrize("shape", SHAPES)
def test_singular_values_agree_with_another_lapack_driver(shape, dtype):
    A = random_matrix(3, shape, dtype)
    expected = scipy.linalg.svd(A, compute_uv=False, lapack_driver="gesvd")
    np.testing.assert_allclose(svdbook.svd(A).s, expected, rtol=0, atol=8 * np.finfo(dtype).eps * expected[0])


def test_singular_values_agree_with_50_digits():
    A = random_matrix(4, (8, 5))
    with mpmath.workdps(50):
        exact = [float(value) for value in mpmath.svd_r(mpmath.matrix(A.tolist()), compute_uv=False)]
    np.testing.assert_allclose(svdbook.svd(A).s, exact, rtol=0, atol=4 * np.finfo(float).eps * exact[0])


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_matrix_has_an_empty_decomposition(shape):
    U, s, Vt = svdbook.svd(np.empty(shape))
    assert (U.shape, s.shape, Vt.shape) == ((shape[0], 0), (0,), (0, shape[1]))
    assert svdbook.low_rank(np.empty(shape), 0).shape == shape
    assert svdbook.truncation_error(s, 0) == 0


def test_integers_and_half_precision_are_taken_as_floats():
    assert svdbook.svd([[True, False], [False, True]]).s.dtype == np.float64
    assert svdbook.svd(np.eye(2, dtype=np.uint8)).U.dtype == np.float64
    assert svdbook.svd(np.eye(2, dtype=np.float16)).U.dtype == np.float32


def test_fixed_signs_make_two_correct_decompositions_equal():
    U, _, Vt = np.linalg.svd(random_matrix(5, (6, 4)), full_matrices=False)
    flips = np.array([1, -1, -1, 1])
    for fixed, flipped in zip(svdbook.fix_signs(U, Vt), svdbook.fix_signs(U * flips, flips[:, None] * Vt), strict=True):
        np.testing.assert_array_equal(fixed, flipped)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("shape", SHAPES)
def test_fixed_signs_of_a_full_decomposition_keep_the_product(shape, dtype):
    A = random_matrix(6, shape, dtype)
    U, s, Vt = np.linalg.svd(A, full_matrices=True)
    fixed_U, fixed_Vt = svdbook.fix_signs(U, Vt)
    Sigma = np.zeros(shape)
    np.fill_diagonal(Sigma, s)
    np.testing.assert_allclose(fixed_U @ Sigma @ fixed_Vt, A, atol=1e-13)
    np.testing.assert_allclose(abs(fixed_U), abs(U), atol=1e-15)
    largest = np.take_along_axis(fixed_Vt, abs(fixed_Vt).argmax(axis=1)[:, None], axis=1)
    np.testing.assert_allclose(largest, abs(largest), atol=1e-15)
    unpaired = fixed_U.T[len(s) :]
    largest = np.take_along_axis(unpaired, abs(unpaired).argmax(axis=1)[:, None], axis=1)
    np.testing.assert_allclose(largest, abs(largest), atol=1e-15)


@given(
    st.sampled_from([np.float64, np.float32, np.complex128, np.complex64]),
    st.lists(st.sampled_from([0, 1e-7, 0.5, 0.9, 1.1, 2, 100, np.inf]), max_size=8),
    st.integers(0, 8),
    st.integers(0, 2**32 - 1),
)
def test_the_first_of_the_entries_within_sqrt_eps_of_the_largest_becomes_positive(dtype, distances, place, seed):
    distances.insert(place, 0)  # the largest
    phases = np.sign(random_matrix(seed, (2, len(distances)), dtype))
    moduli = np.maximum(0, 1 - np.array(distances) * np.sqrt(np.finfo(dtype).eps))
    rows = (moduli * phases).astype(dtype)
    first = next(i for i, distance in enumerate(distances) if distance < 1)
    turn = phases[:, first].conj()
    # The first vector pairs with U, the second stands alone.
    U, Vt = svdbook.fix_signs([[1]], rows)
    atol = 8 * np.finfo(dtype).eps
    np.testing.assert_allclose(Vt, turn[:, None] * rows, rtol=0, atol=atol)
    np.testing.assert_allclose(U, turn[:1].conj()[None], rtol=0, atol=atol)
    # And vectors of U that stand alone.
    U, _ = svdbook.fix_signs(rows.T, np.ones((0, 1)))
    np.testing.assert_allclose(U.T, turn[:, None] * rows, rtol=0, atol=atol)


def test_an_entry_at_the_edge_of_the_tie_decides():
    edge = 1 - 2.0**-26  # 1 - sqrt(eps), without rounding
    assert svdbook.fix_signs([[1]], [[-edge, 1]])[1].tolist() == [[edge, -1]]
    below = np.nextafter(edge, 0)
    assert svdbook.fix_signs([[1]], [[-below, 1]])[1].tolist() == [[-below, 1]]


def test_fix_signs_leaves_a_vector_of_zeros_and_its_arguments_alone():
    U, Vt = np.ones((2, 1)), np.zeros((1, 3))
    fixed_U, fixed_Vt = svdbook.fix_signs(U, Vt)
    np.testing.assert_array_equal(fixed_Vt, Vt)
    np.testing.assert_array_equal(fixed_U, U)
    assert fixed_U is not U


@given(matrices(), st.data())
def test_no_random_matrix_of_rank_k_beats_the_truncated_decomposition(A, data):
    A = unit(A)
    k = data.draw(st.integers(0, min(A.shape)))
    A_k = svdbook.low_rank(A, k)
    slack = 100 * np.finfo(A.dtype).eps * max(A.shape)
    assert np.linalg.matrix_rank(A_k, rtol=slack) <= k
    seed = data.draw(st.integers(0, 2**32 - 1))
    m, n = A.shape
    # A competitor near the winner, and the best one with a random column space.
    near = A_k + 0.1 * random_matrix(seed, (m, n))
    U, s, Vt = np.linalg.svd(near, full_matrices=False)
    Q = np.linalg.qr(random_matrix(seed, (m, k)))[0] if k else np.zeros((m, 0))
    s_A = np.linalg.svd(A, compute_uv=False)
    for norm in ("fro", 2):
        error = np.linalg.norm(A - A_k, norm)
        assert abs(error - svdbook.truncation_error(s_A, k, norm)) <= slack
        for B in ((U[:, :k] * s[:k]) @ Vt[:k], Q @ (Q.T @ A)):
            assert error <= np.linalg.norm(A - B, norm) + slack


i = np.arange(1, 401)
SPECTRA = {
    "i^-1/4": i**-0.25,
    "i^-1/2": i**-0.5,
    "1/i": 1 / i,
    "exp(-i/100)": np.exp(-i / 100),
    "linear": 1 - (i - 1) / 400,
    "flat": np.ones(400),
    "a step inside": np.where(i <= 8, 1, 0.5),
    "a step at k": np.where(i <= 10, 1, 0.01),
    "a step behind": np.where(i <= 15, 1, 0.5),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
@pytest.mark.parametrize("spectrum", SPECTRA)
def test_the_randomized_truncation_is_within_one_percent_of_the_best(spectrum, dtype):
    s = SPECTRA[spectrum]
    U = np.linalg.qr(random_matrix(7, (500, 400), dtype))[0]
    V = np.linalg.qr(random_matrix(8, (400, 400), dtype))[0]
    A = ((U * s) @ V.conj().T).astype(dtype)
    for k in (1, 10):
        difference = A - svdbook.low_rank(A, k, method="randomized")
        assert difference.dtype == dtype
        for norm in ("fro", 2):
            assert np.linalg.norm(difference, norm) <= 1.01 * svdbook.truncation_error(s, k, norm)


def test_auto_is_exact_for_small_and_for_high_ranks_and_randomized_for_large_ones():
    small = random_matrix(9, (300, 300))
    np.testing.assert_array_equal(svdbook.low_rank(small, 5), svdbook.low_rank(small, 5, method="exact"))
    large = np.outer(np.arange(1000.0), np.ones(1000)) + random_matrix(10, (1000, 1000))
    np.testing.assert_array_equal(svdbook.low_rank(large, 2), svdbook.low_rank(large, 2, method="randomized"))


@pytest.mark.parametrize(
    ("shape", "k", "method"),
    [
        ((1000, 1000), 40, "randomized"),
        ((1000, 1001), 41, "exact"),
        ((1200, 1020), 41, "randomized"),
        ((999, 1500), 1, "exact"),
        ((1500, 999), 1, "exact"),
    ],
)
def test_auto_changes_its_method_just_where_it_says(shape, k, method, monkeypatch):
    called = []

    def record(name, *more):
        def decompose(A, *arguments, **options):
            called.append((name, options))
            return np.zeros((shape[0], k)), np.zeros(k), np.zeros((k, shape[1])), *more

        return decompose

    monkeypatch.setattr(algorithms, "randomized_svd", record("randomized"))
    monkeypatch.setattr(decomposition, "moderate_svd", record("exact", 0))
    svdbook.low_rank(np.ones(shape), k)
    # Enough of both for the 1 % that the docstring promises.
    options = dict(power_iterations=5) if method == "randomized" else {}
    assert called == [(method, options)]


def test_errors_and_shares_of_a_badly_scaled_spectrum_do_not_overflow():
    s = np.array([4e200, 3e200, 0])
    assert svdbook.truncation_error(s, 0) == pytest.approx(5e200, rel=1e-15)
    assert svdbook.truncation_error(s * 1e-380, 0) == pytest.approx(5e-180, rel=1e-15)
    np.testing.assert_allclose(svdbook.explained_variance(s), [0.64, 0.36, 0], rtol=1e-15)


def test_the_running_example_of_the_book():
    s = np.array([33.405, 21.101, 14.773, 1.159, 0.729, 0.426])
    np.testing.assert_allclose(100 * svdbook.explained_variance(s)[:4], [62.6, 25.0, 12.3, 0.1], atol=0.06)
    relative = [svdbook.truncation_error(s, k) / svdbook.truncation_error(s, 0) for k in (1, 2, 3)]
    np.testing.assert_allclose(relative, [0.611, 0.352, 0.034], atol=6e-4)
    assert [svdbook.storage(10, 6, k) for k in (1, 2, 3)] == [17, 34, 51]
    assert svdbook.storage(1000, 1000, 50) == 100_050


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=20), st.floats(0.01, 1))
def test_rank_for_energy_is_the_smallest_rank_that_keeps_it(values, energy):
    s = np.sort(values)[::-1]
    k = svdbook.rank_for_energy(s, energy)
    total = (s**2).sum()
    assert (s[:k] ** 2).sum() >= energy * total * (1 - 1e-12)
    assert k == 1 or (s[: k - 1] ** 2).sum() < energy * total * (1 + 1e-12)


def test_rank_for_energy_counts_a_share_met_up_to_rounding():
    assert svdbook.rank_for_energy([3, 1], 0.9) == 1
    assert svdbook.rank_for_energy([1] * 10, 0.3) == 3
    assert svdbook.rank_for_energy([2, 1, 0, 0], 1) == 2


def exact_rank_for_energy(s, energy):
    squares = [fractions.Fraction(float(value)) ** 2 for value in s]
    wanted = fractions.Fraction(energy) * sum(squares)
    return next(k for k, kept in enumerate(itertools.accumulate(squares), 1) if kept >= wanted)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99995, 0.999999])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_sums_of_many_values_are_added_in_double_precision(dtype, share):
    s = np.array([1] + [1e-2] * 300 + [1e-4] * 3000, dtype)
    assert svdbook.rank_for_energy(s, share) == exact_rank_for_energy(s, share)
    squares = [fractions.Fraction(float(value)) ** 2 for value in s]
    for k in (0, 1, 400):
        assert svdbook.truncation_error(s, k) == pytest.approx(math.sqrt(sum(squares[k:])), rel=1e-14)
    shares, total = svdbook.explained_variance(s), sum(squares)
    assert shares.dtype == np.float64
    np.testing.assert_allclose(shares, [float(square / total) for square in squares], rtol=1e-14)


def test_a_long_tail_in_single_precision_and_a_photograph():
    s = np.array([1] + [1e-4] * 10_000, np.float32)
    assert svdbook.rank_for_energy(s, 0.99995) == 5001
    s = svdbook.svd(datasets.load_image("camera").astype(np.float32)).s
    assert svdbook.rank_for_energy(s, 0.999999) == exact_rank_for_energy(s, 0.999999) == 417


@pytest.mark.parametrize("n", [3, 10, 49, 1000, 9999])
def test_a_share_of_equal_values_is_met_by_just_so_many_of_them(n):
    for size in (1.0, 0.1, 3e-7):
        for k in {1, n // 3, n // 2, n - 1, n}:
            assert svdbook.rank_for_energy([size] * n, k / n) == k


def test_what_is_dropped_within_rounding_and_no_more():
    # A tail of 3 eps counts as rounding, one of 5 eps does not.
    eps = np.finfo(float).eps
    assert svdbook.rank_for_energy([1, math.sqrt(3 * eps)], 1) == 1
    assert svdbook.rank_for_energy([1, math.sqrt(5 * eps)], 1) == 2
    assert svdbook.rank_for_energy(np.array([1, 2.0**-24, 2.0**-24], np.float32), 1) == 3


# Gavish and Donoho, table IV.
@pytest.mark.parametrize(("beta", "omega"), [(0.05, 1.5066), (0.25, 1.9105), (0.5, 2.1711), (1.0, 2.8582)])
def test_optimal_rank_cuts_at_the_published_threshold(beta, omega):
    n = 2000
    m = round(beta * n)
    s = np.linspace(2, 0.5, m)
    median = np.median(s)
    expected = int((s > omega * median).sum())
    assert svdbook.optimal_rank(s, (m, n)) == svdbook.optimal_rank(s, (n, m))
    assert abs(svdbook.optimal_rank(s, (m, n)) - expected) <= 1


def test_optimal_rank_with_known_noise_of_a_square_matrix_cuts_at_four_over_root_three():
    threshold = 4 / np.sqrt(3) * np.sqrt(100) * 0.5
    s = np.concatenate([[threshold * 1.001, threshold * 0.999], np.zeros(98)])
    assert svdbook.optimal_rank(s, (100, 100), noise=0.5) == 1


@pytest.mark.parametrize("shape", [(200, 200), (100, 400), (400, 100)])
def test_optimal_rank_finds_the_rank_of_a_strong_signal_in_noise(shape):
    signal = 10 * random_matrix(12, (shape[0], 4)) @ random_matrix(13, (4, shape[1]))
    s = np.linalg.svd(signal + random_matrix(14, shape), compute_uv=False)
    assert svdbook.optimal_rank(s, shape) == svdbook.optimal_rank(s, shape, noise=1) == 4


def test_optimal_rank_keeps_all_of_a_matrix_without_noise():
    assert svdbook.optimal_rank([3, 2, 0, 0, 0], (5, 5)) == 2


BAD = [
    (lambda: svdbook.svd([1, 2]), r"A must be a matrix \(2 dimensions\), got an array of shape \(2,\)"),
    (lambda: svdbook.svd([[1, np.nan]]), r"A must be finite, got nan at \[0, 1\]"),
    (lambda: svdbook.svd([[np.inf], [0]]), r"A must be finite, got inf at \[0, 0\]"),
    (lambda: svdbook.svd([["a"]]), "A must hold real or complex numbers, got dtype <U1"),
    (lambda: svdbook.svd([[1, 2], [3]]), "A must have rows of equal length, got rows of different lengths"),
    (lambda: svdbook.svd(np.eye(2, dtype=np.longdouble)), "A must be of at most double precision, got dtype"),
    (lambda: svdbook.svd(np.array([[None]])), r"got None at \[0, 0\] of dtype object"),
    (lambda: svdbook.fix_signs([[np.nan]], [[1]]), "U must be finite"),
    (lambda: svdbook.fix_signs([[1]], [1]), "Vt must be a matrix"),
    (lambda: svdbook.low_rank(np.eye(3), 4), "k must be an integer from 0 to 3, got 4"),
    (lambda: svdbook.low_rank(np.eye(3), -1), "k must be an integer from 0 to 3, got -1"),
    (lambda: svdbook.low_rank(np.eye(3), 1.5), "k must be an integer from 0 to 3, got 1.5"),
    (lambda: svdbook.low_rank(np.eye(3), True), "k must be an integer from 0 to 3, got True"),
    (
        lambda: svdbook.low_rank(np.eye(3), 1, method="fast"),
        "method must be one of 'auto', 'exact', 'randomized', got 'fast'",
    ),
    (lambda: svdbook.truncation_error([1, 2], 1), "s must be nonnegative and in nonincreasing order"),
    (lambda: svdbook.truncation_error([1, -2], 1), "s must be nonnegative"),
    (lambda: svdbook.truncation_error([[1]], 1), r"s must be a vector, got an array of shape \(1, 1\)"),
    (lambda: svdbook.truncation_error([np.nan], 1), r"s must be finite, got nan at \[0\]"),
    (lambda: svdbook.truncation_error([1j], 1), "s must hold real numbers, got dtype complex128"),
    (lambda: svdbook.truncation_error([2, 1], 3), "k must be an integer from 0 to 2, got 3"),
    (lambda: svdbook.truncation_error([2, 1], 1, norm="nuc"), "norm must be one of 'fro', 2, got 'nuc'"),
    (lambda: svdbook.explained_variance([0, 0]), "s must hold a positive singular value"),
    (lambda: svdbook.rank_for_energy([1], 0), r"energy must be a number in \(0, 1\], got 0"),
    (lambda: svdbook.rank_for_energy([1], 90), r"energy must be a number in \(0, 1\], got 90"),
    (lambda: svdbook.rank_for_energy([1], np.nan), "energy must be .* got nan"),
    (lambda: svdbook.optimal_rank([2, 1], (3, 3)), r"shape must be \(m, n\) with min\(m, n\) = len\(s\) = 2"),
    (lambda: svdbook.optimal_rank([2, 1], (2, 3), noise=-1), r"noise must be a number in \(0, inf\), got -1"),
    (lambda: svdbook.optimal_rank([2, 1], (2, 3), noise=0), r"noise must be a number in \(0, inf\), got 0"),
    (lambda: svdbook.optimal_rank([2, 1], (2, 3), noise=np.inf), r"noise must be a number in \(0, inf\), got inf"),
    (lambda: svdbook.optimal_rank([], (0, 3)), r"s must have at least one entry, got shape \(0,\)"),
    (lambda: svdbook.storage(3, 2, 3), "k must be an integer from 0 to 2, got 3"),
    (lambda: svdbook.storage(-3, 2, 1), "m must be an integer from 0 to inf, got -3"),
    (lambda: randomized_svd(np.eye(3), 4), "k must be an integer from 0 to 3, got 4"),
    (lambda: randomized_svd(np.eye(3), 1, oversampling=-1), "oversampling must be an integer from 0 to inf, got -1"),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
