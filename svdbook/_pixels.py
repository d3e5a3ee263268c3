"""What a Pillow image shows, as bytes: the one way from files and images to pixels."""

import numpy as np
from PIL import Image, ImageOps

# Named one by one, because Pillow would start Ghostscript to read an EPS file.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")

# Tags of TIFF, and the value of PLANAR for colours that lie one behind the other.
_BITS, _COMPRESSION, _PHOTOMETRIC, _PLANAR, _SIGN, _SUBSAMPLING = 258, 259, 262, 284, 339, 530
_SEPARATE = 2


def pixels(picture, name, shown):
    """
    Return what a Pillow image shows, on white and turned the way the camera was held.

    Parameters
    ----------
    picture : PIL.Image.Image
    name : str
        Of the argument, for errors.
    shown : str
        What the errors call the image.

    Returns
    -------
    numpy.ndarray, uint8, shape (H, W) of a grey picture, (H, W, 3) of a colour one

    Raises
    ------
    ValueError
        If the pixels have no 8-bit meaning.
    OSError
        If they cannot be decoded.
    """
    tags = getattr(picture, "tag_v2", {})
    # Pillow knows how pixels lie in the file until it decodes them.
    undecoded = picture.format == "PNG" and picture.tile and picture.tell() == 0
    stored = picture.tile[0][3] if undecoded else None
    unfit = _unfit(picture, tags, stored)
    if unfit:
        raise ValueError(
            f"{name} must have grey, RGB or CMYK pixels of at most 16 bits, without sign, got {unfit} in {shown}"
        )
    try:
        values = _sixteen_bits(picture, stored)
        picture = ImageOps.exif_transpose(picture)
    # A broken file makes Pillow raise nearly anything: SyntaxError, struct.error, KeyError, ...
    except Exception as error:
        raise unreadable(name, shown, error) from error
    transparent = picture.info.get("transparency")

    if picture.mode.startswith("I"):
        values = np.asarray(picture)
    if values is not None:
        white = 2 ** tags[_BITS][0] - 1 if tags else 65535
        if tags.get(_PHOTOMETRIC) == 0:
            values = white - values
        shades = values / white
        if transparent is not None:
            shades[values == transparent if values.ndim == 2 else (values == transparent).all(axis=2)] = 1
        if shades.shape[2:] in ((2,), (4,)):
            shades = 1 - shades[..., -1:] * (1 - shades[..., :-1])
        levels = np.rint(255 * shades).astype(np.uint8)
        return levels[..., 0] if levels.shape[2:] == (1,) else levels

    if stored in ("L;2", "L;4") and transparent is not None:
        # Pillow has stretched the pixels to 0..255, but not the one that is transparent.
        picture.info["transparency"] = transparent * (85 if stored == "L;2" else 17)
    if picture.mode == "La":
        picture = picture.convert("LA")
    mode = "L" if picture.mode in ("1", "L", "LA") else "RGB"
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    return np.array(picture.convert(mode))


def unreadable(name, shown, reason):
    """Return the error for a file that Pillow cannot read, for a reason that is its exception or its text."""
    if "MAX_TEXT" in str(reason):
        return ValueError(
            f"{name} must have less text and a smaller colour profile, got {shown}: {reason}; "
            "with a larger value there, set in PIL.PngImagePlugin, it is read"
        )
    if str(reason).startswith(("unknown pixel mode", "cannot handle", "Unsupported BMP")):
        return OSError(f"{name} must have pixels of a kind that Pillow reads, got {shown}: {reason}")
    return OSError(f"{name} must be an undamaged image file of format {', '.join(FORMATS)}, got {shown}: {reason}")


def _unfit(picture, tags, stored):
    """Say why pixels have no 8-bit meaning, or Pillow not the right one; None if all is well."""
    if picture.mode in ("F", "LAB"):
        return f"mode {picture.mode}"
    if 2 in tags.get(_SIGN, ()):
        return "signed integers"
    # Pillow stretches the numbers of a PPM file to 0..65535.
    if picture.mode == "I" and picture.format != "PPM":
        return "32-bit integers"
    if tags and _PHOTOMETRIC not in tags and picture.mode in ("1", "L", "I;16"):
        return "a TIFF that does not say whether 0 is black or white"
    if tags.get(_PLANAR) == _SEPARATE and tags.get(_COMPRESSION, 1) == 1 and tags[_BITS][0] == 16:
        return "16-bit colours in separate planes, which Pillow confuses,"
    if picture.mode == "YCbCr" and tags and tags.get(_SUBSAMPLING) != (1, 1):
        return "YCbCr with fewer pixels of colour, which Pillow confuses,"
    transparent = picture.info.get("transparency")
    if picture.mode == "RGB" and isinstance(transparent, tuple) and max(transparent) > 255 and stored is None:
        return "a transparent 16-bit colour, and pixels of which Pillow has kept 8 bits (give the path of the file),"
    return None


def _sixteen_bits(picture, stored):
    """Return uint16 pixels of a PNG with 16-bit colours or 16-bit alpha, None for others: Pillow keeps 8 bits."""
    if stored == "LA;16B":
        return _decode_as(picture, "RGBA").view(">u2")
    if stored in ("RGB;16B", "RGBA;16B"):
        upper, lower = (_decode_as(picture, stored[:-1] + end).astype(np.uint16) for end in "BL")
        return 256 * upper + lower
    return None


def _decode_as(picture, stored):
    """Decode the file of a PNG once more, as if its bytes meant something else; Pillow's L is the lower byte first."""
    again = Image.open(picture.fp, formats=["PNG"])
    again.tile = [(*tile[:3], stored) for tile in again.tile]
    return np.asarray(ImageOps.exif_transpose(again))
