"""randomized_svd and lanczos_svd beside scikit-learn's randomized_svd and scipy's svds, at the same error."""

import statistics
import time
from functools import partial

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import svds
from sklearn.utils.extmath import randomized_svd as sklearn_svd

import svdbook
from svdbook.algorithms import lanczos_svd, randomized_svd

RUNS = 3
INDEX = np.arange(1, 2001)
SPECTRA = {"1 / sqrt(i)": INDEX**-0.5, "exp(-i / 100)": np.exp(-INDEX / 100)}


def measure():
    print(f"processor time, median of {RUNS} runs of each, in turn")
    print("3000 x 2000: error above the best of rank k, in the Frobenius norm")
    rng = np.random.default_rng(0)
    left, right = (np.linalg.qr(rng.standard_normal((side, 2000)))[0] for side in (3000, 2000))
    for name, s in SPECTRA.items():
        A = left * s @ right
        for k in (50, 200) if name == "1 / sqrt(i)" else (50,):
            of_dense(A, name, s, k)
    A = scipy.sparse.random_array((20_000, 8_000), density=0.005, rng=rng).tocsr()
    print(f"sparse, 20,000 x 8,000 with {A.nnz:,} entries: largest remainder of a triplet over the largest value")
    for k in (5, 50):
        compare(f"k = {k}", {"lanczos_svd": partial(lanczos_svd, A, k), "svds": partial(svds, A, k)}, remainder, A)


def of_dense(A, name, s, k):
    excess = partial(excess_error, svdbook.truncation_error(s, k))
    theirs = partial(sklearn_svd, A, k, random_state=0)
    title = f"singular values {name}, k = {k}"
    errors = compare(
        f"{title}, defaults", {"svdbook": partial(randomized_svd, A, k), "scikit-learn": theirs}, excess, A
    )
    # svds is accurate to rounding; 1e-9 is what a reader could tell from that.
    for rival, call, error in (("scikit-learn", theirs, errors["scikit-learn"]), ("svds", partial(svds, A, k), 1e-9)):
        q = next(q for q in range(12) if excess(A, *randomized_svd(A, k, power_iterations=q)) <= error)
        ours = {f"svdbook, {q} iterations": partial(randomized_svd, A, k, power_iterations=q)}
        compare(f"{title}, the fewest iterations with the error of {rival}", ours | {rival: call}, excess, A)


def excess_error(best, A, U, s, Vt):
    return np.linalg.norm(A - U * s @ Vt) / best - 1


def remainder(A, U, s, Vt):
    return np.linalg.norm(A.T @ U - Vt.T * s, axis=0).max() / s.max()


def compare(title, calls, error, A):
    """Print time and error of each call, and return the errors."""
    times, errors = {name: [] for name in calls}, {}
    for _ in range(RUNS):
        for name, call in calls.items():
            start = time.process_time()
            result = call()
            times[name].append(time.process_time() - start)
            errors[name] = error(A, *result)
    print(f" {title}")
    for name in calls:
        print(f"  {name:26} {statistics.median(times[name]):6.2f} s   {errors[name]:9.1e}", flush=True)
    return errors
