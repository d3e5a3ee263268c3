"""PCA against scikit-learn's, numpy's covariance and 50 digits, and scikit-learn's own checks of estimators."""

import mpmath
import numpy as np
import pytest
import sklearn.decomposition
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import svdbook

SHAPES = [(2, 1), (2, 2), (2, 9), (9, 2), (7, 7), (60, 12), (12, 60)]


def random_data(seed, shape):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * np.logspace(0, -2, shape[1]) + rng.uniform(-5, 5, shape[1])


def digits():
    return load_digits().data


@parametrize_with_checks([svdbook.PCA(), svdbook.PCA(n_components=1), svdbook.PCA(n_components=0.9)])
def test_it_is_an_estimator_of_scikit_learn(estimator, check):
    check(estimator)


def assert_agree(ours, theirs, data, new):
    signs = np.sign((ours.components_ * theirs.components_).sum(axis=1))
    scale = abs(data).max()
    for name in ("mean_", "singular_values_", "explained_variance_", "explained_variance_ratio_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-10, atol=1e-10, err_msg=name)
    assert ours.n_components_ == theirs.n_components_ and ours.n_features_in_ == theirs.n_features_in_
    np.testing.assert_allclose(ours.components_, signs[:, None] * theirs.components_, rtol=0, atol=1e-10)
    for observations in (data, new):
        expected = theirs.transform(observations)
        np.testing.assert_allclose(ours.transform(observations), signs * expected, rtol=0, atol=1e-10 * scale)
        np.testing.assert_allclose(
            ours.inverse_transform(signs * expected), theirs.inverse_transform(expected), rtol=0, atol=1e-10 * scale
        )


@pytest.mark.parametrize("shape", SHAPES)
def test_it_agrees_with_scikit_learn(shape):
    data, new = random_data(1, shape), random_data(2, (4, shape[1]))
    # The last direction of centred data of m <= n rows has variance 0 and is arbitrary.
    for k in {1, max(1, min(shape[0] - 1, shape[1]))}:
        ours = svdbook.PCA(k).fit(data)
        theirs = sklearn.decomposition.PCA(k, svd_solver="full").fit(data)
        assert_agree(ours, theirs, data, new)
    np.testing.assert_allclose(
        svdbook.PCA().fit(data).singular_values_,
        sklearn.decomposition.PCA(svd_solver="full").fit(data).singular_values_,
        atol=1e-10,
    )


@pytest.mark.parametrize("n_components", [2, 21, 0.5, 0.9, 0.99])
def test_it_agrees_with_scikit_learn_on_handwritten_digits(n_components):
    train, new = digits()[:1297], digits()[1297:]
    ours = svdbook.PCA(n_components).fit(train)
    theirs = sklearn.decomposition.PCA(n_components, svd_solver="full").fit(train)
    assert_agree(ours, theirs, train, new)


def test_variances_are_the_eigenvalues_of_numpys_covariance():
    data = random_data(3, (30, 5))
    pca = svdbook.PCA().fit(data)
    covariance = np.cov(data, rowvar=False)
    np.testing.assert_allclose(pca.explained_variance_, np.linalg.eigvalsh(covariance)[::-1], rtol=1e-9)
    rebuilt = pca.components_.T * pca.explained_variance_ @ pca.components_
    np.testing.assert_allclose(rebuilt, covariance, atol=1e-13)
    np.testing.assert_allclose(np.cov(pca.transform(data), rowvar=False), np.diag(pca.explained_variance_), atol=1e-13)


def test_small_variances_keep_digits_that_the_covariance_loses():
    # Standard deviations from 1 to 1e-9: their squares are below the rounding of the largest.
    rng = np.random.default_rng(4)
    data = rng.standard_normal((40, 3)) * [1, 1e-5, 1e-9] @ np.linalg.qr(rng.standard_normal((3, 3)))[0]
    with mpmath.workdps(50):
        exact = mpmath.matrix(data.tolist())
        for j in range(3):
            mean = mpmath.fsum(exact[:, j]) / 40
            for i in range(40):
                exact[i, j] -= mean
        values = [float(value) for value in mpmath.svd_r(exact, compute_uv=False)]
    np.testing.assert_allclose(svdbook.PCA().fit(data).singular_values_, values, rtol=1e-6)


@st.composite
def tables(draw):
    """Tall, wide, square, rank-deficient, badly scaled and graded data with a mean, and a count of components."""
    m, n = draw(st.integers(2, 12)), draw(st.integers(1, 12))
    rank = draw(st.integers(1, min(m, n)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    data = rng.standard_normal((m, rank)) @ rng.standard_normal((rank, n))
    data = data * np.logspace(0, -draw(st.integers(0, 8)), n) + rng.standard_normal(n)
    return data * 10.0 ** draw(st.integers(-60, 60)), draw(st.integers(1, min(m, n)))


@given(tables())
def test_no_plane_of_the_same_dimension_is_closer(table):
    data, k = table
    scale = abs(data).max()
    pca = svdbook.PCA(k).fit(data)
    assert pca.components_.shape == (k, data.shape[1])
    np.testing.assert_allclose(pca.components_ @ pca.components_.T, np.eye(k), atol=1e-13)
    np.testing.assert_array_equal(svdbook.fix_signs(np.eye(k), pca.components_)[1], pca.components_)
    error = np.linalg.norm(data - pca.inverse_transform(pca.transform(data))) / scale
    # The same plane through another point, and another plane through the mean.
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.standard_normal((data.shape[1], k)))[0]
    shift = scale * rng.standard_normal(data.shape[1])
    centred = data - pca.mean_
    off_centre = (centred - shift) - (centred - shift) @ pca.components_.T @ pca.components_
    assert error <= np.linalg.norm(off_centre) / scale + 1e-13
    assert error <= np.linalg.norm(centred - centred @ Q @ Q.T) / scale + 1e-13
    np.testing.assert_allclose(pca.fit_transform(data), pca.transform(data), rtol=0, atol=0)
    if k == min(data.shape):
        np.testing.assert_allclose(error, 0, atol=1e-12)
        np.testing.assert_allclose(pca.explained_variance_ratio_.sum(), 1)


def test_moving_the_data_moves_the_mean_and_nothing_else():
    data = random_data(5, (20, 4))
    here, there = svdbook.PCA().fit(data), svdbook.PCA().fit(data + [100, -50, 3, 0])
    np.testing.assert_allclose(there.mean_ - here.mean_, [100, -50, 3, 0])
    np.testing.assert_allclose(there.components_, here.components_, atol=1e-11)
    np.testing.assert_allclose(there.singular_values_, here.singular_values_, rtol=1e-11)


def test_new_observations_are_centred_with_the_training_mean():
    data = random_data(6, (20, 4))
    pca = svdbook.PCA(2).fit(data[:15])
    one = pca.transform(data[15:16])
    assert abs(one).max() > 0.1  # centred with its own mean it would be 0
    np.testing.assert_allclose(pca.transform(data[15:])[:1], one, atol=1e-14)
    np.testing.assert_allclose(one, (data[15:16] - data[:15].mean(axis=0)) @ pca.components_.T, atol=1e-14)


def test_integers_and_single_precision_are_computed_in_double_precision():
    data = np.round(10 * random_data(7, (300, 3)))
    expected = svdbook.PCA(2).fit(data)
    for dtype in (np.int16, np.float32):
        pca = svdbook.PCA(2).fit(data.astype(dtype))
        assert pca.components_.dtype == pca.mean_.dtype == pca.transform(data.astype(dtype)).dtype == np.float64
        np.testing.assert_array_equal(pca.components_, expected.components_)
    # In single precision the sum of so many would be off in the fifth digit.
    many = np.full((200_000, 1), 0.1, np.float32)
    many[0] = 1
    assert svdbook.PCA().fit(many).mean_[0] == pytest.approx(many.astype(float).mean(), rel=1e-12)


def test_the_share_of_the_variance_is_the_smallest_count_that_reaches_it():
    # Centred orthogonal columns of variance 9/10 and 1/10 of the total.
    data = np.array([[3.0, 1], [3, -1], [-3, 1], [-3, -1]])
    assert [svdbook.PCA(share).fit(data).n_components_ for share in (0.5, 0.9, 0.91)] == [1, 1, 2]
    assert svdbook.PCA(0.9).fit(data).explained_variance_ratio_ == pytest.approx([0.9])


@pytest.mark.parametrize("value", [0.1, -0.7, 1e-3, 1 / 3, 1e300, 1e-310, 5e-324, 1.7e308])
@pytest.mark.parametrize("shape", [(3, 2), (7, 1), (10, 4), (1000, 3)])
def test_equal_rows_have_no_variance_though_their_mean_is_rounded(shape, value):
    data = np.full(shape, value) * np.linspace(0.3, 1, shape[1])
    pca = svdbook.PCA().fit(data)
    for name in ("singular_values_", "explained_variance_", "explained_variance_ratio_"):
        np.testing.assert_array_equal(getattr(pca, name), 0)
    np.testing.assert_array_equal(pca.mean_, data[0])
    np.testing.assert_array_equal(pca.transform(data), 0)
    for share in (0.5, 1e-9):
        with pytest.raises(ValueError, match="X must vary to keep a share of its variance, n_components=.*, got equal"):
            svdbook.PCA(share).fit(data)


def test_a_constant_column_beside_others_adds_no_variance():
    data = np.column_stack([np.full(10, 0.1), np.arange(10.0), np.full(10, 1e200 / 3)])
    pca = svdbook.PCA().fit(data)
    np.testing.assert_allclose(pca.explained_variance_, [np.var(np.arange(10), ddof=1), 0, 0], atol=1e-30)
    assert pca.mean_.tolist() == [0.1, 4.5, 1e200 / 3]


def test_its_outputs_have_names_as_scikit_learns_have():
    data = random_data(8, (20, 4))
    for k, count in ((None, 4), (2, 2), (0.5, None)):
        ours = svdbook.PCA(k).fit(data)
        theirs = sklearn.decomposition.PCA(k, svd_solver="full").fit(data)
        assert ours.get_feature_names_out().tolist() == theirs.get_feature_names_out().tolist()
        assert count is None or len(ours.get_feature_names_out()) == count
    with pytest.raises(NotFittedError):
        svdbook.PCA().get_feature_names_out()
    np.testing.assert_array_equal(
        ours.set_output(transform="default").transform(data), svdbook.PCA(0.5).fit_transform(data)
    )
    parts = [("shape", svdbook.PCA(1), [0, 1]), ("rest", svdbook.PCA(2), [1, 2, 3])]
    together = ColumnTransformer(parts).fit(data)
    assert together.get_feature_names_out().tolist() == ["shape__pca0", "rest__pca0", "rest__pca1"]
    expected = np.hstack(
        [svdbook.PCA(k).fit_transform(data[:, columns]) for k, columns in ((1, [0, 1]), (2, [1, 2, 3]))]
    )
    np.testing.assert_array_equal(together.transform(data), expected)


def test_data_that_do_not_vary_have_components_without_variance():
    pca = svdbook.PCA().fit(np.full((4, 3), 2.0))
    assert pca.explained_variance_.tolist() == pca.explained_variance_ratio_.tolist() == [0, 0, 0]
    np.testing.assert_array_equal(pca.transform(np.full((2, 3), 2.0)), np.zeros((2, 3)))


DATA = np.arange(12.0).reshape(4, 3) ** 2
FITTED = svdbook.PCA(2).fit(DATA)
WITH_NAN = np.where(DATA == 4, np.nan, DATA)
COUNT = (
    r"n_components must be an integer from 1 to min\(m, n\) = 3 of X, a share of the variance between 0 and 1, or None"
)
BAD = [
    (lambda: svdbook.PCA().fit(WITH_NAN), "Input X contains NaN"),
    (lambda: FITTED.transform(WITH_NAN), "Input X contains NaN"),
    (lambda: FITTED.inverse_transform([[np.nan, 1]]), "contains NaN"),
    (lambda: svdbook.PCA().fit(np.where(DATA == 4, np.inf, DATA)), "Input X contains infinity"),
    (lambda: svdbook.PCA().fit(DATA * 1j), "Complex data not supported"),
    (lambda: svdbook.PCA().fit([1.0, 2]), "Expected 2D array, got 1D array"),
    (
        lambda: svdbook.PCA().fit(np.empty((0, 3))),
        r"Found array with 0 sample\(s\) .* a minimum of 2 is required by PCA",
    ),
    (
        lambda: svdbook.PCA().fit(np.empty((3, 0))),
        r"Found array with 0 feature\(s\) .* a minimum of 1 is required by PCA",
    ),
    (lambda: svdbook.PCA().fit([[1.0, 2]]), r"Found array with 1 sample\(s\) .* a minimum of 2 is required by PCA"),
    (lambda: FITTED.transform(DATA[:, :2]), "X has 2 features, but PCA is expecting 3 features as input"),
    (lambda: FITTED.transform(np.ones((2, 4))), "X has 4 features, but PCA is expecting 3 features as input"),
    (lambda: FITTED.inverse_transform(DATA), r"X must have a column for each of the 2 components, got shape \(4, 3\)"),
    (lambda: svdbook.PCA(4).fit(DATA), f"{COUNT}, got 4"),
    (lambda: svdbook.PCA(3).fit(DATA[:2]), r"from 1 to min\(m, n\) = 2 of X.*got 3"),
    (lambda: svdbook.PCA(0).fit(DATA), f"{COUNT}, got 0"),
    (lambda: svdbook.PCA(-1).fit(DATA), f"{COUNT}, got -1"),
    (lambda: svdbook.PCA(1.0).fit(DATA), f"{COUNT}, got 1.0"),
    (lambda: svdbook.PCA(2.5).fit(DATA), f"{COUNT}, got 2.5"),
    (lambda: svdbook.PCA(np.nan).fit(DATA), f"{COUNT}, got nan"),
    (lambda: svdbook.PCA(True).fit(DATA), f"{COUNT}, got True"),
    (lambda: svdbook.PCA("mle").fit(DATA), f"{COUNT}, got 'mle'"),
    (
        lambda: svdbook.PCA(0.9).fit(np.ones((4, 3))),
        "X must vary to keep a share of its variance, n_components=0.9, got equal rows",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_input_is_refused_with_what_is_wanted(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_it_must_be_fitted_first(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(svdbook.PCA(), method)(DATA)
