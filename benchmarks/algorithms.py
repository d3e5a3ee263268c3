"""Time of every algorithm over sizes and ranks, with the exponent of its growth."""

import functools
import time

import numpy as np
import scipy.linalg

from svdbook.algorithms import golub_kahan_svd, jacobi_svd, lanczos_svd, randomized_svd

FULL = {
    "LAPACK's gesdd": (
        functools.partial(scipy.linalg.svd, full_matrices=False, lapack_driver="gesdd"),
        (125, 250, 500, 1000),
    ),
    "LAPACK's gesvd": (
        functools.partial(scipy.linalg.svd, full_matrices=False, lapack_driver="gesvd"),
        (125, 250, 500, 1000),
    ),
    "golub_kahan_svd": (golub_kahan_svd, (50, 100, 200)),
    "jacobi_svd": (jacobi_svd, (50, 100, 200)),
}
LEADING = {"lanczos_svd": lanczos_svd, "randomized_svd": randomized_svd}


def measure():
    print("processor time, best of two runs; exponents by least squares of the logarithms, for the sizes shown")
    rng = np.random.default_rng(0)
    print(" all triplets of a Gaussian n x n matrix: n^3 in theory")
    for name, (function, sizes) in FULL.items():
        report(name, "n", sizes, [best_time(function, rng.standard_normal((n, n))) for n in sizes])
    sizes, ranks = (500, 1000, 2000), (10, 20, 40, 80)
    print(" 10 triplets of an n x n matrix with singular values 1 / i: n^2 in theory")
    matrices = {n: decaying(rng, n) for n in sizes}
    for name, function in LEADING.items():
        report(name, "n", sizes, [best_time(function, matrices[n], 10) for n in sizes])
    print(" k triplets of one with n = 2000: k for the products with the matrix, k^2 for the orthonormal bases")
    for name, function in LEADING.items():
        report(name, "k", ranks, [best_time(function, matrices[2000], k) for k in ranks])


def decaying(rng, n):
    left, right = (np.linalg.qr(rng.standard_normal((n, n)))[0] for _ in range(2))
    return left / np.arange(1, n + 1) @ right


def best_time(function, *arguments):
    times = []
    for _ in range(2):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return min(times)


def report(name, letter, sizes, times):
    slope = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    row = "  ".join(f"{letter} = {size}: {taken:.4f} s" for size, taken in zip(sizes, times, strict=True))
    print(f"  {name:16} {row}   grows like {letter}^{slope:.1f}")
