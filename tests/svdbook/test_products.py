"""orthonormal_complement, on which the methods rest that see a matrix through its products only."""

import numpy as np
import pytest

from svdbook.algorithms import _products
from svdbook.algorithms._products import orthonormal_complement

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]


def gaussian(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    return (
        (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)
        if np.dtype(dtype).kind == "c"
        else rng.standard_normal(shape).astype(dtype)
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["ordinary", "nearly within", "graded", "repeated", "zero", "filling"])
def test_the_columns_are_orthonormal_and_span_what_was_given(kind, dtype, monkeypatch):
    # Half of the passes that are allowed suffice, for every kind.
    monkeypatch.setattr(_products, "_PASSES", 10)
    eps = np.finfo(dtype).eps
    Q = np.linalg.qr(gaussian(0, (40, 25), dtype))[0]
    Y = gaussian(1, (40, 15 if kind == "filling" else 6), dtype)
    if kind == "nearly within":
        Y = (Q @ gaussian(2, (25, 6), dtype) + 10 * eps * Y).astype(dtype)
    if kind == "graded":
        Y = (Y @ gaussian(3, (6, 6), dtype) * 10.0 ** -np.arange(0, 18, 3)).astype(dtype)
    if kind in ("repeated", "filling"):
        Y[:, 3:] = Y[:, :1]
    if kind == "zero":
        Y[:] = 0
    X = orthonormal_complement(Q, Y, np.random.default_rng(0))
    whole = np.hstack([Q, X])
    assert X.dtype == dtype and X.shape == Y.shape
    np.testing.assert_allclose(whole.conj().T @ whole, np.eye(whole.shape[1]), atol=100 * eps)
    left = Y - whole @ (whole.conj().T @ Y)
    assert (np.linalg.norm(left, axis=0) <= 200 * eps * np.linalg.norm(Y, axis=0)).all()


@pytest.mark.parametrize("Y", [np.ones((3, 1)), np.full((3, 1), np.nan)], ids=["no room", "nan"])
def test_it_ends_where_no_orthonormal_columns_exist(Y):
    with pytest.raises(
        np.linalg.LinAlgError, match="passes have not made 1 columns orthogonal to 3 others of length 3"
    ):
        orthonormal_complement(np.eye(3), Y, np.random.default_rng(0))
