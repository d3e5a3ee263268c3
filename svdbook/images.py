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
from PIL import Image, ImageOps

from svdbook._validation import as_array, as_count, as_picture, check_not_empty, check_number

CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 10
TOTAL_TIMEOUT_SECONDS = 60
DOWNLOAD_LIMIT_BYTES = 30_000_000
IMAGE_LIMIT_PIXELS = 50_000_000

# Some hosts, Wikimedia among them, turn away programs that do not say what they are.
_HEADERS = {"User-Agent": "svdbook (helper package of a course on the SVD)"}

# Named one by one, because Pillow would start Ghostscript to read an EPS file.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")

# At least two characters before the colon: C:\picture.png is a path.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")


def load(source):
    """
    Read an image from a file, a web address or an array.

    Parameters
    ----------
    source : str, os.PathLike or array_like
        A path (as a `pathlib.Path` if the name has a colon), an address that begins with
        ``http://`` or ``https://``, or an array of real, finite numbers with shape (H, W) or
        (H, W, 3). Files may be PNG, JPEG, GIF (first frame), BMP, TIFF, WebP or PPM.

    Returns
    -------
    numpy.ndarray
        From a file or an address: uint8, 0 is black and 255 is white, shape (H, W) for a grey
        picture and (H, W, 3), red, green, blue, for a colour one. It stands the way the camera
        was held (EXIF orientation), 16-bit grey is scaled to 8 bits, and what is transparent is
        laid on white. An array comes back with its own dtype and values.

    Raises
    ------
    ValueError
        If the address is not http(s) or leads to one that is not, or does not answer with an
        image; if the download is larger than `DOWNLOAD_LIMIT_BYTES` or the picture than
        `IMAGE_LIMIT_PIXELS`; if the pixels have no 8-bit meaning (floating point); if an array
        is not an image.
    OSError
        If the file is missing or is no image that can be read; if the server cannot be
        reached, answers with an error such as 404, breaks off, or needs longer than
        `TOTAL_TIMEOUT_SECONDS`.

    Examples
    --------
    >>> load([[0, 128], [255, 64]]).shape
    (2, 2)
    >>> load("ftp://example.org/cat.png")
    Traceback (most recent call last):
    ...
    ValueError: source must be a path or an http(s) address, got 'ftp://example.org/cat.png'
    """
    if isinstance(source, os.PathLike):
        return _decode(Path(source).read_bytes(), source)
    if isinstance(source, str):
        scheme = _SCHEME.match(source)
        if scheme is None:
            return _decode(Path(source).read_bytes(), source)
        if scheme[1].lower() not in ("http", "https"):
            raise ValueError(f"source must be a path or an http(s) address, got {source!r}")
        return _decode(_download(source), source)
    return as_picture(source, "source")


def compress(image, k):
    """
    Keep the first k layers of an image's SVD; of each channel's, if it has colour.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, 3)
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
    U, s, Vt = np.linalg.svd(channels, full_matrices=False)
    channels = U[..., :k] * s[..., np.newaxis, :k] @ Vt[..., :k, :]
    if image.ndim == 3:
        channels = np.moveaxis(channels, 0, -1)
    return np.clip(channels, lowest, highest)


def psnr(image, approximation, peak=255):
    """
    Peak signal-to-noise ratio: how close an approximation comes, 10 log10(peak^2 / MSE).

    Parameters
    ----------
    image, approximation : array_like
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
    image, approximation = as_array(image, "image", "iuf"), as_array(approximation, "approximation", "iuf")
    check_not_empty(image, "image")
    if image.shape != approximation.shape:
        raise ValueError(f"approximation must have the shape of image, {image.shape}, got {approximation.shape}")
    check_number(peak, "(0, inf)", "peak")
    # In floating point, because 3 - 5 is 254 in uint8.
    difference = (image.astype(np.float64) - approximation.astype(np.float64)) / peak
    error = np.mean(difference**2)
    return math.inf if error == 0 else float(-10 * np.log10(error))


def _download(url):
    """Return the bytes of the image at an http(s) address."""
    # Timeouts of requests are for each wait on the socket, so a server that sends a byte now
    # and then, even in its headers, never trips them. Only another thread can stop waiting.
    received = Future()

    def work():
        try:
            received.set_result(_receive(url, time.monotonic() + TOTAL_TIMEOUT_SECONDS))
        except BaseException as error:
            received.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        return received.result(timeout=TOTAL_TIMEOUT_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"source {url!r} did not arrive within {TOTAL_TIMEOUT_SECONDS} seconds") from None


def _receive(url, deadline):
    """Download in pieces until all is there, the limit is passed or the deadline is over."""
    too_large = f"source must have at most {DOWNLOAD_LIMIT_BYTES:,} bytes, got more from {url!r}"
    timeouts = (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
    content = bytearray()
    try:
        with requests.get(url, headers=_HEADERS, stream=True, timeout=timeouts) as response:
            response.raise_for_status()
            content_type = response.headers.get("content-type", "")
            if not content_type.lower().startswith("image/"):
                raise ValueError(f"source must have content type image/*, got {content_type!r} from {url!r}")
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
        # InvalidSchema, InvalidURL and their like are ValueErrors too.
        kind = ValueError if isinstance(error, ValueError) else OSError
        raise kind(f"source {url!r} could not be downloaded: {error}") from error
    return bytes(content)


def _decode(content, source):
    """Return the pixels of an image file's bytes as uint8 (H, W) or (H, W, 3)."""
    source = str(source)
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        width, height = picture.size
        too_large = width * height > IMAGE_LIMIT_PIXELS
        if not too_large:
            picture = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"source must have at most {IMAGE_LIMIT_PIXELS:,} pixels, got {source!r}: {error}") from error
    # A broken file makes Pillow raise nearly anything: SyntaxError, struct.error, KeyError, ...
    except Exception as error:
        raise OSError(
            f"source must be an undamaged image file of format {', '.join(_FORMATS)}, got {source!r}"
        ) from error
    if too_large:
        raise ValueError(
            f"source must have at most {IMAGE_LIMIT_PIXELS:,} pixels, got {width} x {height} in {source!r}"
        )

    if picture.mode in ("1", "L", "RGB") and not picture.has_transparency_data:
        return np.array(picture.convert("L" if picture.mode == "1" else picture.mode))
    if picture.mode == "I" or picture.mode.startswith("I;16"):
        return _eight_bits(np.array(picture).astype(np.int32), source)
    if picture.mode in ("F", "LAB"):
        raise ValueError(
            f"source must have grey, RGB or CMYK pixels of 8 or 16 bits, got mode {picture.mode} in {source!r}"
        )
    if picture.has_transparency_data:
        grey = picture.mode in ("1", "L", "LA", "La")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
        return np.array(picture.convert("L" if grey else "RGB"))
    return np.array(picture.convert("RGB"))


def _eight_bits(pixels, source):
    """Scale 0..65535 to 0..255 with rounding."""
    if pixels.min() < 0 or pixels.max() > 65535:
        raise ValueError(
            f"source must have pixels of 8 or 16 bits, got values from {pixels.min()} to {pixels.max()} in {source!r}"
        )
    return ((pixels + 128) // 257).astype(np.uint8)
