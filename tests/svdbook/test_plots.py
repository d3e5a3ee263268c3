"""What the plots show, read off matplotlib's objects."""

import io
import os
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

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


@pytest.mark.parametrize("scale", [1, 1e-200, 1e200])
def test_noise_is_what_rounds_to_zero_at_nine_decimals_of_the_limit(scale):
    below, above = plots.matrix([[-4.9e-10 * scale, scale]]), plots.matrix([[-5.1e-10 * scale, scale]])
    assert below.get_clim() == (0, scale) and below.get_array()[0, 0] == 0
    assert above.get_clim() == (-scale, scale) and above.get_array()[0, 0] == pytest.approx(-1e-9 * scale)


@pytest.mark.parametrize(("signed", "levels"), [(False, (np.arange(256) + 0.5) / 256), (True, np.linspace(-1, 1, 257))])
def test_entries_are_written_in_white_on_every_colour_darker_than_middle_grey(signed, levels):
    shown = plots.matrix([levels], limit=1, signed=signed, annotate=".2f")
    bytes_of_cells = shown.cmap(shown.norm(shown.get_array()), bytes=True)[..., :3]
    # The luminance of Pillow.
    grey = np.asarray(Image.fromarray(np.ascontiguousarray(bytes_of_cells)).convert("L"))[0]
    colours = [text.get_color() for text in shown.axes.texts]
    assert colours == ["w" if level < 127.5 else "k" for level in grey]
    # Colours so near to the middle that a threshold 0.01 off would show.
    assert ((grey > 124) & (grey < 128)).any() and ((grey > 127) & (grey < 131)).any()


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


@pytest.mark.parametrize("scale", [1.0, 2.0**-600, 2.0**600])
def test_a_spectrum_draws_what_is_above_1e_minus_12_of_the_largest(scale):
    values = np.array([1.0, 1.001e-12, 1e-12, 0.999e-12, 0.0]) * scale
    np.testing.assert_array_equal(plots.spectrum(values).get_xdata(), [1, 2])
    assert len(plots.spectrum([0.0, 0.0]).get_xdata()) == 0


def test_a_spectrum_of_more_than_30_values_is_a_line():
    assert plots.spectrum(np.ones(30)).get_marker() == "o"
    line = plots.spectrum(np.ones(31))
    assert line.get_marker() == "None" and line.get_linestyle() == "-"


def test_a_cut_may_stand_before_the_first_and_behind_the_last_value():
    for k in (0, 3):
        assert plots.spectrum([3, 2, 1], plt.figure().gca(), k=k).axes.lines[1].get_xdata()[0] == k + 0.5


def test_a_picture_keeps_its_grey_levels_and_clips_the_others():
    shown = plots.image([[0.0, 0.5], [1.0, 1.2]])
    np.testing.assert_array_equal(shown.get_array(), [[0, 128], [255, 255]])
    assert shown.get_clim() == (0, 255)
    colour = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(plots.image(colour).get_array(), colour)
    np.testing.assert_array_equal(plots.image(np.array([[-3.0, 300.0]]), peak=255).get_array(), [[0, 255]])


def test_a_picture_of_bytes_that_became_float_is_shown_as_before():
    picture = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    for dtype in (np.float16, np.float32, np.float64, np.longdouble, np.int32, np.uint16):
        np.testing.assert_array_equal(plots.image(picture.astype(dtype)).get_array(), picture)
    # With the overshoot of a sum of layers.
    np.testing.assert_array_equal(plots.image([[-7.0, 100.2, 262.0]]).get_array(), [[0, 100, 255]])


@pytest.mark.parametrize(
    ("picture", "levels"),
    [
        ([[0.0, 2.0]], [[0, 255]]),
        ([[0.0, np.nextafter(2, 3)]], [[0, 2]]),
        ([[0.0, 0.25, 1.0]], [[0, 64, 255]]),
        ([[False, True]], [[0, 255]]),
        ([[0, 1, 2]], [[0, 1, 2]]),
        ([[-1.0, 0.0]], [[0, 0]]),
    ],
)
def test_the_white_of_a_picture_is_1_for_floats_up_to_2_and_for_booleans(picture, levels):
    np.testing.assert_array_equal(plots.image(picture).get_array(), levels)


@pytest.mark.parametrize("peak", [5e-324, 1e-310, 1e-6, 16, 255, 1000, 1.7e308])
def test_a_picture_is_shown_against_any_peak(peak):
    picture = np.array([[-peak, 0, peak / 4, peak]])
    quarter = 0 if peak == 5e-324 else 64  # the smallest number has no quarter
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(plots.image(picture, peak=peak).get_array(), [[0, 0, quarter, 255]])
        assert plots.image([[0.0, 1.7e308]], peak=1e-300).get_array().tolist() == [[0, 255]]


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
        (lambda: plots.image([[1]], peak="white"), r"peak must be a number in \(0, inf\), got 'white'"),
        (lambda: plots.image([[1]], title=5), "title must be a string, got 5"),
        (lambda: plots.image([[1]], plt.gcf()), "ax must be one matplotlib Axes, got Figure"),
        (lambda: plots.image([[1]], plt.subplots(1, 2)[1]), "ax must be one matplotlib Axes, got ndarray"),
        (lambda: plots.matrix([[1]], "left"), "ax must be one matplotlib Axes, got str"),
        (lambda: plots.spectrum([1], 0), "ax must be one matplotlib Axes, got int"),
        (lambda: plots.ellipse(np.eye(2), plt), "ax must be one matplotlib Axes, got module"),
    ],
)
def test_bad_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()


THREADS = """
import threadpoolctl
threadpoolctl.threadpool_limits(3, user_api="blas")
from svdbook import plots
plots.use_style()
print({library["num_threads"] for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"})
"""


@pytest.mark.parametrize(
    ("interpreter", "variables", "threads"),
    [
        (["-m", "IPython", "--quick"], {}, "{1}"),
        (["-m", "IPython", "--quick"], {"OPENBLAS_NUM_THREADS": "2"}, "{3}"),
        (["-m", "IPython", "--quick"], {"OMP_NUM_THREADS": "2"}, "{3}"),
        ([], {}, "{3}"),
    ],
)
def test_a_notebook_has_one_thread_of_the_blas_unless_a_person_has_said_how_many(
    interpreter, variables, threads, tmp_path
):
    others = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    environment = {**others, **variables, "IPYTHONDIR": str(tmp_path)}
    program = [sys.executable, *interpreter, "-c", f"import numpy, scipy.linalg{THREADS}"]
    assert subprocess.run(program, env=environment, capture_output=True, text=True).stdout.split("\n")[-2] == threads
