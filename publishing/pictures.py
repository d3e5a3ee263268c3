"""Draw the picture of the welcome page: ``python -m publishing.pictures``."""

from pathlib import Path

import matplotlib.pyplot as plt

import svdbook
from svdbook import datasets, plots

ROOT = Path(__file__).resolve().parent.parent
WELCOME = ROOT / "book" / "_static" / "welcome.png"
RANKS = (1, 2, 5, 20, 65)


def draw_welcome():
    """Draw a photograph as sums of more and more rank-one layers.

    Returns
    -------
    matplotlib.figure.Figure
    """
    plots.use_style()
    camera = datasets.load_image("camera")
    # Two rows, so that the titles can be read on a phone.
    figure, axes = plt.subplots(2, 3, figsize=(6, 4.9))
    for ax, k in zip(axes.flat[:-1], RANKS, strict=True):
        share = svdbook.storage(*camera.shape, k) / camera.size
        layers = "1 layer" if k == 1 else f"{k} layers"
        plots.image(svdbook.low_rank(camera, k), ax, title=f"{layers}\n{share:.1%} of the numbers", peak=255)
    plots.image(camera, axes[-1, -1], title=f"all {min(camera.shape)} layers:\nthe photograph")
    return figure


if __name__ == "__main__":
    draw_welcome().savefig(WELCOME, dpi=160, metadata={"Software": None})
