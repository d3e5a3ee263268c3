"""Names of code in the text exist."""

import pytest

from publishing.code_names import Names, codes

NAMES = Names(
    ["import numpy as np\nimport svdbook as sb\nfrom svdbook import datasets, plots\n", "A = np.eye(2)\nprint('brick')"]
)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("sb.best_rank", "sb.best_rank"),
        ("sb.best_rank(A, 2)", "sb.best_rank"),
        ("svdbook.images.compres", "svdbook.images.compres"),
        ("plots.picture", "plots.picture"),
        ("datasets.load_photograph()", "datasets.load_photograph"),
        ("np.svd", "np.svd"),
        ("np.linalg.lstq(A, b)", "np.linalg.lstq"),
        ("scipy.linalg.nullspace", "scipy.linalg.nullspace"),
        ("sklearn.decomposition.PCAs", "sklearn.decomposition.PCAs"),
        ("sklearn.datasets.load_irises", "sklearn.datasets.load_irises"),
        ("from svdbook import dataset", "dataset"),
        ("import svdbok", "svdbok"),
        ("best_rank", "best_rank"),
        ("PCAs", "PCAs"),
        (".transposes", ".transposes"),
        ("A.shapes", "A.shapes"),
        ("full_matrix=False", "full_matrix"),
        ("np.linalg.svd(A, full_matrix=False)", "full_matrix"),
        ("sb.low_rank(A, rank=2)", "rank"),
        ("A.mean(axs=0)", "axs"),
        ("data/nothing.csv", "nothing.csv"),
    ],
)
def test_a_name_that_does_not_exist_is_found(code, name):
    found = [unknown for unknown, _ in NAMES.unknown(f"Some `{code}` here.")]
    assert name in found or name in {unknown.split(".", 1)[-1] for unknown in found}


@pytest.mark.parametrize(
    "code",
    """sb.low_rank(A, k)|svdbook.PCA|plots.image|datasets.load_image("camera")|np.linalg.svd(A, full_matrices=False)|scipy.linalg.orth|lapack_driver="gesvd"
    numpy.polynomial.Polynomial|matrix_rank|PCA|components_|.T|.conj().T|A.shape|brick|True|float32|U, s, Vt = np.linalg.svd(A)|D1 = A.copy()|D2[0, 0] += 1|sb.svd(D1 + D2)|data/elnino.csv|camera.png
    s[:k] @ Vt[:k]|lambda x: x|make pdf|+ 1|from sklearn.datasets import load_iris|sb.PCA(2).fit(A).transform(A)""".replace(
        "\n    ", "|"
    ).split("|"),
)
def test_a_name_that_exists_and_what_is_no_python_is_none(code):
    assert NAMES.unknown(f"With `D1 = 2 * x`, `D2[1, 1] += 1` and `U, s, Vt = sb.svd(A)`: `{code}`.") == []


def test_blocks_of_code_and_references_are_no_inline_code():
    text = "```python\nfoo.bar()\n```\n\n```{tip}\nSee `a` and {eq}`eq-a`, ``b ` c``.\n```\n"
    assert codes(text) == ["a", "b ` c"]
