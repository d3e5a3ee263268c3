"""What the estimators check of their data."""

import numpy as np
import scipy.sparse
from sklearn.utils.validation import check_array, validate_data

from svdbook._validation import as_ndarray


def as_observations(estimator, X, accept_sparse=False, **options):
    """Return `X` as doubles, sparse as csr; a ValueError for what scikit-learn takes silently or does not name, too."""
    if not (accept_sparse and scipy.sparse.issparse(X)):
        as_ndarray(X, "X")
    try:
        return validate_data(estimator, X, accept_sparse="csr" if accept_sparse else False, dtype=np.float64, **options)
    except ValueError as error:
        if "could not convert" not in str(error):
            raise
        raise ValueError(f"X must hold real numbers, got a {type(X).__name__} with text: {error}") from error


def as_coordinates(X, k):
    """Return `X` as doubles, or raise a ValueError if it has not a column for each of k components."""
    as_ndarray(X, "X")
    X = check_array(X, dtype=np.float64, input_name="X")
    if X.shape[1] != k:
        raise ValueError(f"X must have a column for each of the {k} components, got shape {X.shape}")
    return X
