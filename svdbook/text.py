"""Latent semantic analysis: documents and words in the space of the first singular vectors."""

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import LinearOperator, svds
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted

from svdbook._estimators import as_coordinates, as_observations
from svdbook._validation import as_count
from svdbook.decomposition import fix_signs

# So many entries (2 MB) are decomposed as they are; of larger matrices only the entries that are not zero are kept.
_SMALL = 250_000


class LatentSemanticAnalysis(TransformerMixin, BaseEstimator):
    """Latent semantic analysis (LSA): a truncated SVD of a table of documents and words, which may be sparse.

    It follows scikit-learn's API. The table is not centred and never made dense; `fit` takes it as it is, or makes it
    from a list of texts. ``sklearn.decomposition.TruncatedSVD(algorithm="arpack")`` finds the same singular values.

    Parameters
    ----------
    n_components : int
        How many directions to keep, k: from 1 to min(m, n) of m documents and n words, and less than that if the
        table has more than 250,000 entries, zeros counted. For large collections 100 to 300 are usual.
    vectorizer : vectorizer of scikit-learn or None
        What makes a table of texts. None, the default: ``TfidfVectorizer(sublinear_tf=True)``. A copy of it is fitted.

    Attributes
    ----------
    components_ : (k, n) ndarray
        Right singular vectors, in rows: the weight of each word in each direction. The entry of largest modulus of
        each is positive.
    singular_values_ : (k,) ndarray
        The largest k singular values.
    documents_ : (m, k) ndarray
        Coordinates of the documents of `fit`, what `transform` returns of them: left singular vectors times
        singular values.
    vectorizer_ : vectorizer or None
        The fitted vectorizer; None if `fit` was given a table.
    n_features_in_ : int
        The number n of words.

    References
    ----------
    S. Deerwester, S. T. Dumais, G. W. Furnas, T. K. Landauer and R. Harshman, "Indexing by latent semantic analysis",
    Journal of the American Society for Information Science 41 (1990) 391-407.

    Examples
    --------
    A ship and a boat have no word in common, but the ocean.

    >>> import numpy as np, svdbook
    >>> texts = ["ship ocean", "boat ocean", "flower garden flower"]
    >>> lsa = svdbook.LatentSemanticAnalysis(n_components=2).fit(texts)
    >>> lsa.similarity(["ship"]).round(3).tolist()
    [[1.0, 1.0, 0.0]]
    >>> [[word for word, weight in topic] for topic in lsa.topics(1)]
    [['ocean'], ['flower']]
    """

    def __init__(self, n_components=2, vectorizer=None):
        self.n_components = n_components
        self.vectorizer = vectorizer

    def fit(self, X, y=None):
        """Find the directions.

        Parameters
        ----------
        X : (m, n) array_like or sparse matrix, or list of m str
            Counts or weights of n words in m documents, or the texts.
        y : ignored
            Present for scikit-learn's pipelines.

        Returns
        -------
        LatentSemanticAnalysis
            The estimator itself.

        Raises
        ------
        ValueError
            If `X` is neither a matrix of finite real numbers nor a list of texts, if it has no word at all, or if
            `n_components` does not fit it.
        """
        self.vectorizer_ = None
        if _are_texts(X):
            vectorizer = TfidfVectorizer(sublinear_tf=True) if self.vectorizer is None else clone(self.vectorizer)
            try:
                X = vectorizer.fit_transform(X)
            except ValueError as error:
                if "empty vocabulary" not in str(error):
                    raise
                raise ValueError(
                    "X must have a word that the vectorizer keeps, got texts without one (stop words and words of "
                    "one letter are left out)"
                ) from error
            self.vectorizer_ = vectorizer
        X = as_observations(self, X, accept_sparse=True)
        if not (X.count_nonzero() if scipy.sparse.issparse(X) else np.count_nonzero(X)):
            raise ValueError(f"X must have an entry that is not zero, got only zeros in shape {X.shape}")
        m, n = X.shape
        small = m * n <= _SMALL
        k = as_count(self.n_components, min(m, n) - (not small), "n_components", lower=1)
        if small:
            Vt = np.linalg.svd(X.toarray() if scipy.sparse.issparse(X) else X, full_matrices=False)[2][:k]
        else:
            # ARPACK and not PROPACK, which is faster, but wrong without a word where singular values repeat. The starting
            # vector is fixed, so that two runs agree; it is random, for a regular one may be orthogonal to what is sought.
            start = np.random.default_rng(0).uniform(-1, 1, min(m, n))
            _, s, Vt = svds(_operator(X), k=k, v0=start)
            Vt = Vt[np.argsort(-s)]
        self.components_ = fix_signs(np.empty((0, 0)), Vt)[1]
        self.documents_ = self._coordinates(X)
        self.singular_values_ = np.linalg.norm(self.documents_, axis=0)
        return self

    def _table(self, X):
        if _are_texts(X):
            if self.vectorizer_ is None:
                raise ValueError("X must be a table of the words of fit, which had no texts, got a list of texts")
            X = self.vectorizer_.transform(X)
        return as_observations(self, X, accept_sparse=True, reset=False)

    def _coordinates(self, X):
        return np.asarray(X @ self.components_.T)

    def transform(self, X):
        """Coordinates of documents or queries, new or old ("folding in").

        Parameters
        ----------
        X : (q, n) array_like or sparse matrix, or list of q str
            A table of the same words, with the same weights, or texts if `fit` was given texts. Words that `fit` has not
            seen are left out.

        Returns
        -------
        (q, k) ndarray
            ``X @ components_.T``. A document without a known word lies at zero.

        Raises
        ------
        ValueError
            If `X` is no table of n columns of finite real numbers, or texts where `fit` had none.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        return self._coordinates(self._table(X))

    def inverse_transform(self, X):
        """Weights of all words that given coordinates stand for.

        Parameters
        ----------
        X : (q, k) array_like
            Coordinates, as `transform` returns them.

        Returns
        -------
        (q, n) ndarray
            ``X @ components_``, dense: for ``documents_`` the best approximation of rank k of the table of `fit`.

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with k columns.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        return as_coordinates(X, len(self.components_)) @ self.components_

    def similarity(self, X):
        """Cosine of the angle between documents or queries and each document of `fit`.

        Parameters
        ----------
        X : (q, n) array_like or sparse matrix, or list of q str
            As for `transform`.

        Returns
        -------
        (q, m) ndarray
            From -1 to 1. A document at zero, such as one without a known word, has no direction; its similarity is 0
            to every document, itself included, for nothing is known of it.

        Raises
        ------
        ValueError
            As for `transform`.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        return normalize(self.transform(X)) @ normalize(self.documents_).T

    def topics(self, n_words=10, words=None):
        """Words of largest weight in each direction.

        Parameters
        ----------
        n_words : int
            How many, from 1 to n.
        words : sequence of n str or None
            Names of the columns. None, the default: the words of the vectorizer, or the columns of the data frame.

        Returns
        -------
        list of list of (str, float)
            For each component the words and their weights, the largest by size first. A negative weight means: rather
            without this word.

        Raises
        ------
        ValueError
            If `n_words` or the number of `words` does not fit, or no names are known.
        sklearn.exceptions.NotFittedError
            If `fit` was not called before.
        """
        check_is_fitted(self)
        n = self.n_features_in_
        n_words = as_count(n_words, n, "n_words", lower=1)
        if words is None and self.vectorizer_ is not None:
            words = self.vectorizer_.get_feature_names_out()
        elif words is None:
            words = getattr(self, "feature_names_in_", None)
        if words is None or len(words) != n:
            got = "None, and fit was given a table without names" if words is None else len(words)
            raise ValueError(f"words must be the names of the {n} columns, got {got}")
        return [
            [(str(words[j]), float(row[j])) for j in np.argsort(-abs(row), kind="stable")[:n_words]]
            for row in self.components_
        ]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _operator(X):
    # The transpose of a table by rows is one by columns, whose products take twice as long; so it is stored by rows, too.
    Xt = X.T.tocsr() if scipy.sparse.issparse(X) else X.T
    return LinearOperator(X.shape, matvec=X.dot, rmatvec=Xt.dot, matmat=X.dot, rmatmat=Xt.dot, dtype=X.dtype)


def _are_texts(X):
    """Whether `X` is a list of texts; a ValueError for a single text, whose letters would be taken for documents."""
    if isinstance(X, str):
        raise ValueError("X must be a list of texts, got one text; put it between [ and ]")
    if scipy.sparse.issparse(X) or getattr(X, "ndim", 1) != 1 or not hasattr(X, "__len__"):
        return False
    return len(X) > 0 and all(isinstance(text, str) for text in X)
