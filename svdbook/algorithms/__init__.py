"""Finished versions of the algorithms that the chapters build."""

from svdbook.algorithms.golub_kahan import golub_kahan_svd
from svdbook.algorithms.gram import gram_svd
from svdbook.algorithms.jacobi import jacobi_svd
from svdbook.algorithms.lanczos import lanczos_svd
from svdbook.algorithms.power import power_svd
from svdbook.algorithms.randomized import randomized_svd
from svdbook.algorithms.update import update_svd

__all__ = [
    "golub_kahan_svd",
    "gram_svd",
    "jacobi_svd",
    "lanczos_svd",
    "power_svd",
    "randomized_svd",
    "update_svd",
]
