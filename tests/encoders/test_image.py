"""The image encoder beside a forward pass of torch, and on pictures it must know."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from zhiyin.core import Encoder
from zhiyin.data.demo.painting import Picture, paint
from zhiyin.encoders import ImageEncoder, open_encoder
from zhiyin.encoders.efficientnet import network, weights
from zhiyin.encoders.image import REGIONS, prepared
from zhiyin.testing import EncoderContract

ENCODER = ImageEncoder()
_BESIDE = Path(__file__).parents[3] / "shared" / "data"
PHOTOS = Path(os.environ.get("ZHIYIN_TEST_DATA", _BESIDE), "fashion", "images")
# Numbers of ImageNet's classes.
RUNNING_SHOE, JERSEY, SANDAL, LOAFER, DIGITAL_WATCH = 770, 610, 774, 630, 531


def painted(shape: str, edge: int = 256) -> Image.Image:
    return paint(Picture(shape, "plum", "zhusha", "yabai", "zheshi", 1), edge)


def as_bytes(image: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


class TestImageEncoder(EncoderContract):
    tolerance = 0.0  # one by one, so the same to the last bit

    pairs = tuple(
        (as_bytes(painted(shape), "PNG"), as_bytes(painted(shape, 200), "JPEG"))
        for shape in ("teapot", "fan", "robe", "bracelet")
    )

    def make(self) -> Encoder:
        return ENCODER


def test_it_is_opened_by_its_name() -> None:
    opened = open_encoder("efficientnet", "image")
    assert (opened.name, opened.width) == (ENCODER.name, 1280)


def test_a_picture_that_cannot_be_read_says_why_and_where() -> None:
    good = as_bytes(painted("teapot"), "PNG")
    encoded = ENCODER.encode([good, b"<svg/>", b"", good[: len(good) // 2]])
    assert np.isnan(encoded.vectors).any(axis=1).tolist() == [False, True, True, True]
    told = [(trouble.row, trouble.code) for trouble in encoded.troubles]
    assert told == [(2, "no_picture"), (4, "broken_picture")]


def test_the_graph_computes_what_torch_computes() -> None:
    torch = pytest.importorskip("torch")
    arrays = weights()
    session = onnxruntime.InferenceSession(network(arrays), providers=["CPUExecutionProvider"])
    pictures = np.random.default_rng(7).normal(0, 1, (2, 3, 224, 224)).astype(np.float32)
    pictures = np.concatenate([pictures, prepared(painted("teapot"))])
    found, pooled = session.run(["map", "pooled"], {"pictures": pictures})
    wanted = _forward(
        torch, {name: torch.from_numpy(own) for name, own in arrays.items()}, pictures
    )
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4)
    np.testing.assert_allclose(pooled[:, :, 0, 0], wanted.mean(axis=(2, 3)), rtol=0, atol=1e-4)


def _forward(torch, arrays, pictures):
    """The published network, layer by layer, with TensorFlow's padding and no folding."""
    F = torch.nn.functional

    def conv(x, name, norm, stride=1):
        weight = arrays[f"{name}.weight"]
        groups = len(weight) if "depthwise" in name else 1
        total = weight.shape[-1] - stride if stride > 1 else weight.shape[-1] - 1
        before, after = total // 2, total - total // 2
        x = F.conv2d(F.pad(x, (before, after, before, after)), weight, None, stride, groups=groups)
        kinds = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(arrays[f"{norm}.{kind}"] for kind in kinds), eps=1e-3)

    with torch.no_grad():
        x = F.relu6(conv(torch.from_numpy(pictures), "_conv_stem", "_bn0", 2))
        block = 0
        for repeats, first in ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1)):
            for number in range(repeats):
                own, y = f"_blocks.{block}.", x
                if block:
                    y = F.relu6(conv(y, f"{own}_expand_conv", f"{own}_bn0"))
                stride = first if number == 0 else 1
                y = F.relu6(conv(y, f"{own}_depthwise_conv", f"{own}_bn1", stride))
                y = conv(y, f"{own}_project_conv", f"{own}_bn2")
                x, block = (x + y if number else y), block + 1
        return F.relu6(conv(x, "_conv_head", "_bn1")).numpy()


@pytest.mark.parametrize(
    ("photo", "kind"),
    [
        ("13213", RUNNING_SHOE),
        ("13906", RUNNING_SHOE),
        ("12615", JERSEY),
        ("12798", JERSEY),
        ("10747", SANDAL),
    ],
)
def test_it_knows_what_photographs_show(photo: str, kind: int) -> None:
    file = PHOTOS / f"{photo}.jpg"
    if not file.is_file():
        pytest.skip("the fashion photographs are not here; ZHIYIN_TEST_DATA names their folder")
    arrays = weights()
    vector = ENCODER.encode([file.read_bytes()]).vectors[0]
    # The length of a vector scales the logits, and leaves the bias: small beside them.
    logits = arrays["_fc.weight"] @ vector * 30 + arrays["_fc.bias"]
    assert int(logits.argmax()) == kind


def test_regions_see_their_own_part_of_the_picture() -> None:
    teapot = painted("teapot", 320)
    there = Image.new("RGB", (960, 960), "white")
    there.paste(teapot, (640, 640))  # below and right
    parts = ENCODER.regions([as_bytes(there, "PNG"), b"", b"nothing"])
    assert parts.shape == (3, REGIONS, 1280)
    assert np.isnan(parts[1:]).all()
    np.testing.assert_allclose(np.linalg.norm(parts[0], axis=1), 1.0, atol=1e-5)
    alone = ENCODER.encode([as_bytes(teapot, "PNG")]).vectors[0]
    assert int((parts[0] @ alone).argmax()) == REGIONS - 1


def test_the_whole_picture_counts_however_long_it_is() -> None:
    long = Image.new("RGB", (1200, 240), "white")
    plain = as_bytes(long, "PNG")
    long.paste(painted("teapot", 240), (960, 0))  # what a square cut from the middle would lose
    one, other = ENCODER.encode([plain, as_bytes(long, "PNG")]).vectors
    assert float(one @ other) < 0.9


def test_nothing_is_loaded_before_it_is_used_and_no_torch_at_all() -> None:
    code = (
        "import sys; from zhiyin.encoders import ImageEncoder; ImageEncoder(); "
        "assert 'onnxruntime' not in sys.modules; "
        "from PIL import Image; from io import BytesIO; f = BytesIO(); "
        "Image.new('RGB', (9, 9)).save(f, 'PNG'); ImageEncoder().encode([f.getvalue()]); "
        "assert 'onnxruntime' in sys.modules; assert not {'torch', 'onnx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
