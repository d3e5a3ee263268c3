"""The linear algebra of the figures, in a browser, beside numpy's."""

import numpy as np
import pytest
from scipy.linalg import hilbert

RNG = np.random.default_rng(11)


def orthonormal(rows, columns):
    return np.linalg.qr(RNG.standard_normal((rows, columns)))[0]


def with_values(m, n, s):
    return orthonormal(m, len(s)) * s @ orthonormal(n, len(s)).T


FAMILIES = {
    "1 x 1": np.array([[-3.0]]),
    "one row": RNG.standard_normal((1, 7)),
    "one column": RNG.standard_normal((7, 1)),
    "row of zeros": np.zeros((1, 4)),
    "zero": np.zeros((4, 3)),
    "zero, wide": np.zeros((2, 5)),
    "identity": np.eye(5),
    "permutation": np.eye(6)[[3, 1, 5, 0, 4, 2]],
    "random": RNG.standard_normal((8, 8)),
    "tall": RNG.standard_normal((20, 3)),
    "wide": RNG.standard_normal((3, 20)),
    "repeated": with_values(6, 5, [3, 3, 3, 1, 1]),
    "pairs": with_values(7, 6, [2, 2, 1, 1, 0.5, 0.5]),
    "cluster": with_values(8, 6, [1, 1, 1, 1, 1, 1e-3]),
    "of rank 1": np.outer(RNG.standard_normal(6), RNG.standard_normal(4)),
    "of rank 2, integers": np.arange(12.0).reshape(3, 4),
    "of rank 3, wide": with_values(5, 9, [4, 2, 1]),
    "doubled columns": np.repeat(RNG.standard_normal((6, 2)), 2, axis=1),
    "diagonal with zeros": np.diag([0.0, 2.0, 0.0, 1.0]),
    "geometric": with_values(8, 8, 10.0 ** -np.arange(8)),
    "one large": with_values(8, 8, [1e6, *[1.0] * 7]),
    "one small": with_values(8, 8, [*[1.0] * 7, 1e-8]),
    "Hilbert": hilbert(8),
    "Kahan": np.diag(0.8 ** np.arange(8)) @ (np.eye(8) - 0.6 * np.triu(np.ones((8, 8)), 1)),
    "graded columns": RNG.standard_normal((8, 5)) * 10.0 ** np.array([-9, 0, -3, 3, -6]),
    "graded rows": RNG.standard_normal((8, 5)) * 10.0 ** np.arange(0, -16, -2)[:, None],
    "large": 1e300 * RNG.standard_normal((5, 4)),
    "small": 1e-300 * RNG.standard_normal((5, 4)),
    "smallest": np.array([[5e-324, 0], [0, 1e-323]]),
    "large and small": np.array([[1e200, 0], [0, 1e-200]]),
    "40 x 30": RNG.standard_normal((40, 30)),
}


@pytest.fixture(scope="module")
def run(chromium, address):
    """Call a function of algebra.mjs."""
    tab = chromium.new_page()
    tab.goto(f"{address}/404.html")
    script = "async ([name, given]) => (await import('/_static/figures/algebra.mjs'))[name](...given)"
    yield lambda name, *given: tab.evaluate(script, [name, list(given)])
    tab.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_svd_is_an_svd(family, run):
    A = FAMILIES[family]
    m, n = A.shape
    p = min(m, n)
    result = run("svd", A.tolist())
    U, s, V = (np.array(result[name]) for name in "UsV")
    assert U.shape == (m, p) and s.shape == (p,) and V.shape == (n, p)
    assert (np.diff(s) <= 0).all() and (s >= 0).all()
    assert np.abs(U.T @ U - np.eye(p)).max() < 1e-13 * max(m, 2)
    assert np.abs(V.T @ V - np.eye(p)).max() < 1e-13 * max(m, 2)
    largest = max(np.abs(A).max(), 5e-324)
    assert np.abs(U * (s / largest) @ V.T - A / largest).max() < 1e-13 * max(m, n)
    # Signs: the entry of largest size in each right vector is positive.
    assert (V[np.abs(V).argmax(axis=0), np.arange(p)] > 0).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_svd_agrees_with_numpy(family, run):
    A = FAMILIES[family]
    largest = np.abs(A).max() or 1.0
    result = run("svd", A.tolist())
    U, s, V = (np.array(result[name]) for name in "UsV")
    expected_U, expected, expected_Vt = np.linalg.svd(A / largest, full_matrices=False)
    if family == "smallest":
        assert s.tolist() == [1e-323, 5e-324]
        return
    assert s / largest == pytest.approx(expected, rel=0, abs=1e-12 * max(expected[0], 1e-300))
    # Spaces that belong to values apart from all others: their projectors hang on nothing that is free.
    gaps = np.flatnonzero(-np.diff(expected) > 1e-3 * max(expected[0], 1e-300)) + 1
    for k in gaps:
        left, right = U[:, :k], V[:, :k]
        assert np.abs(left @ left.T - expected_U[:, :k] @ expected_U[:, :k].T).max() < 1e-10
        assert np.abs(right @ right.T - expected_Vt[:k].T @ expected_Vt[:k]).max() < 1e-10


def test_a_small_value_of_columns_of_different_size_is_right_in_all_digits(run):
    """One-sided Jacobi has them where LAPACK's gesdd may not."""
    A = np.array([[1.0, 1e-20], [1.0, -1e-20]])
    assert run("svd", A.tolist())["s"] == pytest.approx([np.sqrt(2), np.sqrt(2) * 1e-20], rel=1e-15)


def test_low_rank_is_the_truncated_svd(run):
    A = FAMILIES["random"]
    U, s, Vt = np.linalg.svd(A)
    for k in (0, 1, 3, 8):
        assert np.array(run("lowRank", run("svd", A.tolist()), k)) == pytest.approx(
            U[:, :k] * s[:k] @ Vt[:k], abs=1e-12
        )
