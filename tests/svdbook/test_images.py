import io
import math
import pathlib
import re
import struct
import threading
import time
import traceback
import zlib
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import EpsImagePlugin, Image

from svdbook import images

GREY = np.array([[0, 50, 100], [150, 200, 255]], dtype=np.uint8)
COLOUR = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10


def encoded(pixels, file_format="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, file_format, **options)
    return file.getvalue()


# Arrays


@pytest.mark.parametrize("array", [GREY, COLOUR, GREY / 255.0, GREY.astype(np.int16) - 100, COLOUR.astype(np.float32)])
def test_load_returns_an_array_as_it_is(array):
    loaded = images.load(array)
    assert loaded.dtype == array.dtype
    np.testing.assert_array_equal(loaded, array)


def test_load_makes_an_array_of_lists():
    np.testing.assert_array_equal(images.load([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]]))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3), r"source must have shape \(H, W\) or \(H, W, 3\), got \(3,\)$"),
        (np.zeros((2, 2, 2)), r"source must have shape .* got \(2, 2, 2\)$"),
        (np.zeros((2, 2, 4)), r"source must have shape .* got \(2, 2, 4\); source\[\.\.\., :3\] leaves out"),
        (np.zeros((1, 2, 2, 3)), r"source must have shape .* got \(1, 2, 2, 3\)$"),
        (np.zeros((0, 5)), r"source must have at least one entry, got shape \(0, 5\)"),
        ([[1.0, np.nan]], r"source must be finite, got nan at \[0, 1\]"),
        ([[1.0, -np.inf]], r"source must be finite, got -inf at \[0, 1\]"),
        ([[1j]], "source must hold real numbers, got dtype complex128"),
        ([[True]], "source must hold real numbers, got dtype bool"),
        ([["a"]], "source must hold real numbers, got dtype <U1"),
        (b"\x89PNG", r"source must be a path, an http\(s\) address, a Pillow image or an array, got bytes"),
        (bytearray(b"\x89PNG"), "source must be a path, .* got bytearray"),
        (io.BytesIO(b"\x89PNG"), "source must be a path, .* got BytesIO"),
        (None, "source must be a path, .* got None"),
        ("", r"source must be a path or an http\(s\) address, got ''"),
        (" \n", "source must be a path or .* got ''"),
        ("picture\0.png", r"source must be a path, got 'picture\\x00.png': embedded null"),
        ([[1, 2], [3]], "source must have rows of equal length, got rows of different lengths"),
    ],
)
def test_load_refuses_what_is_no_image(array, message):
    with pytest.raises(ValueError, match=message):
        images.load(array)


# Files


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF", "GIF", "PPM", "WEBP"])
def test_load_reads_every_lossless_format(tmp_path, file_format):
    path = tmp_path / "picture"
    options = {"lossless": True} if file_format == "WEBP" else {}
    path.write_bytes(encoded(COLOUR, file_format, **options))
    loaded = images.load(path)
    assert loaded.dtype == np.uint8
    np.testing.assert_array_equal(loaded, COLOUR)


def test_load_reads_a_jpeg(tmp_path):
    path = tmp_path / "flat.jpg"
    flat = np.full((16, 16, 3), [200, 100, 50], dtype=np.uint8)
    path.write_bytes(encoded(flat, "JPEG", quality=95))
    np.testing.assert_allclose(images.load(path), flat, atol=3)


def test_load_takes_a_path_as_a_string_and_returns_a_writable_array(tmp_path):
    path = tmp_path / "grey.png"
    path.write_bytes(encoded(GREY))
    loaded = images.load(str(path))
    np.testing.assert_array_equal(loaded, GREY)
    loaded[0, 0] = 7
    assert loaded[0, 0] == 7


def palette_picture():
    picture = Image.new("P", (3, 1))
    picture.putpalette([255, 0, 0, 0, 255, 0, 10, 20, 30])
    picture.putdata([0, 1, 2])
    return picture


RED_GREEN_DARK = [[[255, 0, 0], [0, 255, 0], [10, 20, 30]]]
SIXTEEN_BITS = np.array([[0, 128, 129], [257 * 100, 257 * 200 + 128, 65535]], dtype=np.uint16)
SIXTEEN_BITS_IN_EIGHT = [[0, 0, 1], [100, 200, 255]]


@pytest.mark.parametrize(
    ("picture", "name", "options", "expected"),
    [
        (Image.fromarray(GREY > 100), "bilevel.png", {}, [[0, 0, 0], [255, 255, 255]]),
        (palette_picture(), "palette.png", {}, RED_GREEN_DARK),
        (
            palette_picture(),
            "transparent_palette.png",
            {"transparency": 1},
            [[[255, 0, 0], [255, 255, 255], [10, 20, 30]]],
        ),
        (
            Image.fromarray(np.array([[[80, 255], [80, 0], [0, 51]]], dtype=np.uint8)),
            "grey_alpha.png",
            {},
            [[80, 255, 204]],
        ),
        (
            Image.fromarray(np.array([[[9, 8, 7, 255], [9, 8, 7, 0]]], dtype=np.uint8)),
            "rgba.png",
            {},
            [[[9, 8, 7], [255, 255, 255]]],
        ),
        (
            Image.fromarray(np.array([[10, 20]], dtype=np.uint8)),
            "one_transparent_grey.png",
            {"transparency": 10},
            [[255, 20]],
        ),
        (
            Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], dtype=np.uint8)),
            "one_transparent_colour.png",
            {"transparency": (1, 2, 3)},
            [[[255, 255, 255], [4, 5, 6]]],
        ),
        (Image.fromarray(SIXTEEN_BITS), "sixteen.png", {}, SIXTEEN_BITS_IN_EIGHT),
        (Image.fromarray(SIXTEEN_BITS), "sixteen.tiff", {}, SIXTEEN_BITS_IN_EIGHT),
        (
            Image.new("CMYK", (1, 1), (255, 0, 0, 0)),
            "cyan.tiff",
            {},
            [[[0, 255, 255]]],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_load_converts_every_mode_to_grey_or_rgb(tmp_path, picture, name, options, expected):
    path = tmp_path / name
    picture.save(path, **options)
    loaded = images.load(path)
    assert loaded.dtype == np.uint8
    np.testing.assert_array_equal(loaded, expected)


def test_load_converts_a_cmyk_jpeg(tmp_path):
    path = tmp_path / "print.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path)
    np.testing.assert_allclose(images.load(path), np.full((16, 16, 3), [255, 0, 0]), atol=3)


@pytest.mark.parametrize(
    ("picture", "what"),
    [
        (Image.new("F", (1, 1), 0.5), "mode F"),
        (Image.new("LAB", (1, 1)), "mode LAB"),
        (Image.new("I", (1, 1), 100), "signed integers"),
    ],
)
def test_load_refuses_pixels_without_an_eight_bit_meaning(tmp_path, picture, what):
    path = tmp_path / "measured.tiff"
    picture.save(path)
    with pytest.raises(ValueError, match=f"source must .* of at most 16 bits, .* got {what} in '.*measured.tiff'"):
        images.load(path)


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, lambda stored: stored),
        (2, np.fliplr),
        (3, lambda stored: np.rot90(stored, 2)),
        (4, np.flipud),
        (5, np.transpose),
        (6, lambda stored: np.rot90(stored, -1)),
        (7, lambda stored: stored[::-1, ::-1].T),
        (8, np.rot90),
    ],
)
@pytest.mark.parametrize("bits", [8, 16])
def test_load_turns_a_photo_the_way_the_camera_was_held(tmp_path, orientation, upright, bits):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = GREY if bits == 8 else GREY.astype(np.uint16) * 257
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(stored, exif=exif))
    np.testing.assert_array_equal(images.load(path), upright(GREY))


def test_load_takes_the_first_frame_of_an_animation(tmp_path):
    path = tmp_path / "moving.gif"
    first, second = (Image.fromarray(np.full((2, 2), value, np.uint8)) for value in (10, 200))
    first.save(path, save_all=True, append_images=[second])
    assert (images.load(path) == 10).all()


def test_load_tells_a_windows_path_from_an_address():
    with pytest.raises(FileNotFoundError):
        images.load(r"C:\no\such\picture.png")


def test_load_reads_a_name_with_a_colon_only_as_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("shot:1.png").write_bytes(encoded(GREY))
    np.testing.assert_array_equal(images.load(pathlib.Path("shot:1.png")), GREY)
    with pytest.raises(ValueError, match=r"source must be a path or an http\(s\) address, got 'shot:1.png'"):
        images.load("shot:1.png")


def test_load_says_which_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="source could not be read: No such file .*missing.png"):
        images.load(tmp_path / "missing.png")


def test_load_strips_blanks_of_a_string_but_not_of_a_path(tmp_path):
    path = tmp_path / "grey.png"
    path.write_bytes(encoded(GREY))
    np.testing.assert_array_equal(images.load(f" {path}\n"), GREY)
    with pytest.raises(FileNotFoundError):
        images.load(tmp_path / "grey.png ")


@pytest.mark.parametrize("start", ["data:image/png;base64,", "", "folder/"])
def test_an_error_does_not_repeat_a_picture_that_was_given_as_text(start):
    with pytest.raises((OSError, ValueError), match="source") as caught:
        images.load(start + "iVBORw0K" * 600_000)
    assert len(str(caught.value)) < 600
    assert "iVBORw0K" in str(caught.value)


NOISE = encoded(np.random.default_rng(0).integers(0, 256, (50, 50), dtype=np.uint8))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        NOISE[: len(NOISE) // 2],
        NOISE.replace(b"IDAT", b"IDAX"),
        # Pillow raises a SyntaxError and a ValueError for these two.
        NOISE[:33] + bytes(4) + NOISE[37:],
        b"P6\n4 2\x10255\n",
    ],
    ids=["empty", "html", "cut off", "corrupted", "empty chunk", "bad number"],
)
def test_load_names_a_file_that_is_no_image(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"source must be an undamaged image file of format PNG, .* got '.*broken.png'"):
        images.load(path)


def test_load_leaves_postscript_alone(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *args: started.append(args))
    path = tmp_path / "program.eps"
    Image.fromarray(COLOUR).save(path)
    with pytest.raises(OSError, match="source must be an undamaged image file"):
        images.load(path)
    assert not started


@pytest.mark.filterwarnings("ignore:::PIL")
@given(st.data())
def test_load_never_fails_in_another_way_on_damaged_files(data):
    content = bytearray(encoded(COLOUR, data.draw(st.sampled_from(["PNG", "GIF", "TIFF", "BMP"]))))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        loaded = images._decode(bytes(content), "'damaged'")
    except (OSError, ValueError) as error:
        assert re.match("(?s)source must .*'damaged'", str(error))
    else:
        assert loaded.dtype == np.uint8
        assert loaded.ndim == 2 or loaded.shape[2] == 3


def png_header(width, height):
    def chunk(kind, body):
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0"))


def test_load_counts_pixels_before_it_decodes_them(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "IMAGE_LIMIT_PIXELS", 100)
    path = tmp_path / "picture.png"
    path.write_bytes(encoded(np.zeros((10, 10), np.uint8)))
    assert images.load(path).shape == (10, 10)
    # Without pixels, so that decoding would fail with an OSError.
    path.write_bytes(png_header(101, 1))
    with pytest.raises(ValueError, match="source must have at most 100 pixels, got 101 x 1 in '.*picture.png'"):
        images.load(path)


def test_load_refuses_a_decompression_bomb(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(60_000, 60_000))
    with pytest.raises(ValueError, match="source must have at most 50,000,000 pixels, got '.*bomb.png'"):
        images.load(path)


# Addresses


@pytest.fixture
def serve(monkeypatch):
    """Return a function that puts up a server for one handler and returns its address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    servers = []

    def start(respond):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                try:
                    respond(self)
                except OSError:  # the client has hung up, as it should on some answers
                    self.close_connection = True

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(handler, content, content_type="image/png", status=200, **headers):
    handler.send_response(status)
    if content_type is not None:
        handler.send_header("Content-Type", content_type)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_load_reads_an_address(serve, scheme):
    agents = []

    def respond(handler):
        agents.append(handler.headers["User-Agent"])
        answer(handler, encoded(COLOUR), Content_Length=str(len(encoded(COLOUR))))

    url = serve(respond).replace("http", scheme) + "/picture"
    np.testing.assert_array_equal(images.load(url), COLOUR)
    assert agents[0].startswith("svdbook")


def test_load_follows_a_redirect(serve):
    def respond(handler):
        if handler.path == "/new":
            answer(handler, encoded(GREY))
        else:
            answer(handler, b"", status=302, Location="/new")

    np.testing.assert_array_equal(images.load(serve(respond) + "/old"), GREY)


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/a.png"])
def test_load_follows_no_redirect_away_from_http(serve, target):
    url = serve(lambda handler: answer(handler, b"", status=302, Location=target))
    with pytest.raises(ValueError, match="could not be downloaded: No connection adapters"):
        images.load(url)


def test_load_gives_up_on_redirects_in_a_circle(serve):
    url = serve(lambda handler: answer(handler, b"", status=302, Location=handler.path))
    with pytest.raises(OSError, match=r"could not be downloaded: Exceeded \d+ redirects"):
        images.load(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a.png",
        "file:///etc/hostname",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "FILE:/etc/hostname",
    ],
)
def test_load_refuses_other_schemes(url):
    with pytest.raises(ValueError, match="source must be a path or an http"):
        images.load(url)


# Targets for which requests and urllib3 raise errors of different kinds, and some of 5 MB.
@pytest.mark.parametrize(
    "target",
    [
        "http://[::1/a.png",
        "http://" + 70 * "a" + ".com/",
        "http://.example.org/",
        "http://\xe4\x80/",
        "http://127.0.0.1:99999/",
        "mailto:me",
        "data:image/png;base64," + 60_000 * "A",
    ],
    ids=lambda target: target[:20].encode("unicode_escape").decode(),
)
def test_an_error_after_a_redirect_names_its_source(serve, target):
    url = serve(lambda handler: answer(handler, b"", status=302, Location=target)) + "/start.png"
    with pytest.raises(ValueError, match=f"source '{url}' could not be downloaded: ") as caught:
        images.load(url)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("content_type", "error"), [("text/html", "content type"), ("image/png", "must be an undamaged image file")]
)
def test_an_error_after_a_redirect_names_both_its_ends(serve, content_type, error):
    def respond(handler):
        if handler.path == "/sign-in":
            answer(handler, b"<html></html>", content_type)
        else:
            answer(
                handler, b"", status=302, Location="http://me:secret@" + address.removeprefix("http://") + "/sign-in"
            )

    address = serve(respond)
    ends = rf"'{address}/a.png' \(which leads to '{address}/sign-in'\)"
    with pytest.raises((OSError, ValueError), match=rf"source .*{error}.* {ends}"):
        images.load(address + "/a.png")


LOGINS = ["me:secret@", "secret@", "me:se%2Fcret@", "me:secret@secret@", "me:my secret@", "secret:secret@"]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(
    ("respond", "error"),
    [
        (lambda handler: answer(handler, b"", status=404), "404 "),
        (lambda handler: answer(handler, b"", "text/html"), "content type"),
        (lambda handler: answer(handler, b"none"), "undamaged"),
        (lambda handler: answer(handler, b"", Content_Length="100000000"), "at most 30,000,000 bytes"),
        (lambda handler: answer(handler, encoded(GREY), Content_Length="1000"), "IncompleteRead"),
        (lambda handler: answer(handler, b"", status=302, Location=handler.path), "Exceeded"),
        (lambda handler: time.sleep(0.6), "did not arrive"),
    ],
)
def test_no_error_tells_the_password_of_an_address(serve, monkeypatch, login, respond, error):
    if error == "did not arrive":
        monkeypatch.setattr(images, "TOTAL_TIMEOUT_SECONDS", 0.2)
    host = serve(respond).removeprefix("http://")
    with pytest.raises((OSError, ValueError), match=f"source .*{error}") as caught:
        images.load(f"http://{login}{host}/a@2x.png")
    told = "".join(traceback.format_exception(caught.value)[1:]).split("Error: ", 1)[1]
    assert "secret" not in told and "cret" not in told and f"{host}/a@2x.png" in told


@pytest.mark.parametrize("url", ["ftp://me:secret@example.org/a.png", "http:me:secret@example.org/a.png"])
def test_no_error_tells_the_password_of_an_address_that_is_not_asked(url):
    with pytest.raises(ValueError, match="source .*example.org/a.png") as caught:
        images.load(url)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("password", ["se/cret", "se#cret", "se?cret", "s/e@cret"])
def test_a_password_whose_characters_are_not_encoded_is_an_error_that_says_how(password):
    with pytest.raises(ValueError, match="password written as %2F, .* got 'http://example.org/a.png'$"):
        images.load(f"http://me:{password}@example.org/a.png")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/a@2x.png", "http://[::1]:1/@me/a.png", "http://localhost:1?at=a@b", "http://127.0.0.1:1"],
)
def test_an_at_sign_behind_the_host_is_no_password(url):
    assert images._for_message(url) == url
    assert not images._BROKEN_LOGIN.match(url)


def test_load_strips_blanks_of_an_address(serve):
    url = serve(lambda handler: answer(handler, encoded(GREY)))
    np.testing.assert_array_equal(images.load(f"\t{url}/a.png \n"), GREY)


@pytest.mark.parametrize("url", ["http://", "http:picture.png", "https://[::1/a.png"])
def test_load_refuses_an_address_without_a_host(url):
    with pytest.raises(ValueError, match="source .* could not be downloaded"):
        images.load(url)


@pytest.mark.parametrize("status", [404, 500])
def test_load_reports_an_error_of_the_server(serve, status):
    url = serve(lambda handler: answer(handler, encoded(GREY), status=status)) + "/gone.png"
    with pytest.raises(OSError, match=f"gone.png' could not be downloaded: {status} ") as caught:
        images.load(url)
    assert not isinstance(caught.value, ValueError)


@pytest.mark.parametrize("content_type", ["text/html", "application/image/png", None])
def test_load_refuses_what_the_server_does_not_call_an_image(serve, content_type):
    url = serve(lambda handler: answer(handler, encoded(GREY), content_type))
    with pytest.raises(
        ValueError, match=rf"source must have content type image/\*, got '{content_type or ''}' from 'http"
    ):
        images.load(url)


def test_load_reports_content_that_is_no_image(serve):
    url = serve(lambda handler: answer(handler, b"sorry"))
    with pytest.raises(OSError, match="source must be an undamaged image file"):
        images.load(url)


def test_load_reports_a_server_that_is_not_there(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as closed:
        url = f"http://127.0.0.1:{closed.server_port}/a.png"
    with pytest.raises(OSError, match="could not be downloaded"):
        images.load(url)


def test_load_believes_a_large_content_length(serve):
    given_up = threading.Event()
    sent = threading.Event()
    waited_for = []

    def respond(handler):
        answer(handler, b"", Content_Length=str(images.DOWNLOAD_LIMIT_BYTES + 1))
        waited_for.append(given_up.wait(10))
        sent.set()

    with pytest.raises(ValueError, match="source must have at most 30,000,000 bytes, got more from"):
        images.load(serve(respond))
    given_up.set()
    assert sent.wait(10)
    assert waited_for == [True]  # the answer was refused before any content came


@pytest.mark.parametrize("headers", [{}, {"Transfer_Encoding": "chunked"}])
def test_load_stops_reading_at_the_limit(serve, monkeypatch, headers):
    monkeypatch.setattr(images, "DOWNLOAD_LIMIT_BYTES", 10_000)
    hung_up = threading.Event()

    def respond(handler):
        handler.protocol_version = "HTTP/1.1"
        answer(handler, b"", Connection="close", **headers)
        piece = b"3e8\r\n" + bytes(1000) + b"\r\n" if headers else bytes(1000)
        try:
            for _ in range(100_000):
                handler.wfile.write(piece)
        except OSError:
            hung_up.set()

    with pytest.raises(ValueError, match="source must have at most 10,000 bytes, got more from"):
        images.load(serve(respond))
    assert hung_up.wait(5)


def test_load_counts_bytes_after_unpacking_them(serve, monkeypatch):
    monkeypatch.setattr(images, "DOWNLOAD_LIMIT_BYTES", 100_000)
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(bytes(1_000_000)) + packer.flush()
    url = serve(lambda handler: answer(handler, packed, Content_Encoding="gzip", Content_Length=str(len(packed))))
    assert len(packed) < 100_000
    with pytest.raises(ValueError, match="source must have at most 100,000 bytes, got more from"):
        images.load(url)


def test_load_accepts_a_download_of_just_the_limit(serve, monkeypatch):
    content = encoded(COLOUR)
    monkeypatch.setattr(images, "DOWNLOAD_LIMIT_BYTES", len(content))
    url = serve(lambda handler: answer(handler, content, Content_Length=str(len(content))))
    np.testing.assert_array_equal(images.load(url), COLOUR)


def test_load_notices_a_transfer_that_was_cut_off(serve):
    # The picture is complete, so that only the promised length gives the loss away.
    content = encoded(COLOUR)
    url = serve(lambda handler: answer(handler, content, Content_Length=str(len(content) + 100)))
    with pytest.raises(OSError, match="could not be downloaded: .*IncompleteRead"):
        images.load(url)


def test_load_notices_a_content_length_that_is_too_small(serve):
    content = encoded(COLOUR)
    url = serve(lambda handler: answer(handler, content, Content_Length=str(len(content) - 30)))
    with pytest.raises(OSError, match="source must be an undamaged image file"):
        images.load(url)


def test_load_does_not_wait_for_a_silent_server(serve, monkeypatch):
    monkeypatch.setattr(images, "READ_TIMEOUT_SECONDS", 0.2)
    given_up = threading.Event()
    with pytest.raises(OSError, match=r"could not be downloaded: .*[Tt]imed out"):
        images.load(serve(lambda handler: given_up.wait(10)))
    given_up.set()


@pytest.mark.parametrize("dripping", ["headers", "content"])
def test_load_does_not_wait_for_a_dripping_server(serve, monkeypatch, dripping):
    monkeypatch.setattr(images, "TOTAL_TIMEOUT_SECONDS", 0.4)
    given_up = threading.Event()
    dripped_out = threading.Event()

    def respond(handler):
        if dripping == "headers":
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: image/png\r\nX-Slow: ")
        else:
            answer(handler, b"", Content_Length="100000")
        for _ in range(200):
            handler.wfile.write(b".")
            if given_up.wait(0.05):
                return
        dripped_out.set()

    with pytest.raises(OSError, match=r"did not arrive within 0\.4 seconds"):
        images.load(serve(respond))
    given_up.set()
    assert not dripped_out.is_set()


def test_load_hangs_up_when_a_slow_download_is_given_up(serve, monkeypatch):
    monkeypatch.setattr(images, "TOTAL_TIMEOUT_SECONDS", 0.3)
    hung_up = threading.Event()

    def respond(handler):
        answer(handler, b"", Content_Length="10000000")
        try:
            for _ in range(500):
                handler.wfile.write(bytes(2048))
                time.sleep(0.02)
        except OSError:
            hung_up.set()

    with pytest.raises(OSError, match="did not arrive within"):
        images.load(serve(respond))
    assert hung_up.wait(5)


# Compression


def truncated(channel, k):
    U, s, Vt = scipy.linalg.svd(channel.astype(float), full_matrices=False)
    return sum(s[i] * np.outer(U[:, i], Vt[i]) for i in range(k))


@pytest.mark.parametrize("k", [1, 2, 7])
@pytest.mark.parametrize("shape", [(7, 9), (9, 7), (8, 8, 3), (7, 10, 3)])
def test_compress_is_scipys_truncated_svd_of_each_channel(shape, k):
    image = np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)
    channels = image[..., np.newaxis] if image.ndim == 2 else image
    expected = np.stack([truncated(channels[..., c], k) for c in range(channels.shape[2])], axis=-1).reshape(shape)
    compressed = images.compress(image, k)
    assert compressed.dtype == np.float64
    np.testing.assert_allclose(compressed, np.clip(expected, 0, 255), atol=1e-10)


def test_compress_clips_bytes_to_0_and_255():
    image = np.random.default_rng(0).choice(np.array([0, 255], dtype=np.uint8), (8, 8))
    unclipped = truncated(image, 2)
    assert unclipped.min() < -1  # else there is nothing to clip
    assert unclipped.max() > 256
    compressed = images.compress(image, 2)
    assert compressed.min() == 0
    assert compressed.max() == 255


def test_compress_keeps_bytes_between_0_and_255_whatever_their_own_range():
    image = np.random.default_rng(0).integers(100, 150, (8, 8), dtype=np.uint8)
    unclipped = truncated(image, 3)
    assert unclipped.min() < image.min()
    np.testing.assert_allclose(images.compress(image, 3), unclipped, atol=1e-10)


def test_compress_clips_other_numbers_to_the_range_of_the_image():
    image = np.random.default_rng(0).uniform(-3, 5, (8, 8, 3))
    unclipped = np.stack([truncated(image[..., c], 2) for c in range(3)], axis=-1)
    low, high = image.min(), image.max()
    assert unclipped.min() < low or unclipped.max() > high
    expected = np.clip(unclipped, low, high)
    np.testing.assert_allclose(images.compress(image, 2), expected, atol=1e-10)


@given(
    npst.arrays(np.uint8, npst.array_shapes(min_dims=2, max_dims=2, max_side=12)),
    st.data(),
)
def test_compress_is_never_further_off_than_the_singular_values_left_out(image, data):
    k = data.draw(st.integers(1, min(image.shape)))
    s = scipy.linalg.svdvals(image.astype(float))
    error = np.linalg.norm(image - images.compress(image, k))
    assert error <= np.sqrt(np.sum(s[k:] ** 2)) + 1e-9 * (1 + s[0])


def test_compress_leaves_its_argument_alone():
    image = COLOUR.astype(float)
    images.compress(image, 1)
    np.testing.assert_array_equal(image, COLOUR)


@pytest.mark.parametrize("k", [0, -1, 3, 1.0, True, "1", None, np.nan])
def test_compress_refuses_a_rank_out_of_range(k):
    with pytest.raises(ValueError, match=f"k must be an integer from 1 to 2, got {k!r}"):
        images.compress(GREY, k)


def test_compress_takes_an_integer_of_numpy():
    np.testing.assert_allclose(images.compress(GREY, np.int64(2)), GREY, atol=1e-10)


def test_compress_refuses_what_is_no_image():
    with pytest.raises(ValueError, match=r"image must have shape .* got \(3,\)"):
        images.compress([1, 2, 3], 1)


# Peak signal-to-noise ratio


def test_psnr_by_hand():
    # Errors 1, -2, 0, 5: MSE 30/4 = 7.5; 65025 / 7.5 = 8670; 10 log10(8670) = 39.380...
    assert images.psnr([[10, 20], [30, 40]], [[9, 22], [30, 35]]) == pytest.approx(39.3802, abs=5e-5)


def test_psnr_against_another_peak():
    # One tenth off everywhere: MSE is 0.01.
    assert images.psnr(np.full((2, 2), 0.5), np.full((2, 2), 0.6), peak=1) == pytest.approx(20)


pairs = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=30)


@given(pairs, st.integers(1, 1000))
def test_psnr_in_exact_arithmetic_and_without_wrapping_round(values, peak):
    a, b = (np.array(column, dtype=np.uint8) for column in zip(*values, strict=True))
    mse = Fraction(sum((x - y) ** 2 for x, y in values), len(values))
    with np.errstate(all="raise"):
        result = images.psnr(a, b, peak=peak)
    assert type(result) is float
    assert result == images.psnr(b, a, peak=peak)
    if mse == 0:
        assert result == math.inf
    else:
        assert result == pytest.approx(10 * math.log10(peak**2 / mse), abs=1e-9)


def test_psnr_of_the_camera_passes_30_at_rank_65_or_clipped_at_64():
    camera = images.load(pathlib.Path(__file__).parents[2] / "data" / "camera.png")
    U, s, Vt = scipy.linalg.svd(camera.astype(float))
    assert images.psnr(camera, U[:, :64] * s[:64] @ Vt[:64]) < 30
    assert images.psnr(camera, U[:, :65] * s[:65] @ Vt[:65]) > 30
    assert images.psnr(camera, images.compress(camera, 64)) > 30


@pytest.mark.parametrize(
    ("image", "approximation", "peak", "message"),
    [
        ([[1, 2]], [[1], [2]], 255, r"approximation must have the shape of image, \(1, 2\), got \(2, 1\)"),
        ([[1, 2]], [[1]], 255, "approximation must have the shape of image"),
        ([], [], 255, "image must have at least one entry"),
        ([1.0, np.nan], [1, 2], 255, r"image must be finite, got nan at \[1\]"),
        ([1, 2], [1.0, np.inf], 255, "approximation must be finite, got inf"),
        ([1], [1j], 255, "approximation must hold real numbers, got dtype complex"),
        ([1], [1], 0, r"peak must be a number in \(0, inf\), got 0"),
        ([1], [1], -1.0, "peak must be .* got -1.0"),
        ([1], [1], math.inf, "peak must be .* got inf"),
        ([1], [1], math.nan, "peak must be .* got nan"),
        ([1], [1], None, "peak must be .* got None"),
    ],
)
def test_psnr_refuses_what_it_cannot_compare(image, approximation, peak, message):
    with pytest.raises(ValueError, match=message):
        images.psnr(image, approximation, peak=peak)


EXTREME = [
    ([2**62], [2**62 + 1], 2**62),
    ([2**62 + 1], [2.0**62], 2**62),
    (np.array([2**64 - 1], dtype=np.uint64), [2**63 - 1], 2**64),
    ([-(2**63)], [2**63 - 1], 1.0),
    ([-(2**63)], np.array([2**64 - 1], dtype=np.uint64), 1.0),
    ([1.7e308, 0.0], [-1.7e308, 1.0], 255),
    ([1.7e308, 0.0], [-1.7e308, 1.0], 5e-324),
    ([5e-324, 1e308], [0.0, 1e308], 255),
    ([5e-324, 1e-200], [0.0, 3e-200], 1.7e308),
    ([1e200, 1.0], [2e200, 2.0], 1e200),
    (np.array([65504.0], dtype=np.float16), np.array([-65504.0], dtype=np.float16), 1),
    (np.array([3e38], dtype=np.float32), np.array([-3e38], dtype=np.float32), 1),
]


@pytest.mark.parametrize(("image", "approximation", "peak"), EXTREME, ids=str)
def test_psnr_at_the_ends_of_its_numbers(image, approximation, peak):
    pairs = zip(np.asarray(image).tolist(), np.asarray(approximation).tolist(), strict=True)
    mse = sum((Fraction(x) - Fraction(y)) ** 2 for x, y in pairs) / len(image)
    with mpmath.workdps(30):
        ratio = Fraction(peak) ** 2 / mse
        expected = float(10 * mpmath.log10(mpmath.mpf(ratio.numerator) / ratio.denominator))
    with np.errstate(all="raise"):
        result = images.psnr(image, approximation, peak=peak)
    assert type(result) is float
    assert result == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("value", [5e-324, 1e-310, 1e-200, 1.2e308, -1.7e308, 2**62])
@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 3)])
def test_compress_at_the_ends_of_its_numbers(shape, value):
    # Of rank one, so that the first layer is the picture.
    image = np.full(shape, value)
    with np.errstate(all="raise"):
        compressed = images.compress(image, 1)
    np.testing.assert_allclose(compressed, image, rtol=1e-14)


def test_compress_does_not_clip_what_stays_in_range_at_the_ends():
    image = np.array([[1.0, 1.0], [1.0, 0.5], [0.0, 0.1]])
    expected = np.clip(truncated(image, 1), 0, 1)
    assert ((expected > 0.01) & (expected < 0.9)).sum() >= 3
    # The first singular value does not fit.
    np.testing.assert_allclose(images.compress(1.6e308 * image, 1), 1.6e308 * expected, rtol=1e-13)
