"""dask_svd against numpy, in this process and on a scheduler with two workers, one of which is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import dask.array as da
import numpy as np
import pytest

from svdbook.scale import dask_svd

SHAPES = [(1000, 30), (1003, 30), (30, 1000), (40, 40), (5, 1), (1, 1)]


def random_matrix(shape, dtype=float, seed=0):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.standard_normal(shape)
    return A.astype(dtype)


def assert_is_svd(result, A, tol=1e-13):
    U, s, Vt = map(np.asarray, result)
    p = min(A.shape)
    assert U.shape == (A.shape[0], p) and Vt.shape == (p, A.shape[1])
    expected = np.linalg.svd(A.astype(np.promote_types(A.dtype, float)), compute_uv=False)
    np.testing.assert_allclose(s, expected, rtol=0, atol=tol * expected[0])
    np.testing.assert_allclose((U * s) @ Vt, A, rtol=0, atol=tol * expected[0])
    np.testing.assert_allclose(U.conj().T @ U, np.eye(p), atol=20 * tol)
    np.testing.assert_allclose(Vt @ Vt.conj().T, np.eye(p), atol=20 * tol)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [float, complex, np.float32])
def test_qr_is_the_svd(shape, dtype):
    A = random_matrix(shape, dtype)
    tol = 1e-5 if dtype is np.float32 else 1e-13
    for blocks in (A, da.from_array(A, chunks=(100, 100)), da.from_array(A, chunks=(20, 17))):
        result = dask_svd(blocks)
        assert result.s.dtype == np.zeros(0, dtype).real.dtype and result.U.dtype == result.Vt.dtype == dtype
        assert_is_svd(result, A, tol)


def test_integers_and_lists():
    A = np.arange(12).reshape(6, 2)
    assert_is_svd(dask_svd(A), A)
    assert_is_svd(dask_svd(A.tolist()), A)


def test_the_long_factor_is_not_computed():
    A = da.from_array(random_matrix((1000, 30)), chunks=(100, 30))
    U, s, Vt = dask_svd(A, k=3)
    assert isinstance(U, da.Array) and U.chunks == (A.chunks[0], (3,))
    assert isinstance(s, np.ndarray) and isinstance(Vt, np.ndarray)
    assert np.array_equal(U[:7].compute(), U.compute()[:7])
    U, s, Vt = dask_svd(A.T, k=3)
    assert isinstance(U, np.ndarray) and isinstance(Vt, da.Array) and Vt.shape == (3, 1000)


def test_one_pass_for_the_values_and_one_for_the_vectors():
    A = random_matrix((1000, 30))
    reads = []

    def read(block_info):
        (start, stop), _ = block_info[None]["array-location"]
        reads.append(start)
        return A[start:stop]

    blocks = da.map_blocks(read, chunks=((100,) * 10, (30,)), dtype=float, meta=np.zeros((0, 0)))
    result = dask_svd(blocks)
    assert sorted(reads) == list(range(0, 1000, 100))
    assert_is_svd(result, A)
    assert len(reads) == 20


def test_leading_triplets_and_signs():
    A = random_matrix((500, 20))
    U, s, Vt = dask_svd(da.from_array(A, chunks=(100, 20)), k=4)
    expected = np.linalg.svd(A, full_matrices=False)
    np.testing.assert_allclose(s, expected.S[:4])
    np.testing.assert_allclose(abs(Vt), abs(expected.Vh[:4]), atol=1e-12)
    assert (Vt[np.arange(4), abs(Vt).argmax(axis=1)] > 0).all()
    np.testing.assert_allclose(A @ Vt.T, U.compute() * s, atol=1e-12)


def test_orthonormal_where_A_V_over_s_is_not():
    """The values fall to 1e-12; dividing A V by them would leave columns far from orthogonal."""
    rng = np.random.default_rng(0)
    Q, W = (np.linalg.qr(rng.standard_normal((side, 10)))[0] for side in (400, 10))
    A = Q * np.logspace(0, -12, 10) @ W.T
    U, s, Vt = dask_svd(da.from_array(A, chunks=(50, 10)))
    U = U.compute()
    np.testing.assert_allclose(U.T @ U, np.eye(10), atol=1e-13)
    divided = A @ Vt.T / s
    assert abs(divided.T @ divided - np.eye(10)).max() > 1e-6


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_extreme_scales(scale):
    A = random_matrix((200, 5))
    with np.errstate(all="raise"):
        U, s, Vt = dask_svd(da.from_array(scale * A, chunks=(50, 5)))
    assert_is_svd((U, s / scale, Vt), A)


def test_rank_deficient_and_zero():
    A = np.outer(np.arange(1.0, 101), [1, 2, 3])
    assert_is_svd(dask_svd(da.from_array(A, chunks=(10, 3))), A)
    U, s, _ = dask_svd(da.zeros((100, 3), chunks=(10, 3)))
    assert (s == 0).all()
    np.testing.assert_allclose(U.T @ U, np.eye(3), atol=1e-14)


@pytest.mark.parametrize("shape", [(600, 400), (400, 600)])
def test_compressed_is_close_to_the_best(shape):
    rng = np.random.default_rng(0)
    Q, W = (np.linalg.qr(rng.standard_normal((side, 400)))[0] for side in shape)
    spectrum = 0.9 ** np.arange(400)
    A = (Q * spectrum) @ W.T
    for blocks in (A, da.from_array(A, chunks=(150, 150))):
        U, s, Vt = dask_svd(blocks, 10, method="compressed")
        U, Vt = np.asarray(U), np.asarray(Vt)
        np.testing.assert_allclose(s, spectrum[:10], rtol=1e-6)
        np.testing.assert_allclose(U.T @ U, np.eye(10), atol=1e-13)
        np.testing.assert_allclose(Vt @ Vt.T, np.eye(10), atol=1e-13)
        best = np.linalg.norm(spectrum[10:])
        assert best * (1 - 1e-12) <= np.linalg.norm(A - (U * s) @ Vt) <= best * (1 + 1e-6)


def test_compressed_repeats_itself():
    A = da.from_array(random_matrix((300, 200)), chunks=(100, 100))
    first, second, other = (dask_svd(A, 5, method="compressed", seed=seed, power_iterations=1).s for seed in (1, 1, 2))
    assert np.array_equal(first, second) and not np.array_equal(first, other)


def test_auto_compresses_what_is_long_on_both_sides():
    A = da.ones((5000, 5000), chunks=(1000, 1000))
    with pytest.raises(ValueError, match=r"k must be given for a matrix of shape \(5000, 5000\)"):
        dask_svd(A)
    _, s, _ = dask_svd(A, 1, power_iterations=0)
    np.testing.assert_allclose(s, [5000])


def test_memory_mapped(tmp_path):
    A = random_matrix((1000, 30))
    np.save(tmp_path / "A.npy", A)
    assert_is_svd(dask_svd(np.load(tmp_path / "A.npy", mmap_mode="r")), A)


BLOCKS = da.ones((10, 4), chunks=(5, 4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones(3),), "A must be a matrix"),
        ((da.ones(3),), "A must be a matrix"),
        ((da.ones((2, 2)).astype(str),), "A must hold real or complex numbers"),
        ((np.array([["a"]]),), "A must hold real or complex numbers"),
        ((da.ones((4, 0)),), r"A must have at least one entry, got shape \(4, 0\)"),
        ((np.ones((0, 4)),), r"A must have at least one entry, got shape \(0, 4\)"),
        ((BLOCKS[BLOCKS[:, 0] > 0],), "A must have known sizes of blocks, got nan"),
        ((BLOCKS * np.nan,), "A must be finite, got nan"),
        ((BLOCKS * np.inf, 2), "A must be finite, got inf"),
        ((BLOCKS * 1.7e308,), "A must be of a size at which its singular values fit into float64"),
        ((BLOCKS, 0), "k must be an integer from 1 to 4, got 0"),
        ((BLOCKS, 5), "k must be an integer from 1 to 4, got 5"),
    ],
)
def test_bad_matrices(arguments, message):
    with pytest.raises(ValueError, match=message):
        dask_svd(*arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(method="exact"), "method must be one of 'auto', 'qr', 'compressed', got 'exact'"),
        (dict(scheduler="127.0.0.1"), "scheduler must be an address such as .* or None, got '127.0.0.1'"),
        (dict(scheduler=8786), "scheduler must be an address such as .* or None, got 8786"),
        (dict(power_iterations=-1), "power_iterations must be an integer from 0"),
        (dict(seed=0.5), "seed must be an integer from 0"),
        (dict(method="compressed", k=None), "k must be given for a matrix of shape"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        dask_svd(BLOCKS, **(dict(k=2) | options))


def test_complex_is_not_compressed():
    with pytest.raises(ValueError, match='A must be real for method="compressed", got dtype complex128'):
        dask_svd(BLOCKS * 1j, 2, method="compressed")


def test_dask_is_imported_when_it_is_called():
    code = "import sys, svdbook, svdbook.scale; sys.exit('dask' in sys.modules or 'distributed' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each a process on the loopback interface; they end with the test."""
    file = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
    worker = ["worker", *common, "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path)]
    processes = []
    try:
        for command in (["scheduler", *common, "--port", "0"], worker, worker):
            with open(tmp_path / f"{len(processes)}.log", "w") as log:
                process = subprocess.Popen([sys.executable, "-m", "dask", *command], stdout=log, stderr=log)
            processes.append(process)
        until(file.exists, tmp_path)
        address = json.loads(file.read_text())["address"]
        from dask.distributed import Client

        with Client(address) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def until(happened, logs):
    end = time.monotonic() + 120
    while not happened():
        if time.monotonic() > end:
            pytest.fail("\n".join(log.read_text() for log in sorted(logs.glob("*.log"))))
        time.sleep(0.01)


def slow_blocks(A, rows, folder):
    """A Dask array whose blocks leave a file each time that one is read, with the process in its name."""

    def read(block_info):
        (start, stop), _ = block_info[None]["array-location"]
        time.sleep(0.05)
        (folder / f"{start}-{os.getpid()}").touch()
        return A[start:stop]

    chunks = ((rows,) * (len(A) // rows), (A.shape[1],))
    return da.map_blocks(read, chunks=chunks, dtype=A.dtype, meta=np.zeros((0, 0), A.dtype))


def test_the_same_code_on_a_scheduler(cluster, tmp_path):
    from dask.distributed import Client

    address, workers = cluster
    A = random_matrix((1200, 20))
    (tmp_path / "read").mkdir()
    blocks = slow_blocks(A, 50, tmp_path / "read")
    result = dask_svd(blocks, scheduler=address)
    # Every block was read, by both workers and not here.
    names = [file.name.split("-") for file in (tmp_path / "read").iterdir()]
    assert {int(start) for start, _ in names} == set(range(0, 1200, 50))
    assert {int(process) for _, process in names} == {worker.pid for worker in workers}
    with Client(address):
        assert_is_svd((result.U.compute(), result.s, result.Vt), A)
        # A client that is open is used without being named.
        np.testing.assert_allclose(dask_svd(blocks, 2).s, result.s[:2], rtol=1e-12)
    local = dask_svd(blocks)
    np.testing.assert_allclose(result.s, local.s, rtol=1e-12)
    np.testing.assert_allclose(result.Vt, local.Vt, atol=1e-11)
    here = dask_svd(da.from_array(A, chunks=(300, 10)), 3, method="compressed")
    there = dask_svd(da.from_array(A, chunks=(300, 10)), 3, method="compressed", scheduler=address)
    np.testing.assert_allclose(there.s, here.s, rtol=1e-12)


def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    address, workers = cluster
    A = random_matrix((2000, 20))
    folder = tmp_path / "read"
    folder.mkdir()
    found = []
    computing = threading.Thread(
        target=lambda: found.append(dask_svd(slow_blocks(A, 20, folder), scheduler=address)), daemon=True
    )
    computing.start()
    until(lambda: len(list(folder.glob(f"*-{workers[0].pid}"))) >= 10, tmp_path)
    assert len(list(folder.iterdir())) < 100
    os.kill(workers[0].pid, signal.SIGKILL)
    computing.join(120)
    assert len(found) == 1, "\n".join(log.read_text() for log in sorted(tmp_path.glob("*.log")))
    # What the dead worker had in its memory, the other one has read again.
    starts = [file.name.split("-")[0] for file in folder.iterdir()]
    assert len(set(starts)) == 100 < len(starts)
    np.testing.assert_allclose(found[0].s, np.linalg.svd(A, compute_uv=False), rtol=1e-12)
