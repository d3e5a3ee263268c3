"""Recommenders: a table of ratings with most entries missing, filled by a matrix of low rank."""

import sys
import warnings
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import lsqr
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from tqdm import tqdm

from svdbook._validation import as_array, as_count, brief, check_number, refuse_masked

# Directions that `SoftImpute` follows beyond those it keeps: one of them may become large enough in the next step.
_SPARE = 15


class Ranking(NamedTuple):
    """Items in order, the best first; see `FunkSVD.recommend` and `FunkSVD.similar_items`."""

    items: np.ndarray
    scores: np.ndarray


class _Recommender(BaseEstimator):
    """What both recommenders do once they have a mean, biases and factors.

    The rating of user u for item i is predicted as ``mean_ + user_bias_[u] + item_bias_[i] +
    user_factors_[u] @ item_factors_[i]``.
    """

    def fit(self, users, items=None, ratings=None):
        """Learn from ratings.

        Parameters
        ----------
        users : (N,) array_like or (m, n) sparse matrix
            For each rating the label of its user, an integer or a string; or a sparse matrix from scipy whose stored
            entries are the ratings (a stored zero is a rating of 0). Then users are its rows 0, ..., m - 1 and items
            its columns, also those without any rating.
        items : (N,) array_like
            For each rating the label of its item. Left out with a sparse matrix.
        ratings : (N,) array_like
            The ratings. Left out with a sparse matrix.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is no rating, lengths differ, labels are no integers or strings, a rating is not finite or outside
            of `rating_range`, a user rates an item twice, or a parameter is out of its range.
        """
        self._check_parameters()
        self.users_, self.items_, rows, columns, values = _ratings(users, items, ratings)
        self.rating_range_ = _range(self.rating_range, values)
        _check_range(values, self.rating_range_)
        shape = len(self.users_), len(self.items_)
        self._user_index = _index(self.users_)
        self._item_index = _index(self.items_)
        self.ratings_ = scipy.sparse.csr_array((values, (rows, columns)), shape=shape)
        self.ratings_.sort_indices()
        self.mean_ = float(values.mean())
        self._learn(rows, columns, values - self.mean_, shape)
        return self

    def predict(self, users, items):
        """Predict ratings, within the range of ratings.

        Parameters
        ----------
        users, items : array_like
            Labels, of equal shape, or one of them a single label. For a user or an item that `fit` has not seen, bias and
            factors are taken as zero: what is left is the mean and the bias of the known one.

        Returns
        -------
        ndarray
            A prediction for each pair.

        Raises
        ------
        ValueError
            If the shapes do not fit.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        refuse_masked(users, "users")
        refuse_masked(items, "items")
        users, items = np.asarray(users), np.asarray(items)
        try:
            users, items = np.broadcast_arrays(users, items)
        except ValueError as error:
            raise ValueError(f"users and items must have equal shapes, got {users.shape} and {items.shape}") from error
        # The place -1 is that of a row of zeros.
        u = np.array([self._user_index.get(label, -1) for label in users.ravel().tolist()], dtype=int)
        i = np.array([self._item_index.get(label, -1) for label in items.ravel().tolist()], dtype=int)
        user_bias, item_bias = np.append(self.user_bias_, 0), np.append(self.item_bias_, 0)
        user_factors, item_factors = (np.pad(F, ((0, 1), (0, 0))) for F in (self.user_factors_, self.item_factors_))
        products = np.einsum("ij,ij->i", user_factors[u], item_factors[i])
        return np.clip(self.mean_ + user_bias[u] + item_bias[i] + products, *self.rating_range_).reshape(users.shape)

    def recommend(self, user, n=10):
        """The items with the highest predictions among those that a user has not rated.

        Parameters
        ----------
        user : int or str
            A label that `fit` or `add_user` has seen.
        n : int
            How many, at least 1. There are fewer if the user has rated nearly all.

        Returns
        -------
        Ranking
            A named tuple: `items`, labels with the best first, and `scores`, the predicted ratings. The order is that of
            the predictions before they are cut to the range of ratings; equal ones come in the order of `items_`.

        Raises
        ------
        ValueError
            If the user is not known, or n is no positive integer.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        n = as_count(n, sys.maxsize, "n", lower=1)
        u = _known(self._user_index, user, "user", "; add_user makes one known by some ratings")
        scores = self.mean_ + self.user_bias_[u] + self.item_bias_ + self.item_factors_ @ self.user_factors_[u]
        rated = self.ratings_.indices[self.ratings_.indptr[u] : self.ratings_.indptr[u + 1]]
        order = np.argsort(-scores, kind="stable")
        best = order[~np.isin(order, rated)][:n]
        return Ranking(self.items_[best], np.clip(scores[best], *self.rating_range_))

    def similar_items(self, item, n=10):
        """The items whose factors point in the most similar directions.

        Parameters
        ----------
        item : int or str
            A label that `fit` has seen.
        n : int
            How many, at least 1. There are fewer if there are fewer other items.

        Returns
        -------
        Ranking
            A named tuple: `items`, labels with the most similar first, and `scores`, the cosines of the angles between
            rows of `item_factors_`. The cosine with a row of zeros is taken as 0.

        Raises
        ------
        ValueError
            If the item is not known, or n is no positive integer.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        n = as_count(n, sys.maxsize, "n", lower=1)
        i = _known(self._item_index, item, "item")
        lengths = np.linalg.norm(self.item_factors_, axis=1, keepdims=True)
        directions = self.item_factors_ / np.where(lengths > 0, lengths, 1)
        cosines = directions @ directions[i]
        order = np.argsort(-cosines, kind="stable")
        best = order[order != i][:n]
        return Ranking(self.items_[best], cosines[best])

    def add_user(self, user, items, ratings):
        """Fold in a new user: find bias and factors from some ratings, and leave all else as it is.

        It is a ridge regression of the ratings on the factors of the rated items, with the penalty that `fit` has used.

        Parameters
        ----------
        user : int or str
            A label that is not known yet.
        items : (N,) array_like
            Labels of known items, each at most once.
        ratings : (N,) array_like
            What the user gave them.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If the user is known, an item is not known or comes twice, there is no rating, or a rating is out of range.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        (label,) = _labels([user], "user")
        if label.item() in self._user_index:
            raise ValueError(f"user must be new, got {brief(user)}, who has ratings already")
        if label.dtype.kind != self.users_.dtype.kind and {label.dtype.kind, self.users_.dtype.kind} != {"i", "u"}:
            raise ValueError(f"user must be of the kind of the other labels, {self.users_.dtype}, got {brief(user)}")
        _, labels, _, columns, values = _ratings([user] * np.size(items), items, ratings)
        places = np.array([_known(self._item_index, item, "items") for item in labels.tolist()])[columns]
        _check_range(values, self.rating_range_)
        bias, factors = self._fold_in(places, values - self.mean_ - self.item_bias_[places])
        row = scipy.sparse.csr_array((values, (np.zeros_like(places), places)), shape=(1, len(self.items_)))
        self.ratings_ = scipy.sparse.vstack([self.ratings_, row], format="csr")
        self.users_ = np.append(self.users_, label)
        self._user_index[label.item()] = len(self.users_) - 1
        self.user_bias_ = np.append(self.user_bias_, bias)
        self.user_factors_ = np.vstack([self.user_factors_, factors])
        return self


class FunkSVD(_Recommender):
    """Biases and a product of low rank, found by gradient descent over the ratings one at a time.

    For each rating, with error e, each number of the user's and of the item's moves by ``learning_rate`` times
    (e times its partner minus ``regularization`` times itself); the partner of a bias is 1. That is stochastic gradient
    descent on the sum over all ratings of half of ``e**2 + regularization * (b**2 + c**2 + |p|**2 + |q|**2)``.

    Ratings of different users and different items do not touch the same numbers, so the order among them does not matter and
    they move together: an epoch goes over the diagonals of the table, whose rows and columns are shuffled each time. The result
    is that of the descent one rating at a time, in the order of the diagonals.

    Parameters
    ----------
    n_factors : int
        Rank of the product, 0 for biases alone.
    regularization : float
        Weight of the penalty, at least 0. It counts once for each rating.
    learning_rate : float
        Length of a step, positive.
    n_epochs : int
        How often to go over all ratings. To stop early is a regularisation, too.
    rating_range : (float, float) or None
        Lowest and highest possible rating; None for those of the training ratings.
    random_state : int, RandomState instance or None
        For the first factors, which are Gaussian with standard deviation 0.1, and for the order of ratings.
    progress : bool
        Whether to show a progress bar.

    Attributes
    ----------
    mean_ : float
        Mean of the training ratings.
    user_bias_, item_bias_ : (m,), (n,) ndarray
    user_factors_, item_factors_ : (m, n_factors), (n, n_factors) ndarray
    users_, items_ : (m,), (n,) ndarray
        Labels in the order of the rows above.
    ratings_ : (m, n) scipy.sparse.csr_array
        The training ratings, and those of users that were added.
    rating_range_ : (float, float)

    References
    ----------
    S. Funk, "Netflix update: try this at home", 2006. Y. Koren, R. Bell and C. Volinsky, "Matrix factorization techniques for
    recommender systems", Computer 42 (2009) 30-37. R. Gemulla et al., "Large-scale matrix factorization with distributed
    stochastic gradient descent", KDD 2011, for descent over parts of the table that share no row and no column.

    Examples
    --------
    >>> import svdbook
    >>> users = ["Ada", "Ada", "Ada", "Ben", "Ben", "Cem", "Cem"]
    >>> films = ["Alien", "Bambi", "Casablanca", "Alien", "Bambi", "Alien", "Casablanca"]
    >>> model = svdbook.FunkSVD(n_factors=1, random_state=0).fit(users, films, [5, 1, 2, 4, 1, 2, 5])
    >>> model.recommend("Ben").items.tolist()
    ['Casablanca']
    >>> bool(1 <= model.predict("Ben", "Casablanca") <= 5)
    True
    """

    def __init__(
        self,
        n_factors=20,
        regularization=0.1,
        learning_rate=0.02,
        n_epochs=35,
        rating_range=None,
        random_state=None,
        progress=False,
    ):
        self.n_factors = n_factors
        self.regularization = regularization
        self.learning_rate = learning_rate
        self.n_epochs = n_epochs
        self.rating_range = rating_range
        self.random_state = random_state
        self.progress = progress

    def _check_parameters(self):
        as_count(self.n_factors, sys.maxsize, "n_factors")
        as_count(self.n_epochs, sys.maxsize, "n_epochs", lower=1)
        check_number(self.regularization, "[0, inf)", "regularization")
        check_number(self.learning_rate, "(0, inf)", "learning_rate")

    def _learn(self, rows, columns, deviations, shape):
        random = check_random_state(self.random_state)
        k, (m, n) = self.n_factors, shape
        # Users above, items below. Two more columns make the biases part of the product: (p, b, 1) times (q, 1, c).
        factors = 0.1 * random.standard_normal((m + n, k + 2))
        factors[:m, k:], factors[m:, k:] = (0, 1), (1, 0)
        pairs = np.stack([rows, m + columns])
        # What has never been rated keeps no random factors.
        factors[np.bincount(pairs.ravel(), minlength=m + n) == 0, :k] = 0
        step, keep = self.learning_rate, 1 - self.learning_rate * self.regularization
        for _ in tqdm(range(self.n_epochs), disable=not self.progress, unit="epoch"):
            order, bounds = _diagonals(rows, columns, shape, random)
            places, x = pairs[:, order], deviations[order]
            with np.errstate(over="ignore", invalid="ignore"):
                for start, stop in pairwise(bounds):
                    here = places[:, start:stop]
                    old = factors.take(here, axis=0)
                    error = step * (x[start:stop] - np.einsum("ij,ij->i", *old))
                    new = keep * old
                    new += error[:, None] * old[::-1]
                    new[0, :, k + 1] = new[1, :, k] = 1
                    factors[here] = new
            if not np.isfinite(factors).all():
                raise ValueError(
                    f"learning_rate must be small enough that the factors stay finite, got {self.learning_rate!r}; "
                    "try a tenth of it"
                )
        self.user_factors_, self.user_bias_ = factors[:m, :k].copy(), factors[:m, k].copy()
        self.item_factors_, self.item_bias_ = factors[m:, :k].copy(), factors[m:, k + 1].copy()

    def _fold_in(self, places, deviations):
        regressors = np.column_stack([self.item_factors_[places], np.ones(len(places))])
        *factors, bias = _ridge(regressors, deviations, self.regularization * len(places))
        return bias, np.array(factors)


class SoftImpute(_Recommender):
    """Biases, then the matrix Z that minimises half the squared error over the ratings plus `shrinkage` times its nuclear norm.

    What is called soft-impute fills the missing entries with the present Z, lowers all singular values by `shrinkage` and
    drops those below zero, and repeats. It is done here with momentum, and with a matrix that is kept as a sparse one plus
    factors; only as many singular vectors are followed as the result needs and 15 more.

    Parameters
    ----------
    shrinkage : float
        By how much singular values are lowered, positive. From the largest singular value of the table of residuals on
        (zero where there is no rating), Z is zero.
    bias_regularization : float
        Weight of the squares of the biases, at least 0, in the ridge regression that finds them first.
    tol : float
        Stop once a step changes Z by less than this share of its Frobenius norm.
    max_iter : int
        Stop then at the latest, with a warning.
    rating_range : (float, float) or None
        Lowest and highest possible rating; None for those of the training ratings.
    progress : bool
        Whether to show a progress bar.

    Attributes
    ----------
    mean_ : float
        Mean of the training ratings.
    user_bias_, item_bias_ : (m,), (n,) ndarray
    singular_values_ : (k,) ndarray
        Those of Z that are positive, the largest first; k is its rank.
    user_factors_, item_factors_ : (m, k), (n, k) ndarray
        Left and right singular vectors of Z, times the root of their value: Z is their product.
    n_iter_ : int
        Number of steps.
    users_, items_ : (m,), (n,) ndarray
        Labels in the order of the rows above.
    ratings_ : (m, n) scipy.sparse.csr_array
        The training ratings, and those of users that were added.
    rating_range_ : (float, float)

    References
    ----------
    R. Mazumder, T. Hastie and R. Tibshirani, "Spectral regularization algorithms for learning large incomplete matrices",
    Journal of Machine Learning Research 11 (2010) 2287-2322.

    Examples
    --------
    >>> import numpy as np, scipy.sparse, svdbook
    >>> rng = np.random.default_rng(0)
    >>> table = 3 + np.outer(rng.standard_normal(30), rng.standard_normal(20))
    >>> known = rng.random((30, 20)) < 0.7
    >>> ratings = scipy.sparse.coo_array((table[known], known.nonzero()), shape=table.shape)
    >>> model = svdbook.SoftImpute(shrinkage=0.5, rating_range=(-5, 10)).fit(ratings)
    >>> users, items = (~known).nonzero()
    >>> errors = model.predict(users, items) - table[users, items]
    >>> bool(errors.std() < 0.2 * table.std())
    True
    """

    def __init__(
        self, shrinkage=10.0, bias_regularization=5.0, tol=1e-3, max_iter=300, rating_range=None, progress=False
    ):
        self.shrinkage = shrinkage
        self.bias_regularization = bias_regularization
        self.tol = tol
        self.max_iter = max_iter
        self.rating_range = rating_range
        self.progress = progress

    def _check_parameters(self):
        check_number(self.shrinkage, "(0, inf)", "shrinkage")
        check_number(self.bias_regularization, "[0, inf)", "bias_regularization")
        check_number(self.tol, "(0, 1)", "tol")
        as_count(self.max_iter, sys.maxsize, "max_iter", lower=1)

    def _learn(self, rows, columns, deviations, shape):
        self.user_bias_, self.item_bias_ = _biases(rows, columns, deviations, shape, self.bias_regularization)
        residuals = deviations - self.user_bias_[rows] - self.item_bias_[columns]
        left, s, right = self._soft_impute(rows, columns, residuals, shape)
        self.singular_values_ = s
        self.user_factors_, self.item_factors_ = left * np.sqrt(s), right * np.sqrt(s)

    def _soft_impute(self, rows, columns, x, shape):
        m, n = shape
        random = np.random.default_rng(0)
        pattern = scipy.sparse.csr_array((np.arange(1, len(x) + 1), (rows, columns)), shape=shape)
        pattern.sort_indices()
        place = pattern.data - 1
        sparse = scipy.sparse.csr_array((x[place], pattern.indices, pattern.indptr), shape=shape)
        rows, columns, x = rows[place], columns[place], x[place]

        left, s, right, followed = np.empty((m, 0)), np.empty(0), np.empty((n, 0)), np.empty((n, 0))
        old_left, old_right, fit, old_fit = left, right, np.zeros_like(x), np.zeros_like(x)
        momentum, old_values = 1.0, np.empty(0)
        bar = tqdm(range(1, self.max_iter + 1), disable=not self.progress, unit="step")
        for self.n_iter_ in bar:
            # From a point beyond the last one, in the direction of the last step (Nesterov).
            following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            beyond = (momentum - 1) / following
            ahead = fit + beyond * (fit - old_fit)
            # The filled matrix: residuals where there are ratings, plus the factors of that point.
            sparse.data = x - ahead
            one = np.hstack([(1 + beyond) * left * s, -beyond * old_left])
            other = np.hstack([right, old_right])
            width = min(len(s) + _SPARE, m, n)
            fresh = random.standard_normal((n, max(0, width - followed.shape[1])))
            start = np.hstack([followed[:, :width], fresh])
            Q = np.linalg.qr(sparse @ start + one @ (other.T @ start)).Q
            followed, values, Wt = np.linalg.svd(sparse.T @ Q + other @ (one.T @ Q), full_matrices=False)
            kept = values > self.shrinkage
            old_left, old_right, old_fit = left * s, right, fit
            left, s, right = Q @ Wt.T[:, kept], values[kept] - self.shrinkage, followed[:, kept]
            fit = np.einsum("ij,ij->i", (left * s).take(rows, axis=0), right.take(columns, axis=0))
            # A step that turns back has gone too far: begin again without momentum.
            momentum = 1.0 if (ahead - fit) @ (fit - old_fit) > 0 else following
            enough_room = kept.sum() < width or width == min(m, n)
            # Whether a value is to be kept is known only once it has settled, also the largest that is not kept.
            before = np.append(old_values, np.zeros(width))[:width]
            settled = (abs(values - before)[: kept.sum() + 1] <= self.tol * self.shrinkage).all()
            old_values = values
            if enough_room and settled:
                # The fit may stand still while missing entries still move, so the whole matrix is compared with the one before.
                R = np.linalg.qr(np.hstack([left * s, -old_left]), mode="r")
                other_R = np.linalg.qr(np.hstack([right, old_right]), mode="r")
                if np.linalg.norm(R @ other_R.T) <= self.tol * np.linalg.norm(s):
                    break
        else:
            warnings.warn(
                f"SoftImpute has not converged to tol={self.tol} in max_iter={self.max_iter} steps",
                ConvergenceWarning,
                stacklevel=4,
            )
        bar.close()
        return left, s, right

    def _fold_in(self, places, deviations):
        # The bias as `_biases` finds it, then a row of the left factor: a minimum over both factors is one over each.
        bias = deviations.sum() / (len(places) + self.bias_regularization)
        return bias, _ridge(self.item_factors_[places], deviations - bias, self.shrinkage)


def _ratings(users, items, ratings):
    """Labels of users and items, and for each rating its row, column and value; or a ValueError."""
    if scipy.sparse.issparse(users):
        if items is not None or ratings is not None:
            raise ValueError("items and ratings must be left out if users is a sparse matrix")
        table = users.tocoo()
        rows, columns = (np.asarray(place, dtype=np.intp) for place in (table.row, table.col))
        user_labels, item_labels = (np.arange(size) for size in table.shape)
        values = as_array(table.data, "ratings", "iuf").astype(float)
    else:
        if items is None or ratings is None:
            raise ValueError("items and ratings must be given, unless users is a sparse matrix of ratings")
        users, items = _labels(users, "users"), _labels(items, "items")
        values = as_array(ratings, "ratings", "iuf").astype(float)
        if not values.shape == users.shape == items.shape:
            raise ValueError(
                f"users, items and ratings must have equal lengths, got {users.shape}, {items.shape} and {values.shape}"
            )
        user_labels, rows = np.unique(users, return_inverse=True)
        item_labels, columns = np.unique(items, return_inverse=True)
    if len(values) == 0:
        raise ValueError("ratings must have at least one entry, got none")
    pairs = rows * len(item_labels) + columns
    ordered = np.argsort(pairs, kind="stable")
    again = np.flatnonzero(np.diff(pairs[ordered]) == 0)
    if again.size:
        first, second = ordered[again[0]], ordered[again[0] + 1]
        raise ValueError(
            f"ratings must have one entry for a user and an item, got {values[first]:g} and {values[second]:g} for "
            f"user {user_labels[rows[first]].item()!r} and item {item_labels[columns[first]].item()!r}"
        )
    return user_labels, item_labels, rows, columns, values


def _labels(values, name):
    """Return labels as a vector of integers or of strings, or raise a ValueError."""
    refuse_masked(values, name)
    labels = np.asarray(values)
    if labels.dtype == object:
        # Such as a column of strings of a data frame.
        labels = np.asarray(labels.tolist())
    if labels.ndim != 1:
        raise ValueError(
            f"{name} must be a vector of labels, got an array of shape {labels.shape}; of a dense table, "
            "scipy.sparse.coo_array(table) takes the entries that are not zero as ratings"
        )
    if labels.size and labels.dtype.kind not in "iuU":
        raise ValueError(f"{name} must hold labels that are integers or strings, got dtype {labels.dtype}")
    return labels


def _index(labels):
    return {label: place for place, label in enumerate(labels.tolist())}


def _known(index, label, name, hint=""):
    try:
        return index[label]
    except (KeyError, TypeError):
        raise ValueError(f"{name} must be known from fit, got {brief(label)}{hint}") from None


def _range(rating_range, values):
    if rating_range is None:
        return float(values.min()), float(values.max())
    limits = as_array(rating_range, "rating_range", "iuf")
    if limits.shape != (2,) or limits[0] >= limits[1]:
        raise ValueError(f"rating_range must be a lower and a higher number, or None, got {brief(rating_range)}")
    return float(limits[0]), float(limits[1])


def _check_range(values, limits):
    outside = values[(values < limits[0]) | (values > limits[1])]
    if outside.size:
        raise ValueError(f"ratings must be from {limits[0]:g} to {limits[1]:g}, got {outside[0]:g}")


def _diagonals(rows, columns, shape, random):
    """Put ratings into an order whose parts, between bounds, have no row and no column twice.

    Entries (i, j) of a square table with the same (i + j) mod its side share no row and no column.
    """
    m, n = shape
    diagonal = (random.permutation(m)[rows] + random.permutation(n)[columns]) % max(m, n)
    # A stable sort of short integers is a radix sort.
    order = np.argsort(diagonal.astype(np.min_scalar_type(max(m, n))), kind="stable")
    bounds = np.flatnonzero(np.diff(diagonal[order], prepend=-1, append=-1))
    return order, bounds.tolist()


def _biases(rows, columns, deviations, shape, regularization):
    """Solve the ridge regression of deviations on a bias for each row and column, the shortest solution without a penalty."""
    m, n = shape
    # Two ones in each row: one for the user, one for the item.
    places = np.column_stack([rows, m + columns]).ravel()
    starts = np.arange(0, len(places) + 1, 2)
    regressors = scipy.sparse.csr_array((np.ones(len(places)), places, starts), shape=(len(rows), m + n))
    solution = lsqr(regressors, deviations, damp=np.sqrt(regularization), atol=1e-12, btol=1e-12)[0]
    return solution[:m], solution[m:]


def _ridge(regressors, target, penalty):
    """Minimise ``|regressors @ x - target|**2 + penalty * |x|**2``; the shortest x if the penalty is 0."""
    k = regressors.shape[1]
    augmented = np.vstack([regressors, np.sqrt(penalty) * np.eye(k)])
    return np.linalg.lstsq(augmented, np.append(target, np.zeros(k)))[0]
