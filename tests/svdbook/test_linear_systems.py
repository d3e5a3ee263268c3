import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import Ridge

import svdbook
from svdbook import datasets

DTYPES = [np.float32, np.float64, np.complex64, np.complex128]
SHAPES = [
    (1, 1, 1), (1, 1, 0), (1, 5, 1), (5, 1, 1), (4, 4, 4), (4, 4, 2), (4, 4, 0),
    (7, 4, 4), (7, 4, 2), (4, 7, 4), (4, 7, 2), (30, 40, 11), (40, 30, 30),
]  # fmt: skip
EMPTY = [(0, 0), (0, 3), (3, 0)]
METHODS = ["svd", "qr", "normal"]


def random(rng, shape, dtype):
    entries = rng.standard_normal(shape)
    if np.issubdtype(dtype, np.complexfloating):
        entries = entries + 1j * rng.standard_normal(shape)
    return entries.astype(dtype)


def of_rank(m, n, r, dtype=np.float64, seed=0, s=None):
    """An m x n matrix of rank r, with known singular values if `s` is given."""
    rng = np.random.default_rng(seed)
    U = np.linalg.qr(random(rng, (m, r), np.result_type(dtype, np.float64)))[0]
    V = np.linalg.qr(random(rng, (n, r), np.result_type(dtype, np.float64)))[0]
    s = np.linspace(3, 1, r) if s is None else np.asarray(s)
    return ((U * s) @ V.conj().T).astype(dtype)


def digits(x, exact):
    """Correct digits of the worst entry."""
    return -np.log10(np.max(abs(x - exact) / abs(exact)))


def lstsq(A, b):
    """The answer of scipy, whose own default tolerance is too small for a wide matrix of low rank."""
    return scipy.linalg.lstsq(A, b, cond=max(A.shape) * np.finfo(A.dtype).eps)[0]


def exact_solution(A, b):
    """Least squares solution for independent columns, computed with 100 digits."""
    with mpmath.workdps(100):
        A, b = mpmath.matrix(A.tolist()), mpmath.matrix(b.tolist())
        return np.array([float(entry) for entry in mpmath.lu_solve(A.T * A, A.T * b)])


# pinv


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_pinv_agrees_with_scipys_and_meets_penroses_conditions(m, n, r, dtype):
    A = of_rank(m, n, r, dtype)
    P = svdbook.pinv(A)
    assert P.shape == (n, m)
    assert P.dtype == dtype
    atol = 200 * np.finfo(dtype).eps
    np.testing.assert_allclose(P, scipy.linalg.pinv(A), atol=atol)
    np.testing.assert_allclose(A @ P @ A, A, atol=atol)
    np.testing.assert_allclose(P @ A @ P, P, atol=atol)
    np.testing.assert_allclose(A @ P, (A @ P).conj().T, atol=atol)
    np.testing.assert_allclose(P @ A, (P @ A).conj().T, atol=atol)
    np.testing.assert_allclose(svdbook.pinv(P), A, atol=atol)


@pytest.mark.parametrize("shape", EMPTY)
def test_pinv_of_an_empty_matrix_is_empty(shape):
    assert svdbook.pinv(np.empty(shape)).shape == shape[::-1]


def test_pinv_of_small_matrices_by_hand():
    np.testing.assert_allclose(svdbook.pinv([[3], [4]]), [[3 / 25, 4 / 25]])
    np.testing.assert_allclose(svdbook.pinv([[1, 2], [2, 4]]), np.array([[1, 2], [2, 4]]) / 25)
    np.testing.assert_allclose(svdbook.pinv([[2j, 0]]), [[-0.5j], [0]])
    np.testing.assert_array_equal(svdbook.pinv(np.zeros((2, 3))), np.zeros((3, 2)))


@pytest.mark.parametrize("factor", [1e-150, 1e150])
def test_pinv_of_very_small_and_very_large_matrices(factor):
    A = of_rank(5, 3, 2)
    np.testing.assert_allclose(svdbook.pinv(factor * A) * factor, scipy.linalg.pinv(A), atol=1e-13)


def test_pinvs_tolerance_is_relative_to_the_largest_singular_value():
    A = 1e6 * np.diag([1, 1e-3, 1e-14])
    np.testing.assert_allclose(np.diag(svdbook.pinv(A)), [1e-6, 1e-3, 1e8])
    np.testing.assert_allclose(np.diag(svdbook.pinv(A, rtol=1e-4)), [1e-6, 1e-3, 0])
    np.testing.assert_allclose(np.diag(svdbook.pinv(A, rtol=1e-3)), [1e-6, 0, 0])
    # The default is max(m, n) * eps, so the same singular value goes under in a taller matrix.
    taller = np.concatenate([A, np.zeros((97, 3))])
    np.testing.assert_allclose(np.diag(svdbook.pinv(taller)), [1e-6, 1e-3, 0])
    np.testing.assert_allclose(np.diag(svdbook.pinv(A.astype(np.float32))), [1e-6, 1e-3, 0], rtol=1e-6)


# least_squares


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("k", [None, 1, 3])
@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_svd_agrees_with_scipys_minimum_norm_solution(m, n, r, k, dtype):
    A = of_rank(m, n, r, dtype)
    b = random(np.random.default_rng(1), (m,) if k is None else (m, k), dtype)
    x = svdbook.least_squares(A, b)
    assert x.shape == ((n,) if k is None else (n, k))
    assert x.dtype == dtype
    np.testing.assert_allclose(x, lstsq(A, b), atol=500 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", ["qr", "normal"])
@pytest.mark.parametrize(("m", "n", "r"), [shape for shape in SHAPES if shape[1] == shape[2]])
def test_the_other_methods_agree_where_columns_are_independent(m, n, r, method, dtype):
    A = of_rank(m, n, r, dtype)
    b = random(np.random.default_rng(1), (m, 2), dtype)
    x = svdbook.least_squares(A, b, method=method)
    assert x.dtype == dtype
    np.testing.assert_allclose(x, lstsq(A, b), atol=500 * np.finfo(dtype).eps)


@pytest.mark.parametrize("method", ["qr", "normal"])
@pytest.mark.parametrize(("m", "n", "r"), [shape for shape in SHAPES if shape[1] > shape[2]])
def test_the_other_methods_refuse_dependent_columns(m, n, r, method):
    with pytest.raises(ValueError, match=f'independent columns for method="{method}".*"svd" takes every'):
        svdbook.least_squares(of_rank(m, n, r), np.ones(m), method=method)


def test_normal_refuses_what_qr_still_solves():
    A = of_rank(20, 4, 4, s=[1, 1, 1, 1e-9])
    svdbook.least_squares(A, np.ones(20), method="qr")
    with pytest.raises(ValueError, match='method="normal"'):
        svdbook.least_squares(A, np.ones(20), method="normal")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(0, 0), (3, 0)])
def test_no_columns_give_an_empty_answer(shape, method):
    assert svdbook.least_squares(np.empty(shape), np.ones(shape[0]), method=method).shape == (0,)


def test_no_equations_give_zeros():
    assert svdbook.least_squares(np.empty((0, 3)), np.empty(0)).tolist() == [0, 0, 0]
    assert svdbook.least_squares(np.empty((0, 3)), np.empty((0, 2))).tolist() == [[0, 0]] * 3


def test_a_right_hand_side_decides_the_type_as_well():
    x = svdbook.least_squares([[2]], [2j])
    assert x.tolist() == [1j]
    A = np.array([[2]], np.float32)
    assert svdbook.least_squares(A, np.array([1.0])).dtype == np.float64
    assert svdbook.least_squares(A, np.array([1.0], np.float32)).dtype == np.float32


def test_arguments_stay_as_they_are():
    A, b = of_rank(5, 3, 2), np.ones(5)
    A_before, b_before = A.copy(), b.copy()
    for ridge in (0, 1):
        svdbook.least_squares(A, b, ridge=ridge)
    np.testing.assert_array_equal(A, A_before)
    np.testing.assert_array_equal(b, b_before)


integers = st.integers(-9, 9)


@given(data=st.data(), m=st.integers(1, 6), n=st.integers(1, 6), r=st.integers(1, 6))
def test_svd_solution_is_optimal_and_shortest(data, m, n, r):
    left = data.draw(hnp.arrays(np.int64, (m, r), elements=integers))
    right = data.draw(hnp.arrays(np.int64, (r, n), elements=integers))
    b = data.draw(hnp.arrays(np.int64, m, elements=integers))
    A = left @ right
    x = svdbook.least_squares(A, b)
    size = max(1, np.linalg.norm(A) ** 2) * max(1, np.linalg.norm(x))
    # The residual is orthogonal to the columns, and x to the null space.
    assert np.linalg.norm(A.T @ (A @ x - b)) <= 1e-11 * size
    null = scipy.linalg.null_space(A)
    assert np.linalg.norm(null.T @ x) <= 1e-9 * max(1, np.linalg.norm(x))


@pytest.mark.parametrize("method", METHODS)
def test_units_of_columns_and_of_b_do_not_matter(method):
    rng = np.random.default_rng(2)
    A, b = rng.integers(-9, 9, (8, 4)).astype(float), rng.standard_normal(8)
    units = 2.0 ** np.array([-400, 300, 0, 17])
    x = svdbook.least_squares(A, b, method=method)
    np.testing.assert_array_equal(svdbook.least_squares(A * units, b, method=method) * units, x)
    np.testing.assert_allclose(svdbook.least_squares(A, 1e200 * b, method=method), 1e200 * x, rtol=1e-12)


@pytest.mark.parametrize("extreme", [5e-324, 1.7e308])
def test_the_smallest_and_the_largest_numbers(extreme):
    x = svdbook.least_squares(np.diag([extreme, 1]), [extreme, 1])
    np.testing.assert_array_equal(x, [1, 1])


def test_length_is_measured_in_the_units_of_x():
    # Of all x with x1 + t x2 = 1, the shortest is (1, t) / (1 + t^2). A scaled length would give (1/2, 1/(2t)).
    for t in (1.0, 2.0**-10, 2.0**-40, 1e8):
        shortest = np.array([1, t]) / (1 + t * t)
        np.testing.assert_allclose(svdbook.least_squares([[1, t], [2, 2 * t]], [1, 2]), shortest, rtol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_shortest_solution_of_a_badly_scaled_wide_matrix(seed):
    rng = np.random.default_rng(seed)
    square = rng.integers(-9, 9, (6, 6)).astype(float)
    A = np.hstack([square, square * 2.0 ** rng.integers(-30, 30, 6)])
    b = rng.standard_normal(6)
    with mpmath.workdps(100):
        wide = mpmath.matrix(A.tolist())
        exact = wide.T * mpmath.lu_solve(wide * wide.T, mpmath.matrix(b.tolist()))
        exact = np.array([float(entry) for entry in exact])
    x = svdbook.least_squares(A, b)
    assert np.linalg.norm(x - exact) <= 1e-12 * np.linalg.norm(exact)


def test_shortest_solution_of_longley_with_two_columns_twice():
    longley = datasets.load_nist("Longley")
    A = np.hstack([longley.A, 2 * longley.A[:, [0, 6]]])
    # The pair (c, 2c) with coefficient beta becomes (beta / 5, 2 beta / 5).
    shortest = np.append(longley.coefficients, 2 / 5 * longley.coefficients[[0, 6]])
    shortest[[0, 6]] /= 5
    x = svdbook.least_squares(A, longley.b)
    assert np.linalg.norm(x - shortest) <= 1e-9 * np.linalg.norm(shortest)
    assert digits(x, shortest) > 7


def test_the_tolerance_counts_scaled_columns():
    A = np.diag([1e6, 1.0]) @ np.array([[1, 1], [1, -1]])
    assert np.linalg.matrix_rank(A, rtol=1e-3) == 1
    np.testing.assert_allclose(svdbook.least_squares(A, [2e6, 0], rtol=1e-7), [1, 1])
    np.testing.assert_allclose(svdbook.least_squares(A, [2e6, 2], rtol=1e-5), [1, 1])
    np.testing.assert_allclose(svdbook.least_squares(A, [2e6, 2], rtol=1e-7), [2, 0], atol=1e-9)
    # A small column is not a dependent one.
    np.testing.assert_allclose(svdbook.least_squares(np.diag([1, 1e-9]), [1, 1], rtol=1e-3), [1, 1e9])
    np.testing.assert_allclose(svdbook.least_squares(A, [2e6, 2], method="qr", rtol=1e-7), [2, 0], atol=1e-9)
    for method in ("qr", "normal"):
        with pytest.raises(ValueError, match="independent"):
            svdbook.least_squares(A, [2e6, 2], method=method, rtol=1e-5)


@pytest.mark.parametrize("m", [2, 8, 32])
def test_the_limit_of_the_normal_equations_is_four_times_the_square_root_of_the_default(m):
    # The second column is at the distance d from the first: the factor of [[1, 1], [1, 1 + d^2]] has d at its end.
    # With d^2 a multiple of eps nothing is rounded but the root; 4 sqrt(m eps) is the root of 16 m eps.
    eps = np.finfo(float).eps
    for squared, independent in ((16 * m * eps, False), ((16 * m + 1) * eps, True)):
        A = np.zeros((m, 2))
        A[0], A[1, 1] = 1, np.sqrt(squared)
        if independent:
            assert np.all(np.isfinite(svdbook.least_squares(A, np.ones(m), method="normal")))
        else:
            with pytest.raises(ValueError, match='A must have linearly independent columns for method="normal"'):
                svdbook.least_squares(A, np.ones(m), method="normal")
        svdbook.least_squares(A, np.ones(m), method="qr")
        # A larger tolerance counts, a smaller one does not.
        with pytest.raises(ValueError, match='method="normal"'):
            svdbook.least_squares(A, np.ones(m), method="normal", rtol=1e-3)


@pytest.mark.parametrize("m", [2, 32])
def test_the_default_tolerance_is_the_longer_side_times_eps(m):
    # Singular values of [[1, 1], [0, d]] are sqrt(2) and d / sqrt(2); the distance of the columns is d.
    limit = m * np.finfo(float).eps
    A, b = np.zeros((m, 2)), np.ones(m)
    for factor, independent in ((0.7, False), (1.5, True)):
        A[0], A[1, 1] = 1, factor * limit
        if independent:
            svdbook.least_squares(A, b, method="qr")
        else:
            with pytest.raises(ValueError, match='method="qr"'):
                svdbook.least_squares(A, b, method="qr")
        A[1, 1] = 2 * factor * limit
        x = svdbook.least_squares(A, b)
        # The shortest answer, or the one of a regular matrix, which is large.
        assert (abs(x).max() > 1e10) == independent
        A[1, 1] = 2 * factor * 1e-6
        assert (abs(svdbook.least_squares(A, b, rtol=1e-6)).max() > 1e4) == independent


def test_in_single_precision_the_limits_are_those_of_single_precision():
    A, b = np.array([[1, 1], [0, 1e-5]], np.float32), np.array([1, 1], np.float32)
    assert abs(svdbook.least_squares(A, b)).max() > 1e4
    svdbook.least_squares(A, b, method="qr")
    with pytest.raises(ValueError, match="independent"):
        svdbook.least_squares(A, b, method="normal")
    A[1, 1] = 2.0**-23
    assert abs(svdbook.least_squares(A, b)).max() < 1
    with pytest.raises(ValueError, match="independent"):
        svdbook.least_squares(A, b, method="qr")


# Ridge


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("ridge", [1e-200, 1e-20, 1.0, 1e20, 1e100, 1e200])
def test_a_ridge_of_any_size_leaves_digits(method, ridge):
    rng = np.random.default_rng(3)
    A, b = rng.integers(-9, 9, (5, 3)).astype(float), rng.integers(-9, 9, 5).astype(float)
    A *= 2.0 ** np.array([0, 5, -5])
    with mpmath.workdps(300):
        exact_A = mpmath.matrix(A.tolist())
        exact = mpmath.lu_solve(exact_A.T * exact_A + ridge * mpmath.eye(3), exact_A.T * mpmath.matrix(b.tolist()))
        exact = np.array([float(entry) for entry in exact])
    np.testing.assert_allclose(svdbook.least_squares(A, b, method=method, ridge=ridge), exact, rtol=1e-11)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("m", "n", "r"), [(8, 3, 3), (8, 3, 2), (3, 8, 3), (5, 5, 1), (2, 2, 0)])
def test_ridge_agrees_with_scikit_learn_and_with_its_filter_factors(m, n, r, method):
    A, b = of_rank(m, n, r), np.random.default_rng(1).standard_normal((m, 2))
    for ridge in (1e-4, 0.3, 50):
        x = svdbook.least_squares(A, b, method=method, ridge=ridge)
        expected = Ridge(alpha=ridge, fit_intercept=False).fit(A, b).coef_.T
        np.testing.assert_allclose(x, expected, atol=1e-9)
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        np.testing.assert_allclose(x, Vt.T @ ((s / (s**2 + ridge))[:, None] * (U.T @ b)), atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_ridge_is_in_the_units_of_x_whatever_the_scale_of_the_columns(method):
    A, b = np.diag([1000.0, 1.0]), np.array([1000.0, 1.0])
    x = svdbook.least_squares(A, b, method=method, ridge=1.0)
    np.testing.assert_allclose(x, [1e6 / (1e6 + 1), 1 / 2], rtol=1e-12)


def test_complex_ridge():
    A, b = of_rank(6, 4, 3, np.complex128), random(np.random.default_rng(1), 6, np.complex128)
    x = svdbook.least_squares(A, b, ridge=0.5)
    np.testing.assert_allclose(A.conj().T @ (A @ x - b) + 0.5 * x, 0, atol=1e-13)


# Certified data

# Median over orders of the rows: the digits of a single order are chance, and differ between processors.
LEAST_DIGITS = {
    ("Longley", "svd"): 10, ("Longley", "qr"): 10, ("Longley", "normal"): 6.5,
    ("Filip", "svd"): 7, ("Filip", "qr"): 7,
    ("Wampler1", "svd"): 9, ("Wampler1", "qr"): 9, ("Wampler1", "normal"): 5.5,
    ("Wampler2", "svd"): 12, ("Wampler2", "qr"): 12, ("Wampler2", "normal"): 8.5,
}  # fmt: skip


@pytest.mark.parametrize(("name", "method"), LEAST_DIGITS)
def test_certified_coefficients(name, method):
    data = datasets.load_nist(name)
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(data.b)) for _ in range(51)]
    found = [
        digits(svdbook.least_squares(data.A[order], data.b[order], method=method), data.coefficients)
        for order in orders
    ]
    assert np.median(found) > LEAST_DIGITS[name, method]
    assert min(found) > LEAST_DIGITS[name, method] - 1


def test_normal_equations_refuse_filip():
    filip = datasets.load_nist("Filip")
    rng = np.random.default_rng(0)
    # In some orders of the rows the factorization goes through by chance, with no digit right.
    for _ in range(51):
        order = rng.permutation(len(filip.b))
        with pytest.raises(ValueError, match="independent"):
            svdbook.least_squares(filip.A[order], filip.b[order], method="normal")


def test_what_the_docstring_says_of_filip():
    filip = datasets.load_nist("Filip")
    assert round(digits(exact_solution(filip.A, filip.b), filip.coefficients), 1) == 7.9
    for default in (np.linalg.lstsq(filip.A, filip.b)[0], svdbook.pinv(filip.A) @ filip.b):
        assert digits(default, filip.coefficients) < 0.5

    x = filip.A[:, 1]
    centre, half_range = (x.max() + x.min()) / 2, (x.max() - x.min()) / 2
    t = (x - centre) / half_range
    rng = np.random.default_rng(0)
    found = []
    for _ in range(51):
        order = rng.permutation(len(t))
        in_t = svdbook.least_squares(np.vander(t, 11, increasing=True)[order], filip.b[order])
        polynomial = np.polynomial.Polynomial(in_t, domain=[x.min(), x.max()], window=[-1, 1])
        found.append(digits(polynomial.convert().coef, filip.coefficients))
    assert np.median(found) > 13


@pytest.mark.parametrize("n", [4, 8, 11])
def test_hilbert_matrices_lose_digits_in_step_with_the_condition_number(n):
    H = scipy.linalg.hilbert(n)
    b = np.random.default_rng(0).standard_normal(n)
    exact = exact_solution(H, b)
    lost = np.linalg.norm(svdbook.least_squares(H, b) - exact) / np.linalg.norm(exact)
    assert lost < 10 * np.linalg.cond(H) * np.finfo(float).eps


# Wrong arguments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(A=[1, 2]), "A must be a matrix"),
        (dict(A=[[1, np.nan]]), r"A must be finite, got nan at \[0, 1\]"),
        (dict(A=[["a"]]), "A must hold"),
        (dict(A=[[1]], rtol=1.0), "rtol must be"),
        (dict(A=[[1]], rtol=-0.1), "rtol must be"),
        (dict(A=[[1]], rtol=np.nan), "rtol must be"),
    ],
)
def test_pinv_refuses_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        svdbook.pinv(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(A=[1, 2]), "A must be a matrix"),
        (dict(b=[1, np.inf]), r"b must be finite, got inf at \[1\]"),
        (dict(b=["x", "y"]), "b must hold real or complex numbers, got dtype <U1"),
        (dict(b=[[1], [2, 3]]), "b must have rows of equal length, got rows of different lengths"),
        (dict(b=[1, 2, 3]), r"b must have shape \(2,\) or \(2, k\) for A of shape \(2, 2\), got \(3,\)"),
        (dict(b=5), r"b must have shape .* got \(\)"),
        (dict(b=np.ones((2, 1, 1))), r"b must have shape .* got \(2, 1, 1\)"),
        (dict(method="cholesky"), "method must be one of 'svd', 'qr', 'normal', got 'cholesky'"),
        (dict(method=None), "method must be"),
        (dict(ridge=-1), r"ridge must be a number in \[0, inf\), got -1"),
        (dict(ridge=np.inf), "ridge must be"),
        (dict(ridge=np.nan), "ridge must be"),
        (dict(ridge=[1]), "ridge must be"),
        (dict(rtol=2), "rtol must be"),
        (dict(rtol="1"), "rtol must be"),
        (dict(rtol=np.nan, method="qr"), "rtol must be"),
        (dict(rtol=-1, method="normal"), "rtol must be"),
    ],
)
def test_least_squares_refuses_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        svdbook.least_squares(**{"A": np.eye(2), "b": [1, 2]} | arguments)
