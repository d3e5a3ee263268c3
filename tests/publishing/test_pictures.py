"""The stored pictures are those that the code draws."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from publishing.pictures import WELCOME, draw_welcome

PIXELS = re.compile(r"data:image/webp;base64,([^\"]+)")
NUMBER = re.compile(r"\d+\.?\d*")


@pytest.fixture(scope="module")
def stored():
    return WELCOME.read_text(encoding="utf-8")


def test_the_picture_of_the_welcome_page_is_up_to_date(stored):
    drawn = draw_welcome()
    lines = [PIXELS.sub("", svg) for svg in (stored, drawn)]
    assert NUMBER.sub("", lines[0]) == NUMBER.sub("", lines[1])
    # The last digits hang on the processor.
    places = [np.array(NUMBER.findall(svg), dtype=float) for svg in lines]
    np.testing.assert_allclose(*places, atol=0.1)
    pictures = [
        [np.asarray(Image.open(io.BytesIO(base64.b64decode(webp))), dtype=int) for webp in PIXELS.findall(svg)]
        for svg in (stored, drawn)
    ]
    assert len(pictures[0]) == len(pictures[1]) == 6
    for before, after in zip(*pictures, strict=True):
        assert before.shape == after.shape
        # Another version of the library that writes WebP may lose something else.
        assert abs(before - after).mean() < 1


def test_the_picture_of_the_welcome_page_is_light(stored):
    assert len(stored) < 80_000


def test_the_picture_of_the_welcome_page_can_be_read_at_night(stored):
    # Nothing white behind the black letters: the style sheet puts a plate there.
    assert "#ffffff" not in stored
