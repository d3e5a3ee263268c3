"""The SVD of matrices larger than memory, on Dask: in one process or on many machines, by the same code.

Dask is imported when a function is called, not before.
"""

import warnings
from contextlib import nullcontext

import numpy as np

from svdbook._validation import as_count, as_matrix, as_ndarray, check_choice, check_not_empty
from svdbook.decomposition import SVDResult, fix_signs

# Up to this length of the short side, a square block of doubles fits into a block of Dask's default size, 128 MiB.
LARGEST_TRIANGLE = 4096


def dask_svd(A, k=None, *, method="auto", scheduler=None, power_iterations=4, seed=0):
    """SVD of a matrix that is read block by block.

    Parameters
    ----------
    A : (m, n) dask.array.Array or array_like
        Real or complex matrix; p = min(m, n). What is no Dask array, such as a `numpy.memmap`, is cut into blocks of
        128 MiB at most; for workers elsewhere make a Dask array of which each worker reads its blocks itself.
    k : int, optional
        How many singular triplets to return, from 1 to p; all, if it is not given.
    method : {"auto", "qr", "compressed"}
        "qr": each block of rows is replaced by its triangular factor, and the SVD of these factors taken by Dask's
        algorithm for tall and skinny matrices. Backward stable, in one pass over `A`; p x p numbers are kept for each
        block, so blocks should have many more rows than columns.
        "compressed": Dask's randomized projection of the short side onto k + 10 dimensions (at least 20), then "qr".
        An approximation in 2 + 2 `power_iterations` passes; real `A` only, and `k` must be given.
        "auto" is "qr" as long as p is at most 4096.
    scheduler : str, optional
        Address of a Dask scheduler, such as "tcp://192.0.2.7:8786", whose workers have this package. If it is not
        given, the client that is open computes, and without one the threads of this process.
    power_iterations : int
        Of "compressed": how often `A` and its adjoint are applied to sharpen the subspace.
    seed : int
        Of "compressed": the same seed and blocks give the same result.

    Returns
    -------
    SVDResult
        ``U, s, Vt`` with k, or p, triplets. The factor of the long side (`U` if m >= n, else `Vt`) is a Dask array
        in the blocks of `A`, and not computed yet: ``U.compute()``, ``U[:1000].compute()`` or ``U.to_zarr(path)``
        reads `A` once more, and holds no more than a few blocks besides the result. The others are numpy arrays. The
        largest entry of each vector of the short side is positive.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers with known sizes of blocks, or another argument is not as above.
    OSError
        If nobody answers at the address.

    References
    ----------
    A. R. Benson, D. F. Gleich and J. W. Demmel, "Direct QR factorizations for tall-and-skinny matrices in MapReduce
    architectures", IEEE International Conference on Big Data, 2013, 264-272.
    N. Halko, P. G. Martinsson and J. A. Tropp, "Finding structure with randomness", SIAM Review 53 (2011) 217-288.

    Examples
    --------
    >>> import dask.array as da
    >>> from svdbook.scale import dask_svd
    >>> A = da.ones((1000, 4), chunks=(100, 4))
    >>> U, s, Vt = dask_svd(A, k=1)
    >>> s.round(6).tolist(), Vt.round(6).tolist()
    ([63.245553], [[0.5, 0.5, 0.5, 0.5]])
    >>> U.chunks[0][:3], U[:2].compute().round(6).tolist()
    ((100, 100, 100), [[0.031623], [0.031623]])
    """
    import dask.array as da
    from dask.distributed import Client

    check_choice(method, ("auto", "qr", "compressed"), "method")
    if scheduler is not None and not (isinstance(scheduler, str) and "://" in scheduler):
        raise ValueError(f'scheduler must be an address such as "tcp://127.0.0.1:8786" or None, got {scheduler!r}')
    if not isinstance(A, da.Array):
        A = A if isinstance(A, np.memmap) else as_ndarray(A, "A")
        if A.dtype == object:
            A = as_matrix(A, "A")
        as_matrix(A[:0], "A")
        check_not_empty(A, "A")
        rows_whole = min(A.shape) <= LARGEST_TRIANGLE and method != "compressed"
        long_side = int(A.shape[0] < A.shape[1])
        A = da.from_array(A, chunks={long_side: "auto", 1 - long_side: -1 if rows_whole else "auto"}, name=False)
    # Fails for a wrong dtype or number of dimensions.
    A = A.astype(as_matrix(A._meta, "A").dtype)
    if np.isnan(A.shape).any():
        raise ValueError("A must have known sizes of blocks, got nan; A.compute_chunk_sizes() finds them")
    check_not_empty(A, "A")
    p = min(A.shape)
    count = p if k is None else as_count(k, p, lower=1)
    power_iterations = as_count(power_iterations, np.inf, "power_iterations")
    seed = as_count(seed, np.inf, "seed")
    if method == "auto":
        method = "qr" if p <= LARGEST_TRIANGLE else "compressed"
    if method == "compressed" and k is None:
        raise ValueError(f"k must be given for a matrix of shape {A.shape}, which is compressed, got None")
    if method == "compressed" and A.dtype.kind == "c":
        raise ValueError(f'A must be real for method="compressed", got dtype {A.dtype}')

    with Client(scheduler) if scheduler else nullcontext():
        if A.shape[0] >= A.shape[1]:
            return SVDResult(*_tall_svd(A, count, method, power_iterations, seed))
        V, s, Uh = _tall_svd(A.conj().T, count, method, power_iterations, seed)
        return SVDResult(Uh.conj().T, s, V.conj().T)


def _tall_svd(A, k, method, power_iterations, seed):
    import dask
    import dask.array as da

    basis = None
    if method == "compressed":
        # Recomputing keeps no block of A from one pass to the next.
        compression = da.linalg.compression_matrix(
            A.T, k, iterator="QR", n_power_iter=power_iterations, seed=seed, compute=True
        )
        basis = compression.compute()
        A = A @ basis.T
    if A.numblocks[1] > 1:
        A = A.rechunk({0: "auto", 1: -1})
    n = A.shape[1]
    heights = tuple(min(rows, n) for rows in A.chunks[0])
    R = A.map_blocks(_triangular_factor, dtype=A.dtype, chunks=(heights, (n,)), meta=A._meta)
    # Blocks as tall as those of A: Dask stacks and reduces them again, as often as it needs to.
    R = R.rechunk({0: max(A.chunks[0]), 1: -1})
    with warnings.catch_warnings():
        # Dask takes the type of the singular values from a complex array.
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        factors = da.linalg.svd(R, coerce_signs=False)
    U, s, Vt = dask.compute(*factors)
    U, Vt = fix_signs(U[:, :k], Vt[:k] if basis is None else Vt[:k] @ basis)
    parts = da.from_array(U, chunks=(heights, -1))
    U = da.map_blocks(_rows_of_U, A, parts, dtype=U.dtype, chunks=(A.chunks[0], (k,)), meta=A._meta)
    return U, s[:k], Vt


@np.errstate(all="ignore")
def _triangular_factor(block):
    if not np.isfinite(block).all():
        raise ValueError(f"A must be finite, got {block[~np.isfinite(block)][0]}")
    R = np.linalg.qr(block, mode="r")
    # Room for the factors of a million million blocks to be put together.
    if not abs(R).max() < np.finfo(R.dtype).max * 2.0**-20:
        raise ValueError(
            f"A must be of a size at which its singular values fit into {R.dtype}, got {abs(block).max():.2g}; "
            "scale A by a power of 2 first"
        )
    return R


@np.errstate(all="ignore")
def _rows_of_U(block, part):
    # The orthonormal factor is computed a second time and not kept, for all of them are as large as A.
    return np.linalg.qr(block)[0] @ part
