"""What is no matrix, no list of singular values and no number: a ValueError that begins with the argument's name."""

import datetime
import decimal
import fractions
import re

import numpy as np
import pytest
import scipy.sparse
from PIL import Image

import svdbook
from svdbook.algorithms import (
    golub_kahan_svd,
    gram_svd,
    jacobi_svd,
    lanczos_svd,
    power_svd,
    randomized_svd,
    update_svd,
)
from svdbook.scale import dask_svd

A, S = np.diag([3.0, 2.0, 1.0]), np.array([3.0, 2.0, 1.0])
FITTED = svdbook.PCA(2).fit(A)
FITTED_SVD = svdbook.SVD(2).fit(A)
RATINGS = [0, 1], [0, 1], [1, 2]
FUNK = svdbook.FunkSVD(n_factors=1, n_epochs=1, random_state=0).fit(*RATINGS)

# Every function with right arguments.
CALLS = {
    "svd": (svdbook.svd, dict(A=A)),
    "fix_signs": (svdbook.fix_signs, dict(U=A, Vt=A)),
    "numerical_rank": (svdbook.numerical_rank, dict(s=S, shape=(3, 3), rtol=0.1)),
    "condition_number": (svdbook.condition_number, dict(s=S)),
    "low_rank": (svdbook.low_rank, dict(A=A, k=1, method="exact")),
    "truncation_error": (svdbook.truncation_error, dict(s=S, k=1, norm="fro")),
    "explained_variance": (svdbook.explained_variance, dict(s=S)),
    "rank_for_energy": (svdbook.rank_for_energy, dict(s=S, energy=0.5)),
    "optimal_rank": (svdbook.optimal_rank, dict(s=S, shape=(3, 3), noise=0.1)),
    "storage": (svdbook.storage, dict(m=3, n=3, k=1)),
    "subspaces": (svdbook.subspaces, dict(A=A, rtol=0.1)),
    "pinv": (svdbook.pinv, dict(A=A, rtol=0.1)),
    "least_squares": (svdbook.least_squares, dict(A=A, b=S, method="svd", rtol=0.1, ridge=0.0)),
    "gram_svd": (gram_svd, dict(A=A)),
    "golub_kahan_svd": (golub_kahan_svd, dict(A=A)),
    "jacobi_svd": (jacobi_svd, dict(A=A)),
    "power_svd": (power_svd, dict(A=A, k=1, tol=0.1, max_iterations=99, seed=0)),
    "randomized_svd": (randomized_svd, dict(A=A, k=1, oversampling=1, power_iterations=1, seed=0)),
    "lanczos_svd": (lanczos_svd, dict(A=A, k=1, tol=0.1, seed=0)),
    "update_svd": (update_svd, dict(U=A / S, s=S, Vt=A / S, rows=A, k=1)),
    "dask_svd": (dask_svd, dict(A=A, k=1, method="compressed", power_iterations=1, seed=0)),
    "SVD.fit": (
        lambda X, n_components, solver: svdbook.SVD(n_components, solver).fit(X),
        dict(X=A, n_components=2, solver="auto"),
    ),
    "SVD.transform": (FITTED_SVD.transform, dict(X=A)),
    "SVD.inverse_transform": (FITTED_SVD.inverse_transform, dict(X=A[:, :2])),
    "SVD.low_rank": (FITTED_SVD.low_rank, dict(k=1)),
    "SVD.pinv": (FITTED_SVD.pinv, dict(rtol=0.1)),
    "PCA.fit": (lambda X, n_components: svdbook.PCA(n_components).fit(X), dict(X=A, n_components=2)),
    "PCA.transform": (FITTED.transform, dict(X=A)),
    "PCA.inverse_transform": (FITTED.inverse_transform, dict(X=A[:, :2])),
    "LatentSemanticAnalysis.fit": (
        lambda n_components: svdbook.LatentSemanticAnalysis(n_components).fit(A),
        dict(n_components=2),
    ),
    "FunkSVD.recommend": (lambda n: FUNK.recommend(0, n), dict(n=1)),
    "FunkSVD.similar_items": (lambda n: FUNK.similar_items(0, n), dict(n=1)),
    "FunkSVD.fit": (
        lambda **settings: svdbook.FunkSVD(**settings).fit(*RATINGS),
        dict(n_factors=1, regularization=0.1, learning_rate=0.02, n_epochs=1),
    ),
    "SoftImpute.fit": (
        lambda **settings: svdbook.SoftImpute(**settings).fit(*RATINGS),
        dict(shrinkage=1.0, bias_regularization=5.0, tol=0.1, max_iter=9),
    ),
}
ARRAYS = ("A", "U", "Vt", "s", "b", "rows", "X")


def test_every_function_is_here():
    functions = {name for module in (svdbook, svdbook.algorithms) for name in module.__all__}
    functions = {name for name in functions if name.islower()}
    assert functions <= CALLS.keys()


def arguments(wanted):
    return [(call, name) for call, (_, given) in CALLS.items() for name in given if wanted(name)]


def refused(call, name, value, message):
    function, given = CALLS[call]
    function(**given)
    with pytest.raises(ValueError, match=message):
        function(**given | {name: value})


# An object that numpy would take for numbers, or for one object; what it is called; and how to convert it.
MASKED = np.ma.array([[1.0, 2], [3, 4]], mask=[[0, 1], [0, 0]])
NOT_ARRAYS = {
    "masked entries": (MASKED, "have no masked entries, got 1; numpy.ma.array({}).filled(x) puts x in their place"),
    "masked vector": (np.ma.array([3.0, 2, 1], mask=[0, 1, 1]), "have no masked entries, got 2; "),
    "a row that is masked": ([MASKED[0], MASKED[1]], "have no masked entries, got 1; "),
    "a masked entry in lists": ([[1, np.ma.masked], (2, 3)], "have no masked entries, got 1; "),
    "values of a dict": ({"a": [1, 2]}.values(), "an object of type dict_values; list({}) makes one"),
    "sparse": (scipy.sparse.csr_array(A), "an object of type csr_array; {}.toarray() makes one of a sparse matrix"),
    "sparse matrix": (scipy.sparse.eye(3, format="csc"), "; {}.toarray() makes one"),
    "generator": (([i] for i in range(3)), "an object of type generator; list({}) makes one"),
    "map": (map(float, range(3)), "an object of type map; list({}) makes one"),
    "dict": ({"a": [1, 2]}, "an object of type dict; list({}.values()) makes one of its values"),
    "set": ({1, 2}, "an object of type set; list({}) makes one"),
    "bytes": (b"\3\2\1", "an object of type bytes; numpy.frombuffer({}, dtype) makes one of bytes"),
    "bytearray": (bytearray(b"\3\2\1"), "an object of type bytearray; numpy.frombuffer({}, dtype)"),
    "None": (None, "an object of type NoneType"),
    "a function": (len, "an object of type builtin_function_or_method"),
    "ragged": ([[1, 2], [3]], "have rows of equal length, got rows of different lengths; fill up the shorter"),
}


@pytest.mark.parametrize("kind", NOT_ARRAYS)
@pytest.mark.parametrize(("call", "name"), arguments(lambda name: name in ARRAYS))
def test_what_is_not_an_array_is_called_by_its_name_and_kind(call, name, kind):
    value, message = NOT_ARRAYS[kind]
    if scipy.sparse.issparse(value) and call in ("lanczos_svd", "randomized_svd", "SVD.fit", "SVD.transform"):
        return  # they take it as it is
    refused(call, name, value, f"^{name} must .*" + re.escape(message.format(name)))


@pytest.mark.parametrize(
    ("A", "advice"),
    [
        (MASKED, ["numpy.ma.array(A).filled(7)", "numpy.ma.compress_rows(numpy.ma.array(A))"]),
        ([MASKED[0], MASKED[1]], ["numpy.ma.array(A).filled(7)"]),
        (np.ma.array([3, 2, 1], mask=[0, 0, 1]), ["numpy.ma.array(A).filled(7)", "numpy.ma.array(A).compressed()"]),
        (np.ma.array([[[3, 2, 1]]], mask=[[[0, 0, 1]]]), ["numpy.ma.array(A).filled(7)"]),
        (np.array([["2024-01-01", "2024-01-03"]], "M8[D]"), ["(A - A.min()) / numpy.timedelta64(1, 's')"]),
        ({"a": [1, 2], "b": [3, 4]}.values(), ["list(A)"]),
    ],
)
def test_what_a_message_advises_makes_an_array_of_numbers(A, advice):
    with pytest.raises(ValueError) as caught:
        svdbook.svd(A)
    for expression in advice:
        assert expression.replace("7", "x") in str(caught.value)
        assert np.isfinite(np.asarray(eval(expression, {"A": A, "numpy": np}), float)).all()


def test_an_array_without_hidden_entries_is_taken_though_it_could_hide_some():
    np.testing.assert_array_equal(svdbook.svd(np.ma.array(A, mask=False)).s, S)
    np.testing.assert_array_equal(svdbook.svd([np.ma.array(row) for row in A]).s, S)


class Frame:
    """A table of columns of several dtypes, which becomes an array of objects, as a data frame does."""

    def __init__(self, *columns):
        self.columns = columns

    def __array__(self, dtype=None, copy=None):
        return np.array(list(zip(*self.columns, strict=True)), dtype=object).astype(dtype or object)


class Missing:
    def __repr__(self):
        return "<NA>"


NO_NUMBERS = {
    "text": ("y", "'y' at [1, 1]"),
    "a missing value": (Missing(), "<NA> at [1, 1]"),
    "None": (None, "None at [1, 1]"),
    "a date": (datetime.date(2024, 1, 2), "datetime.date(2024, 1, 2) at [1, 1]"),
    "bytes": (b"1", "b'1' at [1, 1]"),
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.parametrize(("call", "name"), arguments(lambda name: name in ("A", "U", "Vt")))
def test_a_table_that_holds_other_things_is_refused_with_the_first_of_them(call, name, kind):
    value, message = NO_NUMBERS[kind]
    table = Frame([1, 2, 3], [1.5, value, "z"], [4, 5, 6])
    refused(
        call, name, table, f"^{name} must hold real or complex numbers, got " + re.escape(message) + ".*select_dtypes"
    )


@pytest.mark.parametrize(
    "column", [[1, 2], [np.int64(1), np.int64(2)], [1.0, np.float32(2)], [True, 2], [decimal.Decimal(1), 2]]
)
def test_numbers_in_tables_of_objects_are_taken(column):
    expected = svdbook.svd([[0.5, 1], [3, 2]]).s
    found = svdbook.svd(Frame([0.5, fractions.Fraction(3)], column)).s
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(svdbook.least_squares(np.eye(2), np.array(column, object)), [1, 2])
    np.testing.assert_array_equal(svdbook.PCA().fit(Frame([0.5, 3], column)).mean_, [1.75, 1.5])
    assert svdbook.condition_number(np.array(column[::-1], object)) == 2


def test_whole_numbers_of_any_length_and_complex_numbers_in_objects_are_taken():
    assert svdbook.svd([[10**30, 0], [0, 1]]).s.tolist() == [1e30, 1]
    assert svdbook.svd(np.array([[2j]], object)).U.dtype == np.complex128
    for value in (10**400, fractions.Fraction(10**400), decimal.Decimal("1e400")):
        with pytest.raises(ValueError, match=r"^A must (hold real or complex numbers that fit|be finite)"):
            svdbook.svd([[value]])
    with pytest.raises(ValueError, match="^s must hold real numbers, got dtype complex128; s.real leaves out"):
        svdbook.condition_number(np.array([2j], object))


WRONG_DTYPES = {
    "text": (np.array([["1"]]), "got dtype <U1; numpy.array({}, dtype=float) reads numbers written as text"),
    "bytes": (np.array([[b"1"]]), "got dtype |S1; numpy.array({}, dtype=float) reads numbers written as text"),
    "times": (np.array([[1]], "m8[s]"), "got dtype timedelta64[s]; {} / numpy.timedelta64(1, 's') counts seconds"),
    "dates": (np.array([["2024-01-02"]], "M8[D]"), "got dtype datetime64[D]"),
    "fields": (np.zeros((1, 1), [("x", float)]), "structured_to_unstructured({}) makes columns of fields"),
}


@pytest.mark.parametrize("kind", WRONG_DTYPES)
@pytest.mark.parametrize(("call", "name"), arguments(lambda name: name in ("A", "U", "Vt", "s", "b")))
def test_other_dtypes_are_refused_with_a_conversion(call, name, kind):
    value, message = WRONG_DTYPES[kind]
    refused(call, name, value, f"^{name} must hold real .*" + re.escape(message.format(name)))


@pytest.mark.parametrize("text", ["x", [["x", "y", "z"]] * 3, Frame([1, 2], ["x", "y"])])
def test_pca_names_its_argument_where_it_meets_text(text):
    for function in (svdbook.PCA().fit, FITTED.transform):
        with pytest.raises(ValueError, match="X must hold real numbers, got a (str|list|Frame) with text|Expected 2D"):
            function(text)


class Odd:
    """Numpy asks it for an array and meets an error."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("on another device")


@pytest.mark.parametrize(("call", "name"), arguments(lambda name: name in ARRAYS))
def test_what_numpy_cannot_take_is_refused_with_the_reason(call, name):
    refused(call, name, Odd(), f"^{name} must be an array of numbers, got an object of type Odd: on another device")


WRONG_NUMBERS = [
    "1",
    b"1",
    [1],
    (1,),
    {1},
    np.array([1]),
    1j,
    np.complex128(1),
    True,
    np.True_,
    np.nan,
    np.inf,
    -np.inf,
]
WRONG_NUMBERS += [-1, 10**400, -(10**400), np.ma.masked, np.array(True), np.array("1"), A, len, decimal.Decimal(1)]
NUMBERS = ("k", "rtol", "energy", "noise", "ridge", "m", "n", "oversampling", "power_iterations", "seed", "tol")
NUMBERS += ("max_iterations", "n_components", "n_factors", "regularization", "learning_rate", "n_epochs")
NUMBERS += ("shrinkage", "bias_regularization", "max_iter")
# They take every whole number from 0 or 1 on.
UNLIMITED = ("m", "n", "oversampling", "power_iterations", "max_iterations", "seed")


@pytest.mark.parametrize("value", WRONG_NUMBERS, ids=lambda value: f"{type(value).__name__}-{value!r}"[:30])
@pytest.mark.parametrize(("call", "name"), arguments(lambda name: name in NUMBERS))
def test_what_is_no_number_or_out_of_range_is_refused_by_name(call, name, value):
    if value is not True and np.ndim(value) == 0 and isinstance(value, int) and value > 0:
        if name in UNLIMITED or (call, name) == ("update_svd", "k"):
            return
    refused(call, name, value, f"^{name} must be (an integer from|a number in) .*, got ")


@pytest.mark.parametrize(
    "value", [None, 3, "33", b"33", (3,), (3, 3, 3), (3, 4.0), (3.0, 3.0), (3, np.inf), (np.inf, 3), (3, np.nan), (3, -3)]
    + [(4, 4), (2, 3), (3, True), (3, "3"), (3, 3j), (3, 10**400), A, ((3,), (3,)), {3: 3}, (3, None)],
)  # fmt: skip
@pytest.mark.parametrize("call", ["numerical_rank", "optimal_rank"])
def test_what_is_no_shape_is_refused(call, value):
    refused(call, "shape", value, r"^shape must be \(m, n\) with min\(m, n\) = len\(s\) = 3, got ")


def test_shapes_are_taken_as_lists_and_arrays():
    for shape in ([3, 5], np.array([3, 5]), np.array([3, 5], np.uint8), (np.int8(3), 5)):
        assert svdbook.numerical_rank(S, shape) == 3


@pytest.mark.parametrize(
    "value", [None, "x", "", b"svd", 1, True, 2j, ["svd"], np.array("svd"), np.array(["svd"]), A, np.nan]
)
@pytest.mark.parametrize(("call", "name"), arguments(lambda name: name in ("method", "norm", "solver")))
def test_what_is_no_choice_is_refused(call, name, value):
    refused(call, name, value, f"^{name} must be one of ")


def test_numbers_of_every_kind_are_taken():
    half = (0.5, np.float16(0.5), np.float32(0.5), np.longdouble(0.5), fractions.Fraction(1, 2))
    for number in half:
        assert svdbook.numerical_rank(S, (3, 3), rtol=number) == 2
        assert svdbook.rank_for_energy(S, number) == 1
        assert svdbook.optimal_rank(1.1 * S, (3, 3), noise=number) == 2  # the threshold is 2
        np.testing.assert_array_equal(svdbook.least_squares(A, S, ridge=number), svdbook.least_squares(A, S, ridge=0.5))
    for number in (1, np.int8(1), np.uint64(1), np.array(1)):
        assert svdbook.truncation_error(S, number) == 5**0.5
    assert svdbook.truncation_error(S, 1, norm=np.int64(2)) == 2
    assert svdbook.truncation_error(S, 1, norm=np.str_("fro")) == 5**0.5
    generator = np.random.default_rng(0)
    np.testing.assert_array_equal(randomized_svd(A, 1, seed=generator)[1], randomized_svd(A, 1, seed=np.int8(0))[1])


def test_the_ends_of_intervals():
    assert svdbook.rank_for_energy(S, 1) == 3
    assert svdbook.numerical_rank(S, (3, 3), rtol=0) == 3
    for value in (1, 1.0, np.nextafter(np.longdouble(1), 0)):  # rounded to double precision, the last is 1
        refused("numerical_rank", "rtol", value, r"^rtol must be a number in \[0, 1\), got")
    for value in (0, 0.0, fractions.Fraction(1, 10**400)):
        refused("rank_for_energy", "energy", value, r"^energy must be a number in \(0, 1\], got")
        refused("optimal_rank", "noise", value, r"^noise must be a number in \(0, inf\), got")
    refused("rank_for_energy", "energy", np.nextafter(1, 2), "^energy must be")
    for call in ("low_rank", "truncation_error", "storage", "randomized_svd", "lanczos_svd"):
        function, given = CALLS[call]
        function(**given | {"k": 0}), function(**given | {"k": 3})
        refused(call, "k", 4, "^k must be an integer from 0 to 3, got 4")


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("value", [1.0, 1e-6, 6e4])
def test_values_out_of_order_by_one_rounding_are_taken(value, dtype):
    low = dtype(value)
    high = np.nextafter(low, dtype(np.inf))
    s = np.array([2 * value if value < 1e4 else low, low, high, 0], dtype)
    s[0] = max(s[0], low)
    assert svdbook.numerical_rank(s, (4, 4)) == 3
    assert svdbook.truncation_error(s, 1, norm=2) == float(low)
    shares = svdbook.explained_variance(s)
    assert (np.diff(shares) <= 0).all() and shares.sum() == pytest.approx(1, rel=1e-15)
    assert svdbook.condition_number(s[1:3]) == 1
    with pytest.raises(ValueError, match="s must be nonnegative and in nonincreasing order, got"):
        svdbook.explained_variance(np.array([low, np.nextafter(high, dtype(np.inf))]))


def test_the_smallest_and_the_largest_values_in_order():
    assert svdbook.condition_number([5e-324, 1e-323]) == 1
    assert svdbook.condition_number([np.nextafter(np.finfo(float).max, 0), np.finfo(float).max]) == 1
    assert svdbook.condition_number([3, 3]) == 1
    for s in ([3, 4], [0, 1], np.array([0, 1], np.uint8)):
        with pytest.raises(ValueError, match="s must be nonnegative and in nonincreasing order, got"):
            svdbook.condition_number(s)
    with pytest.raises(ValueError, match="s must be of at most double precision, got dtype .* s.astype"):
        svdbook.condition_number(np.array([1], np.longdouble))


def test_dir_lists_what_is_there():
    assert set(svdbook.__all__) <= set(dir(svdbook))
    assert all(hasattr(svdbook, name) for name in dir(svdbook))
    assert dir(svdbook) == sorted(set(dir(svdbook)))
    with pytest.raises(AttributeError, match="module 'svdbook' has no attribute 'best_rank'"):
        svdbook.best_rank  # noqa: B018


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_picture_of_pillow_is_no_matrix_and_the_error_says_how_to_get_its_pixels(mode):
    with pytest.raises(
        ValueError, match=r"A must be an array of numbers, got an object of type Image; svdbook.images.load\(A\)"
    ):
        svdbook.svd(Image.new(mode, (3, 2)))


@pytest.mark.parametrize("call", ["low_rank", "truncation_error", "storage", "optimal_rank", "condition_number"])
@pytest.mark.parametrize("digits", [400, 10_000])
def test_a_long_number_does_not_fill_the_message(call, digits):
    function, arguments = CALLS[call]
    name = "k" if "k" in arguments else "shape" if "shape" in arguments else "s"
    long = {"k": 10**digits, "shape": (10**digits, 3), "s": [10**digits]}[name]
    with pytest.raises(ValueError, match=rf"^{name} must ") as caught:
        function(**arguments | {name: long})
    assert len(str(caught.value)) < 300
