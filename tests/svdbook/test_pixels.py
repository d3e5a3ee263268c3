"""PNG and TIFF files, written here byte by byte, against their pixels in exact arithmetic."""

import io
import struct
import zlib
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from svdbook import images, plots


def packed(samples, bits, order=">"):
    """Rows of samples as bytes; each row ends with a whole byte."""
    rows = []
    for row in samples.reshape(len(samples), -1).tolist():
        if bits < 16 and bits != 8:
            digits = "".join(f"{sample:0{bits}b}" for sample in row)
            digits += "0" * (-len(digits) % 8)
            rows.append(bytes(int(digits[i : i + 8], 2) for i in range(0, len(digits), 8)))
        else:
            rows.append(b"".join(sample.to_bytes(bits // 8, "big" if order == ">" else "little") for sample in row))
    return rows


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def png(samples, bits, colour, *chunks, interlaced=False, trailer=b""):
    height, width = samples.shape[:2]
    passes = [samples]
    if interlaced:
        passes = [samples[top::down, left::right] for top, left, down, right in ADAM7]
    data = b"".join(b"\0" + row for part in passes if part.size for row in packed(part, bits))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", header, *chunks, chunk(b"IDAT", zlib.compress(data)), trailer, chunk(b"IEND", b"")]
    )


def tiff(strips, shape, *, bits, photometric, order="<", deflate=False, **tags):
    """A file of one page whose strips lie behind its tags."""
    height, width = shape
    strips = [zlib.compress(strip) if deflate else strip for strip in strips]
    entries = {
        256: ("H", [width]),
        257: ("H", [height]),
        258: ("H", bits),
        259: ("H", [8 if deflate else 1]),
        262: ("H", [photometric]),
        273: ("I", [0] * len(strips)),
        277: ("H", [len(bits)]),
        278: ("H", [height]),
        279: ("I", [len(strip) for strip in strips]),
        339: ("H", [tags.get("sign", 1)] * len(bits)),
    }
    if photometric is None:
        del entries[262]
    for tag, key in (("planar", 284), ("extra", 338), ("subsampling", 530)):
        if tag in tags:
            entries[key] = ("H", tags[tag])
    entries = dict(sorted(entries.items()))
    length = {key: len(values) * struct.calcsize(kind) for key, (kind, values) in entries.items()}
    outside = 8 + 2 + 12 * len(entries) + 4
    data = outside + sum(size for size in length.values() if size > 4)
    entries[273] = ("I", [data + sum(map(len, strips[:i])) for i in range(len(strips))])
    directory, behind = struct.pack(order + "H", len(entries)), b""
    for key, (kind, values) in entries.items():
        body = struct.pack(order + kind * len(values), *values)
        if len(body) > 4:
            body, behind = struct.pack(order + "I", outside + len(behind)), behind + body
        directory += struct.pack(order + "HHI", key, {"H": 3, "I": 4}[kind], len(values)) + body.ljust(4, b"\0")
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return start + directory + bytes(4) + behind + b"".join(strips)


def nearest_byte(shade):
    """The byte next to 255 times an exact shade; never in the middle of two, for 2^b - 1 is odd."""
    return int(255 * shade + Fraction(1, 2))


def on_white(samples, white, transparent=None, alpha=None):
    """Bytes of samples of shape (H, W, channels) that are laid on white."""
    levels = np.empty(samples.shape, dtype=np.uint8)
    for i, j in np.ndindex(samples.shape[:2]):
        pixel = samples[i, j].tolist()
        opaque = Fraction(int(alpha[i, j]), white) if alpha is not None else int(pixel != transparent)
        levels[i, j] = [nearest_byte(1 - opaque * (1 - Fraction(sample, white))) for sample in pixel]
    return levels[..., 0] if levels.shape[2] == 1 else levels


def assert_shows(content, tmp_path, expected):
    """As a file, and as an image that Pillow has opened; which is as good as before."""
    path = tmp_path / "picture"
    path.write_bytes(content)
    loaded = images.load(path)
    assert loaded.dtype == np.uint8
    np.testing.assert_array_equal(loaded, expected)
    with Image.open(path) as picture:
        np.testing.assert_array_equal(images.load(picture), expected)
        np.testing.assert_array_equal(np.asarray(picture), np.asarray(Image.open(path)))


RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("transparent", [None, 0, 1, "highest"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_png_of_every_depth_with_and_without_a_transparent_grey(tmp_path, bits, transparent, interlaced):
    white = 2**bits - 1
    transparent = white if transparent == "highest" else transparent
    samples = RANDOM.integers(0, white, (6, 11, 1), endpoint=True)
    samples[0, :3, 0] = 0, 1, white
    chunks = [] if transparent is None else [chunk(b"tRNS", struct.pack(">H", transparent))]
    expected = on_white(samples, white, [transparent])
    assert_shows(png(samples, bits, GREY, *chunks, interlaced=interlaced), tmp_path, expected)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
def test_rgb_png_with_a_transparent_colour(tmp_path, bits, interlaced):
    white = 2**bits - 1
    samples = RANDOM.integers(0, white, (5, 9, 3), endpoint=True)
    transparent = samples[2, 3].tolist()
    # Differs in the lower byte alone.
    samples[0, 0] = samples[2, 3] ^ [1, 0, 0]
    content = png(samples, bits, RGB, chunk(b"tRNS", struct.pack(">HHH", *transparent)), interlaced=interlaced)
    expected = on_white(samples, white, transparent)
    assert (expected[2, 3] == 255).all() and (expected[0, 0] != 255).any()
    assert_shows(content, tmp_path, expected)


@pytest.mark.parametrize(("colour", "channels"), [(GREY_ALPHA, 1), (RGB_ALPHA, 3), (RGB, 3)])
def test_sixteen_bits_of_png_are_rounded_once(tmp_path, colour, channels):
    samples = RANDOM.integers(0, 65535, (7, 8, channels + (colour != RGB)), endpoint=True)
    alpha = None
    if colour != RGB:
        samples[0, :2, -1] = 0, 65535
        alpha = samples[..., -1]
    expected = on_white(samples[..., :channels], 65535, alpha=alpha)
    assert expected.ndim == (2 if colour == GREY_ALPHA else 3)
    assert_shows(png(samples, 16, colour), tmp_path, expected)


def test_eight_bit_grey_with_alpha_stays_grey(tmp_path):
    samples = np.array([[[80, 255], [80, 0], [0, 51]]])
    assert_shows(png(samples, 8, GREY_ALPHA), tmp_path, [[80, 255, 204]])


def test_sixteen_bit_colours_turn_as_the_camera_was_held(tmp_path):
    samples = RANDOM.integers(0, 65535, (2, 3, 3), endpoint=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    content = png(samples, 16, RGB, chunk(b"eXIf", exif.tobytes()[6:]))
    path = tmp_path / "turned.png"
    path.write_bytes(content)
    np.testing.assert_array_equal(images.load(path), np.rot90(on_white(samples, 65535), -1))


def test_a_later_frame_is_not_taken_for_the_first(tmp_path):
    def frame(number):
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 4, 3, 0, 0, 1, 1, 0, 0))

    first, second = RANDOM.integers(0, 256, (2, 3, 4, 3))
    data = zlib.compress(b"".join(b"\0" + row for row in packed(second * 257, 16)))
    content = png(
        first * 257,
        16,
        RGB,
        chunk(b"acTL", struct.pack(">II", 2, 0)),
        frame(0),
        trailer=frame(1) + chunk(b"fdAT", struct.pack(">I", 2) + data),
    )
    assert_shows(content, tmp_path, first)
    with Image.open(io.BytesIO(content)) as picture:
        picture.seek(1)
        np.testing.assert_array_equal(images.load(picture), second)


def test_a_transparent_colour_that_pillow_has_lost_is_an_error(tmp_path):
    samples = np.array([[[1000, 2000, 3000], [4, 5, 6]]])
    path = tmp_path / "decoded.png"
    path.write_bytes(png(samples, 16, RGB, chunk(b"tRNS", struct.pack(">HHH", 1000, 2000, 3000))))
    picture = Image.open(path)
    picture.load()
    with pytest.raises(ValueError, match="source must have .* got a transparent 16-bit colour, .* path of the file"):
        images.load(picture)


# TIFF

READ_BY_PILLOW = [
    *[(order, white_is_zero, bits) for order in "<>" for white_is_zero in (False, True) for bits in (1, 2, 4, 8)],
    ("<", False, 12),
    ("<", False, 16),
    (">", False, 16),
    ("<", True, 16),
]


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize(("order", "white_is_zero", "bits"), READ_BY_PILLOW)
def test_grey_tiff_of_every_depth_by_its_tags(tmp_path, order, white_is_zero, bits, deflate):
    white = 2**bits - 1
    samples = RANDOM.integers(0, white, (5, 7, 1), endpoint=True)
    samples[0, :2, 0] = 0, white
    content = tiff(
        [b"".join(packed(samples, bits, order))],
        (5, 7),
        bits=[bits],
        photometric=0 if white_is_zero else 1,
        order=order,
        deflate=deflate,
    )
    expected = on_white(white - samples if white_is_zero else samples, white)
    assert_shows(content, tmp_path, expected)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"bits": [8], "sign": 2}, ValueError, "got signed integers"),
        ({"bits": [16], "sign": 2}, ValueError, "got signed integers"),
        ({"bits": [32], "sign": 2}, ValueError, "got signed integers"),
        ({"bits": [32]}, ValueError, "got 32-bit integers"),
        ({"bits": [32], "sign": 3}, ValueError, "got mode F"),
        ({"bits": [16], "photometric": None}, ValueError, "got a TIFF that does not say whether 0 is black"),
        ({"bits": [8], "photometric": None}, ValueError, "got a TIFF that does not say whether 0 is black"),
        ({"bits": [12], "photometric": 0}, OSError, r"\(12 bits, unsigned integers, 0 is white\)"),
        ({"bits": [16], "photometric": 0, "order": ">"}, OSError, r"\(16 bits, unsigned integers, 0 is white\)"),
        ({"bits": [10]}, OSError, r"\(10 bits, unsigned integers\)"),
        ({"bits": [16], "sign": 3}, OSError, r"\(16 bits, floating point\)"),
        ({"bits": [64], "sign": 3, "order": ">"}, OSError, r"\(64 bits, floating point\)"),
        ({"bits": [16, 16, 16], "photometric": 2, "planar": [2]}, ValueError, "got 16-bit colours in separate planes"),
        ({"bits": [8, 8, 8], "photometric": 6}, ValueError, "got YCbCr with fewer pixels of colour"),
        ({"bits": [8, 8, 8], "photometric": 6, "subsampling": [2, 1]}, ValueError, "got YCbCr with fewer pixels"),
    ],
    ids=str,
)
def test_a_tiff_that_pillow_would_read_wrong_is_an_error_that_says_why(tmp_path, options, error, message):
    planes = 3 if "planar" in options else 1
    content = tiff([bytes(range(48))] * planes, (2, 2), **{"photometric": 1, **options})
    path = tmp_path / "measured.tiff"
    path.write_bytes(content)
    if error is OSError:
        with pytest.raises(OSError, match=f"source must have pixels .* got '.*measured.tiff': unknown .*{message}"):
            images.load(path)
    else:
        with pytest.raises(ValueError, match=f"source must .*{message}.* in '.*measured.tiff'"):
            images.load(path)
        with pytest.raises(ValueError, match=f"source must .*{message}.* in a Pillow image"):
            images.load(Image.open(path))


@pytest.mark.parametrize("options", [{"bits": [8] * 3}, {"bits": [16] * 3, "deflate": True}])
def test_colours_in_separate_planes(tmp_path, options):
    samples = RANDOM.integers(0, 256, (3, 4, 3))
    bits = options["bits"][0]
    stored = samples if bits == 8 else samples * 257
    planes = [b"".join(packed(stored[..., channel], bits, "<")) for channel in range(3)]
    content = tiff(planes, (3, 4), photometric=2, planar=[2], **options)
    assert_shows(content, tmp_path, samples)


def test_ycbcr_with_all_pixels_of_colour(tmp_path):
    # No colour: the luminance alone.
    samples = np.stack([np.arange(0, 240, 40).reshape(2, 3), *[np.full((2, 3), 128)] * 2], axis=-1)
    content = tiff([samples.astype(np.uint8).tobytes()], (2, 3), bits=[8] * 3, photometric=6, subsampling=[1, 1])
    assert_shows(content, tmp_path, np.repeat(samples[..., :1], 3, axis=2))


@pytest.mark.parametrize(("kind", "grey"), [(2, 80), (1, 40)])
def test_grey_tiff_with_alpha_that_is_multiplied_in_or_not(tmp_path, kind, grey):
    # Half of 80, and as much white.
    content = tiff([bytes([grey, 128, 0, 0])], (1, 2), bits=[8, 8], photometric=1, extra=[kind])
    path = tmp_path / "alpha.tiff"
    path.write_bytes(content)
    loaded = images.load(path)
    assert loaded.shape == (1, 2) and loaded[0, 1] == 255
    assert loaded[0, 0] == pytest.approx(80 * 128 / 255 + 127, abs=1)


# Images of Pillow


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return {"exif": exif}


def palette():
    picture = Image.new("P", (3, 1))
    picture.putpalette([255, 0, 0, 0, 255, 0, 10, 20, 30])
    picture.putdata([0, 1, 2])
    return picture


COLOUR = RANDOM.integers(0, 256, (4, 6, 3)).astype(np.uint8)
CMYK = Image.fromarray(COLOUR).convert("CMYK")


@pytest.mark.parametrize(
    ("picture", "suffix", "options"),
    [
        (palette(), "png", {}),
        (palette(), "gif", {}),
        (palette(), "png", {"transparency": 1}),
        (palette(), "png", {"transparency": bytes([255, 0, 51])}),
        (Image.fromarray(COLOUR), "png", turned()),
        (Image.fromarray(COLOUR), "jpg", turned()),
        (CMYK, "tiff", {}),
        (CMYK, "jpg", {}),
        (Image.fromarray(COLOUR[..., 0] > 100), "png", {}),
        (Image.fromarray(COLOUR[..., :2]), "png", {}),
        (Image.fromarray(COLOUR[..., 0] * np.uint16(257)), "tiff", {}),
        (Image.fromarray(COLOUR[..., 0] * np.uint16(257)), "pgm", {}),
        (Image.fromarray(COLOUR).convert("YCbCr"), "tiff", {}),
    ],
)
def test_an_image_of_pillow_gives_what_its_file_gives(tmp_path, picture, suffix, options):
    path = tmp_path / f"picture.{suffix}"
    picture.save(path, **options)
    expected = images.load(path)
    with Image.open(path) as opened, Image.open(path) as decoded:
        decoded.load()
        for image in (opened, decoded):
            loaded = images.load(image)
            assert loaded.dtype == np.uint8
            np.testing.assert_array_equal(loaded, expected)
        np.testing.assert_array_equal(plots.image(decoded).get_array(), expected)
        np.testing.assert_allclose(images.compress(decoded, min(expected.shape[:2])), expected, atol=1e-10)
        assert images.psnr(decoded, expected) == images.psnr(expected, decoded) == np.inf


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (palette(), [[[255, 0, 0], [0, 255, 0], [10, 20, 30]]]),
        (Image.new("CMYK", (1, 1), (255, 0, 0, 0)), [[[0, 255, 255]]]),
        (Image.new("La", (1, 1), (40, 0)), [[255]]),
        (Image.new("LA", (1, 1), (0, 51)), [[204]]),
        (Image.new("RGBX", (1, 1), (1, 2, 3, 0)), [[[1, 2, 3]]]),
        (Image.new("HSV", (1, 1), (0, 255, 200)), [[[200, 0, 0]]]),
        (Image.new("YCbCr", (1, 1), (90, 128, 128)), [[[90, 90, 90]]]),
        (Image.new("PA", (1, 1), (0, 0)), [[[255, 255, 255]]]),
        (Image.fromarray(np.array([[0, 257, 65535]], dtype=np.uint16)), [[0, 1, 255]]),
        (Image.new("I;16B", (1, 1), 257), [[1]]),
    ],
    ids=lambda value: getattr(value, "mode", ""),
)
def test_an_image_of_pillow_without_a_file(picture, expected):
    np.testing.assert_array_equal(images.load(picture), expected)


@pytest.mark.parametrize("mode", ["F", "I", "LAB"])
def test_an_image_of_pillow_without_an_eight_bit_meaning(mode):
    picture = Image.new(mode, (1, 1))
    calls = {
        "source": images.load,
        "image": lambda image: images.compress(image, 1),
        "approximation": lambda image: images.psnr([[1]], image),
        "picture": plots.image,
    }
    for name, call in calls.items():
        with pytest.raises(ValueError, match=f"{name} must have grey, RGB or CMYK pixels .* in a Pillow image"):
            call(picture)


def test_an_image_of_pillow_that_is_cut_off(tmp_path):
    path = tmp_path / "cut.png"
    path.write_bytes(png(RANDOM.integers(0, 256, (50, 50, 1)), 8, GREY)[:-500])
    with pytest.raises(OSError, match="source must be an undamaged image file .* got a Pillow image: "):
        images.load(Image.open(path))


# Reasons

LARGE = zlib.compress(bytes(3_000_000))


@pytest.mark.parametrize("at_the_end", [False, True])
@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"zTXt", b"Comment\0\0" + LARGE),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + LARGE),
        chunk(b"iCCP", b"Printer\0\0" + LARGE),
    ],
    ids=["zTXt", "iTXt", "iCCP"],
)
def test_a_png_with_much_text_or_a_large_profile_is_not_called_damaged(tmp_path, monkeypatch, extra, at_the_end):
    samples = RANDOM.integers(0, 256, (3, 4, 1))
    path = tmp_path / "talkative.png"
    path.write_bytes(png(samples, 8, GREY, trailer=extra) if at_the_end else png(samples, 8, GREY, extra))
    with pytest.raises(ValueError, match=r"source must have less text .*talkative.png': .*MAX_TEXT_CHUNK; .* is read"):
        images.load(path)
    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_CHUNK", 4_000_000)
    np.testing.assert_array_equal(images.load(path), samples[..., 0])


def test_a_png_with_much_text_that_is_not_compressed_is_read(tmp_path):
    samples = RANDOM.integers(0, 256, (3, 4, 1))
    assert_shows(png(samples, 8, GREY, chunk(b"tEXt", b"Comment\0" + b"a" * 3_000_000)), tmp_path, samples[..., 0])


def test_a_jpeg_of_twelve_bits_is_an_error_that_says_so(tmp_path):
    file = io.BytesIO()
    Image.fromarray(COLOUR).save(file, "JPEG")
    content = bytearray(file.getvalue())
    frame = content.index(b"\xff\xc0")
    assert content[frame + 4] == 8
    content[frame + 4] = 12
    path = tmp_path / "scan.jpg"
    path.write_bytes(content)
    with pytest.raises(OSError, match="source must have pixels .*scan.jpg': cannot handle 12-bit layers"):
        images.load(path)


def test_a_page_that_is_called_a_picture_is_an_error_that_says_so(tmp_path):
    path = tmp_path / "page.png"
    path.write_bytes(b"<html></html>")
    with pytest.raises(OSError, match="page.png': it begins like none of them"):
        images.load(path)
