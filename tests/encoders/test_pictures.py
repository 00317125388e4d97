"""Whatever the bytes: an upright picture on white, or one sentence why not; never an error."""

import struct
import threading
import warnings
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image, ImageCms, PngImagePlugin

from zhiyin.core import Refusal
from zhiyin.encoders import read_picture
from zhiyin.encoders.pictures import FORMATS, PIXELS

RED, BLUE, WHITE = (200, 30, 40), (30, 60, 200), (255, 255, 255)


def halves(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def saved(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def read(content: bytes, **how: Any) -> Image.Image:
    found = read_picture(content, **how)
    assert isinstance(found, Image.Image), found
    assert found.mode == "RGB"
    return found


def refused(content: bytes) -> Refusal:
    found = read_picture(content, 3)
    assert isinstance(found, Refusal)
    assert (found.row, found.field) == (3, "image")
    assert found.text("en") != found.text("zh")
    return found


def near(pixel: Any, wanted: tuple[int, int, int], most: int = 12) -> bool:
    return max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) <= most


def png(width: int, height: int, chunks: bytes = b"") -> bytes:
    """A PNG that claims a size, with some chunks and no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunks


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_on_the_list_is_read(kind: str) -> None:
    image = read(saved(halves(), kind))
    assert image.size == (64, 48)
    assert near(image.getpixel((10, 20)), RED, 20)
    assert near(image.getpixel((54, 20)), BLUE, 20)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_pictures_come_upright(kind: str, turn: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = halves().transpose(undo[turn]) if turn in undo else halves()
    image = read(saved(stored, kind, exif=exif), least=16)
    assert image.size[0] > image.size[1]
    assert near(image.getpixel((2, 2)), RED, 20)
    assert near(image.getpixel((image.width - 3, image.height - 3)), BLUE, 20)


@pytest.mark.parametrize("value", [0, 9, 65_535])
def test_an_orientation_that_is_none_is_passed_over(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert read(saved(halves(), "JPEG", exif=exif)).size == (64, 48)


def test_damaged_exif_does_not_spoil_the_picture() -> None:
    for exif in (b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40, b"\0" * 9):
        assert read(saved(halves(), "JPEG", exif=exif)).size == (64, 48)


def test_cmyk_comes_as_rgb() -> None:
    image = read(saved(halves().convert("CMYK"), "JPEG"))
    assert near(image.getpixel((10, 20)), RED, 25)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(mode: str) -> None:
    clear = halves().convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 16, 48))
    stored = clear.quantize(8) if mode == "P" else clear.convert(mode)
    image = read(saved(stored, "PNG"), least=12)
    assert near(image.getpixel((2, 2)), WHITE, 2)
    assert not near(image.getpixel((image.width - 2, 2)), WHITE, 60)


def test_one_colour_may_be_the_transparent_one() -> None:
    for mode, colour in (("RGB", RED), ("L", 80)):
        image = Image.new(mode, (9, 9), colour)
        assert near(read(saved(image, transparency=colour)).getpixel((4, 4)), WHITE, 0)


def test_half_transparent_is_half_white() -> None:
    image = read(saved(Image.new("RGBA", (9, 9), (0, 0, 0, 128))))
    assert near(image.getpixel((4, 4)), (127, 127, 127), 1)


def test_sixteen_bits_become_eight() -> None:
    ramp = np.linspace(0, 65_535, 64 * 8).astype(np.uint16).reshape(8, 64)
    image = np.asarray(read(saved(Image.fromarray(ramp))))[..., 0]
    np.testing.assert_array_equal(image, ramp >> 8)


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_and_black_and_white_are_read(mode: str) -> None:
    image = Image.new("L", (20, 20), 0)
    image.paste(255, (10, 0, 20, 20))
    found = read(saved(image.convert(mode)))
    assert near(found.getpixel((2, 2)), (0, 0, 0), 0)
    assert near(found.getpixel((17, 2)), WHITE, 0)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in (RED, BLUE)]
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    assert near(read(content).getpixel((9, 9)), RED, 20)


def test_a_large_photograph_comes_small_where_that_is_enough() -> None:
    for kind in ("JPEG", "PNG"):
        content = saved(halves((4_000, 3_000)), kind)
        assert 500 <= min(read(content, least=500).size) < 1_000
        assert read(content).size == (4_000, 3_000)
        assert read(content, least=5_000).size == (4_000, 3_000)


def test_a_sliver_keeps_its_one_pixel() -> None:
    assert read(saved(Image.new("RGB", (5_000, 1), RED)), least=200).size == (5_000, 1)


@pytest.mark.parametrize(
    "bomb",
    [
        png(60_000, 60_000, chunk(b"IDAT", b"")),
        png(2**31 - 1, 2**31 - 1, chunk(b"IDAT", b"")),
        png(8_000, 8_000, chunk(b"IDAT", b"")),
        b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b"\x2c" + bytes(20),
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 40_000, 40_000, 1, 24, *[0] * 6),
    ],
    ids=["png", "png-largest", "png-64", "gif", "bmp"],
)
def test_more_pixels_than_allowed_are_refused_unread(bomb: bytes) -> None:
    assert refused(bomb).code == "large_picture"


def test_the_limit_is_on_pixels_not_on_edges() -> None:
    wide = Image.new("1", (PIXELS // 1_000, 1_000))
    assert read(saved(wide), least=100).size
    assert refused(saved(Image.new("1", (PIXELS // 1_000 + 1, 1_000)))).code == "large_picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"hello",
        b"\xff" * 5_000,
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(x) run\n",
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(60),
        b"MZ" + bytes(60),
        saved(halves(), "TIFF"),
        saved(halves(), "ICO"),
        saved(halves(), "PPM"),
        saved(halves(), "TGA"),
        saved(halves(), "JPEG2000"),
    ],
)
def test_what_is_not_on_the_list_is_no_picture(content: bytes) -> None:
    trouble = refused(content)
    assert trouble.code == "no_picture"
    assert "JPEG" in trouble.text("en")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_off_is_refused(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    content = saved(Image.fromarray(noise), kind)
    # A BMP without its last rows or a picture without its last bytes is not whole either.
    for part in (0.9, 0.5, 0.1):
        assert refused(content[: int(len(content) * part)]).code in ("broken_picture", "no_picture")


def test_metadata_that_unpacks_to_a_flood_is_refused_not_unpacked() -> None:
    flood = zlib.compress(bytes(200_000_000))
    for kind, head in ((b"zTXt", b"k\0\0"), (b"iTXt", b"k\0\1\0\0\0"), (b"iCCP", b"p\0\0")):
        content = png(9, 9, chunk(kind, head + flood) + chunk(b"IDAT", zlib.compress(bytes(252))))
        found = read_picture(content + chunk(b"IEND", b""))
        assert isinstance(found, Image.Image) or found.code == "broken_picture"
    many = PngImagePlugin.PngInfo()
    many.add_text("k", "x" * 3_000_000, zip=True)
    assert isinstance(read_picture(saved(halves(), pnginfo=many)), Image.Image | Refusal)


def test_a_colour_profile_changes_nothing() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"\0" * 200, profile[:60]):
        assert near(read(saved(halves(), "PNG", icc_profile=icc)).getpixel((9, 9)), RED, 0)


SEEDS = [saved(halves(), kind) for kind in FORMATS]
SEEDS += [
    saved(halves(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\1\0\6\0\0"),
    saved(halves().quantize(16), "PNG", transparency=bytes(range(16))),
    saved(halves(), "WEBP", lossless=True, save_all=True, append_images=[halves()]),
]


@settings(max_examples=400)
@given(
    some.sampled_from(SEEDS),
    some.lists(
        some.tuples(some.floats(0, 1, exclude_max=True), some.binary(max_size=6)), max_size=6
    ),
    some.floats(0, 1),
)
def test_no_bytes_raise_warn_or_escape(
    seed: bytes, changes: list[tuple[float, bytes]], kept: float
) -> None:
    content = bytearray(seed)
    for place, new in changes:
        start = int(place * len(content))
        content[start : start + len(new)] = new
    whole = bytes(content[: max(1, int(kept * len(content)))] if kept > 0.5 else content)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = read_picture(whole, least=16)
    assert isinstance(found, Image.Image | Refusal)
    assert told == []


def test_many_threads_leave_the_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    content = saved(halves(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40)
    work = [threading.Thread(target=lambda: [read(content) for _ in range(40)]) for _ in range(8)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert list(warnings.filters) == before
