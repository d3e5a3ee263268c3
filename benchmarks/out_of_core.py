"""dask_svd of matrices on disk, up to more than ten times what the process is allowed, beside numpy's."""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from publishing.book import ROOT

# A triangle is kept of each block, 1/256 of it.
COLUMNS, ROWS_OF_A_BLOCK = 64, 16384
ALLOWED = 400_000_000
RUN = """
import json, resource, sys, time
import numpy as np
import dask, dask.array as da
from svdbook.scale import dask_svd

path, method = sys.argv[1:3]
rows, columns, block, allowed = map(int, sys.argv[3:])
# Counts what the process can write to: its heap, its arrays, its stacks.
resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))

def read(block_info):
    # Read and not mapped: so the peak counts it.
    (start, stop), _ = block_info[None]["array-location"]
    return np.fromfile(path, count=(stop - start) * columns, offset=8 * start * columns).reshape(-1, columns)

class File:
    # Takes the blocks of U, each at its place.
    def __setitem__(self, place, rows_of_U):
        with open(path + ".U", "r+b") as file:
            file.seek(8 * place[0].start * columns)
            rows_of_U.tofile(file)

def print_result(s, off, taken):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps(dict(s=s.tolist(), off=off, taken=taken, imports=imports, peak=peak)))

imports = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
start = time.perf_counter()
if method == "numpy":
    try:
        U, s, Vt = np.linalg.svd(np.fromfile(path).reshape(rows, columns), full_matrices=False)
        print_result(s, abs(U.T @ U - np.eye(columns)).max(), [time.perf_counter() - start])
    except MemoryError as error:
        print(json.dumps(dict(error=str(error))))
else:
    open(path + ".U", "wb").close()
    A = da.map_blocks(read, chunks=((block,) * (rows // block), (columns,)), dtype=float, meta=np.zeros((0, 0)))
    with dask.config.set(scheduler="threads", num_workers=2):
        U, s, Vt = dask_svd(A)
        taken = [time.perf_counter() - start]
        da.store(U, File())
    taken.append(time.perf_counter() - start - taken[0])
    gram = np.zeros((columns, columns))
    with open(path + ".U", "rb") as file:
        for _ in range(U.numblocks[0]):
            rows_of_U = np.fromfile(file, count=block * columns).reshape(-1, columns)
            gram += rows_of_U.T @ rows_of_U
    print_result(s, abs(gram - np.eye(columns)).max(), taken)
"""


def measure():
    print(
        f"{COLUMNS} columns, blocks of {ROWS_OF_A_BLOCK * COLUMNS * 8 / 1e6:.0f} MB, two threads; the process is allowed "
        f"{ALLOWED / 1e6:.0f} MB of data (RLIMIT_DATA)"
    )
    with tempfile.TemporaryDirectory() as folder:
        for blocks in (3, 24, 96, 512):
            path = os.path.join(folder, "A")
            rows, gram = write_matrix(path, blocks)
            # The columns are scaled, so that the squares still have these digits.
            expected = np.sqrt(np.linalg.eigvalsh(gram)[::-1])
            size = rows * COLUMNS * 8
            print(f"  {rows:>10,} rows, {size / 1e6:6.0f} MB, {size / ALLOWED:5.2f} times what is allowed")
            for method in ("numpy", "dask_svd"):
                found = run(path, method, rows)
                if "error" in found:
                    print(f"    {method:8}  MemoryError: {found['error']}")
                    continue
                wrong = abs(np.array(found["s"]) / expected - 1).max()
                taken = " + ".join(f"{seconds:.1f}" for seconds in found["taken"])
                print(
                    f"    {method:8}  {taken} s, peak {found['peak']:.0f} MB ({found['imports']:.0f} of it imports), "
                    f"values off by {wrong:.0e}, U'U - I {found['off']:.0e}"
                )


def write_matrix(path, blocks):
    """Write a random matrix block by block; return the number of its rows, and its product with its transpose."""
    rng = np.random.default_rng(0)
    scales = np.linspace(1, 2, COLUMNS)
    gram = np.zeros((COLUMNS, COLUMNS))
    with open(path, "wb") as file:
        for _ in range(blocks):
            block = rng.standard_normal((ROWS_OF_A_BLOCK, COLUMNS)) * scales
            block.tofile(file)
            gram += block.T @ block
    return blocks * ROWS_OF_A_BLOCK, gram


def run(path, method, rows):
    """One method in a process of its own: its peak of memory is its own, and the limit holds for nothing else."""
    arguments = [path, method, *map(str, (rows, COLUMNS, ROWS_OF_A_BLOCK, ALLOWED))]
    # Dask has threads of its own; those of the BLAS would fight with them, and each takes a buffer.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    finished = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        return {"error": finished.stderr.strip().splitlines()[-1]}
    return json.loads(finished.stdout)
