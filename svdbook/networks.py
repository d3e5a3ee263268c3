"""Weight matrices of neural networks: a layer split in two, low-rank updates, and a network from production.

A layer sends an input x to ``W @ x + b``. Inputs stand in the rows of X, so that its outputs are ``X @ W.T + b``.
"""

from typing import NamedTuple

import numpy as np

from svdbook._validation import as_count, as_matrix


class Factors(NamedTuple):
    """Two thin matrices whose product stands for one; see `factorize`."""

    left: np.ndarray
    right: np.ndarray


def factorize(W, k, inputs=None):
    """
    Split a layer in two: ``W`` is replaced by ``left @ right``, of rank at most k.

    Parameters
    ----------
    W : (m, n) array_like
        Real weights of a layer with n inputs and m outputs.
    k : int
        Width of the layer in between, from 0 to min(m, n).
    inputs : (q, n) array_like, optional
        Inputs that the layer gets, one in each row. With them, the error of the layer's outputs for these inputs is
        least; without them, the error of the weights.

    Returns
    -------
    Factors
        A named tuple. `left`, (m, k), and `right`, (k, n), in the precision of `W`. No other matrix of rank at most k
        has a smaller ``norm(W - left @ right)``, or, if `inputs` are given, a smaller
        ``norm(inputs @ (W - left @ right).T)``, both in the Frobenius norm. The factors are balanced:
        ``left.T @ left`` equals ``right @ right.T``. Signs are not fixed.

    Raises
    ------
    ValueError
        If `W` or `inputs` is not a matrix of finite real numbers, their columns differ in number, `inputs` has no
        row, or `k` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.networks import factorize
    >>> W = np.outer([1, 2, 3, 1], [1, 2, 1])  # twelve weights
    >>> left, right = factorize(W, 1)          # seven
    >>> left.shape, right.shape, np.allclose(left @ right, W)
    ((4, 1), (1, 3), True)
    """
    W = as_matrix(W, "W", "biuf")
    k = as_count(k, min(W.shape))
    if inputs is not None:
        inputs = as_matrix(inputs, "inputs", "biuf")
        if inputs.shape[1] != W.shape[1] or len(inputs) == 0:
            raise ValueError(f"inputs must have shape (q, {W.shape[1]}) with q >= 1, got {inputs.shape}")
        # The nearest matrix of rank k to the outputs keeps their first k right singular vectors: project onto these.
        outputs_Vt = np.linalg.svd(inputs @ W.T, full_matrices=len(inputs) < k)[2][:k]
        outputs_Vt = outputs_Vt.astype(W.dtype, copy=False)
        inner, s, Vt = np.linalg.svd(outputs_Vt @ W, full_matrices=False)
        U = outputs_Vt.T @ inner
    else:
        U, s, Vt = np.linalg.svd(W, full_matrices=False)
    root = np.sqrt(s[:k])
    return Factors(U[:, :k] * root, root[:, None] * Vt[:k])


class LoRA:
    """
    A frozen layer with a trainable update of low rank: ``W + B @ A``.

    Parameters
    ----------
    W : (m, n) array_like
        Real weights that stay as they are.
    r : int
        Rank of the update at most, from 1 to min(m, n).
    seed : int or numpy.random.Generator
        Of the start of `A`.

    Attributes
    ----------
    W : (m, n) ndarray
    B : (m, r) ndarray
        Zero at first, so that training starts from `W`.
    A : (r, n) ndarray
        Normal at first, with standard deviation ``1 / sqrt(n)``.

    Raises
    ------
    ValueError
        If `W` is not a matrix of finite real numbers or `r` is out of range.

    References
    ----------
    E. J. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.

    Examples
    --------
    One step downhill for the squared error of a single example:

    >>> import numpy as np
    >>> from svdbook.networks import LoRA
    >>> layer = LoRA(np.eye(3), r=1)
    >>> x, wanted = np.array([[1.0, 2.0, 0.0]]), np.array([[0.0, 2.0, 1.0]])
    >>> error = layer(x) - wanted
    >>> gradient_B, gradient_A = layer.gradients(x, error)
    >>> layer.B -= 0.1 * gradient_B
    >>> bool(np.linalg.norm(layer(x) - wanted) < np.linalg.norm(error))
    True
    >>> layer.size, int(np.linalg.matrix_rank(layer.B @ layer.A))
    (6, 1)
    """

    def __init__(self, W, r, seed=0):
        self.W = as_matrix(W, "W", "biuf")
        m, n = self.W.shape
        r = as_count(r, min(m, n), "r", lower=1)
        self.B = np.zeros((m, r), self.W.dtype)
        start = np.random.default_rng(seed).standard_normal((r, n)) / np.sqrt(n)
        self.A = start.astype(self.W.dtype, copy=False)

    def __call__(self, X):
        """Outputs ``X @ (W + B @ A).T`` for inputs in the rows of X, without building the product.

        Parameters
        ----------
        X : (q, n) array_like

        Returns
        -------
        (q, m) ndarray

        Raises
        ------
        ValueError
            If `X` is not a matrix of finite real numbers with n columns.
        """
        X = self._checked(X, "X", self.W.shape[1])
        return X @ self.W.T + X @ self.A.T @ self.B.T

    def gradients(self, X, output_gradient):
        """Derivatives of a loss with respect to `B` and `A`.

        Parameters
        ----------
        X : (q, n) array_like
            Inputs.
        output_gradient : (q, m) array_like
            Derivatives of the loss with respect to the outputs.

        Returns
        -------
        gradient_B : (m, r) ndarray
        gradient_A : (r, n) ndarray

        Raises
        ------
        ValueError
            If an argument is not a matrix of finite real numbers of such a shape.
        """
        X = self._checked(X, "X", self.W.shape[1])
        output_gradient = self._checked(output_gradient, "output_gradient", self.W.shape[0])
        if len(X) != len(output_gradient):
            raise ValueError(f"output_gradient must have {len(X)} rows, as X has, got {len(output_gradient)}")
        return output_gradient.T @ (X @ self.A.T), (output_gradient @ self.B).T @ X

    @property
    def size(self):
        """How many numbers are trained, r (m + n)."""
        return self.A.size + self.B.size

    def merged(self):
        """The weights ``W + B @ A`` of a plain layer with the same outputs."""
        return self.W + self.B @ self.A

    @staticmethod
    def _checked(values, name, columns):
        values = as_matrix(values, name, "biuf")
        if values.shape[1] != columns:
            raise ValueError(f"{name} must have {columns} columns, got {values.shape[1]}")
        return values


def gelu(x):
    """The activation ``x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2``, entry by entry.

    Parameters
    ----------
    x : ndarray

    Returns
    -------
    ndarray
        Of the same shape and precision.

    References
    ----------
    D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.networks import gelu
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
    [-0.1588, 0.0, 0.8412]
    """
    return x * (1 + np.tanh(np.sqrt(2 / np.pi).astype(x.dtype) * (x + x.dtype.type(0.044715) * (x * x * x)))) / 2


class FileTypeNetwork:
    """
    The parts of Magika, which tells the type of a file from its bytes, before and after its large layer.

    Parameters
    ----------
    magika : svdbook.datasets.Magika
        The trained numbers, from `svdbook.datasets.load_magika`.

    Attributes
    ----------
    W : (512, 1280) ndarray, float32
        The large layer: a convolution of width 5 over 256 channels, as a matrix.
    b : (512,) ndarray, float32
    labels : ndarray of str
        Names of the types of files.

    References
    ----------
    Y. Fratantonio et al., "Magika: AI-Powered Content-Type Detection", ICSE 2025.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook import datasets, networks
    >>> network = networks.FileTypeNetwork(datasets.load_magika())
    >>> tokens = datasets.file_tokens(b"import numpy as np\\n\\nprint(np.eye(3))\\n" * 9)
    >>> outputs = network.inputs(tokens) @ network.W.T + network.b
    >>> str(network.labels[network.scores(outputs).argmax()])
    'python'
    """

    def __init__(self, magika):
        self._numbers = magika
        self.W = magika.conv.transpose(0, 2, 1).reshape(len(magika.conv), -1)
        self.b = magika.conv_b
        self.labels = magika.labels

    def inputs(self, tokens):
        """What the large layer gets from one file: a window in each row.

        Parameters
        ----------
        tokens : (2048,) ndarray of int
            As `svdbook.datasets.file_tokens` returns them.

        Returns
        -------
        (508, 1280) ndarray, float32
        """
        numbers = self._numbers
        embedded = gelu(numbers.embed + numbers.embed_b)[tokens].reshape(512, 256)
        normed = _layer_norm(embedded, 0) * numbers.ln0_g[:, None] + numbers.ln0_b[:, None]
        windows = np.lib.stride_tricks.sliding_window_view(normed, 5, axis=0)
        return windows.transpose(0, 2, 1).reshape(508, 1280)

    def scores(self, outputs):
        """Scores of the types, the largest for the one that is found, from the outputs of the large layer.

        Parameters
        ----------
        outputs : (508, 512) ndarray

        Returns
        -------
        (214,) ndarray
        """
        numbers = self._numbers
        # gelu falls and then rises, so its largest value lies at one end.
        strongest = np.maximum(gelu(outputs.max(axis=0)), gelu(outputs.min(axis=0)))
        return (_layer_norm(strongest, 0) * numbers.ln1_g + numbers.ln1_b) @ numbers.out + numbers.out_b


def _layer_norm(values, axis):
    values = values - values.mean(axis=axis, keepdims=True)
    return values / np.sqrt((values**2).mean(axis=axis, keepdims=True) + 1e-6)
