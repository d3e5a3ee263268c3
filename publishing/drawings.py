"""The drawings of notebooks, on their way to the site: lighter, and without paper of their own.

matplotlib writes for every program that reads SVG; a page needs less. What a reader sees stays: the pixels of pictures
as they are, lines within a hundredth of a point, ids and the size. White paper goes, so that the style sheet can put a
darker one behind a drawing at night.
"""

import base64
import io
import re
from itertools import pairwise
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from docutils import nodes

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
LONG_NUMBER = re.compile(r"\d+\.\d{3,}")
AROUND_COMMAND = re.compile(r"\s+(?=[A-Za-z]|$)|(?<=[A-Za-z])\s+")

ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", LINK.partition("}")[0][1:])


def lighten(svg):
    """Write a drawing of matplotlib with fewer bytes and without its white paper.

    Parameters
    ----------
    svg : str

    Returns
    -------
    str
        The same for the same drawing; a drawing that is light already does not change.

    Examples
    --------
    >>> lighten('<svg xmlns="http://www.w3.org/2000/svg"> <!-- A line --> <path d="M 0.123456 1 \\nL 2 3 \\n"/> </svg>')
    '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0.12 1L2 3" /></svg>'
    """
    # The parser leaves out comments and the declaration.
    drawing = ElementTree.fromstring(svg)
    for metadata in drawing.findall(f"{SVG}metadata"):
        drawing.remove(metadata)
    for figure in drawing.findall(f"{SVG}g"):
        remove_paper(figure)
    for element in drawing.iter():
        element.tail = None
        if element.text and element.text.isspace():
            element.text = None
        if element.tag == f"{SVG}image":
            # Its place stays exact: a shift would change the pixels on the screen.
            form, _, data = element.get(LINK).partition(",")
            png = lighten_png(base64.b64decode(data))
            element.set(LINK, f"{form},{base64.b64encode(png).decode()}")
        else:
            for name in element.attrib.keys() & {"d", "x", "y"}:
                numbers = LONG_NUMBER.sub(lambda number: format(round(float(number[0]), 2), "g"), element.get(name))
                element.set(name, AROUND_COMMAND.sub("", numbers))
    return ElementTree.tostring(drawing, encoding="unicode")


def remove_paper(figure):
    """Take the white backgrounds of a figure and of its axes out of a drawing; white that is data stays.

    Parameters
    ----------
    figure : xml.etree.ElementTree.Element
        The group of a figure, as matplotlib writes it.
    """
    if not len(figure) or not _is_white_background(figure[0]):
        # A drawing that has no paper any more, or one of another colour.
        return
    backgrounds = [(figure, figure[0])]
    for before, part in pairwise(figure[1:]):
        # An axes in three dimensions draws its background, then its panes, if any, and then begins its group.
        if part.get("id", "").startswith(("pane3d_", "axes_")):
            backgrounds.append((figure, before))
    for axes in figure:
        # Without an axis there is no background, and what comes first is data.
        if any(part.get("id", "").startswith("matplotlib.axis_") for part in axes):
            backgrounds.append((axes, axes[0]))
    for parent, group in backgrounds:
        if _is_white_background(group):
            parent.remove(group)


def _is_white_background(group):
    """Whether a group draws one white area without an outline that nothing clips, as only a background is."""
    return len(group) == 1 and group[0].attrib.keys() == {"d", "style"} and group[0].get("style") == "fill: #ffffff"


def lighten_png(png):
    """Store the same pixels as grey levels or as numbers of colours, if there are no others.

    Parameters
    ----------
    png : bytes

    Returns
    -------
    bytes

    Examples
    --------
    >>> from PIL import Image
    >>> stored = io.BytesIO()
    >>> Image.linear_gradient("L").convert("RGBA").save(stored, "PNG")
    >>> Image.open(io.BytesIO(lighten_png(stored.getvalue()))).mode
    'L'
    """
    # Not above: most builds see no new picture.
    import numpy as np
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    if (pixels[..., 3] < 255).any():
        return png
    colours = pixels[..., :3]
    if (colours == colours[..., :1]).all():
        picture = Image.fromarray(colours[..., 0])
    else:
        picture = Image.fromarray(colours)
        if counted := picture.getcolors(256):
            palette = np.array(sorted(colour for _, colour in counted), np.uint8)
            # A colour as one number, in the order of the palette.
            as_number = np.array([1 << 16, 1 << 8, 1])
            places = np.searchsorted(palette @ as_number, colours @ as_number)
            picture = Image.fromarray(places.astype(np.uint8))
            picture.putpalette(palette.tobytes())
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return min(png, stored.getvalue(), key=len)


def lighten_drawings(app, doctree):
    """Let a page show light copies of the drawings that myst-nb has taken out of its notebook.

    The originals stay as they are, because myst-nb writes none that is there already.
    """
    for picture in doctree.findall(nodes.image):
        address = PurePosixPath(picture["uri"])
        if address.parent.name != "jupyter_execute" or address.suffix != ".svg":
            continue
        # The name is a digest of 64 signs, which a page cannot compress; 16 of them tell the drawings of the book apart.
        copy = address.parent / "light" / f"{address.stem[:16]}.svg"
        picture["uri"] = str(copy)
        source, target = (Path(app.srcdir, str(path).removeprefix("/")) for path in (address, copy))
        # The name is that of the contents, and build.py removes all copies if this module has changed.
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            target.write_text(lighten(source.read_text(encoding="utf-8")), encoding="utf-8")
