"""Finished versions of the algorithms that the chapters build."""

from svdbook.algorithms.gram import gram_svd
from svdbook.algorithms.randomized import randomized_svd

__all__ = ["gram_svd", "randomized_svd"]
