"""Print, measured in one run, both sides of every claim of speed and size.

``make bench`` runs all parts, ``python -m benchmarks.run numerics`` only those named.
"""

import argparse
import gzip
import http.server
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
from threadpoolctl import threadpool_limits

import svdbook
import svdbook.datasets
from benchmarks.weight import SITE, table, visit
from publishing.book import ROOT, Book
from publishing.browser import REMEDY, find_browser, open_browser
from svdbook import datasets
from svdbook.networks import FileTypeNetwork, factorize


def seconds(function, *arguments):
    """Wall time of one call and what it returned."""
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def numerics():
    """low_rank against a full SVD, on a matrix with slowly decaying singular values."""
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


def text():
    """LatentSemanticAnalysis beside scikit-learn's TruncatedSVD, on a random sparse table with frequent and rare words."""
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


def recommenders():
    """FunkSVD against a loop over the ratings, SoftImpute against one with a full SVD in each step; one core."""
    users, films, ratings, titles = svdbook.datasets.load_movielens()
    with threadpool_limits(1):
        print(f"FunkSVD, rank 20, {len(ratings):,} ratings of {len(titles):,} films, seconds for an epoch")
        many, _ = seconds(svdbook.FunkSVD(n_epochs=4, random_state=0).fit, users, films, ratings)
        one, _ = seconds(svdbook.FunkSVD(n_epochs=1, random_state=0).fit, users, films, ratings)
        loop, _ = seconds(epoch_of_a_loop, users - 1, films, ratings, len(titles))
        print(f"  one rating after the other, in Python   {loop:6.2f} s")
        print(f"  svdbook.FunkSVD, by diagonals           {(many - one) / 3:6.2f} s")

        users, films, ratings, titles = svdbook.datasets.load_movielens(least_ratings=50)
        print(f"SoftImpute, shrinkage 10, {len(np.unique(users))} x {len(titles)}, to a minimum within 0.1 %")
        fast, model = seconds(svdbook.SoftImpute().fit, users, films, ratings)
        table = model.ratings_.tocoo()
        residuals = table.data - model.mean_ - model.user_bias_[table.row] - model.item_bias_[table.col]
        loop, (Z, steps) = seconds(loop_of_soft_impute, table.row, table.col, residuals, table.shape)
        products = (model.user_factors_ @ model.item_factors_.T, Z)
        values = [objective(product, table.row, table.col, residuals) for product in products]
        print(f"  full SVD in each of {steps} steps             {loop:6.2f} s   objective {values[1]:.1f}")
        print(
            f"  svdbook.SoftImpute, {model.n_iter_} steps            {fast:6.2f} s   objective {values[0]:.1f}, with the biases"
        )


def epoch_of_a_loop(users, films, ratings, n):
    rng = np.random.default_rng(0)
    P, Q = 0.1 * rng.standard_normal((users.max() + 1, 20)), 0.1 * rng.standard_normal((n, 20))
    b, c, mean = np.zeros(len(P)), np.zeros(n), ratings.mean()
    for j in rng.permutation(len(ratings)):
        u, i = users[j], films[j]
        p, q = P[u], Q[i]
        error = ratings[j] - mean - b[u] - c[i] - p @ q
        b[u] += 0.02 * (error - 0.1 * b[u])
        c[i] += 0.02 * (error - 0.1 * c[i])
        P[u], Q[i] = p + 0.02 * (error * q - 0.1 * p), q + 0.02 * (error * p - 0.1 * q)


def objective(Z, rows, columns, x):
    return np.sum((x - Z[rows, columns]) ** 2) / 2 + 10 * np.linalg.svd(Z, compute_uv=False).sum()


def loop_of_soft_impute(rows, columns, x, shape):
    Z, before = np.zeros(shape), np.inf
    for step in range(1, 1000):
        filled = Z.copy()
        filled[rows, columns] = x
        U, s, Vt = np.linalg.svd(filled, full_matrices=False)
        Z = U * np.maximum(s - 10, 0) @ Vt
        now = np.sum((x - Z[rows, columns]) ** 2) / 2 + 10 * np.maximum(s - 10, 0).sum()
        if before - now < 1e-4 * now:
            return Z, step
        before = now
    raise RuntimeError("no convergence")


def networks():
    """A layer of a production network, whole and split in two: multiplications, time and accuracy together."""
    network = FileTypeNetwork(datasets.load_magika())
    W, b = network.W, network.b
    m, n = W.shape
    samples = datasets.load_file_samples(per_type=40)
    ranks = [256, 192, 128, 64]
    layers = {"whole": (W,), **{f"rank {k}": factorize(W, k)[::-1] for k in ranks}}

    def outputs(layer, X):
        for factor in layer:
            X = X @ factor.T
        return X + b

    inputs = network.inputs(samples.tokens[0])
    times = {name: {} for name in layers}
    for rows, repeats in ((1, 500), (len(inputs), 30)):
        taken = {name: [] for name in layers}
        # In turn, so that whatever else the machine does meets all of them.
        for _ in range(repeats):
            for name, layer in layers.items():
                taken[name].append(seconds(outputs, layer, inputs[:rows])[0])
        for name in layers:
            times[name][rows] = 1000 * statistics.median(taken[name])

    found = {name: [] for name in [*layers, "8 bits", "4 bits"]}
    rounded = {}
    for bits in (8, 4):
        unit = abs(W).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
        rounded[f"{bits} bits"] = (np.round(W / unit) * unit,)
    # Fitted to the outputs of every second file, and judged on the others.
    fit, judge = slice(0, None, 2), slice(1, None, 2)
    rows = np.concatenate([network.inputs(tokens)[::8] for tokens in samples.tokens[fit]])
    fitted = {k: factorize(W, k, rows)[::-1] for k in ranks}
    found_fitted = {k: [] for k in ranks}
    for i, tokens in enumerate(samples.tokens):
        X = network.inputs(tokens)
        for name, layer in (layers | rounded).items():
            found[name].append(network.labels[network.scores(outputs(layer, X)).argmax()])
        for k in ranks if i % 2 else []:
            found_fitted[k].append(network.labels[network.scores(outputs(fitted[k], X)).argmax()])
    print(f"{m} x {n} weights, single precision; medians; {len(samples.labels)} files of known type")
    print(f"{'':10}{'weights':>9}{'one window':>20}{'a file, 508 windows':>24}{'files right':>14}")
    for name in found:
        right = np.mean(np.array(found[name]) == samples.labels)
        if name in rounded:
            print(f"{name:10}{int(name[0]) / 32:9.1%} of the bits{'':31}{right:14.1%}")
            continue
        size = sum(factor.size for factor in layers[name]) / W.size
        shown = "".join(
            f"{times[name][rows]:{width}.3f} ms {times[name][rows] / times['whole'][rows]:4.0%}"
            for rows, width in ((1, 12), (len(inputs), 16))
        )
        print(f"{name:10}{size:9.1%}{shown}{right:14.1%}")
    print(
        f"split so that the outputs of half of the files are fitted, judged on the other {len(found_fitted[64])} files"
    )
    for k in ranks:
        right, before = (
            np.mean(np.array(answers) == samples.labels[judge])
            for answers in (found_fitted[k], found[f"rank {k}"][judge])
        )
        print(f"rank {k:3}   outputs fitted {right:6.1%}, weights fitted {before:6.1%}")


def copy_of_the_book(folder):
    """Put what git tracks into a folder."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.splitlines():
        target = Path(folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


def program(name):
    return shutil.which(name, path=Path(sys.executable).parent)


def build():
    """The site from stored outputs: all of it, and again after an edit of one line."""
    with tempfile.TemporaryDirectory() as folder:
        copy_of_the_book(folder)
        environment = os.environ | {"PYTHONPATH": folder}
        configure = [program("jupyter-book"), "config", "sphinx", folder]
        subprocess.run(configure, env=environment, check=True, capture_output=True)
        command = [program("sphinx-build"), "-q", "-n", "-W", "--keep-going", folder, f"{folder}/_build/html"]

        def run():
            subprocess.run(command, env=environment, check=True, capture_output=True)

        chapters = sorted(Path(folder).glob("notebooks/*.ipynb"))
        fresh, _ = seconds(run)
        notebook = nbformat.read(chapters[0], as_version=4)
        notebook.cells[0].source += "\nOne more line."
        nbformat.write(notebook, chapters[0])
        again, _ = seconds(run)
        print(f"site of {len(chapters)} chapters, cold: {fresh:.1f} s (bound {10 + len(chapters) / 2} s)")
        print(f"again after an edit of one line: {again:.1f} s (bound 3 s)")


STOCK = """
title: The Singular Value Decomposition
only_build_toc_files: true
execute: {execute_notebooks: "off"}
parse: {myst_enable_extensions: [amsmath, attrs_inline, colon_fence, deflist, dollarmath, substitution]}
bibtex_bibfiles: [book/references.bib]
sphinx: {extra_extensions: [sphinx_exercise, sphinx_proof]}
"""


def weight():
    """What a cold visit transfers, beside the same sources with Jupyter Book's theme and settings."""
    browser = find_browser()
    if browser is None:
        print(f"left out: no Chromium or Chrome on this machine; {REMEDY}")
        return
    pages = [f"{page.document}.html" for page in Book().pages]
    with open_browser(browser) as chromium:
        print(*table(visit(chromium, page) for page in pages), sep="\n")
        with tempfile.TemporaryDirectory() as folder:
            copy_of_the_book(folder)
            (Path(folder) / "_config.yml").write_text(STOCK, encoding="utf-8")
            taken, _ = seconds(
                partial(subprocess.run, [program("jupyter-book"), "build", folder], check=True, capture_output=True)
            )
            print(
                f"\nthe same sources with Jupyter Book's theme, built in {taken:.1f} s; what other hosts send is not counted"
            )
            stock = [visit(chromium, page, Path(folder) / "_build" / "html") for page in pages]
            print(*table(stock), sep="\n")
            print(
                f"files asked of other hosts, on each page: {statistics.median(len(one.missing) for one in stock):.0f}"
            )


class CompressingHandler(http.server.SimpleHTTPRequestHandler):
    """Sends files as the hosts of such sites do: compressed, and to be kept."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)


def lighthouse():
    """Scores of Lighthouse for a phone, page by page (npx fetches it, where Node is present)."""
    browser = find_browser()
    if shutil.which("npx") is None or browser is None:
        print("left out: it needs Node's npx, and Chromium or Chrome")
        return
    environment = os.environ | {"CHROME_PATH": browser}
    kinds = ["performance", "accessibility", "best-practices", "seo"]
    times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"]
    print(f"{'':32}" + "".join(f"{name:>16}" for name in kinds) + "   first paint, largest paint, blocked")
    handler = partial(CompressingHandler, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in Book().pages:
            address = f"http://127.0.0.1:{server.server_port}/{page.document}.html"
            command = ["npx", "--yes", "lighthouse@12.8.2", address, "--quiet", "--output=json", f"--only-categories={','.join(kinds)}",
                       "--chrome-flags=--headless --no-sandbox --disable-background-networking"]  # fmt: skip
            finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            report = json.loads(finished.stdout)
            scores = "".join(f"{100 * report['categories'][name]['score']:16.0f}" for name in kinds)
            shown = ", ".join(report["audits"][name]["displayValue"] for name in times)
            print(f"{page.document:32}{scores}   {shown}", flush=True)
        server.shutdown()


def notebooks():
    """nbval, which executes a notebook and compares its outputs, chapter by chapter."""
    print("nbval, one notebook at a time, start of pytest included (bound 20 s each)")
    # One thread for the BLAS, as in `make test`.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:xdist",
            "-q",
            str(path),
            "-o",
            "addopts=--nbval --nbval-current-env --nbval-sanitize-with=tests/nbval-sanitize.cfg",
        ]
        taken, finished = seconds(
            partial(subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True)
        )
        print(f"  {path.stem:20} {taken:5.1f} s   {finished.stdout.strip().splitlines()[-1]}")


PARTS = {part.__name__: part for part in (numerics, text, recommenders, networks, build, weight, lighthouse, notebooks)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args().parts or list(PARTS)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    for name in chosen:
        print(f"\n== {name}: {PARTS[name].__doc__}")
        PARTS[name]()


if __name__ == "__main__":
    main()
