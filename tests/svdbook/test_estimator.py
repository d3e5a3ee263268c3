"""svdbook.SVD with each solver against numpy and scikit-learn, and scikit-learn's own checks of estimators."""

import numpy as np
import pytest
import scipy.sparse
import sklearn.decomposition
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import svdbook
from svdbook import estimator as module

FULL = ["lapack", "golub-kahan", "jacobi"]
LEADING = ["lanczos", "randomized"]
SHAPES = [(1, 1), (1, 5), (5, 1), (6, 6), (30, 12), (12, 30)]


def gaussian(seed, shape):
    return np.random.default_rng(seed).standard_normal(shape)


@parametrize_with_checks([svdbook.SVD(), svdbook.SVD(1), *(svdbook.SVD(1, solver) for solver in (*FULL[1:], *LEADING))])
def test_it_is_an_estimator_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("solver", ["auto", *FULL, *LEADING])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_solver_agrees_with_numpy(shape, solver):
    A = gaussian(1, shape) + 1
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    for k in sorted({1, min(2, *shape), min(shape)}):
        model = svdbook.SVD(k, solver).fit(A)
        np.testing.assert_allclose(model.singular_values_, s[:k], rtol=1e-10)
        np.testing.assert_allclose(abs(model.components_), abs(Vt[:k]), atol=1e-8)
        np.testing.assert_allclose(
            (model.left_vectors_ * model.singular_values_) @ model.components_, U[:, :k] * s[:k] @ Vt[:k], atol=1e-8
        )
        np.testing.assert_array_equal(svdbook.fix_signs(np.eye(k), model.components_)[1], model.components_)
        np.testing.assert_allclose(model.explained_variance_ratio_, s[:k] ** 2 / (A**2).sum(), rtol=1e-10)
        assert model.condition_number_ == pytest.approx(s[0] / s[k - 1], rel=1e-10)
        assert model.n_components_ == k and model.n_features_in_ == shape[1]
        for j in {0, 1, k}:
            np.testing.assert_allclose(model.low_rank(j), U[:, :j] * s[:j] @ Vt[:j], atol=1e-8)
        np.testing.assert_allclose(model.transform(A), model.left_vectors_ * model.singular_values_, atol=1e-8)
    np.testing.assert_allclose(svdbook.SVD(None, solver).fit(A).inverse_transform(model.transform(A)), A, atol=1e-8)
    np.testing.assert_allclose(model.pinv(), np.linalg.pinv(A), atol=1e-9)


@pytest.mark.parametrize("solver", ["auto", *LEADING])
def test_sparse_tables_stay_sparse(solver, monkeypatch):
    X = scipy.sparse.random_array((300, 200), density=0.05, rng=np.random.default_rng(2))
    theirs = sklearn.decomposition.TruncatedSVD(5, algorithm="arpack", random_state=0).fit(X)
    dense = X.toarray()
    for kind in (scipy.sparse.csr_array, scipy.sparse.csr_matrix, scipy.sparse.coo_array):
        table = kind(X)
        with monkeypatch.context() as patched:
            patched.setattr(scipy.sparse.csr_array, "toarray", None)
            patched.setattr(scipy.sparse.csr_matrix, "toarray", None)
            model = svdbook.SVD(5, solver).fit(table)
            coordinates = model.transform(table)
        rtol = 1e-3 if solver == "randomized" else 1e-10
        np.testing.assert_allclose(model.singular_values_, theirs.singular_values_, rtol=rtol)
        np.testing.assert_allclose(
            model.explained_variance_ratio_, model.singular_values_**2 / (dense**2).sum(), rtol=1e-12
        )
        np.testing.assert_allclose(coordinates, dense @ model.components_.T, atol=1e-12)


def test_nothing_is_centred():
    data = gaussian(3, (50, 3)) + [100, 50, -20]
    model = svdbook.SVD(1).fit(data)
    mean = data.mean(axis=0)
    assert model.components_[0] @ mean / np.linalg.norm(mean) > 0.999
    centred = svdbook.SVD().fit(data - mean)
    pca = svdbook.PCA().fit(data)
    np.testing.assert_allclose(centred.components_, pca.components_, atol=1e-12)
    np.testing.assert_allclose(centred.explained_variance_ratio_, pca.explained_variance_ratio_, rtol=1e-12)
    np.testing.assert_array_equal(model.transform(np.zeros((2, 3))), 0)


@pytest.mark.parametrize(
    ("shape", "k", "sparse", "expected"),
    [
        ((1000, 1000), 40, False, "randomized"),
        ((1000, 1001), 41, False, "lapack"),
        ((999, 2000), 1, False, "lapack"),
        ((1000, 1000), 40, True, "lanczos"),
        ((5, 4), 2, True, "lanczos"),
    ],
)
def test_auto_takes_what_it_says(shape, k, sparse, expected, monkeypatch):
    def solver(name):
        def decompose(X, *_):
            called.append(name)
            return np.ones((shape[0], k)), np.ones(k), np.ones((k, shape[1]))

        return decompose

    called = []
    for table in (module._OF_ALL_TRIPLETS, module._OF_LEADING_TRIPLETS):
        for name in table:
            monkeypatch.setitem(table, name, solver(name))
    svdbook.SVD(k).fit(scipy.sparse.eye_array(*shape) if sparse else np.ones(shape))
    assert called == [expected]


def test_the_tolerance_of_the_pseudoinverse():
    A = np.diag([2.0, 1.0])
    assert [np.count_nonzero(svdbook.SVD().fit(A).pinv(rtol)) for rtol in (0.4, 0.5)] == [2, 1]
    singular = np.outer([1.0, 2, 2], [3.0, 4])
    np.testing.assert_allclose(svdbook.SVD().fit(singular).pinv(), np.linalg.pinv(singular), atol=1e-15)
    np.testing.assert_array_equal(svdbook.SVD().fit(np.zeros((2, 3))).pinv(), np.zeros((3, 2)))
    A = gaussian(4, (6, 4))
    np.testing.assert_allclose(
        svdbook.SVD(2).fit(A).pinv(), np.linalg.pinv(svdbook.low_rank(A, 2), rtol=1e-10), atol=1e-13
    )


def test_zeros_have_no_shares_and_an_infinite_condition_number():
    model = svdbook.SVD().fit(np.zeros((3, 2)))
    assert model.singular_values_.tolist() == model.explained_variance_ratio_.tolist() == [0, 0]
    assert model.condition_number_ == np.inf


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("solver", ["lapack", *LEADING])
@pytest.mark.parametrize("exponent", [-1000, -300, 300, 1000])
def test_extreme_sizes(exponent, solver):
    A = np.random.default_rng(5).integers(-15, 16, (6, 4)).astype(float)
    expected = svdbook.SVD(3).fit(A)
    scaled = np.ldexp(A, exponent)
    with np.errstate(all="raise"):
        model = svdbook.SVD(3, solver).fit(scaled)
        coordinates, approximation, inverse = model.transform(scaled), model.low_rank(2), model.pinv()
        rebuilt = model.inverse_transform(np.ldexp(expected.transform(A), exponent))
    np.testing.assert_allclose(np.ldexp(model.singular_values_, -exponent), expected.singular_values_, rtol=1e-12)
    np.testing.assert_allclose(model.explained_variance_ratio_, expected.explained_variance_ratio_, rtol=1e-12)
    np.testing.assert_allclose(np.ldexp(coordinates, -exponent), expected.transform(A), atol=1e-10)
    np.testing.assert_allclose(np.ldexp(approximation, -exponent), expected.low_rank(2), atol=1e-10)
    np.testing.assert_allclose(np.ldexp(inverse, exponent), expected.pinv(), atol=1e-12)
    np.testing.assert_allclose(
        np.ldexp(rebuilt, -exponent), expected.inverse_transform(expected.transform(A)), atol=1e-10
    )


def test_its_outputs_have_names():
    assert svdbook.SVD(2).fit(gaussian(6, (5, 3))).get_feature_names_out().tolist() == ["svd0", "svd1"]


DATA = gaussian(7, (4, 3))
FITTED = svdbook.SVD(2).fit(DATA)
BAD = [
    (lambda: svdbook.SVD().fit([[1.0, np.nan]]), "Input X contains NaN"),
    (lambda: svdbook.SVD().fit(DATA * 1j), "Complex data not supported"),
    (lambda: svdbook.SVD().fit(np.ma.array(DATA, mask=DATA > 0)), "X must have no masked entries"),
    (lambda: svdbook.SVD(4).fit(DATA), "n_components must be an integer from 1 to 3, got 4"),
    (lambda: svdbook.SVD(0).fit(DATA), "n_components must be an integer from 1 to 3, got 0"),
    (lambda: svdbook.SVD(0.5).fit(DATA), "n_components must be an integer from 1 to 3, got 0.5"),
    (lambda: svdbook.SVD(solver="qr").fit(DATA), "solver must be one of 'auto', 'lapack', .*, got 'qr'"),
    (lambda: FITTED.transform(DATA[:, :2]), "X has 2 features, but SVD is expecting 3 features"),
    (lambda: FITTED.inverse_transform(DATA), r"X must have a column for each of the 2 components, got shape \(4, 3\)"),
    (lambda: FITTED.low_rank(3), "k must be an integer from 0 to 2, got 3"),
    (lambda: FITTED.pinv(1), r"rtol must be a number in \[0, 1\), got 1"),
    *(
        (
            lambda solver=solver: svdbook.SVD(1, solver).fit(scipy.sparse.eye_array(3)),
            r"X must .*X.toarray\(\) makes one",
        )
        for solver in FULL
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=range(len(BAD)))
def test_bad_input_is_refused_with_what_is_wanted(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "call",
    [lambda m: m.transform(DATA), lambda m: m.inverse_transform(DATA), lambda m: m.low_rank(1), lambda m: m.pinv()],
)
def test_it_must_be_fitted_first(call):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        call(svdbook.SVD())
