"""low_rank against a full SVD, on a matrix with slowly decaying singular values."""

import statistics

import numpy as np

import svdbook
from benchmarks.measuring import seconds


def measure():
    print("4000 x 4000, singular values 1 / i, k = 50; three runs of each, in turn")
    n, k = 4000, 50
    rng = np.random.default_rng(0)
    s = 1 / np.arange(1, n + 1)
    left, right = (np.linalg.qr(rng.standard_normal((n, n)))[0] for _ in range(2))
    A = left * s @ right
    times = {"exact": [], "auto": []}
    for _ in range(3):
        for method in times:
            taken, A_k = seconds(svdbook.low_rank, A, k, method)
            times[method].append(taken)
            if method == "auto":
                excess = [
                    np.linalg.norm(A - A_k, norm) / svdbook.truncation_error(s, k, norm) - 1 for norm in ("fro", 2)
                ]
    exact, auto = (statistics.median(times[method]) for method in times)
    print(f'  low_rank(A, 50, method="exact"), a full SVD   {exact:7.2f} s')
    print(f"  low_rank(A, 50)                               {auto:7.2f} s   {exact / auto:.1f} times as fast")
    print(f"  its error above the best: {excess[0]:.3%} (Frobenius), {excess[1]:.3%} (spectral norm)")
