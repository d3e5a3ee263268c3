"""What the docstrings claim: each sentence is quoted, must stand there, and is tried.

A sentence that is turned into its opposite is missed here, and a function that is, fails.
"""

import numpy as np
import pytest

import svdbook
from svdbook import plots
from svdbook.algorithms import golub_kahan_svd, gram_svd, jacobi_svd, power_svd, randomized_svd

EPS = np.finfo(float).eps
A = np.random.default_rng(0).standard_normal((7, 4))
U, S, VT = svdbook.svd(A)
# One vector in each null space, without ties: another BLAS may turn a basis of more.
BASES = svdbook.subspaces(np.arange(1, 10).reshape(3, 3))
PCA = svdbook.PCA().fit(A)


def descending(values):
    return len(values) > 1 and (np.diff(values) < 0).all()


CLAIMS = [
    (svdbook.SVDResult, "Thin SVD ``A = U @ np.diag(s) @ Vt``", lambda: np.allclose(U @ np.diag(S) @ VT, A)),
    (svdbook.SVDResult, "Left singular vectors, in columns.", lambda: np.allclose(U.T @ U, np.eye(4))),
    (svdbook.SVDResult, "Singular values, largest first.", lambda: descending(S)),
    (svdbook.SVDResult, "Right singular vectors, in rows, conjugated if complex.", lambda: VT.shape == (4, 4)),
    (svdbook.svd, "integers are taken as float64", lambda: svdbook.svd([[1]]).U.dtype == np.float64),
    (
        svdbook.fix_signs,
        "The entry of largest modulus of every right singular vector becomes real and positive.",
        lambda: np.array_equal(svdbook.fix_signs([[1]], [[1j, -2j]])[1], [[-0.5 * 2, 2]]),
    ),
    (
        svdbook.fix_signs,
        "within a relative ``sqrt(eps)`` of the largest, with the machine epsilon of the dtype, count as equal to it, "
        "and the first of them decides",
        lambda: [
            svdbook.fix_signs([[1]], [[-1 + factor * EPS**0.5, 1]])[1][0, 0] > 0 for factor in (0.9, 1.1)
        ] == [True, False],
    ),
    (
        plots.image,
        "Values outside 0 to `peak` are clipped.",
        lambda: plots.image([[-1.0, 3.0]], peak=2).get_array().tolist() == [[0, 255]],
    ),
    (svdbook.numerical_rank, "All singular values, largest first.", lambda: svdbook.numerical_rank([2, 1], (2, 2)) == 2),
    (
        svdbook.numerical_rank,
        "A singular value counts if it is greater than ``rtol * s[0]``; 0 <= rtol < 1.",
        lambda: [svdbook.numerical_rank([4, 2], (2, 2), rtol) for rtol in (0.49, 0.5)] == [2, 1],
    ),
    (
        svdbook.numerical_rank,
        "The default ``max(m, n) * eps``, with the machine epsilon of the dtype of `s`, is numpy's",
        lambda: [svdbook.numerical_rank([1, x * 9 * EPS], (2, 9)) for x in (1, 1.01)] == [1, 2],
    ),
    (
        svdbook.numerical_rank,
        "the smallest rank of any matrix within the distance t in the spectral norm",
        lambda: svdbook.numerical_rank([4, 3, 1], (3, 3), 0.5) == 2,
    ),
    (
        svdbook.condition_number,
        "``s[0] / s[-1]``, at least 1, and infinity when ``s[-1]`` is 0",
        lambda: [svdbook.condition_number(s) for s in ([6, 2], [2, 2], [1, 0])] == [3, 1, np.inf],
    ),
    (
        svdbook.condition_number,
        "or the quotient is above the largest double, 1.8e308",
        lambda: svdbook.condition_number([1e300, 1e-300]) == np.inf,
    ),
    (svdbook.condition_number, "The zero matrix has infinity as well.", lambda: svdbook.condition_number([0]) == np.inf),
    (
        svdbook.low_rank,
        "``U[:, :k] @ np.diag(s[:k]) @ Vt[:k]``",
        lambda: np.allclose(svdbook.low_rank(A, 2), U[:, :2] @ np.diag(S[:2]) @ VT[:2]),
    ),
    # Its numbers 1000, 10 and a twentieth are tried in test_decomposition.py, as the 1 % are.
    (svdbook.low_rank, "both sides at least 1000, and k + 10 at most a twentieth of the smaller one", None),
    (svdbook.low_rank, "its error is within 1 % of the best, in the Frobenius and in the spectral norm", None),
    (svdbook.low_rank, "Rank to keep, from 0 to min(m, n).", lambda: not svdbook.low_rank(A, 0).any()),
    (
        svdbook.truncation_error,
        "Frobenius norm, ``sqrt(sum(s[k:] ** 2))``, or spectral norm, ``s[k]``",
        lambda: [svdbook.truncation_error([9, 4, 3], 1, norm) for norm in ("fro", 2)] == [5, 4],
    ),
    (svdbook.truncation_error, "0 when nothing is dropped", lambda: svdbook.truncation_error([2, 1], 2) == 0),
    (
        svdbook.explained_variance,
        "``s ** 2 / sum(s ** 2)``: nonincreasing, with sum 1; float64 whatever the dtype of `s`",
        lambda: np.allclose(svdbook.explained_variance(np.array([3, 1], np.float16)), [0.9, 0.1], rtol=1e-15),
    ),
    (
        svdbook.rank_for_energy,
        "The smallest k with ``sum(s[:k] ** 2) >= energy * sum(s ** 2)``.",
        lambda: [svdbook.rank_for_energy([4, 3, 0], x) for x in (0.6399, 0.64, 0.6401)] == [1, 1, 2],
    ),
    (svdbook.rank_for_energy, "above 0 and at most 1", lambda: svdbook.rank_for_energy([4, 3], 1) == 2),
    (
        svdbook.optimal_rank,
        "Number of singular values above Gavish and Donoho's optimal hard threshold",
        lambda: [svdbook.optimal_rank([x * 4 / 3**0.5], (1, 1), noise=1) for x in (0.999, 1.001)] == [0, 1],
    ),
    (svdbook.optimal_rank, "it is estimated from the median singular value", lambda: svdbook.optimal_rank([9, 1, 1], (3, 3)) == 1),
    (svdbook.storage, "``k * (m + n + 1)``", lambda: svdbook.storage(5, 7, 2) == 26),
    (svdbook.storage, "which itself takes m * n numbers", lambda: svdbook.storage(5, 7, 3) > 5 * 7),
    (svdbook.Subspaces, "orthogonal to `column`", lambda: np.allclose(BASES.left_null.T @ BASES.column, 0)),
    (svdbook.Subspaces, "orthogonal to `row`", lambda: np.allclose(BASES.null.T @ BASES.row, 0)),
    (
        svdbook.subspaces,
        "A singular value up to `rtol` times the largest one counts as zero",
        lambda: [svdbook.subspaces(np.diag([2, 1]), x).row.shape[1] for x in (0.4, 0.5)] == [2, 1],
    ),
    (
        svdbook.subspaces,
        "In `left_null` and `null` the largest entry of each column is positive.",
        lambda: all((basis.max(axis=0) == abs(basis).max(axis=0)).all() for basis in (BASES.left_null, BASES.null)),
    ),
    (
        svdbook.pinv,
        "A singular value up to `rtol` times the largest one counts as zero",
        lambda: [np.count_nonzero(svdbook.pinv(np.diag([2, 1]), x)) for x in (0.4, 0.5)] == [2, 1],
    ),
    (svdbook.pinv, "The columns of `A` are not scaled here", lambda: not svdbook.pinv(np.diag([1, 1e-20]))[1].any()),
    (
        svdbook.least_squares,
        "it returns the one of smallest length",
        lambda: np.allclose(svdbook.least_squares([[1, 1]], [2]), [1, 1]),
    ),
    # The limits of the three methods are tried in test_linear_systems.py.
    (svdbook.least_squares, '"normal" takes no value below four times the square root of that', None),
    (svdbook.least_squares, "The default is ``max(m, n) * eps``", None),
    (
        svdbook.least_squares,
        "the length of ``A @ x - b`` squared plus `ridge` times the length of x squared is made smallest",
        lambda: np.allclose(svdbook.least_squares([[1]], [1], ridge=3), [1 / 4]),
    ),
    (
        svdbook.least_squares,
        "the unit of a column then decides neither the rank nor the digits lost",
        lambda: np.array_equal(svdbook.least_squares(np.diag([1, 1e-20]), [1, 1e-20]), [1, 1]),
    ),
    (
        gram_svd,
        "Eigenvalues of the product that are at most (m + n) eps times the largest cannot be told from zero: their s_i "
        "is exactly 0",
        lambda: [gram_svd(np.diag([1, x * 2.0**-25]))[1][1] > 0 for x in (1, 1.01)] == [False, True],
    ),
    (
        gram_svd,
        "every singular value below about 1e-8 s_1 (in single precision, 3e-4 s_1) is lost",
        lambda: [
            gram_svd(np.diag([1, x]).astype(dtype))[1][1] > 0
            for x, dtype in ((1e-8, float), (4e-8, float), (3e-4, np.float32), (1e-3, np.float32))
        ] == [False, True, False, True],
    ),
    (gram_svd, "signs are not fixed", None),
    # The errors of these two are tried in test_algorithms_dense.py.
    (golub_kahan_svd, "the error of each s_i is about eps s_1", None),
    (golub_kahan_svd, "If A itself is upper bidiagonal, each s_i has a small relative error, however small it is.", None),
    (
        jacobi_svd,
        "about eps times the smallest condition number that A can get by scaling its columns (if m < n, its rows)",
        None,
    ),
    (jacobi_svd, "Nor does it help if no such scaling exists, as for a Hilbert matrix.", None),
    (power_svd, "How many triplets, from 0 to min(m, n).", lambda: [power_svd(A, k)[1].size for k in (0, 4)] == [0, 4]),
    (
        power_svd,
        "``norm(A.conj().T @ u - s * v) <= tol * s_1``",
        lambda: 1e-6 * S[0] < np.linalg.norm(A.T @ (u := power_svd(A, 1, 1e-3))[0] - u[2].T * u[1]) < 1e-3 * S[0],
    ),
    (
        power_svd,
        "At least ``(m + n) * eps`` is allowed",
        lambda: np.allclose(power_svd(A, 4, tol=0)[1], S, rtol=1e-14),
    ),
    (
        randomized_svd,
        "How many triplets, from 0 to min(m, n).",
        lambda: [randomized_svd(A, k)[1].size for k in (0, 4)] == [0, 4],
    ),
    (
        randomized_svd,
        "Columns of the random test matrix beyond `k`.",
        lambda: np.allclose(randomized_svd(A, 2, oversampling=2)[1], S[:2]),
    ),
    (
        randomized_svd,
        "the same seed gives the same result",
        lambda: np.array_equal(randomized_svd(A, 1, 0, 0, 3)[1], randomized_svd(A, 1, 0, 0, 3)[1]),
    ),
    (
        svdbook.PCA,
        "the right singular vectors of the centred data, the one of largest variance first",
        lambda: np.allclose(abs(PCA.components_), abs(svdbook.svd(A - A.mean(axis=0)).Vt)),
    ),
    (
        svdbook.PCA,
        "The entry of largest modulus of each is positive.",
        lambda: (PCA.components_.max(axis=1) == abs(PCA.components_).max(axis=1)).all(),
    ),
    (
        svdbook.PCA,
        "``singular_values_ ** 2 / (m - 1)``",
        lambda: np.allclose(PCA.explained_variance_, PCA.singular_values_**2 / 6),
    ),
    (svdbook.PCA, "0 if the data do not vary", lambda: not svdbook.PCA().fit(np.ones((2, 2))).explained_variance_ratio_.any()),
    (svdbook.PCA, "the smallest number whose share of the total variance is at least this share", None),
    (svdbook.PCA.fit, "m >= 2 observations of n variables", lambda: svdbook.PCA().fit([[0], [2]]).mean_[0] == 1),
]  # fmt: skip


@pytest.mark.parametrize(("described", "sentence", "holds"), CLAIMS, ids=[claim[1][:40] for claim in CLAIMS])
def test_the_docstring_says_it_and_it_is_so(described, sentence, holds):
    assert sentence in " ".join(described.__doc__.split())
    assert holds is None or holds()


ORDERED = {
    "numerical_rank": ((2, 2),),
    "condition_number": (),
    "truncation_error": (1,),
    "explained_variance": (),
    "rank_for_energy": (0.5,),
    "optimal_rank": ((2, 2),),
}


@pytest.mark.parametrize("name", ORDERED)
def test_singular_values_are_asked_for_largest_first_and_refused_in_another_order(name):
    function = getattr(svdbook, name)
    assert "All singular values, largest first" in " ".join(function.__doc__.split())
    function([2, 1], *ORDERED[name])
    with pytest.raises(ValueError, match="nonincreasing"):
        function([1, 2], *ORDERED[name])
