"""What the plots show, read off matplotlib's objects."""

import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from svdbook import plots


@pytest.fixture(autouse=True)
def figure():
    with matplotlib.rc_context():
        plots.use_style()
        yield plt.figure()
        plt.close("all")


def colour_of(shown, value):
    return to_hex(shown.cmap(shown.norm(value)))


def test_a_signed_matrix_is_centred_at_zero_whatever_its_extremes():
    shown = plots.matrix([[-1.0, 0.0, 5.0]])
    assert shown.get_clim() == (-5, 5)
    red, green, blue, _ = shown.cmap(shown.norm(0.0))
    assert min(red, green, blue) > 0.95
    assert colour_of(shown, -5) != colour_of(shown, 5)


def test_a_nonnegative_matrix_starts_at_zero():
    assert plots.matrix([[2.0, 4.0]]).get_clim() == (0, 4)
    assert plots.matrix([[0.0, 0.0]]).get_clim() == (0, 1)
    assert plots.matrix([[2.0, 4.0]], signed=True).get_clim() == (-4, 4)


def test_rounding_noise_around_zero_is_drawn_as_zero():
    exact, noisy = plots.matrix([[0.0, -1.0]]), plots.matrix([[-1e-16, -1.0]])
    np.testing.assert_array_equal(exact.get_array(), noisy.get_array())


def test_rows_columns_and_entries_are_labelled():
    ax = plots.matrix([[1.5, -2.5]], row_labels=["a"], column_labels=["x", "y"], annotate=".1f", title="T").axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["x", "y"]
    assert [text.get_text() for text in ax.texts] == ["1.5", "-2.5"]
    assert ax.get_title() == "T"


def test_a_spectrum_counts_from_one_and_leaves_rounding_noise_out():
    line = plots.spectrum([10.0, 1.0, 1e-15], k=2)
    np.testing.assert_array_equal(line.get_xydata(), [[1, 10], [2, 1]])
    assert line.axes.get_yscale() == "log"
    assert line.axes.lines[1].get_xdata()[0] == 2.5


def test_a_picture_keeps_its_grey_levels_and_clips_the_others():
    shown = plots.image([[0.0, 0.5], [1.0, 1.2]])
    np.testing.assert_array_equal(shown.get_array(), [[0, 128], [255, 255]])
    assert shown.get_clim() == (0, 255)
    colour = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(plots.image(colour).get_array(), colour)
    np.testing.assert_array_equal(plots.image(np.array([[-3.0, 300.0]]), peak=255).get_array(), [[0, 255]])


def test_the_same_figure_gives_the_same_svg():
    def svg():
        figure, ax = plt.subplots()
        plots.spectrum([3, 2, 1], ax, label="s")
        ax.legend()
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()

    first = svg()
    assert first == svg()
    assert "<text" not in first and "dc:date" not in first


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.matrix([1, 2]), "A must be a matrix"),
        (lambda: plots.matrix([[1j]]), "A must hold real numbers, got dtype complex128"),
        (lambda: plots.matrix(np.empty((0, 2))), r"A must have at least one entry, got shape \(0, 2\)"),
        (lambda: plots.matrix([[1]], limit=0), r"limit must be a number in \(0, inf\), got 0"),
        (lambda: plots.spectrum([1, 2]), "s must be nonnegative and in nonincreasing order"),
        (lambda: plots.spectrum([2, 1], k=3), "k must be an integer from 0 to 2, got 3"),
        (lambda: plots.image(np.zeros((2, 2, 4))), r"picture must have shape \(H, W\) or \(H, W, 3\), got \(2, 2, 4\)"),
        (lambda: plots.image([[np.nan]]), r"picture must be finite, got nan at \[0, 0\]"),
        (lambda: plots.image([[1]], peak=0), r"peak must be a number in \(0, inf\), got 0"),
    ],
)
def test_bad_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
