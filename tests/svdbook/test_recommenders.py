"""Recommenders against slow plain loops, conditions of a minimum, scikit-learn's ridge regression, and held-out ratings."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import Ridge

import svdbook
from svdbook import datasets, recommenders

MODELS = [
    svdbook.FunkSVD(n_factors=3, n_epochs=20, random_state=0),
    svdbook.FunkSVD(n_factors=0, n_epochs=5, random_state=0),
    svdbook.SoftImpute(shrinkage=1.0),
    svdbook.SoftImpute(shrinkage=1e6),
]


def some_ratings(seed=0, m=30, n=20, share=0.4, rank=2):
    """Users, items and ratings of a noisy table of low rank; each user and item has a rating."""
    rng = np.random.default_rng(seed)
    table = 3 + rng.standard_normal((m, rank)) @ rng.standard_normal((rank, n)) + 0.1 * rng.standard_normal((m, n))
    known = rng.random((m, n)) < share
    known[np.arange(m), rng.integers(n, size=m)] = known[rng.integers(m, size=n), np.arange(n)] = True
    users, items = known.nonzero()
    return users, items, table[known]


def as_sparse(users, items, ratings, shape=None):
    return scipy.sparse.coo_array((ratings, (users, items)), shape=shape)


# FunkSVD


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (7, 7), (40, 9), (9, 40)])
def test_diagonals_hold_each_rating_once_and_no_row_or_column_twice(shape):
    m, n = shape
    rows, columns = np.divmod(np.random.default_rng(1).permutation(m * n)[: max(1, 2 * m * n // 3)], n)
    order, bounds = recommenders._diagonals(rows, columns, shape, np.random.RandomState(0))
    assert sorted(order) == list(range(len(rows)))
    assert bounds[0] == 0 and bounds[-1] == len(rows) and (np.diff(bounds) > 0).all()
    for start, stop in pairwise(bounds):
        part = order[start:stop]
        assert len(set(rows[part])) == len(set(columns[part])) == len(part)


def test_funk_is_descent_one_rating_at_a_time():
    users, items, ratings = some_ratings()
    model = svdbook.FunkSVD(n_factors=3, regularization=0.2, learning_rate=0.05, n_epochs=4, random_state=5)
    model.fit(users, items, ratings)
    random, k = np.random.RandomState(5), 3
    m, n = users.max() + 1, items.max() + 1
    # The columns for biases draw numbers, too.
    P, Q = 0.1 * random.standard_normal((m, k + 2)), 0.1 * random.standard_normal((n, k + 2))
    P, Q, b, c, mean = P[:, :k], Q[:, :k], np.zeros(m), np.zeros(n), ratings.mean()
    for _ in range(4):
        for j in recommenders._diagonals(users, items, (m, n), random)[0]:
            u, i = users[j], items[j]
            error = ratings[j] - mean - b[u] - c[i] - P[u] @ Q[i]
            b[u] += 0.05 * (error - 0.2 * b[u])
            c[i] += 0.05 * (error - 0.2 * c[i])
            P[u], Q[i] = P[u] + 0.05 * (error * Q[i] - 0.2 * P[u]), Q[i] + 0.05 * (error * P[u] - 0.2 * Q[i])
    for ours, theirs in (
        (model.user_factors_, P),
        (model.item_factors_, Q),
        (model.user_bias_, b),
        (model.item_bias_, c),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_an_epoch_of_tiny_steps_goes_along_the_gradient_of_the_documented_sum():
    users, items, ratings = some_ratings(2, 8, 6)
    m, n, k, reg, step = 8, 6, 2, 0.3, 1e-6
    before = svdbook.FunkSVD(k, reg, learning_rate=1e-300, n_epochs=1, random_state=1).fit(users, items, ratings)
    after = svdbook.FunkSVD(k, reg, learning_rate=step, n_epochs=1, random_state=1).fit(users, items, ratings)

    def numbers(model):
        return np.concatenate(
            [model.user_bias_, model.item_bias_, model.user_factors_.ravel(), model.item_factors_.ravel()]
        )

    def documented(x):
        b, c, P, Q = x[:m], x[m : m + n], x[m + n : m + n + m * k].reshape(m, k), x[m + n + m * k :].reshape(n, k)
        total = 0
        for u, i, r in zip(users, items, ratings, strict=True):
            error = r - ratings.mean() - b[u] - c[i] - P[u] @ Q[i]
            total += (error**2 + reg * (b[u] ** 2 + c[i] ** 2 + P[u] @ P[u] + Q[i] @ Q[i])) / 2
        return total

    gradient = scipy.optimize.approx_fprime(numbers(before), documented, 1e-7)
    np.testing.assert_allclose((numbers(after) - numbers(before)) / step, -gradient, atol=2e-3)


def test_funk_finds_a_matrix_of_low_rank_with_most_entries_missing():
    for seed in range(2):
        rng = np.random.default_rng(seed)
        table = rng.standard_normal((100, 5)) @ rng.standard_normal((5, 50))
        known = rng.random(table.shape) < 0.4
        model = svdbook.FunkSVD(
            5, regularization=0.0, learning_rate=0.03, n_epochs=200, rating_range=(-50, 50), random_state=seed
        )
        model.fit(as_sparse(*known.nonzero(), table[known], table.shape))
        missing = (~known).nonzero()
        errors = model.predict(*missing) - table[missing]
        assert np.sqrt(np.mean(errors**2)) < 0.1 * table.std()


def test_too_long_a_step_is_an_error_and_no_nan():
    with pytest.raises(ValueError, match=r"learning_rate must be small enough that the factors stay finite, got 50.0"):
        svdbook.FunkSVD(2, learning_rate=50.0, random_state=0).fit(*some_ratings())


def test_the_same_seed_gives_the_same_model_and_another_one_another():
    one, same, other = (svdbook.FunkSVD(2, n_epochs=3, random_state=seed).fit(*some_ratings()) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.user_factors_, same.user_factors_)
    assert abs(one.user_factors_ - other.user_factors_).max() > 0.01


# SoftImpute


def residuals_and_product(model):
    """What the biases and the product leave of the ratings, as a table that is zero elsewhere, and the product."""
    ratings = model.ratings_.tocoo()
    Z = model.user_factors_ @ model.item_factors_.T
    base = model.mean_ + model.user_bias_[:, None] + model.item_bias_
    left = np.zeros(ratings.shape)
    left[ratings.row, ratings.col] = ratings.data - (base + Z)[ratings.row, ratings.col]
    return left, Z


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shrinkage", [0.3, 1.0, 3.0])
def test_soft_impute_meets_the_conditions_of_a_minimum(seed, shrinkage):
    model = svdbook.SoftImpute(shrinkage, tol=1e-9, max_iter=5000).fit(*some_ratings(seed))
    left, Z = residuals_and_product(model)
    # Convex: Z is a minimum if and only if the residual's spectral norm is at most the weight, and it touches the nuclear norm.
    assert np.linalg.norm(left, 2) <= shrinkage * (1 + 1e-5)
    nuclear = np.linalg.svd(Z, compute_uv=False).sum()
    assert np.sum(left * Z) == pytest.approx(shrinkage * nuclear, rel=1e-6)
    assert len(model.singular_values_) == np.linalg.matrix_rank(Z, tol=1e-6)
    np.testing.assert_allclose(
        np.linalg.svd(Z, compute_uv=False)[: len(model.singular_values_)], model.singular_values_, atol=1e-6
    )


def plain_soft_impute(users, items, x, shape, shrinkage, steps):
    Z = np.zeros(shape)
    for _ in range(steps):
        filled = Z.copy()
        filled[users, items] = x
        U, s, Vt = np.linalg.svd(filled, full_matrices=False)
        Z = U * np.maximum(s - shrinkage, 0) @ Vt
    return Z


def test_soft_impute_agrees_with_the_plain_loop():
    users, items, ratings = some_ratings(4, 60, 45, rank=3)
    model = svdbook.SoftImpute(1.5, tol=1e-8, max_iter=5000).fit(users, items, ratings)
    x = ratings - model.mean_ - model.user_bias_[users] - model.item_bias_[items]
    expected = plain_soft_impute(users, items, x, (60, 45), 1.5, 1000)
    np.testing.assert_allclose(model.user_factors_ @ model.item_factors_.T, expected, atol=1e-5)


def test_soft_impute_of_real_ratings_is_close_to_the_minimum_with_the_default_tolerance():
    users, films, ratings, _ = datasets.load_movielens(least_ratings=50)
    model = svdbook.SoftImpute(10.0).fit(users, films, ratings)
    left, Z = residuals_and_product(model)
    assert np.linalg.norm(left, 2) <= 10 * 1.01
    assert np.sum(left * Z) == pytest.approx(10 * model.singular_values_.sum(), rel=0.01)


def test_biases_are_a_ridge_regression():
    users, items, ratings = some_ratings(3)
    model = svdbook.SoftImpute(shrinkage=1e6, bias_regularization=2.0).fit(users, items, ratings)
    regressors = np.hstack([np.eye(30)[users], np.eye(20)[items]])
    expected = Ridge(alpha=2.0, fit_intercept=False).fit(regressors, ratings - ratings.mean()).coef_
    np.testing.assert_allclose(np.concatenate([model.user_bias_, model.item_bias_]), expected, atol=1e-6)
    assert model.singular_values_.size == 0 and model.user_factors_.shape == (30, 0)


def test_without_any_regularisation_of_biases_the_minimum_is_the_least_squares_fit():
    users, items, ratings = some_ratings(3, share=0.8)
    model = svdbook.SoftImpute(shrinkage=1e6, bias_regularization=0).fit(users, items, ratings)
    regressors = np.hstack([np.eye(30)[users], np.eye(20)[items]])
    fitted = regressors @ np.linalg.lstsq(regressors, ratings - ratings.mean())[0]
    np.testing.assert_allclose(model.user_bias_[users] + model.item_bias_[items], fitted, atol=1e-6)


def test_soft_impute_is_zero_from_the_largest_singular_value_on_and_not_before():
    for users, items, ratings in (some_ratings(), datasets.load_movielens(50)[:3]):
        left, Z = residuals_and_product(svdbook.SoftImpute(1e6).fit(users, items, ratings))
        edge = np.linalg.norm(left, 2)
        assert not Z.any()
        for factor, rank in ((1.01, 0), (0.99, 1)):
            assert len(svdbook.SoftImpute(factor * edge).fit(users, items, ratings).singular_values_) == rank


def test_missing_entries_have_settled_where_known_ones_settle_early():
    rng = np.random.default_rng(0)
    table = rng.standard_normal((100, 5)) @ rng.standard_normal((5, 50))
    known = rng.random(table.shape) < 0.3
    ratings = as_sparse(*known.nonzero(), table[known], table.shape)
    loose, tight = (svdbook.SoftImpute(0.5, 1e9, tol=tol, max_iter=5000).fit(ratings) for tol in (1e-3, 1e-7))
    products = [model.user_factors_ @ model.item_factors_.T for model in (loose, tight)]
    assert np.linalg.norm(products[0] - products[1]) < 0.05 * np.linalg.norm(products[1])


def test_soft_impute_warns_if_it_has_not_converged():
    with pytest.warns(ConvergenceWarning, match="has not converged to tol=1e-06 in max_iter=3 steps"):
        model = svdbook.SoftImpute(0.1, tol=1e-6, max_iter=3).fit(*some_ratings())
    assert model.n_iter_ == 3


def test_equal_ratings_leave_nothing_to_explain():
    model = svdbook.SoftImpute().fit(["a", "a", "b"], ["x", "y", "x"], [4, 4, 4])
    assert model.predict(["b", "b"], ["y", "never"]).tolist() == [4, 4] and model.singular_values_.size == 0
    assert model.similar_items("x").scores.tolist() == [0.0]


# Both


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_predictions_are_the_documented_sum_within_the_range(model):
    users, items, ratings = some_ratings()
    model = clone(model).fit(users, items, ratings)
    for u, i in ((0, 0), (7, 3), (29, 19)):
        row = np.flatnonzero(model.users_ == u)[0]
        column = np.flatnonzero(model.items_ == i)[0]
        exact = (model.mean_ + model.user_bias_[row] + model.item_bias_[column]
                 + sum(p * q for p, q in zip(model.user_factors_[row], model.item_factors_[column], strict=True)))  # fmt: skip
        assert model.predict(u, i) == pytest.approx(min(max(exact, ratings.min()), ratings.max()), abs=1e-12)
    assert model.predict(users.reshape(1, -1), items.reshape(1, -1)).shape == (1, len(users))
    assert model.predict(3, [0, 1, 2]).shape == (3,)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_labels_and_their_order_do_not_matter_to_what_is_fitted(model):
    users, items, ratings = some_ratings()
    plain = clone(model).fit(users, items, ratings)
    sparse = clone(model).fit(as_sparse(users, items, ratings).tocsr())
    named = clone(model).fit(
        [f"user {u:02}" for u in users], np.array([f"film {i:02}" for i in items], dtype=object), ratings
    )
    for other in (sparse, named):
        np.testing.assert_allclose(other.user_factors_, plain.user_factors_, atol=1e-10)
        np.testing.assert_allclose(other.item_bias_, plain.item_bias_, atol=1e-10)
    assert named.predict("user 03", "film 04") == pytest.approx(plain.predict(3, 4))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_what_is_not_known_counts_as_average(model):
    model = clone(model).fit(*some_ratings())
    low, high = model.rating_range_
    assert model.predict("nobody", "nothing") == model.mean_ == model.predict(-1, -1)
    assert model.predict(10**6, 3) == pytest.approx(np.clip(model.mean_ + model.item_bias_[3], low, high))
    assert model.predict(3, 10**6) == pytest.approx(np.clip(model.mean_ + model.user_bias_[3], low, high))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_rows_and_columns_of_a_sparse_matrix_without_ratings_are_known_and_average(model):
    users, items, ratings = some_ratings()
    model = clone(model).fit(as_sparse(users, items, ratings, shape=(33, 22)))
    assert model.predict(32, 21) == model.mean_
    # As popular as the items' biases are.
    assert model.recommend(32, 22).items.tolist() == np.argsort(-model.item_bias_, kind="stable").tolist()


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_recommend_sorts_what_was_not_rated(model):
    users, items, ratings = some_ratings()
    model = clone(model).fit(users, items, ratings)
    for user in (0, 11, 29):
        rated = set(items[users == user])
        ranking = model.recommend(user, 100)
        assert set(ranking.items) == set(range(20)) - rated
        exact = (
            model.mean_ + model.user_bias_[user] + model.item_bias_ + model.item_factors_ @ model.user_factors_[user]
        )
        assert (np.diff(exact[ranking.items]) <= 0).all()
        np.testing.assert_allclose(ranking.scores, model.predict(user, ranking.items), rtol=1e-14)
        assert model.recommend(user, 4).items.tolist() == ranking.items[:4].tolist()


def test_recommend_can_tell_items_apart_whose_predictions_are_cut():
    model = svdbook.FunkSVD(n_factors=0, random_state=0).fit(*some_ratings())
    model.item_bias_ = np.linspace(5, 9, 20)
    ranking = model.recommend(0, 3)
    assert ranking.items[0] > ranking.items[1] > ranking.items[2] and len(set(ranking.scores)) == 1


def test_similar_items_have_the_largest_cosines():
    model = svdbook.SoftImpute(1.0).fit(*some_ratings())
    Q = model.item_factors_
    ranking = model.similar_items(5, 100)
    assert sorted(ranking.items) == [i for i in range(20) if i != 5]
    for item, score in zip(*ranking, strict=True):
        assert score == pytest.approx(Q[item] @ Q[5] / np.linalg.norm(Q[item]) / np.linalg.norm(Q[5]))
    assert (np.diff(ranking.scores) <= 0).all() and len(model.similar_items(5, 2).items) == 2


@pytest.mark.parametrize(
    "model", [MODELS[2], svdbook.FunkSVD(3, learning_rate=0.005, n_epochs=2000, random_state=0)], ids=str
)
def test_a_user_who_is_folded_in_gets_what_fitting_had_given_him(model):
    users, items, ratings = some_ratings()
    if isinstance(model, svdbook.SoftImpute):
        model = clone(model).set_params(tol=1e-9, max_iter=5000)
        tolerance = 1e-4
    else:
        tolerance = 0.03
    model = clone(model).fit(users, items, ratings)
    for user in (0, 13):
        own = users == user
        model.add_user(100 + user, items[own], ratings[own])
        np.testing.assert_allclose(model.predict(100 + user, range(20)), model.predict(user, range(20)), atol=tolerance)
        assert model.recommend(100 + user).items.tolist() == model.recommend(user).items.tolist()


@pytest.mark.parametrize("model", MODELS[:1] + MODELS[2:3], ids=str)
def test_folding_in_changes_nobody_else_and_is_scikit_learns_ridge(model):
    users, items, ratings = some_ratings()
    model = clone(model).fit(users, items, ratings)
    before = model.predict(users, items)
    model.add_user(77, [4, 2, 9], [3.0, 2.0, 4.0])
    np.testing.assert_array_equal(model.predict(users, items), before)
    x = np.array([3.0, 2, 4]) - model.mean_ - model.item_bias_[[4, 2, 9]]
    Q = model.item_factors_[[4, 2, 9]]
    if isinstance(model, svdbook.FunkSVD):
        *factors, bias = Ridge(alpha=0.1 * 3, fit_intercept=False).fit(np.column_stack([Q, np.ones(3)]), x).coef_
    else:
        bias = x.sum() / (3 + 5)
        factors = Ridge(alpha=1.0, fit_intercept=False).fit(Q, x - bias).coef_
    np.testing.assert_allclose(model.user_factors_[-1], factors, atol=1e-10)
    assert model.user_bias_[-1] == pytest.approx(bias, abs=1e-10)
    assert not set(model.recommend(77, 100).items) & {4, 2, 9}


def test_names_longer_than_the_known_ones_can_be_added():
    model = svdbook.FunkSVD(1, random_state=0).fit(["a", "b"], ["x", "y"], [1, 2])
    model.add_user("a long name", ["x"], [2])
    assert model.recommend("a long name").items.tolist() == ["y"] and model.users_[-1] == "a long name"


def test_a_stored_zero_is_a_rating():
    table = scipy.sparse.coo_array(([0.0, 5.0, 4.0], ([0, 1, 1], [0, 0, 1])), shape=(2, 2))
    model = svdbook.SoftImpute().fit(table)
    assert model.mean_ == 3 and model.rating_range_ == (0, 5)
    assert model.recommend(0).items.tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [], []), "ratings must have at least one entry, got none"),
        ((scipy.sparse.csr_array((3, 2)),), "ratings must have at least one entry, got none"),
        (([1, 2], [1, 2], [3]), r"users, items and ratings must have equal lengths, got \(2,\), \(2,\) and \(1,\)"),
        (([1, 2], [1, 2]), "items and ratings must be given, unless users is a sparse matrix"),
        ((scipy.sparse.eye_array(2), [1], [1]), "items and ratings must be left out if users is a sparse matrix"),
        (([1, 1, 1], [2, 3, 2], [4, 5, 3]), "one entry for a user and an item, got 4 and 3 for user 1 and item 2"),
        ((["Ada"] * 2, ["Alien"] * 2, [4, 4]), "got 4 and 4 for user 'Ada' and item 'Alien'"),
        ((scipy.sparse.coo_array(([1, 2], ([0, 0], [1, 1])), shape=(2, 2)),), "got 1 and 2 for user 0 and item 1"),
        ((np.ma.masked_equal([1, 2], 2), [1, 1], [1, 2]), "users must have no masked entries, got 1"),
        (([1.5], [1], [1]), "users must hold labels that are integers or strings, got dtype float64"),
        (([1], [None], [1]), "items must hold labels that are integers or strings, got dtype object"),
        ((np.eye(2), [1], [1]), r"users must be a vector of labels, got an array of shape \(2, 2\)"),
        (([1], [1], [np.nan]), r"ratings must be finite, got nan at \[0\]"),
        (([1], [1], ["five"]), "ratings must hold real numbers, got dtype <U4"),
        ((scipy.sparse.coo_array(([np.inf], ([0], [0]))),), r"ratings must be finite, got inf at \[0\]"),
        (([1], [1], [7]), "ratings must be from 1 to 5, got 7"),
    ],
)
@pytest.mark.parametrize("kind", [svdbook.FunkSVD, svdbook.SoftImpute])
def test_what_is_no_table_of_ratings_is_refused(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(rating_range=(1, 5)).fit(*arguments)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (svdbook.FunkSVD(n_factors=-1), "n_factors must be an integer from 0"),
        (svdbook.FunkSVD(n_factors=2.0), "n_factors must be an integer from 0"),
        (svdbook.FunkSVD(n_epochs=0), "n_epochs must be an integer from 1"),
        (svdbook.FunkSVD(regularization=-0.1), r"regularization must be a number in \[0, inf\), got -0.1"),
        (svdbook.FunkSVD(learning_rate=0), r"learning_rate must be a number in \(0, inf\), got 0"),
        (svdbook.SoftImpute(shrinkage=0), r"shrinkage must be a number in \(0, inf\), got 0"),
        (svdbook.SoftImpute(bias_regularization=-1), r"bias_regularization must be a number in \[0, inf\), got -1"),
        (svdbook.SoftImpute(tol=0), r"tol must be a number in \(0, 1\), got 0"),
        (svdbook.SoftImpute(max_iter=0), "max_iter must be an integer from 1"),
        (
            svdbook.SoftImpute(rating_range=(5, 1)),
            r"rating_range must be a lower and a higher number, or None, got \(5, 1\)",
        ),
        (svdbook.FunkSVD(rating_range=3), "rating_range must be a lower and a higher number, or None, got 3"),
    ],
    ids=str,
)
def test_parameters_out_of_range_are_refused(model, message):
    with pytest.raises(ValueError, match=message):
        model.fit([1, 2], [1, 2], [1, 5])


@pytest.mark.parametrize("model", MODELS[:1] + MODELS[2:3], ids=str)
def test_what_cannot_be_answered_is_refused(model):
    model = clone(model).fit([1, 1, 2], [1, 2, 2], [1, 5, 3])
    for call, message in (
        (lambda: model.recommend(3), "user must be known from fit, got 3; add_user makes one known"),
        (lambda: model.recommend([1]), r"user must be known from fit, got \[1\]"),
        (lambda: model.recommend(1, 0), "n must be an integer from 1"),
        (lambda: model.similar_items(9), "item must be known from fit, got 9"),
        (lambda: model.similar_items(1, 1.5), "n must be an integer from 1"),
        (lambda: model.predict([1, 2], [1, 2, 3]), r"users and items must have equal shapes, got \(2,\) and \(3,\)"),
        (lambda: model.predict(np.ma.masked_equal([1, 2], 2), [1, 2]), "users must have no masked entries, got 1"),
        (lambda: model.predict([1, 2], np.ma.masked_equal([1, 2], 2)), "items must have no masked entries, got 1"),
        (lambda: model.add_user(2, [1], [3]), "user must be new, got 2, who has ratings already"),
        (lambda: model.add_user(3, [], []), "ratings must have at least one entry, got none"),
        (lambda: model.add_user(3, [1, 1], [3, 4]), "got 3 and 4 for user 3 and item 1"),
        (lambda: model.add_user(3, [7], [3]), "items must be known from fit, got 7"),
        (lambda: model.add_user(3, [1], [6]), "ratings must be from 1 to 5, got 6"),
        (lambda: model.add_user("me", [1], [3]), "user must be of the kind of the other labels, int64, got 'me'"),
        (
            lambda: model.add_user(2.5, [1], [3]),
            "user must hold labels that are integers or strings, got dtype float64",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert model.users_.tolist() == [1, 2] and model.user_factors_.shape[0] == 2


@pytest.mark.parametrize("model", MODELS[:1] + MODELS[2:3], ids=str)
def test_before_fit_nothing_is_answered(model):
    model = clone(model)
    for call in (lambda: model.predict(1, 1), lambda: model.recommend(1), lambda: model.similar_items(1), lambda: model.add_user(1, [1], [1])):  # fmt: skip
        with pytest.raises(NotFittedError):
            call()


def test_the_progress_bar_shows_only_if_it_is_asked_for(capsys):
    for model in (svdbook.FunkSVD(1, n_epochs=2), svdbook.SoftImpute(5.0)):
        clone(model).fit(*some_ratings())
        assert capsys.readouterr().err == ""
        clone(model).set_params(progress=True).fit(*some_ratings())
        assert model.__class__.__name__ and ("epoch" in (shown := capsys.readouterr().err) or "step" in shown)


def test_held_out_ratings_are_predicted_better_than_by_biases():
    users, films, ratings, _ = datasets.load_movielens(least_ratings=50)
    for seed in range(2):
        test = np.random.default_rng(seed).permutation(len(ratings)) < len(ratings) // 10
        train = users[~test], films[~test], ratings[~test]

        def error(model, train=train, test=test):
            return np.sqrt(np.mean((model.fit(*train).predict(users[test], films[test]) - ratings[test]) ** 2))

        constant = np.sqrt(np.mean((ratings[test] - ratings[~test].mean()) ** 2))
        biases = error(svdbook.SoftImpute(shrinkage=1e6))
        soft = error(svdbook.SoftImpute())
        funk = error(svdbook.FunkSVD(random_state=0))
        assert 0.97 < constant < 1.01
        assert biases < constant - 0.13
        assert soft < biases - 0.02 and funk < biases - 0.02
