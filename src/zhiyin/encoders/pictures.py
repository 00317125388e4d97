"""Pictures from bytes that anybody may have sent: upright, in plain RGB, or refused.

What is read: JPEG (and the MPO of phones), PNG, WebP, GIF, BMP and AVIF, by what the bytes
say and not by any name. Everything else Pillow could open, from EPS to TIFF, is refused
unread. The size is looked at before anything is decoded, so that a small file of many
pixels costs nothing. Of an animation the first frame counts; transparent parts lie on
white, as on a page; 16 bits become 8; CMYK becomes RGB without its profile. A picture
that is cut off or damaged is refused, not half of it shown.
"""

import warnings
from io import BytesIO
from threading import Lock

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.Image import Transpose

from zhiyin.core import Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
PIXELS = 50_000_000
"""A phone's largest ordinary picture. Decoding it takes up to 150 MB as JPEG, 420 as PNG, 760 as
WebP."""

_BEGINNINGS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8")
_ORIENTATION = 0x0112
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
# Pillow warns of odd metadata, and silencing warnings is the whole process's affair: two
# threads that do so at once can leave them silenced for good. Decoding is outside the lock.
_QUIET = Lock()


def read_picture(content: bytes, row: int = 1, *, least: int = 0) -> Image.Image | Refusal:
    """The picture in RGB, or why there is none; ``row`` is its place in a batch.

    With ``least`` it may come smaller, which is faster, but with no edge below ``least``
    that was not below it before.
    """
    try:
        image = _opened(content)
        width, height = image.size
        if width * height > PIXELS:
            return _too_large(row, f"{width} × {height}")
        turn = _TURNS.get(_orientation(image))
        found = _on_white(_smaller(image, least))
        return found if turn is None else found.transpose(turn)
    except UnidentifiedImageError:
        if content.startswith(_BEGINNINGS):
            return Refusal("broken_picture", row, "image")
        return Refusal("no_picture", row, "image", expected=", ".join(FORMATS))
    except (Image.DecompressionBombError, MemoryError):
        return _too_large(row, None)
    except Exception:  # noqa: BLE001 - a decoder on wicked bytes raises whatever it likes
        return Refusal("broken_picture", row, "image")


def _opened(content: bytes) -> Image.Image:
    """Opened, which reads the header; nothing is decoded."""
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(BytesIO(content), formats=FORMATS)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1, upright, where there is none or none that can be read."""
    exif = Image.Exif()
    try:
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(image.info.get("exif", b""))
            found = exif.get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - damaged metadata does not make a picture unfit
        return 1
    return found if isinstance(found, int) else 1


def _smaller(image: Image.Image, least: int) -> Image.Image:
    """Decoded in a mode that can be mixed, and by a whole factor smaller where that is enough."""
    if least:
        image.draft(None, (least, least))  # JPEG alone: eighths that are never computed
    image.load()
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in ("P", "LA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGB")
    factor = min(image.size) // least if least else 1
    return image.reduce(factor) if factor > 1 else image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _too_large(row: int, size: str | None) -> Refusal:
    millions = PIXELS // 1_000_000
    return Refusal(
        "large_picture",
        row,
        "image",
        size,
        f"{millions} million pixels",
        expected_zh=f"{millions} 百万像素",
    )
