"""Draw the picture of the welcome page: ``python -m publishing.pictures``."""

import base64
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
from PIL import Image

import svdbook
from publishing.drawings import lighten
from svdbook import datasets, plots

ROOT = Path(__file__).resolve().parent.parent
WELCOME = ROOT / "book" / "_static" / "welcome.svg"
RANKS = (1, 2, 5, 20, 65, 512)


def draw_welcome():
    """Draw a photograph as sums of more and more rank-one layers.

    Returns
    -------
    str
        An SVG.
    """
    plots.use_style()
    camera = datasets.load_image("camera")
    U, s, Vt = svdbook.svd(camera)
    figure, axes = plt.subplots(2, 3, figsize=(6, 4.5))
    for ax, k in zip(axes.flat, RANKS, strict=True):
        plots.image((U[:, :k] * s[:k]) @ Vt[:k], ax, peak=255)
        share = svdbook.storage(*camera.shape, k) / camera.size
        layers = "1 layer" if k == 1 else f"{k} layers"
        # Letters that can be read on a phone, which shows the picture at half its size.
        ax.set_title(f"{layers}: {100 * share:.2g}%" if k < len(s) else f"all {layers}", size=14)
    drawn = io.StringIO()
    # Two pixels for each that CSS counts.
    figure.savefig(drawn, format="svg", dpi=192, metadata={"Date": None})
    plt.close(figure)
    return re.sub(r"png;base64,([^\"]+)", _as_webp, lighten(drawn.getvalue()))


def _as_webp(embedded):
    """Store the pixels with a small loss: in the chapters pixels are the lesson, here they only decorate."""
    stored = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(embedded[1]))).save(stored, "WEBP", quality=80, method=6)
    return f"webp;base64,{base64.b64encode(stored.getvalue()).decode()}"


if __name__ == "__main__":
    WELCOME.write_text(draw_welcome(), encoding="utf-8")
