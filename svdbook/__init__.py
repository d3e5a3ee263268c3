"""Helper package of a course on the singular value decomposition.

It holds what several chapters share: the decomposition with its signs fixed and what is read off it
(this module), algorithms, images, data sets and plots.
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

__all__ = [
    "SVDResult",
    "Subspaces",
    "condition_number",
    "explained_variance",
    "fix_signs",
    "low_rank",
    "numerical_rank",
    "optimal_rank",
    "rank_for_energy",
    "storage",
    "subspaces",
    "svd",
    "truncation_error",
]
