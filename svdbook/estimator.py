"""The truncated singular value decomposition as an estimator of scikit-learn, with a choice of algorithms."""

import numpy as np
import scipy.sparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from svdbook._estimators import as_coordinates, as_observations
from svdbook._scaling import first_finite, ldexp, moderate, restore
from svdbook._validation import as_count, as_matrix, check_choice, check_number
from svdbook.algorithms import golub_kahan_svd, jacobi_svd, lanczos_svd, randomized_svd
from svdbook.decomposition import condition_number, fix_signs, projection_pays, svd

_OF_ALL_TRIPLETS = {"lapack": svd, "golub-kahan": golub_kahan_svd, "jacobi": jacobi_svd}
_OF_LEADING_TRIPLETS = {"lanczos": lanczos_svd, "randomized": randomized_svd}


class SVD(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Singular value decomposition of a table, truncated to its largest singular values.

    It follows scikit-learn's API. Nothing is centred: of data with a mean far from 0 the first component points to
    the mean, and `svdbook.PCA` is what takes it out. Everything is computed in double precision.

    Parameters
    ----------
    n_components : int or None
        How many singular triplets to keep, k: from 1 to min(m, n) of the data, or all of them (None, the default).
    solver : {"auto", "lapack", "golub-kahan", "jacobi", "lanczos", "randomized"}
        What computes them. "lapack" is `svdbook.svd`; "golub-kahan" and "jacobi" compute all triplets, "lanczos"
        and "randomized" only k of them, with the functions of these names in `svdbook.algorithms`. Sparse data are
        taken by these two alone, and never made dense. "randomized" has an error that the others do not have. "auto"
        is "lanczos" for sparse data; for others it is "randomized" if both sides of the table are at least 1000 and
        k + 10 is at most a twentieth of the smaller one, and "lapack" if not.

    Attributes
    ----------
    singular_values_ : (k,) ndarray
        The largest k singular values.
    components_ : (k, n) ndarray
        Right singular vectors, in rows. The entry of largest modulus of each is positive.
    left_vectors_ : (m, k) ndarray
        Left singular vectors of the data of `fit`, in columns.
    explained_variance_ratio_ : (k,) ndarray
        Share of each component in the energy, the sum of the squares of all entries: ``singular_values_ ** 2`` over
        that sum; 0 if all entries are 0. It is a share of the variance only if the mean of every column is 0.
    condition_number_ : float
        Largest singular value over the smallest of the k that are kept, infinity if that is 0. It is the condition
        number of the table if k = min(m, n).
    n_components_ : int
        The number k of triplets kept.
    n_features_in_ : int
        The number n of variables.

    References
    ----------
    G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 2.4.

    Examples
    --------
    >>> import svdbook
    >>> model = svdbook.SVD().fit([[3, 0], [4, 5]])
    >>> (model.singular_values_**2).round(6).tolist(), round(model.condition_number_, 6)
    ([45.0, 5.0], 3.0)
    >>> model.explained_variance_ratio_.round(6).tolist()
    [0.9, 0.1]
    >>> model.low_rank(1).round(6).tolist()
    [[1.5, 1.5], [4.5, 4.5]]
    """

    def __init__(self, n_components=None, solver="auto"):
        self.n_components = n_components
        self.solver = solver

    @np.errstate(all="ignore")
    def fit(self, X, y=None):
        """Compute the singular triplets of a table.

        Parameters
        ----------
        X : (m, n) array_like or sparse matrix
            The table, m observations of n variables.
        y : ignored
            Present for scikit-learn's pipelines.

        Returns
        -------
        SVD
            The estimator itself.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers, or sparse and `solver` does not take that, if
            `n_components` does not fit it, if `solver` is unknown, or if a singular value is above the largest double.
        numpy.linalg.LinAlgError
            If the iteration of the solver does not converge.
        """
        check_choice(self.solver, ("auto", *_OF_ALL_TRIPLETS, *_OF_LEADING_TRIPLETS), "solver")
        X = as_observations(self, X, accept_sparse=True)
        p = min(X.shape)
        k = p if self.n_components is None else as_count(self.n_components, p, "n_components", lower=1)
        U, s, Vt = self._decompose(X, k)
        U, self.components_ = fix_signs(U[:, :k], Vt[:k])
        self.left_vectors_, self.singular_values_, self.n_components_ = U, s[:k], k
        entries, exponent = moderate((X.data if scipy.sparse.issparse(X) else X).ravel())
        self.explained_variance_ratio_ = (ldexp(s[:k], -exponent) / (np.linalg.norm(entries) or 1)) ** 2
        self.condition_number_ = condition_number(self.singular_values_)
        return self

    def _decompose(self, X, k):
        solver = self.solver
        if solver == "auto":
            if scipy.sparse.issparse(X):
                solver = "lanczos"
            else:
                solver = "randomized" if projection_pays(X.shape, k) else "lapack"
        if solver in _OF_LEADING_TRIPLETS:
            return _OF_LEADING_TRIPLETS[solver](X, k)
        return _OF_ALL_TRIPLETS[solver](as_matrix(X, "X"))  # which refuses sparse ones

    @property
    def _n_features_out(self):
        return self.n_components_

    @np.errstate(all="ignore")
    def transform(self, X):
        """Coordinates of observations along the components.

        Parameters
        ----------
        X : (q, n) array_like or sparse matrix
            Observations of the same n variables, new or old.

        Returns
        -------
        (q, k) ndarray
            ``X @ components_.T``; of the data of `fit` that is ``left_vectors_ * singular_values_``.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with n columns, or a coordinate is above the largest double.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        return _product(
            as_observations(self, X, accept_sparse=True, reset=False), self.components_.T, "X", "each coordinate"
        )

    @np.errstate(all="ignore")
    def inverse_transform(self, X):
        """Observations in the original variables that have given coordinates.

        Parameters
        ----------
        X : (q, k) array_like
            Coordinates, as `transform` returns them.

        Returns
        -------
        (q, n) ndarray
            ``X @ components_``. From the coordinates of an observation this is the nearest point to it among the
            combinations of the components.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with k columns, or a variable is above the largest double.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        X = as_coordinates(X, self.n_components_)
        return _product(X, self.components_, "X", "each variable")

    @np.errstate(all="ignore")
    def low_rank(self, k):
        """Best approximation of the data of `fit` by a matrix of rank at most k, as exact as the solver is.

        Parameters
        ----------
        k : int
            Rank to keep, from 0 to the number of components.

        Returns
        -------
        (m, n) ndarray
            The first k triplets, multiplied out.

        Raises
        ------
        ValueError
            If `k` is out of range, or an entry of the result is above the largest double.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        k = as_count(k, self.n_components_)
        s, exponent = moderate(self.singular_values_[:k])
        A = (self.left_vectors_[:, :k] * s) @ self.components_[:k]
        return restore(A, exponent, "X", "its approximation")

    @np.errstate(all="ignore")
    def pinv(self, rtol=None):
        """Pseudoinverse of the data of `fit`, or of their best approximation of rank k if not all triplets are kept.

        Parameters
        ----------
        rtol : float, optional
            A singular value up to `rtol` times the largest one counts as zero; 0 <= rtol < 1. The default is
            ``max(m, n) * eps`` with the machine epsilon of double precision.

        Returns
        -------
        (n, m) ndarray
            Of all triplets whose value counts, the right vector times the left one over the value.

        Raises
        ------
        ValueError
            If `rtol` is out of range, or an entry of the result is above the largest double.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        if rtol is None:
            rtol = max(len(self.left_vectors_), self.n_features_in_) * np.finfo(float).eps
        else:
            check_number(rtol, "[0, 1)", "rtol")
        # Divided by a power of 2 near the largest, so that no product underflows and no quotient is above 1 / rtol.
        exponent = np.frexp(self.singular_values_[:1])[1]
        s = np.ldexp(self.singular_values_, -exponent)
        r = int((s > float(rtol) * s[0]).sum())
        A = (self.components_[:r].T / s[:r]) @ self.left_vectors_[:, :r].T
        return restore(A, -exponent, "X", "its pseudoinverse")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.solver not in _OF_ALL_TRIPLETS
        return tags


def _product(X, M, name, what):
    """Return ``X @ M`` with a matrix of entries up to 1, of rows of any size."""
    if scipy.sparse.issparse(X):
        return restore(np.asarray(X @ M), np.zeros(1, int), name, what)
    return restore(*first_finite(lambda e: (ldexp(X, -e) @ M, e), moderate(X, axis=1)[1]), name, what)
