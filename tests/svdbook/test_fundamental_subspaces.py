import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

import svdbook


def of_rank(m, n, r, dtype=np.float64, seed=0, s=None):
    """An m x n matrix of rank r, with known singular values if `s` is given."""
    rng = np.random.default_rng(seed)

    def orthonormal(rows):
        entries = rng.standard_normal((rows, r))
        if np.issubdtype(dtype, np.complexfloating):
            entries = entries + 1j * rng.standard_normal((rows, r))
        return np.linalg.qr(entries)[0]

    s = np.linspace(3, 1, r) if s is None else np.asarray(s)
    return ((orthonormal(m) * s) @ orthonormal(n).conj().T).astype(dtype)


def projector(basis):
    return basis @ basis.conj().T


def assert_same_space(basis, other, atol):
    assert basis.shape == other.shape
    np.testing.assert_allclose(projector(basis), projector(other), rtol=0, atol=atol)


SHAPES = [
    (1, 1, 1), (1, 1, 0), (1, 5, 1), (5, 1, 1), (4, 4, 4), (4, 4, 2), (4, 4, 0),
    (7, 4, 4), (7, 4, 2), (4, 7, 4), (4, 7, 2), (3, 6, 0), (40, 30, 11),
]  # fmt: skip
DTYPES = [np.float32, np.float64, np.complex64, np.complex128]


# subspaces


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_the_bases_span_the_same_spaces_as_scipys(m, n, r, dtype):
    A = of_rank(m, n, r, dtype)
    atol = 500 * np.finfo(dtype).eps
    # The default tolerance of scipy, with the rank that A was made with.
    bases = svdbook.subspaces(A)
    assert [basis.shape for basis in bases] == [(m, r), (m, m - r), (n, r), (n, n - r)]
    assert {basis.dtype for basis in bases} == {np.dtype(dtype)}
    assert_same_space(bases.column, scipy.linalg.orth(A), atol)
    assert_same_space(bases.left_null, scipy.linalg.null_space(A.conj().T), atol)
    assert_same_space(bases.row, scipy.linalg.orth(A.conj().T), atol)
    assert_same_space(bases.null, scipy.linalg.null_space(A), atol)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_two_bases_together_are_orthonormal_and_A_does_what_they_say(m, n, r, dtype):
    A = of_rank(m, n, r, dtype)
    atol = 500 * np.finfo(dtype).eps
    column, left_null, row, null = svdbook.subspaces(A)
    for pair, size in (((column, left_null), m), ((row, null), n)):
        Q = np.hstack(pair)
        np.testing.assert_allclose(Q.conj().T @ Q, np.eye(size), atol=atol)
    np.testing.assert_allclose(A @ null, 0, atol=atol)
    np.testing.assert_allclose(A.conj().T @ left_null, 0, atol=atol)
    s = np.linalg.svd(A, compute_uv=False)[:r]
    np.testing.assert_allclose(A @ row, column * s, atol=atol)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n", "r"), [(6, 4, 2), (4, 6, 3), (5, 5, 5), (5, 5, 1)])
def test_signs_are_fixed(m, n, r, dtype):
    A = of_rank(m, n, r, dtype)
    bases = svdbook.subspaces(A)
    for basis in (bases.row, bases.null, bases.left_null):
        largest = np.take_along_axis(basis, abs(basis).argmax(axis=0)[None], axis=0)
        np.testing.assert_allclose(largest, abs(largest), atol=1e-6)
    U, _, Vt = svdbook.svd(A)
    np.testing.assert_allclose(bases.column, U[:, :r], atol=1e-5)
    np.testing.assert_allclose(bases.row, Vt[:r].conj().T, atol=1e-5)


@pytest.mark.parametrize(("m", "n"), [(0, 0), (0, 3), (3, 0)])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
def test_an_empty_matrix_has_all_of_the_space_as_its_null_spaces(m, n, dtype):
    bases = svdbook.subspaces(np.zeros((m, n), dtype))
    assert [basis.shape for basis in bases] == [(m, 0), (m, m), (n, 0), (n, n)]
    np.testing.assert_array_equal(projector(bases.left_null), np.eye(m))
    np.testing.assert_array_equal(projector(bases.null), np.eye(n))


def test_integers_and_lists_are_taken():
    bases = svdbook.subspaces([[1, 2, 3], [2, 4, 6]])
    np.testing.assert_allclose(bases.row[:, 0], np.array([1, 2, 3]) / np.sqrt(14))
    np.testing.assert_allclose(bases.column[:, 0], np.array([1, 2]) / np.sqrt(5))
    np.testing.assert_allclose(bases.left_null[:, 0], np.array([2, -1]) / np.sqrt(5))
    np.testing.assert_allclose(projector(bases.null), np.eye(3) - np.outer([1, 2, 3], [1, 2, 3]) / 14, atol=1e-15)


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
def test_the_scale_of_the_matrix_does_not_matter(scale):
    A = of_rank(6, 5, 3)
    for basis, scaled in zip(svdbook.subspaces(A), svdbook.subspaces(A * scale), strict=True):
        assert_same_space(basis, scaled, 1e-13)


def test_the_tolerance_moves_directions_to_the_null_space():
    A = of_rank(8, 6, 6, s=10.0 ** -np.arange(6))
    ranks = {None: 6, 0: 6, 0.5e-4: 5, 0.5e-2: 3, 0.5: 1}
    assert {rtol: svdbook.subspaces(A, rtol).row.shape[1] for rtol in ranks} == ranks
    for rtol, r in list(ranks.items())[2:]:
        bases = svdbook.subspaces(A, rtol)
        assert_same_space(bases.null, scipy.linalg.null_space(A, rcond=rtol), 1e-13)
        assert_same_space(bases.column, scipy.linalg.orth(A, rcond=rtol), 1e-10)
        # All that the left-out directions hold is the next singular value.
        np.testing.assert_allclose(np.linalg.norm(A @ bases.null, 2), 10.0**-r, rtol=1e-8)


def test_a_graded_matrix_keeps_its_small_directions():
    A = np.diag(10.0 ** -np.arange(0, 30, 3))
    assert svdbook.subspaces(A).row.shape == (10, 5)  # down to 1e-12, above 10 * eps
    assert svdbook.subspaces(A, rtol=0).row.shape == (10, 10)


@given(st.integers(0, 9), st.integers(0, 9), st.data())
def test_dimensions_add_up(m, n, data):
    r = data.draw(st.integers(0, min(m, n)))
    A = of_rank(m, n, r, seed=data.draw(st.integers(0, 100)))
    column, left_null, row, null = svdbook.subspaces(A)
    assert column.shape[1] == row.shape[1] == r
    for bases, size in (((column, left_null), m), ((row, null), n)):
        np.testing.assert_allclose(sum(map(projector, bases)), np.eye(size), atol=1e-12)


@pytest.mark.parametrize(
    ("A", "message"),
    [
        ([1, 2, 3], r"A must be a matrix .* got an array of shape \(3,\)"),
        (np.zeros((2, 2, 2)), r"A must be a matrix"),
        ([[1, np.nan]], r"A must be finite, got nan at \[0, 1\]"),
        ([["a"]], "A must hold real or complex numbers, got dtype <U1"),
    ],
)
def test_subspaces_refuses_what_is_no_matrix_of_numbers(A, message):
    with pytest.raises(ValueError, match=message):
        svdbook.subspaces(A)


# numerical_rank


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_the_default_rank_is_numpys(m, n, r, dtype):
    A = of_rank(m, n, r, dtype)
    s = np.linalg.svd(A, compute_uv=False)
    assert svdbook.numerical_rank(s, A.shape) == np.linalg.matrix_rank(A) == r


@given(
    st.lists(st.floats(-20, 0), min_size=1, max_size=8),
    st.integers(0, 5),
    st.one_of(st.none(), st.floats(0, 1, exclude_max=True)),
    st.sampled_from([np.float32, np.float64]),
)
def test_the_rank_decision_is_numpys(exponents, extra, rtol, dtype):
    s = np.sort(10.0 ** np.array(exponents, dtype))[::-1].astype(dtype)
    A = np.vstack([np.diag(s), np.zeros((extra, len(s)), dtype)])
    kept = np.linalg.svd(A, compute_uv=False)
    assert svdbook.numerical_rank(kept, A.shape, rtol) == np.linalg.matrix_rank(A, rtol=rtol)
    assert svdbook.numerical_rank(kept, A.shape[::-1], rtol) == np.linalg.matrix_rank(A.T, rtol=rtol)


def test_the_default_looks_at_the_dtype_and_at_the_longer_side():
    s = np.array([1, 1e-6])
    assert svdbook.numerical_rank(s, (2, 2)) == 2
    assert svdbook.numerical_rank(s.astype(np.float32), (2, 2)) == 2
    assert svdbook.numerical_rank(s.astype(np.float32), (2, 20)) == 1
    assert svdbook.numerical_rank(s.astype(np.float32), (20, 2)) == 1


def test_a_value_at_the_tolerance_counts_as_zero():
    assert svdbook.numerical_rank([4, 2, 1], (3, 3), rtol=0.5) == 1
    assert svdbook.numerical_rank([4, 2, 1], (3, 3), rtol=np.nextafter(0.5, 0)) == 2
    assert svdbook.numerical_rank([4, 2, 0], (3, 3), rtol=0) == 2
    assert svdbook.numerical_rank(np.array([4, 4], np.float32), (2, 2), rtol=np.nextafter(1, 0)) == 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 2), (2, 7), (7, 2), (2, 64)])
def test_the_default_tolerance_is_just_the_longer_side_times_eps(shape, dtype):
    # At the tolerance a value counts as zero, one rounding above it as positive.
    limit = dtype(max(shape) * np.finfo(dtype).eps)
    for size in (dtype(1), dtype(0.25)):
        assert svdbook.numerical_rank(np.array([size, size * limit], dtype), shape) == 1
        assert svdbook.numerical_rank(np.array([size, size * np.nextafter(limit, dtype(1))], dtype), shape) == 2


def test_subspaces_takes_the_default_tolerance_of_the_dtype_and_shape():
    for dtype in (np.float32, np.float64):
        limit = 5 * np.finfo(dtype).eps
        for factor, r in ((0.75, 1), (1.5, 2)):
            A = np.zeros((5, 2), dtype)
            A[0, 0], A[1, 1] = 1, factor * limit
            assert svdbook.subspaces(A).row.shape == (2, r)
            assert np.count_nonzero(svdbook.pinv(A)) == r


@pytest.mark.parametrize(("s", "shape"), [([], (0, 4)), ([], (0, 0)), ([0], (1, 1)), ([0, 0], (2, 5))])
@pytest.mark.parametrize("rtol", [None, 0, 0.5])
def test_nothing_has_rank_zero(s, shape, rtol):
    assert svdbook.numerical_rank(np.array(s, float), shape, rtol) == 0


@pytest.mark.parametrize("k", range(1, 5))
def test_the_rank_is_the_smallest_within_the_tolerance(k):
    s = np.array([5.0, 4, 3, 2, 1])
    A = of_rank(7, 5, 5, s=s)
    tolerance = s[k] + 0.01  # reaches the matrix of rank k, not the one of rank k - 1
    assert svdbook.numerical_rank(s, A.shape, rtol=tolerance / 5) == k
    assert np.linalg.norm(A - svdbook.low_rank(A, k), 2) <= tolerance
    assert np.linalg.norm(A - svdbook.low_rank(A, k - 1), 2) > tolerance


@pytest.mark.parametrize(
    ("s", "shape", "rtol", "message"),
    [
        ([1, 2], (2, 2), None, "s must be nonnegative and in nonincreasing order"),
        ([[1]], (1, 1), None, "s must be a vector"),
        ([2, np.inf][::-1], (2, 2), None, "s must be finite"),
        ([2, 1], (3, 3), None, r"shape must be \(m, n\) with min\(m, n\) = len\(s\) = 2, got \(3, 3\)"),
        ([2, 1], (2,), None, "shape must be"),
        ([2, 1], (2, 2), -0.1, r"rtol must be a number in \[0, 1\), got -0.1"),
        ([2, 1], (2, 2), 1.0, "rtol must be"),
        ([2, 1], (2, 2), 1.5, r"rtol must be a number in \[0, 1\), got 1.5"),
        ([2, 1], (2, 2), np.nan, "rtol must be .* got nan"),
        ([2, 1], (2, 2), "0.1", "rtol must be .* got '0.1'"),
        ([2, 1], (2, 2), 0.1j, "rtol must be"),
        ([2, 1], (2, 2), [0.1], "rtol must be"),
    ],
)
def test_numerical_rank_refuses(s, shape, rtol, message):
    with pytest.raises(ValueError, match=message):
        svdbook.numerical_rank(s, shape, rtol)


# condition_number


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 4), (7, 4), (4, 7)])
def test_the_condition_number_is_numpys(m, n, dtype):
    A = of_rank(m, n, min(m, n), dtype)
    s = np.linalg.svd(A, compute_uv=False)
    condition = svdbook.condition_number(s)
    assert type(condition) is float
    np.testing.assert_allclose(condition, np.linalg.cond(A), rtol=1e-6)


def test_the_condition_number_of_a_singular_matrix_is_infinite():
    for A in (np.diag([1, 0]), np.zeros((3, 2))):
        assert svdbook.condition_number(np.linalg.svd(A, compute_uv=False)) == np.linalg.cond(A) == np.inf


def test_the_condition_number_of_hilberts_matrix():
    s = np.linalg.svd(scipy.linalg.hilbert(8), compute_uv=False)
    np.testing.assert_allclose(svdbook.condition_number(s), 1.5257576e10, rtol=1e-6)


def test_the_condition_number_is_the_distance_to_lower_rank():
    A = of_rank(6, 4, 4, s=[8.0, 4, 2, 1])
    s = np.linalg.svd(A, compute_uv=False)
    lower = svdbook.low_rank(A, 3)
    np.testing.assert_allclose(np.linalg.norm(A, 2) / np.linalg.norm(A - lower, 2), svdbook.condition_number(s))


@pytest.mark.parametrize("s", [[1e-320, 1e-320], [1e308, 1e308], np.array([1, 1], np.float32), [3]])
def test_equal_values_have_condition_number_one(s):
    assert svdbook.condition_number(s) == 1


def test_the_condition_number_does_not_warn_where_it_overflows():
    assert svdbook.condition_number([1e300, 1e-300]) == np.inf


@pytest.mark.parametrize(
    ("s", "message"),
    [
        ([], r"s must have at least one entry, got shape \(0,\)"),
        ([1, 2], "s must be nonnegative and in nonincreasing order"),
        ([-1], "s must be nonnegative"),
        ([np.nan], "s must be finite"),
        ([[1.0]], "s must be a vector"),
    ],
)
def test_condition_number_refuses(s, message):
    with pytest.raises(ValueError, match=message):
        svdbook.condition_number(np.array(s, float))
