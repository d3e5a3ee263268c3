"""Plots that several chapters share, in the style of the book.

Every function draws into an existing matplotlib axes, or into the current one, and leaves captions
and layout to the chapter.
"""

import os
from importlib.resources import as_file, files

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from matplotlib_inline.backend_inline import set_matplotlib_formats
from threadpoolctl import threadpool_limits

from svdbook._validation import (
    as_count,
    as_matrix,
    as_picture,
    as_singular_values,
    brief,
    check_not_empty,
    check_number,
)

# With one of these a person sets how many threads the BLAS has.
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS")


def use_style():
    """Set matplotlib to the style of the book, and a notebook to reproducible SVG figures and one thread of the BLAS.

    For matrices as small as those of the book, threads that wait for each other make a busy machine several times
    slower. Whoever sets OPENBLAS_NUM_THREADS, MKL_NUM_THREADS, BLIS_NUM_THREADS or OMP_NUM_THREADS before Jupyter
    starts keeps that number; outside a notebook nothing is set.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from svdbook import plots
    >>> plots.use_style()
    >>> plt.rcParams["svg.hashsalt"]
    'svdbook'
    """
    with as_file(files("svdbook") / "book.mplstyle") as style:
        plt.style.use(style)
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})
        if not any(name in os.environ for name in _THREADS):
            threadpool_limits(1, user_api="blas")


def matrix(A, ax=None, *, row_labels=None, column_labels=None, limit=None, signed=None, annotate=None, title=None):
    """Draw a matrix as coloured cells.

    A matrix with negative entries gets a diverging map centred at 0 (blue negative, red positive), a
    nonnegative one a sequential map from 0.

    Parameters
    ----------
    A : (m, n) array_like
        Real matrix.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes by default.
    row_labels, column_labels : sequence of str, optional
        Names beside the rows and below the columns.
    limit : float, optional
        Entry at which the colour map ends; the largest modulus in `A` by default. Give it where several
        matrices share a scale.
    signed : bool, optional
        Whether to take the diverging map; by default, if `A` has a negative entry. Give it where several
        matrices share a scale.
    annotate : str, optional
        Format in which to write each entry into its cell, such as ".1f".
    title : str, optional

    Returns
    -------
    matplotlib.image.AxesImage
        For a colour bar.

    Raises
    ------
    ValueError
        If `A` is not a real matrix of finite numbers with at least one entry, or `limit` is not a positive number.

    Examples
    --------
    >>> from svdbook import plots
    >>> plots.matrix([[1, -2], [3, 4]]).get_clim()
    (-4.0, 4.0)
    """
    A = as_matrix(A, kinds="biuf")
    check_not_empty(A, "A")
    if limit is None:
        limit = float(abs(A).max()) or 1.0
    check_number(limit, "(0, inf)", "limit")
    ax = _as_axes(ax)
    # A zero that carries rounding noise gets the colour of zero on every machine.
    A = np.round(A / limit, 9) * limit + 0.0
    if signed is None:
        signed = (A < 0).any()
    shown = ax.imshow(
        A,
        cmap="RdBu_r" if signed else "viridis",
        vmin=-limit if signed else 0,
        vmax=limit,
        interpolation="none",
        aspect="equal",
    )
    for axis, labels, count in ((ax.yaxis, row_labels, A.shape[0]), (ax.xaxis, column_labels, A.shape[1])):
        axis.set_ticks([] if labels is None else range(count), labels)
    if column_labels is not None:
        ax.tick_params(axis="x", rotation=90)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if annotate is not None:
        for (i, j), entry in np.ndenumerate(A):
            red, green, blue, _ = shown.cmap(shown.norm(entry))
            dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
            ax.text(j, i, format(entry, annotate), ha="center", va="center", size=9, color="w" if dark else "k")
    if title is not None:
        ax.set_title(title)
    return shown


def ellipse(A, ax=None, *, vectors=None, labels=None, color="C0"):
    """Draw the ellipse onto which a 2 x 2 matrix maps the unit circle, and the images of vectors as arrows.

    Parameters
    ----------
    A : (2, 2) array_like
        Real matrix. The identity draws the unit circle; a matrix of rank 1 draws a segment.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes by default. Both directions get the same scale.
    vectors : (2, k) array_like, optional
        Vectors, one in each column. Their images ``A @ vectors`` are drawn as arrows from the origin, in the
        colours C1, C2, ...; an image of length 0 is drawn as a dot. The right singular vectors of `A` give
        its semi-axes.
    labels : sequence of str, optional
        One for each vector, written beyond the tip of its arrow.
    color : matplotlib color
        Of the ellipse.

    Returns
    -------
    matplotlib.lines.Line2D
        The ellipse.

    Raises
    ------
    ValueError
        If `A` is not a real 2 x 2 matrix of finite numbers, `vectors` is not a real matrix with two rows, or
        `labels` are not as many as vectors.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook import plots, svd
    >>> A = np.array([[3, 0], [4, 5]])
    >>> line = plots.ellipse(A, vectors=svd(A).Vt.T, labels=["first", "second"])
    >>> print(f"{np.hypot(*line.get_data()).max():.2f}")  # the longer semi-axis: the first singular value
    6.71
    """
    A = as_matrix(A, kinds="biuf")
    if A.shape != (2, 2):
        raise ValueError(f"A must be a 2 x 2 matrix, got shape {A.shape}")
    vectors = as_matrix(np.zeros((2, 0)) if vectors is None else vectors, "vectors", "biuf")
    if len(vectors) != 2:
        raise ValueError(f"vectors must be a matrix with 2 rows, got shape {vectors.shape}")
    if labels is None:
        labels = [""] * vectors.shape[1]
    elif len(labels) != vectors.shape[1]:
        raise ValueError(f"labels must be one for each of {vectors.shape[1]} vectors, got {len(labels)}")
    ax = _as_axes(ax)
    angles = np.linspace(0, 2 * np.pi, 361)
    scale = abs(A).max() or 1.0
    # Rounding noise must not reach the bytes of the figure.
    outline = np.round(A / scale @ [np.cos(angles), np.sin(angles)], 9) * scale
    images = np.round(A / scale @ vectors, 9) * scale
    (line,) = ax.plot(*outline, color=color)
    for i, (tip, label) in enumerate(zip(images.T, labels, strict=True), start=1):
        length = np.hypot(*tip)
        if length == 0:
            ax.plot(0, 0, "o", color=f"C{i}")
        else:
            ax.annotate(
                "",
                tip,
                (0, 0),
                arrowprops={"arrowstyle": "-|>", "color": f"C{i}", "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0},
            )
        # The label begins just beyond the tip, whatever the direction.
        x, y = tip / length if length else (0.0, 1.0)
        ax.annotate(
            label,
            tip,
            (5 * x, 5 * y),
            textcoords="offset points",
            color=f"C{i}",
            ha="left" if x > 0.4 else "right" if x < -0.4 else "center",
            va="bottom" if y > 0.4 else "top" if y < -0.4 else "center",
            zorder=4,
            path_effects=[withStroke(linewidth=3, foreground=ax.get_facecolor())],
        )
    ax.update_datalim(images.T)
    ax.autoscale_view()
    ax.set_aspect("equal")
    return line


def spectrum(s, ax=None, *, k=None, label=None):
    """Draw singular values on a logarithmic axis against their index, from 1.

    Parameters
    ----------
    s : (p,) array_like
        Singular values, largest first. Only those above 1e-12 of the largest are drawn: others are rounding
        noise.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes by default.
    k : int, optional
        Mark the cut after the first `k` with a dashed line.
    label : str, optional
        For a legend.

    Returns
    -------
    matplotlib.lines.Line2D

    Raises
    ------
    ValueError
        If `s` is not a vector of singular values or `k` is out of range.

    Examples
    --------
    >>> from svdbook import plots
    >>> plots.spectrum([4, 2, 1]).get_xdata().tolist()
    [1, 2, 3]
    """
    s = as_singular_values(s)
    ax = _as_axes(ax)
    shown = s > 1e-12 * s.max(initial=0)
    (line,) = ax.plot(np.arange(1, len(s) + 1)[shown], s[shown], "o" if len(s) <= 30 else "-", label=label)
    if k is not None:
        ax.axvline(as_count(k, len(s)) + 0.5, color="0.4", linestyle="--", linewidth=1)
    ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("index $i$")
    ax.set_ylabel(r"singular value $\sigma_i$")
    return line


def image(picture, ax=None, *, title=None, peak=None):
    """Draw a grey or colour picture without axes.

    Parameters
    ----------
    picture : (H, W) or (H, W, 3) array_like, or PIL.Image.Image
        Values outside 0 to `peak` are clipped.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes by default.
    title : str, optional
    peak : float, optional
        Value of white; by default 1 for booleans and for floats up to 2, and 255 for all others: for integers, and
        for floats that go above 2, such as those that a picture of bytes has become in a computation.

    Returns
    -------
    matplotlib.image.AxesImage

    Raises
    ------
    ValueError
        If `picture` is not an array of finite real numbers of such a shape, `peak` is not a positive number, `ax`
        is no axes or `title` is no string.

    Examples
    --------
    >>> from svdbook import plots
    >>> plots.image([[0, 255], [128, 64]]).get_array().tolist()
    [[0, 255], [128, 64]]
    >>> plots.image([[0.0, 1.0], [0.5, 0.25]]).get_array().tolist()
    [[0, 255], [128, 64]]
    """
    picture = as_picture(picture, "picture", "biuf")
    if peak is None:
        # Sums of some layers of a picture from 0 to 1 overshoot, but not to 2.
        peak = 1.0 if picture.dtype.kind in "bf" and picture.max() <= 2 else 255
    check_number(peak, "(0, inf)", "peak")
    if title is not None and not isinstance(title, str):
        raise ValueError(f"title must be a string, got {brief(title)}")
    ax = _as_axes(ax)
    # Whole grey levels, so that rounding noise does not reach the bytes of the figure.
    levels = np.round(np.clip(picture, 0, np.float64(peak)) / peak * 255).astype(np.uint8)
    shown = ax.imshow(levels, cmap="gray", vmin=0, vmax=255)
    ax.set_axis_off()
    if title is not None:
        ax.set_title(title)
    return shown


def _as_axes(ax):
    """Return the axes to draw into, the current ones for None, or raise a ValueError."""
    if ax is not None and not isinstance(ax, Axes):
        raise ValueError(f"ax must be one matplotlib Axes, got {type(ax).__name__}")
    return plt.gca() if ax is None else ax
