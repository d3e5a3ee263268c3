"""Layers split in two, low-rank updates and the file-type network, against slow loops, scipy and finite differences."""

import numpy as np
import pytest
import scipy.linalg
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from svdbook import datasets, networks


def random_matrix(seed, shape):
    return np.random.default_rng(seed).standard_normal(shape)


def truncated(M, k):
    U, s, Vt = scipy.linalg.svd(M, full_matrices=False, lapack_driver="gesvd")
    return U[:, :k] * s[:k] @ Vt[:k]


# factorize


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (3, 5), (6, 6)])
def test_without_inputs_the_product_is_the_truncated_svd(shape):
    W = random_matrix(0, shape)
    for k in range(min(shape) + 1):
        left, right = networks.factorize(W, k)
        assert left.shape == (shape[0], k) and right.shape == (k, shape[1])
        np.testing.assert_allclose(left @ right, truncated(W, k), rtol=0, atol=1e-12)
        np.testing.assert_allclose(left.T @ left, right @ right.T, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_with_inputs_the_outputs_are_the_nearest_of_their_rank(shape):
    W, X = random_matrix(1, shape), random_matrix(2, (20, shape[1])) * np.logspace(0, -2, shape[1])
    # With the Cholesky factor R of the inputs' products, norm(X M) = norm(R M): a problem for the SVD of R W^T.
    R = scipy.linalg.cholesky(X.T @ X)
    for k in range(min(shape) + 1):
        left, right = networks.factorize(W, k, X)
        best = np.linalg.solve(R, truncated(R @ W.T, k)).T
        np.testing.assert_allclose(left @ right, best, rtol=0, atol=1e-11)
        np.testing.assert_allclose(left.T @ left, right @ right.T, rtol=0, atol=1e-12)


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 6), st.integers(1, 9))
def test_no_competitor_has_smaller_errors(seed, m, n, q):
    rng = np.random.default_rng(seed)
    W, X = rng.standard_normal((m, n)), rng.standard_normal((q, n))
    k = int(rng.integers(0, min(m, n) + 1))
    plain, fitted = (left @ right for left, right in (networks.factorize(W, k), networks.factorize(W, k, X)))
    assert np.linalg.matrix_rank(fitted, tol=1e-9) <= k
    near = [M + 0.01 * rng.standard_normal((m, k)) @ rng.standard_normal((k, n)) for M in (plain, fitted)]
    for M in (plain, fitted, *(truncated(N, k) for N in near)):
        assert np.linalg.norm(W - plain) <= np.linalg.norm(W - M) + 1e-12
        assert np.linalg.norm(X @ (W - fitted).T) <= np.linalg.norm(X @ (W - M).T) + 1e-12


def test_fewer_inputs_than_the_rank_are_reproduced():
    W, X = random_matrix(3, (6, 5)), random_matrix(4, (2, 5))
    left, right = networks.factorize(W, 4, X)
    assert left.shape == (6, 4) and right.shape == (4, 5)
    np.testing.assert_allclose(X @ (left @ right).T, X @ W.T, rtol=0, atol=1e-12)


def test_precision_is_that_of_the_weights():
    W = random_matrix(5, (4, 3))
    for given_inputs in (None, random_matrix(6, (9, 3))):
        factors = networks.factorize(W.astype(np.float32), 2, given_inputs)
        assert {factor.dtype for factor in factors} == {np.dtype(np.float32)}
        exact = networks.factorize(W, 2, given_inputs)
        np.testing.assert_allclose(factors.left @ factors.right, exact.left @ exact.right, rtol=0, atol=1e-5)
    assert networks.factorize([[1, 2], [3, 4]], 1).left.dtype == np.float64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2], 1), "W must be a matrix"),
        (([[1.0, np.nan]], 1), "W must be finite, got nan"),
        (([[1j]], 1), "W must hold real numbers"),
        (([[1.0, 2]], 2), "k must be an integer from 0 to 1, got 2"),
        (([[1.0, 2]], -1), "k must be an integer from 0 to 1, got -1"),
        (([[1.0, 2]], 1.0), "k must be an integer from 0 to 1, got 1.0"),
        (([[1.0, 2]], 1, [[1.0]]), r"inputs must have shape \(q, 2\) with q >= 1, got \(1, 1\)"),
        (([[1.0, 2]], 1, np.zeros((0, 2))), r"inputs must have shape \(q, 2\) with q >= 1, got \(0, 2\)"),
        (([[1.0, 2]], 1, [[np.inf, 0]]), "inputs must be finite"),
    ],
)
def test_factorize_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        networks.factorize(*arguments)


# LoRA


def trained_layer(seed=0):
    layer = networks.LoRA(random_matrix(seed, (4, 6)), r=2, seed=seed)
    layer.B = random_matrix(seed + 1, (4, 2))
    return layer


def test_an_untrained_update_is_zero():
    W = random_matrix(0, (4, 6))
    layer = networks.LoRA(W, r=3)
    X = random_matrix(1, (5, 6))
    np.testing.assert_array_equal(layer(X), X @ W.T)
    np.testing.assert_array_equal(layer.merged(), W)
    assert layer.size == 3 * (4 + 6)
    np.testing.assert_array_equal(layer.A, networks.LoRA(W, r=3).A)
    assert not np.array_equal(layer.A, networks.LoRA(W, r=3, seed=1).A)


def test_the_start_has_its_standard_deviation():
    A = networks.LoRA(np.zeros((50, 2500)), r=40).A
    assert A.std() == pytest.approx(1 / 50, rel=0.02)


def test_a_layer_and_its_merged_weights_agree_with_a_loop():
    layer = trained_layer()
    X = random_matrix(2, (3, 6))
    for x, outputs in zip(X, layer(X), strict=True):
        for i in range(4):
            expected = sum(
                (layer.W[i, j] + sum(layer.B[i, o] * layer.A[o, j] for o in range(2))) * x[j] for j in range(6)
            )
            assert outputs[i] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(X @ layer.merged().T, layer(X), rtol=0, atol=1e-12)
    assert np.linalg.matrix_rank(layer.merged() - layer.W) == 2


def test_gradients_are_finite_differences():
    layer, X, wanted = trained_layer(3), random_matrix(4, (5, 6)), random_matrix(5, (5, 4))

    def loss():
        return np.sum(np.sin(layer(X)) * wanted)

    gradients = layer.gradients(X, np.cos(layer(X)) * wanted)
    for name, gradient in zip("BA", gradients, strict=True):
        numbers = getattr(layer, name)
        assert gradient.shape == numbers.shape
        for index in np.ndindex(numbers.shape):
            around = []
            for step in (1e-6, -2e-6):
                numbers[index] += step
                around.append(loss())
            numbers[index] += 1e-6
            assert gradient[index] == pytest.approx((around[0] - around[1]) / 2e-6, abs=1e-7)


def test_training_finds_an_update_of_low_rank():
    rng = np.random.default_rng(6)
    W = rng.standard_normal((5, 8))
    wanted = W + np.outer(rng.standard_normal(5), rng.standard_normal(8))
    X = rng.standard_normal((200, 8))
    layer = networks.LoRA(W, r=1)
    for _ in range(2000):
        gradient_B, gradient_A = layer.gradients(X, (layer(X) - X @ wanted.T) / len(X))
        layer.B -= 0.05 * gradient_B
        layer.A -= 0.05 * gradient_A
    np.testing.assert_allclose(layer.merged(), wanted, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(layer.W, W)


def test_a_layer_keeps_single_precision():
    layer = networks.LoRA(np.eye(3, dtype=np.float32), r=1)
    assert layer(np.ones((2, 3), np.float32)).dtype == layer.merged().dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: networks.LoRA([[1.0, 2]], r=0), "r must be an integer from 1 to 1, got 0"),
        (lambda: networks.LoRA([[1.0, 2]], r=2), "r must be an integer from 1 to 1, got 2"),
        (lambda: networks.LoRA([[np.nan]], r=1), "W must be finite"),
        (lambda: trained_layer()([[1.0, 2]]), "X must have 6 columns, got 2"),
        (lambda: trained_layer().gradients(np.ones((2, 6)), np.ones((2, 6))), "output_gradient must have 4 columns, got 6"),
        (lambda: trained_layer().gradients(np.ones((2, 6)), np.ones((3, 4))), "output_gradient must have 2 rows, as X has, got 3"),
    ],
)  # fmt: skip
def test_lora_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# The file-type network


def slow_scores(numbers, tokens):
    """The forward pass as data/README.md describes it, in double precision, with scipy's correlation."""
    n = {name: getattr(numbers, name).astype(float) for name in numbers._fields if name != "labels"}

    def gelu(x):
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

    def layer_norm(x, g, b):
        return (x - np.mean(x)) / np.sqrt(np.var(x) + 1e-6) * g + b

    rows = np.array([gelu(n["embed"][token] + n["embed_b"]) for token in tokens]).reshape(512, 256)
    rows = np.array([layer_norm(column, n["ln0_g"], n["ln0_b"]) for column in rows.T])  # channels x positions
    outputs = np.array(
        [
            sum(scipy.signal.correlate(row, tap, mode="valid") for row, tap in zip(rows, taps, strict=True)) + b
            for taps, b in zip(n["conv"], n["conv_b"], strict=True)
        ]
    )
    strongest = layer_norm(gelu(outputs).max(axis=1), n["ln1_g"], n["ln1_b"])
    return strongest @ n["out"] + n["out_b"]


def test_the_file_type_network_computes_what_its_description_says():
    magika = datasets.load_magika()
    network = networks.FileTypeNetwork(magika)
    assert network.W.shape == (512, 1280) and network.W.dtype == np.float32
    for content in (b'{"a": [1, 2, 3]}\n' * 40, bytes(range(256)) * 9, b"  x = 1\n"):
        tokens = datasets.file_tokens(content)
        inputs = network.inputs(tokens)
        assert inputs.shape == (508, 1280) and inputs.dtype == np.float32
        scores = network.scores(inputs @ network.W.T + network.b)
        np.testing.assert_allclose(scores, slow_scores(magika, tokens), rtol=0, atol=2e-3)


def test_scores_take_the_largest_activation_where_all_outputs_are_negative():
    magika = datasets.load_magika()
    network = networks.FileTypeNetwork(magika)
    # gelu(-4) is above gelu(-1): here the smallest output gives the largest activation.
    outputs = np.random.default_rng(0).uniform(-4, -0.5, (508, 512)).astype(np.float32)
    strongest = networks.gelu(outputs.astype(float)).max(axis=0)
    normed = (strongest - strongest.mean()) / np.sqrt(strongest.var() + 1e-6) * magika.ln1_g + magika.ln1_b
    np.testing.assert_allclose(network.scores(outputs), normed @ magika.out + magika.out_b, rtol=0, atol=1e-2)


def test_gelu_is_its_formula_and_largest_at_an_end_of_an_interval():
    x = np.linspace(-6, 6, 4001)
    np.testing.assert_allclose(networks.gelu(x), 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))
    signs = np.sign(np.diff(networks.gelu(x)))
    # It falls, then rises: one change of sign.
    assert signs[0] == -1 and signs[-1] == 1 and np.count_nonzero(np.diff(signs)) == 1
    assert networks.gelu(np.float32([1])).dtype == np.float32
