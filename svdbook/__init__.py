"""Helper package of a course on the singular value decomposition.

It holds what several chapters share: the decomposition with its signs fixed and what is read off it,
linear systems, the estimators (this module), algorithms, images, networks, matrices larger than memory (scale), data sets
and plots.
"""

from svdbook.decomposition import (
    SVDResult,
    condition_number,
    explained_variance,
    fix_signs,
    low_rank,
    numerical_rank,
    optimal_rank,
    rank_for_energy,
    storage,
    svd,
    truncation_error,
)
from svdbook.fundamental_subspaces import Subspaces, subspaces
from svdbook.linear_systems import least_squares, pinv

__all__ = [
    "PCA",
    "SVD",
    "FunkSVD",
    "LatentSemanticAnalysis",
    "SVDResult",
    "SoftImpute",
    "Subspaces",
    "condition_number",
    "explained_variance",
    "fix_signs",
    "least_squares",
    "low_rank",
    "numerical_rank",
    "optimal_rank",
    "pinv",
    "rank_for_energy",
    "storage",
    "subspaces",
    "svd",
    "truncation_error",
]


def __getattr__(name):
    # scikit-learn takes a second to import, and most chapters do without it.
    if name == "PCA":
        from svdbook.pca import PCA

        return PCA
    if name == "SVD":
        from svdbook.estimator import SVD

        return SVD
    if name == "LatentSemanticAnalysis":
        from svdbook.text import LatentSemanticAnalysis

        return LatentSemanticAnalysis
    if name in ("FunkSVD", "SoftImpute"):
        from svdbook import recommenders

        return getattr(recommenders, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
