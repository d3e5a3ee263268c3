import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from matplotlib.text import Annotation

from svdbook import plots

ENTRIES = st.floats(-1e3, 1e3, allow_nan=False, width=32)
TALL = np.array([[2.0, 0], [0, 1], [1, 1]])


@pytest.fixture(autouse=True)
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def arrows(ax):
    """Annotations that draw an arrow, and those that write a label."""
    found = [child for child in ax.get_children() if isinstance(child, Annotation)]
    return [a for a in found if a.arrow_patch is not None], [a for a in found if a.arrow_patch is None]


def points(line):
    return np.array(line.get_data())


@given(npst.arrays(np.float64, (2, 2), elements=ENTRIES))
def test_every_point_has_a_pre_image_on_the_unit_circle(A):
    if abs(np.linalg.det(A)) < 1e-3 * np.abs(A).max() ** 2 or not A.any():
        return
    figure, ax = plt.subplots()
    pre_images = np.linalg.solve(A, points(plots.ellipse(A, ax)))
    plt.close(figure)
    np.testing.assert_allclose(np.hypot(*pre_images), 1, atol=1e-5)


@pytest.mark.parametrize("scale", [1e-300, 1e-8, 1, 1e8, 1e300])
def test_the_longest_and_shortest_diameters_are_the_singular_values_at_any_scale(scale):
    A = np.array([[3.0, 0], [4, 5]]) * scale
    lengths = np.hypot(*(points(plots.ellipse(A)) / scale))
    assert lengths.max() == pytest.approx(np.sqrt(45), rel=1e-3)
    assert lengths.min() == pytest.approx(np.sqrt(5), rel=1e-3)


def test_the_curve_is_closed_and_winds_once():
    outline = points(plots.ellipse([[0, -1], [2, 1]]))
    np.testing.assert_array_equal(outline[:, 0], outline[:, -1])
    angles = np.unwrap(np.arctan2(outline[1], outline[0]))
    assert abs(angles[-1] - angles[0]) == pytest.approx(2 * np.pi)


def test_a_matrix_of_rank_one_gives_a_segment_through_the_centre():
    outline = points(plots.ellipse(np.outer([3, 4], [1, 0])))
    np.testing.assert_allclose(4 * outline[0] - 3 * outline[1], 0, atol=1e-7)
    assert np.hypot(*outline).max() == pytest.approx(5)


def test_the_zero_matrix_gives_a_point(ax):
    np.testing.assert_array_equal(points(plots.ellipse(np.zeros((2, 2)), ax, vectors=np.eye(2))), 0)
    assert arrows(ax)[0] == []


@pytest.mark.parametrize("dtype", [int, bool, np.float16, np.float32, np.float64])
def test_real_types_are_taken(dtype):
    outline = points(plots.ellipse(np.eye(2, dtype=dtype)))
    np.testing.assert_allclose(np.hypot(*outline), 1, atol=1e-7)


def test_arrows_end_at_the_images_of_the_vectors(ax):
    A, vectors = np.array([[0, -1], [2, 1]]), np.array([[1, 0, 2], [0, 1, -1]])
    plots.ellipse(A, ax, vectors=vectors, labels=["a", "b", "c"])
    drawn, labels = arrows(ax)
    np.testing.assert_allclose([arrow.xy for arrow in drawn], (A @ vectors).T)
    np.testing.assert_allclose([arrow.xyann for arrow in drawn], 0)
    assert [label.get_text() for label in labels] == ["a", "b", "c"]
    # A label stands beyond the tip, in the direction of the arrow.
    for label, image in zip(labels, (A @ vectors).T, strict=True):
        np.testing.assert_allclose(np.array(label.xyann) / np.hypot(*label.xyann), image / np.hypot(*image))


def test_an_arrow_longer_than_the_ellipse_is_in_view(ax):
    plots.ellipse(np.eye(2), ax, vectors=[[5], [0]])
    assert ax.get_xlim()[1] > 5


def test_a_vector_that_is_mapped_to_zero_becomes_a_dot_even_with_rounding_noise(ax):
    third = 1 / 3
    A = np.outer([1, 2], [third, 0.1])
    null = np.array([[0.1], [-third]]) / np.hypot(0.1, third)
    plots.ellipse(A, ax, vectors=null, labels=["null"])
    drawn, labels = arrows(ax)
    assert drawn == [] and labels[0].get_text() == "null"
    np.testing.assert_array_equal(points(ax.lines[1]), 0)


def test_it_draws_in_the_given_axes_on_one_scale_and_in_the_given_colour():
    _, (first, second) = plt.subplots(1, 2)
    line = plots.ellipse(np.eye(2), first, color="C3")
    assert line in first.lines and len(second.lines) == 0
    assert first.get_aspect() == 1 and line.get_color() == "C3"
    assert plots.ellipse(np.eye(2)) in second.lines


@pytest.mark.parametrize(
    ("vector", "alignment"),
    [
        ((1, 0), ("left", "center")),
        ((0, 1), ("center", "bottom")),
        ((-1, -1), ("right", "top")),
        ((3, -2), ("left", "top")),
    ],
)
def test_a_label_does_not_cover_its_arrow(ax, vector, alignment):
    plots.ellipse(np.eye(2), ax, vectors=np.transpose([vector]), labels=["a long label"])
    (arrow,), (label,) = arrows(ax)
    assert (label.get_ha(), label.get_va()) == alignment
    ax.figure.canvas.draw()
    tip, tail = ax.transData.transform([arrow.xy, arrow.xyann])
    middle = (tip + tail) / 2
    assert not label.get_window_extent().contains(*middle) and not label.get_window_extent().contains(*tip)


@pytest.mark.parametrize(
    ("along", "beside"), [(0.401, "left"), (0.399, "center"), (-0.399, "center"), (-0.401, "right")]
)
def test_a_label_changes_its_side_at_four_tenths(ax, along, beside):
    across = np.sqrt(1 - along**2)
    plots.ellipse(np.eye(2), ax, vectors=[[along, across], [across, along]], labels=["a", "b"])
    first, second = arrows(ax)[1]
    assert first.get_ha() == beside
    assert second.get_va() == {"left": "bottom", "center": "center", "right": "top"}[beside]


def test_a_label_begins_five_points_beyond_the_tip(ax):
    plots.ellipse(np.eye(2), ax, vectors=[[3], [-4]], labels=["a"])
    np.testing.assert_allclose(arrows(ax)[1][0].xyann, (3, -4))


def test_the_curve_has_a_point_at_each_degree():
    outline = points(plots.ellipse(np.eye(2)))
    np.testing.assert_allclose(np.degrees(np.unwrap(np.arctan2(outline[1], outline[0]))), np.arange(361), atol=1e-6)


@pytest.mark.parametrize("scale", [1, 1e-200, 1e200])
def test_noise_is_what_rounds_to_zero_at_nine_decimals_of_the_largest_entry(ax, scale):
    A = np.diag([scale, 4.9e-10 * scale])
    assert not points(plots.ellipse(A, ax, vectors=[[0], [1]], labels=["a"]))[1].any()
    assert arrows(ax)[0] == []
    A = np.diag([scale, 5.1e-10 * scale])
    assert points(plots.ellipse(A, ax, vectors=[[0], [1]], labels=["a"]))[1].max() == pytest.approx(1e-9 * scale)
    assert len(arrows(ax)[0]) == 1


def test_limits_that_were_set_stay(ax):
    ax.set(xlim=(-3, 3), ylim=(-3, 3))
    plots.ellipse(10 * np.eye(2), ax, vectors=np.eye(2))
    assert ax.get_xlim() == (-3, 3) and ax.get_ylim() == (-3, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"A": np.eye(3)}, r"A must be a 2 x 2 matrix, got shape \(3, 3\)"),
        ({"A": TALL}, r"A must be a 2 x 2 matrix, got shape \(3, 2\)"),
        ({"A": np.zeros((0, 0))}, r"A must be a 2 x 2 matrix, got shape \(0, 0\)"),
        ({"A": [[1]]}, r"A must be a 2 x 2 matrix, got shape \(1, 1\)"),
        ({"A": np.eye(2) * 1j}, "A must hold real numbers, got dtype complex128"),
        ({"A": [1, 2]}, "A must be a matrix"),
        ({"A": [[1, np.nan], [0, 1]]}, r"A must be finite, got nan at \[0, 1\]"),
        ({"A": [["a", "b"], ["c", "d"]]}, "A must hold real numbers, got dtype <U1"),
        ({"vectors": TALL}, r"vectors must be a matrix with 2 rows, got shape \(3, 2\)"),
        ({"vectors": [[1j], [0]]}, "vectors must hold real numbers, got dtype complex128"),
        ({"vectors": [1, 0]}, "vectors must be a matrix"),
        ({"vectors": [[np.inf], [0]]}, "vectors must be finite"),
        ({"vectors": np.eye(2), "labels": ["a"]}, "labels must be one for each of 2 vectors, got 1"),
        ({"labels": ["a"]}, "labels must be one for each of 0 vectors, got 1"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.ellipse(**{"A": np.eye(2), **arguments})
