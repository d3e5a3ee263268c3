"""Finished versions of the algorithms that the chapters build."""

from svdbook.algorithms.gram import gram_svd
from svdbook.algorithms.lanczos import lanczos_svd
from svdbook.algorithms.randomized import randomized_svd
from svdbook.algorithms.update import update_svd

__all__ = ["gram_svd", "lanczos_svd", "randomized_svd", "update_svd"]
