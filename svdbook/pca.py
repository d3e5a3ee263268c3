"""Principal component analysis: the singular value decomposition of centred data."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from svdbook._estimators import as_coordinates, as_observations
from svdbook._scaling import first_finite, ldexp, moderate, moderate_svd, restore
from svdbook._validation import brief
from svdbook.decomposition import explained_variance, fix_signs, rank_for_energy


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Principal component analysis by a thin SVD of the centred data.

    It follows scikit-learn's API and agrees with ``sklearn.decomposition.PCA(svd_solver="full")`` up
    to signs. Everything is computed in double precision.

    Parameters
    ----------
    n_components : int, float or None
        How many components to keep: a number from 1 to min(m, n) of the data; or the smallest number
        whose share of the total variance is at least this share between 0 and 1; or all min(m, n) of
        them (None, the default).

    Attributes
    ----------
    components_ : (k, n) ndarray
        Principal directions, in rows: the right singular vectors of the centred data, the one of
        largest variance first. The entry of largest modulus of each is positive.
    explained_variance_ : (k,) ndarray
        Variance of the scores on each component, ``singular_values_ ** 2 / (m - 1)``.
    explained_variance_ratio_ : (k,) ndarray
        The same as a share of the total variance of the data; 0 if the data do not vary.
    singular_values_ : (k,) ndarray
        The largest k singular values of the centred data.
    mean_ : (n,) ndarray
        Mean of each variable over the training data.
    n_components_ : int
        The number k of components kept.
    n_features_in_ : int
        The number n of variables.

    References
    ----------
    I. T. Jolliffe, "Principal Component Analysis", 2nd edition, Springer 2002, section 3.5.

    Examples
    --------
    >>> import numpy as np, svdbook
    >>> marks = np.array([[1, 5], [5, 2], [6, 5], [9, 4], [9, 9]])
    >>> pca = svdbook.PCA(n_components=1).fit(marks)
    >>> pca.mean_.tolist(), pca.explained_variance_.round(6).tolist()
    ([6.0, 5.0], [12.5])
    >>> pca.transform([[8, 6]]).round(4).tolist()
    [[2.2361]]
    >>> pca.inverse_transform([[0.0]]).tolist()
    [[6.0, 5.0]]
    """

    def __init__(self, n_components=None):
        self.n_components = n_components

    @np.errstate(all="ignore")
    def fit(self, X, y=None):
        """Find the mean and the principal directions of the data.

        Parameters
        ----------
        X : (m, n) array_like
            Training data, m >= 2 observations of n variables.
        y : ignored
            Present for scikit-learn's pipelines.

        Returns
        -------
        PCA
            The estimator itself.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with at least 2 rows, `n_components` does not
            fit it, or a variance is above the largest double.
        """
        X = as_observations(self, X, ensure_min_samples=2)
        # Small numbers are lifted, so that the mean of the smallest is not rounded.
        lift = np.minimum(moderate(X)[1], 0)
        X = ldexp(X, -lift)
        columns, exponents = moderate(X, axis=0)
        mean = restore(columns.mean(axis=0), exponents[0], "X", "its mean")
        # The mean of equal numbers can be rounded away from them.
        mean = np.where((X == X[0]).all(axis=0), X[0], mean)
        # The difference of two numbers is at most twice the largest.
        centred, halved = first_finite(lambda e: (ldexp(X, -e) - ldexp(mean, -e), e), np.ones((1, 1), int))
        _, s, Vt, exponent = moderate_svd(centred)
        _, Vt = fix_signs(np.zeros((0, len(s))), Vt)
        exponent = exponent + (lift + halved)[0]
        self.mean_ = ldexp(mean, lift[0])
        k = self._count_of_components(s)
        share = explained_variance(s) if s[0] > 0 else np.zeros_like(s)
        self.n_components_ = k
        self.components_ = Vt[:k]
        self.singular_values_ = restore(s[:k], exponent, "X", "its largest singular value")
        self.explained_variance_ = restore(s[:k] ** 2 / (X.shape[0] - 1), 2 * exponent, "X", "its variance")
        self.explained_variance_ratio_ = share[:k]
        return self

    @property
    def _n_features_out(self):
        return self.n_components_

    def _count_of_components(self, s):
        wanted = self.n_components
        if wanted is None:
            return len(s)
        if isinstance(wanted, numbers.Integral) and not isinstance(wanted, bool) and 1 <= wanted <= len(s):
            return int(wanted)
        if isinstance(wanted, numbers.Real) and 0 < wanted < 1:
            if s[0] == 0:
                raise ValueError(
                    f"X must vary to keep a share of its variance, n_components={brief(wanted)}, got equal rows"
                )
            return rank_for_energy(s, wanted)
        raise ValueError(
            f"n_components must be an integer from 1 to min(m, n) = {len(s)} of X, a share of the "
            f"variance between 0 and 1, or None, got {brief(wanted)}"
        )

    @np.errstate(all="ignore")
    def transform(self, X):
        """Scores of observations: their coordinates along the components, from the training mean.

        Parameters
        ----------
        X : (q, n) array_like
            Observations of the same n variables, new or old.

        Returns
        -------
        (q, k) ndarray
            ``(X - mean_) @ components_.T``.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with n columns, or a score is above the largest
            double.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        X = as_observations(self, X, reset=False)

        def scores(e):
            return (ldexp(X, -e) - ldexp(self.mean_, -e)) @ self.components_.T, e

        return restore(*first_finite(scores, self._exponents(X)), "X", "each score")

    @np.errstate(all="ignore")
    def inverse_transform(self, X):
        """Observations in the original variables that have given scores.

        Parameters
        ----------
        X : (q, k) array_like
            Scores, as `transform` returns them.

        Returns
        -------
        (q, n) ndarray
            ``mean_ + X @ components_``. From the scores of an observation this is the nearest point
            to it among the mean plus combinations of the components.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with k columns, or a variable is above the largest
            double.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        X = as_coordinates(X, self.n_components_)

        def variables(e):
            return ldexp(self.mean_, -e) + ldexp(X, -e) @ self.components_, e

        return restore(*first_finite(variables, self._exponents(X)), "X", "each variable")

    def _exponents(self, X):
        return np.maximum(moderate(X, axis=1)[1], moderate(self.mean_)[1])
