"""Pictures as matrices: read one, compress it, measure the loss."""

import io
import math
import os
import re
import time
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import numpy as np
import requests
from PIL import Image, TiffImagePlugin, UnidentifiedImageError
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION, SAMPLEFORMAT

from svdbook._pixels import FORMATS, pixels, unreadable
from svdbook._scaling import moderate
from svdbook._validation import as_array, as_count, as_picture, check_not_empty, check_number

CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 10
TOTAL_TIMEOUT_SECONDS = 60
DOWNLOAD_LIMIT_BYTES = 30_000_000
IMAGE_LIMIT_PIXELS = 50_000_000

# Some hosts, Wikimedia among them, turn away programs that do not say what they are.
_HEADERS = {"User-Agent": "svdbook (helper package of a course on the SVD)"}

# At least two characters before the colon: C:\picture.png is a path.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}):")

# What stands before the @ of an address: a name and mostly a password.
_LOGIN = re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}:/*)[^/?#]*@")
# One in which a character is not encoded, so that the address would end before the @.
_BROKEN_LOGIN = re.compile(
    r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}:/*)[^/?#:\[@]*:(?!\d*([/?#]|$))[^/?#@]*[/?#].*@", re.DOTALL
)


def load(source):
    """
    Read an image from a file, a web address, a Pillow image or an array.

    Parameters
    ----------
    source : str, os.PathLike, PIL.Image.Image or array_like
        A path (as a `pathlib.Path` if the name has a colon, or begins or ends with a blank), an
        address that begins with ``http://`` or ``https://``, an image of Pillow, or an array of
        real, finite numbers with shape (H, W) or (H, W, 3). Files may be PNG, JPEG, GIF (first
        frame), BMP, TIFF, WebP or PPM.

    Returns
    -------
    numpy.ndarray
        From a file, an address or Pillow: uint8, 0 is black and 255 is white, shape (H, W) for a
        grey picture and (H, W, 3), red, green, blue, for a colour one. It stands the way the
        camera was held (EXIF orientation), fewer or more than 8 bits are scaled to 8, and what is
        transparent is laid on white. An array comes back with its own dtype and values.

    Raises
    ------
    ValueError
        If `source` is none of these; if the address is not http(s) or leads to one that is not, or
        does not answer with an image; if the download is larger than `DOWNLOAD_LIMIT_BYTES` or the
        picture than `IMAGE_LIMIT_PIXELS`; if the pixels have no 8-bit meaning (floating point,
        signed or 32-bit integers); if an array is not an image.
    OSError
        If the file is missing or is no image that can be read; if the server cannot be
        reached, answers with an error such as 404, breaks off, or needs longer than
        `TOTAL_TIMEOUT_SECONDS`.

    Notes
    -----
    Of 16-bit colours in TIFF, and in an image that Pillow has decoded already, Pillow keeps the upper 8 bits.

    Examples
    --------
    >>> load([[0, 128], [255, 64]]).shape
    (2, 2)
    >>> load("ftp://example.org/cat.png")
    Traceback (most recent call last):
    ...
    ValueError: source must be a path or an http(s) address, got 'ftp://example.org/cat.png'
    """
    if isinstance(source, str):
        source = source.strip()
        scheme = _SCHEME.match(source)
        if source == "" or (scheme and scheme[1].lower() not in ("http", "https")):
            raise ValueError(f"source must be a path or an http(s) address, got {_for_message(source)!r}")
        return _decode(*_download(source)) if scheme else _read(source)
    if isinstance(source, os.PathLike):
        return _read(os.fsdecode(source))
    if source is None or isinstance(source, bytes | bytearray) or hasattr(source, "read"):
        raise ValueError(
            "source must be a path, an http(s) address, a Pillow image or an array, "
            f"got {'None' if source is None else type(source).__name__}"
        )
    return as_picture(source, "source")


def compress(image, k):
    """
    Keep the first k layers of an image's SVD; of each channel's, if it has colour.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, 3), or PIL.Image.Image
        Real and finite.
    k : int
        The rank, 1 <= k <= min(H, W).

    Returns
    -------
    numpy.ndarray, float64, shape of `image`
        The best rank-k approximation, clipped to 0..255 for uint8 and to the smallest and
        largest value of `image` otherwise. Clipping moves no pixel away from the original, but
        a clipped matrix may have a rank above k.

    Raises
    ------
    ValueError
        If `image` is not an image or `k` is out of range.

    References
    ----------
    C. Eckart and G. Young, The approximation of one matrix by another of lower rank,
    Psychometrika 1 (1936) 211-218.

    Examples
    --------
    >>> import numpy as np
    >>> gradient = np.outer([1, 2, 3], [10, 20, 40])  # rank one
    >>> np.allclose(compress(gradient, 1), gradient)
    True
    """
    image = as_picture(image, "image")
    k = as_count(k, min(image.shape[:2]), lower=1)
    lowest, highest = (0, 255) if image.dtype == np.uint8 else (image.min(), image.max())

    channels = image.astype(np.float64)
    if image.ndim == 3:
        channels = np.moveaxis(channels, -1, 0)
    channels, exponents = moderate(channels)
    U, s, Vt = np.linalg.svd(channels, full_matrices=False)
    # What overflows here is beyond the largest value of the image, and clipped.
    with np.errstate(over="ignore", under="ignore"):
        channels = np.ldexp(U[..., :k] * s[..., np.newaxis, :k] @ Vt[..., :k, :], exponents)
    if image.ndim == 3:
        channels = np.moveaxis(channels, 0, -1)
    return np.clip(channels, lowest, highest)


def psnr(image, approximation, peak=255):
    """
    Peak signal-to-noise ratio: how close an approximation comes, 10 log10(peak^2 / MSE).

    Parameters
    ----------
    image, approximation : array_like or PIL.Image.Image
        Real and finite, of the same shape.
    peak : float
        The largest value a pixel can have: 255 for 8 bits, 1 for pictures in 0..1.

    Returns
    -------
    float
        In decibels; infinite if the two are equal. MSE is the mean of the squared differences
        over all pixels and channels.

    Raises
    ------
    ValueError
        If the shapes differ, an array is empty or not real and finite, or `peak` is not
        positive and finite.

    References
    ----------
    A. Horé and D. Ziou, Image quality metrics: PSNR vs. SSIM, ICPR 2010, 2366-2369.

    Examples
    --------
    >>> round(psnr([[0, 255]], [[10, 255]]), 2)
    31.14
    >>> psnr([[0, 255]], [[0, 255]])
    inf
    """
    image, approximation = _as_numbers(image, "image"), _as_numbers(approximation, "approximation")
    check_not_empty(image, "image")
    if image.shape != approximation.shape:
        raise ValueError(f"approximation must have the shape of image, {image.shape}, got {approximation.shape}")
    check_number(peak, "(0, inf)", "peak")
    with np.errstate(over="ignore", under="ignore"):
        difference, half = _difference(image, approximation), 0
        if np.isinf(difference).any():
            difference, half = _difference(image / 2, approximation / 2), 1
        exponent = np.frexp(abs(difference).max())[1]
        # Between 1/4 and 1 at the largest, so that its square neither overflows nor vanishes.
        error = float(np.mean(np.ldexp(difference, -exponent) ** 2))
    if error == 0:
        return math.inf
    return float(20 * math.log10(peak) - 20 * math.log10(2) * (exponent + half) - 10 * math.log10(error))


def _for_message(text):
    """Return a text for a message: without the name and the password in an address, and not long."""
    text = _LOGIN.sub(r"\1", _BROKEN_LOGIN.sub(r"\1", str(text)))
    return text if len(text) <= 400 else f"{text[:200]} ... {text[-100:]}"


def _as_numbers(values, name):
    """Return a picture or any other array of real, finite numbers."""
    return as_picture(values, name) if isinstance(values, Image.Image) else as_array(values, name, "iuf")


def _difference(a, b):
    """Return a - b in floating point; integers of 64 bits, too long for that, in two pieces."""
    pieces = [
        (x >> 32 << 32, x & 0xFFFFFFFF) if x.dtype.kind in "iu" and x.dtype.itemsize == 8 else (x, 0) for x in (a, b)
    ]
    (a, a_lower), (b, b_lower) = pieces
    return np.subtract(a, b, dtype=np.float64) + np.subtract(a_lower, b_lower, dtype=np.float64)


def _read(path):
    """Return the pixels of an image file."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise OSError(error.errno, f"source could not be read: {error.strerror}", _for_message(path)) from None
    except ValueError as error:
        raise ValueError(f"source must be a path, got {_for_message(path)!r}: {error}") from None
    return _decode(content, repr(_for_message(path)))


def _download(url):
    """Return the bytes of the image at an http(s) address, and what errors call it."""
    shown = repr(_for_message(url))
    if _BROKEN_LOGIN.match(url):
        raise ValueError(f"source must have /, ? and # in its password written as %2F, %3F and %23, got {shown}")
    # Timeouts of requests are for each wait on the socket, so a server that sends a byte now
    # and then, even in its headers, never trips them. Only another thread can stop waiting.
    received = Future()

    def work():
        try:
            received.set_result(_receive(url, shown, time.monotonic() + TOTAL_TIMEOUT_SECONDS))
        except BaseException as error:
            received.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        return received.result(timeout=TOTAL_TIMEOUT_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"source {shown} did not arrive within {TOTAL_TIMEOUT_SECONDS} seconds") from None


def _receive(url, shown, deadline):
    """Download in pieces until all is there, the limit is passed or the deadline is over."""
    try:
        response = requests.get(
            url, headers=_HEADERS, stream=True, timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
        )
    # An address that is none makes requests and urllib3 raise several kinds of ValueError.
    except (requests.RequestException, ValueError) as error:
        raise _failed(shown, error) from None
    if response.history:
        shown += f" (which leads to {_for_message(response.url)!r})"
    too_large = f"source must have at most {DOWNLOAD_LIMIT_BYTES:,} bytes, got more from {shown}"
    content = bytearray()
    try:
        with response:
            response.raise_for_status()
            content_type = response.headers.get("content-type", "")
            if not content_type.lower().startswith("image/"):
                raise ValueError(f"source must have content type image/*, got {content_type!r} from {shown}")
            length = response.headers.get("content-length", "")
            if length.isdecimal() and int(length) > DOWNLOAD_LIMIT_BYTES:
                raise ValueError(too_large)
            for piece in response.iter_content(chunk_size=1024):
                content += piece
                if len(content) > DOWNLOAD_LIMIT_BYTES:
                    raise ValueError(too_large)
                if time.monotonic() > deadline:
                    raise TimeoutError
    except requests.RequestException as error:
        raise _failed(shown, error) from None
    return bytes(content), shown


def _failed(shown, error):
    """Return the error for a download that requests has given up; its own may hold a password."""
    kind = ValueError if isinstance(error, ValueError) else OSError
    return kind(f"source {shown} could not be downloaded: {_for_message(error)}")


def _decode(content, shown):
    """Return the pixels of an image file's bytes as uint8 (H, W) or (H, W, 3)."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"source must have at most {IMAGE_LIMIT_PIXELS:,} pixels, got {shown}: {error}") from error
    # A broken file makes Pillow raise nearly anything: SyntaxError, struct.error, KeyError, ...
    except Exception as error:
        raise unreadable("source", shown, _refusal(content, error)) from error
    width, height = picture.size
    if width * height > IMAGE_LIMIT_PIXELS:
        raise ValueError(f"source must have at most {IMAGE_LIMIT_PIXELS:,} pixels, got {width} x {height} in {shown}")
    return pixels(picture, "source", shown)


def _tiff_kind(content):
    """Say which pixels a TIFF has that Pillow does not know."""
    # A BigTIFF has a longer head.
    tags = TiffImagePlugin.ImageFileDirectory_v2(content[: 16 if 43 in content[2:4] else 8])
    file = io.BytesIO(content)
    file.seek(tags.next)
    tags.load(file)
    kind = {1: "unsigned integers", 2: "signed integers", 3: "floating point"}.get(
        tags.get(SAMPLEFORMAT, (1,))[0], "other"
    )
    bits = ", ".join(map(str, tags.get(BITSPERSAMPLE, (1,))))
    white = ", 0 is white" if tags.get(PHOTOMETRIC_INTERPRETATION) == 0 else ""
    return f"unknown pixel mode ({bits} bits, {kind}{white})"


def _refusal(content, error):
    """Say why Pillow refuses a file: where it only says that no reader took it, ask the right one."""
    if not isinstance(error, UnidentifiedImageError):
        return error
    for name in FORMATS:
        reader, accepts = Image.OPEN[name]
        if accepts(content[:16]) is True:
            try:
                reader(io.BytesIO(content), "")
            except Exception as reason:
                return _tiff_kind(content) if str(reason) == "unknown pixel mode" else reason
    return "it begins like none of them"
