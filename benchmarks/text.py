"""LatentSemanticAnalysis beside scikit-learn's TruncatedSVD, on a random sparse table with frequent and rare words."""

import os
import statistics
import subprocess
import sys

import numpy as np

from publishing.book import ROOT

TEXT = """
import resource, sys, time
import numpy as np
import scipy.sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from svdbook import LatentSemanticAnalysis

rng = np.random.default_rng(0)
m, n, entries = 20_000, 50_000, 2_000_000
frequency = 1 / np.arange(1, n + 1) ** 0.9
# As many different pairs of document and word as are asked for; some of the draws fall together.
pairs = np.zeros(0, np.int64)
while len(pairs) < entries:
    words = rng.choice(n, entries, p=frequency / frequency.sum())
    pairs = np.union1d(pairs, rng.integers(m, size=entries) * n + words)
pairs = rng.permutation(pairs)[:entries]
counts = scipy.sparse.csr_array((1.0 + rng.poisson(0.5, entries), (pairs // n, pairs % n)), shape=(m, n))
table = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
estimator = {
    "svdbook": lambda: LatentSemanticAnalysis(100),
    "arpack": lambda: TruncatedSVD(100, algorithm="arpack", random_state=0),
    "randomized": lambda: TruncatedSVD(100, random_state=0),
}[sys.argv[1]]()
start = time.process_time()
estimator.fit(table)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(table.nnz, time.process_time() - start, made, peak, *estimator.singular_values_)
"""


def measure():
    # A process for each, so that its peak of memory is its own; one thread, and its processor time, which others on the
    # machine disturb least.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    kinds = {
        "svdbook": "LatentSemanticAnalysis(100)",
        "arpack": 'TruncatedSVD(100, algorithm="arpack")',
        "randomized": "TruncatedSVD(100), randomized",
    }
    runs = {kind: [] for kind in kinds}
    for _ in range(3):
        for kind in kinds:
            command = [sys.executable, "-c", TEXT, kind]
            finished = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
            runs[kind].append([float(number) for number in finished.stdout.split()])
    entries, _, made = runs["svdbook"][0][:3]
    print(f"20,000 x 50,000 with {entries:,.0f} entries, k = 100; median of three runs of each, in turn")
    exact = np.array(runs["arpack"][0][4:])
    for kind, name in kinds.items():
        taken = statistics.median(run[1] for run in runs[kind])
        peak = max(run[3] for run in runs[kind])
        off = abs(np.array(runs[kind][0][4:]) / exact - 1).max()
        print(f"  {name:38} {taken:6.2f} s   peak {peak:4.0f} MB   singular values off by at most {off:.1e}")
    print(f"  bound 1000 MB; {made:.0f} MB of it for imports and the table itself")
