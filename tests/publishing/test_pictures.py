"""The stored pictures are those that the code draws."""

import io

import numpy as np
from PIL import Image

from publishing.pictures import WELCOME, draw_welcome


def test_the_picture_of_the_welcome_page_is_up_to_date():
    drawn = io.BytesIO()
    draw_welcome().savefig(drawn, dpi=160)
    stored, new = (np.asarray(Image.open(file).convert("RGB"), dtype=int) for file in (WELCOME, drawn))
    assert stored.shape == new.shape
    assert abs(stored - new).max() <= 1
