"""Drawings lose weight and their paper on the way to the site, and nothing that a reader sees."""

import base64
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from PIL import Image
from sphinx.util.images import get_image_size

from publishing.drawings import lighten, lighten_drawings, lighten_png

ROOT = Path(__file__).resolve().parents[2]
WHITE = [255, 255, 255]
PLATE = [207, 204, 196]
# A shift by less than a hundredth of a point changes how much of a pixel an edge covers, here and there.
MEAN_DIFFERENCE = 0.1


def stored_drawings():
    """The drawings of each chapter, as its notebook stores them."""
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        yield path.stem, ["".join(data["image/svg+xml"]) for data in outputs if "image/svg+xml" in data]


# Those of matplotlib: figures that readers move begin with drawings that are light already.
CHAPTERS = {chapter: [svg for svg in drawings if "data-figure=" not in svg] for chapter, drawings in stored_drawings()}


def as_svg(figure):
    drawn = io.StringIO()
    # Whatever style a test before this one has set.
    figure.savefig(drawn, format="svg", dpi=96, facecolor=figure.get_facecolor())
    plt.close(figure)
    return drawn.getvalue()


def ids(svg):
    return re.findall(r' id="([^"]+)"', svg)


@pytest.fixture
def shoot(chromium):
    """Show a drawing in front of a colour; give the pixels, two for each that CSS counts."""
    context = chromium.new_context(viewport={"width": 800, "height": 1200}, device_scale_factor=2)
    page = context.new_page()

    def pixels(svg, colour):
        source = base64.b64encode(svg.encode()).decode()
        page.set_content(
            f'<body style="margin: 0; background: rgb{tuple(colour)}"><img src="data:image/svg+xml;base64,{source}">'
        )
        page.evaluate("document.images[0].decode()")
        screen = Image.open(io.BytesIO(page.locator("img").screenshot()))
        return np.asarray(screen.convert("RGB"), dtype=int)

    yield pixels
    context.close()


@pytest.fixture
def white_data():
    """A figure full of white: its paper has ids that begin with "paper", all other white is data."""
    figure = plt.figure(figsize=(6, 4), facecolor="white")
    figure.patch.set_gid("paper-figure")
    left = figure.add_axes([0.1, 0.55, 0.25, 0.35])
    left.set(xlim=(0, 1), ylim=(0, 1))
    left.bar([0.5], [0.5], color="white", width=0.4)[0].set_gid("data-bar")
    left.plot([0.2], [0.8], "o", mfc="white", mec="black", gid="data-marker")
    left.add_patch(Rectangle((0.7, 0.7), 0.2, 0.2, color="white", linewidth=0, clip_on=False, gid="data-rectangle"))
    left.text(0.5, 0.8, "label", path_effects=[withStroke(linewidth=3, foreground="white")], gid="data-halo")
    left.text(0.1, 0.2, "box", bbox={"facecolor": "white", "linewidth": 0, "gid": "data-box"})
    inset = left.inset_axes([0.05, 0.5, 0.1, 0.1])
    inset.patch.set_gid("data-paper-in-front-of-data")
    middle = figure.add_axes([0.4, 0.55, 0.25, 0.35])
    middle.imshow(np.full((4, 4, 3), 255, dtype=np.uint8), gid="data-image")
    right = figure.add_axes([0.7, 0.55, 0.25, 0.35])
    right.axis("off")
    right.add_patch(Rectangle((0.2, 0.2), 0.6, 0.6, color="white", linewidth=0, clip_on=False, gid="data-first"))
    space = figure.add_axes([0.1, 0.05, 0.35, 0.4], projection="3d")
    ball = figure.add_axes([0.55, 0.05, 0.35, 0.4], projection="3d")
    ball.set_axis_off()
    for number, ax in enumerate([left, middle, right, space, ball]):
        ax.patch.set_gid(f"paper-{number}")
    return figure


def test_paper_goes_and_white_data_stays(white_data):
    svg = as_svg(white_data)
    light = lighten(svg)
    assert {name for name in ids(svg) if name.startswith("paper")} == {f"paper-{n}" for n in ("figure", 0, 1, 3, 4)}
    assert [name for name in ids(light) if name.startswith("paper")] == []
    assert [name for name in ids(light) if name.startswith("data")] == [
        name for name in ids(svg) if name.startswith("data")
    ]
    assert len([name for name in ids(light) if name.startswith("data")]) == 8
    assert lighten(light) == light


def test_white_data_is_white_on_a_plate(white_data, shoot):
    height = white_data.get_figheight() * 96
    left, middle, right = white_data.axes[:3]
    # An axes with a picture takes its place when it is drawn.
    svg = as_svg(white_data)
    screen = shoot(lighten(svg), PLATE)

    def colour(ax, point):
        x, y = ax.transData.transform(point) * 96 / white_data.dpi
        return screen[round(2 * (height - y)), round(2 * x)].tolist()

    assert colour(left, (0.5, 0.25)) == WHITE
    assert colour(left, (0.8, 0.8)) == WHITE
    assert colour(left, (0.2, 0.8)) == WHITE
    assert colour(middle, (1.5, 1.5)) == WHITE
    assert colour(right, (0.5, 0.5)) == WHITE
    assert colour(left, (0.9, 0.4)) == PLATE
    assert screen[0, 0].tolist() == screen[-1, -1].tolist() == PLATE


def test_paper_of_another_colour_stays():
    figure = plt.figure(facecolor="#eeeeee")
    figure.add_subplot()
    svg = as_svg(figure)
    assert ids(lighten(svg)) == ids(svg)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_light_drawing_is_lighter_and_does_not_change_again(chapter):
    for svg in CHAPTERS[chapter]:
        light = lighten(svg)
        assert len(light) < 0.9 * len(svg)
        assert lighten(svg) == lighten(light) == light
        # Everything is in it but paper.
        gone = set(ids(svg)) - set(ids(light))
        assert "patch_1" in gone
        assert all(re.fullmatch(r"patch_\d+", name) for name in gone)
        assert light.count("<use ") == svg.count("<use ")
        assert light.count("<image ") == svg.count("<image ")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_light_drawing_looks_the_same(chapter, shoot):
    svg = CHAPTERS[chapter][0]
    before, after = shoot(svg, WHITE), shoot(lighten(svg), WHITE)
    assert before.shape == after.shape
    assert abs(before - after).mean() < MEAN_DIFFERENCE


def test_the_pixels_of_a_picture_stay_as_they_are(shoot):
    rng = np.random.default_rng(0)
    figure = plt.figure(figsize=(4, 2))
    for place, interpolation in ((0.03, "none"), (0.53, "nearest")):
        ax = figure.add_axes([place, 0.05, 0.43, 0.9])
        ax.imshow(rng.random((13, 13)), cmap="gray", interpolation=interpolation)
        ax.axis("off")
    svg = as_svg(figure)
    before, after = shoot(svg, WHITE), shoot(lighten(svg), WHITE)
    assert len(np.unique(before)) > 100
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    "colours, mode",
    [
        (np.random.default_rng(0).integers(0, 256, (40, 40, 1)).repeat(3, axis=2), "L"),
        (plt.get_cmap("viridis")(np.random.default_rng(1).random((40, 40)), bytes=True)[..., :3], "P"),
        (np.random.default_rng(2).integers(0, 256, (40, 40, 3)), "RGB"),
    ],
)
def test_a_png_keeps_its_pixels(colours, mode):
    picture = Image.fromarray(colours.astype(np.uint8)).convert("RGBA")
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    light = lighten_png(stored.getvalue())
    assert len(light) < len(stored.getvalue())
    assert lighten_png(light) == light
    read = Image.open(io.BytesIO(light))
    assert read.mode == mode
    np.testing.assert_array_equal(read.convert("RGBA"), picture)


def test_a_png_with_transparency_is_left_alone():
    stored = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 100)).save(stored, "PNG")
    assert lighten_png(stored.getvalue()) == stored.getvalue()


def test_a_page_shows_light_copies_and_originals_stay(tmp_path):
    svg = CHAPTERS["basics"][0]
    folder = tmp_path / "_build" / "jupyter_execute"
    folder.mkdir(parents=True)
    (folder / "drawing.svg").write_text(svg, encoding="utf-8")
    app = SimpleNamespace(srcdir=tmp_path)

    def read_page():
        page = new_document("page")
        page += [nodes.image(uri="/_build/jupyter_execute/drawing.svg"), nodes.image(uri="_static/logo.svg")]
        lighten_drawings(app, page)
        return [picture["uri"] for picture in page.findall(nodes.image)]

    assert read_page() == ["/_build/jupyter_execute/light/drawing.svg", "_static/logo.svg"]
    copy = folder / "light" / "drawing.svg"
    assert copy.read_text(encoding="utf-8") == lighten(svg)
    assert (folder / "drawing.svg").read_text(encoding="utf-8") == svg
    # The same drawing on a second page: the first page is not outdated by it.
    written = copy.stat().st_mtime_ns
    read_page()
    assert copy.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    "attributes, size",
    [
        ('width="288pt" height="216.3pt" viewBox="0 0 1 1"', (384, 288)),
        ('width="300px" height="200px"', (300, 200)),
        ('width="300" height="200"', (300, 200)),
        # It fills whatever room there is.
        ('viewBox="0 0 64 32"', None),
    ],
)
def test_a_page_knows_the_size_of_a_drawing(tmp_path, attributes, size):
    path = tmp_path / "drawing.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}><path d="M0 0"/></svg>')
    assert get_image_size(str(path)) == size
    path.write_text(lighten(path.read_text()))
    assert get_image_size(str(path)) == size


def test_the_site_shows_light_drawings(site):
    shown = {path.read_text(encoding="utf-8") for path in (site / "_images").glob("*.svg")}
    assert {lighten(svg) for drawings in CHAPTERS.values() for svg in drawings} <= shown
