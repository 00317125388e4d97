"""Picture → vectors without a download: EfficientNet-Lite0, run by onnxruntime.

The whole picture is fitted into the network's square on white, as goods are photographed,
so that nothing of a long scarf or a tall vase is cut off. Each picture is run by itself:
on a processor a batch is no faster, and so the same picture has the same vector to the
last bit, whatever else is in the batch.

The network is built and opened once per process and number of threads, at first use,
which takes about half a second.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from zhiyin.core import Encoded, Modality, Refusal
from zhiyin.encoders.efficientnet import EDGE, GRID, WIDTH, network, weights
from zhiyin.encoders.rows import unit_rows
from zhiyin.encoders.seeing import read_pictures, seen

Floats = npt.NDArray[np.float32]

REGIONS = 9
"""Three by three, row by row from the top left."""
_SIDE = 3
_LEAST = 2 * EDGE
"""Decoded no smaller than this: from twice the size, resizing sees all there is to see."""


class ImageEncoder:
    """Bytes of picture files → unit vectors of what they show."""

    modality: Modality = "image"
    width = WIDTH

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    @property
    def name(self) -> str:
        return "efficientnet-lite0-57934424/1"  # the last number: how pictures are prepared

    def encode(self, contents: Sequence[bytes]) -> Encoded:
        return seen(contents, WIDTH, _LEAST, lambda picture: self._run("pooled", picture).ravel())

    def regions(self, contents: Sequence[bytes]) -> Floats:
        """(N, REGIONS, WIDTH) unit vectors of the parts of each picture, overlapping.

        NaN where ``encode`` gives NaN.
        """
        found = np.full((len(contents), REGIONS, WIDTH), np.nan, np.float32)
        for place, picture in read_pictures(contents, _LEAST):
            if not isinstance(picture, Refusal):
                found[place] = _parts(self._run("map", picture)[0])
        return unit_rows(found.reshape(-1, WIDTH)).reshape(found.shape)

    def _run(self, output: str, picture: Image.Image) -> Floats:
        (found,) = _session(self.threads).run([output], {"pictures": prepared(picture)})
        result: Floats = np.asarray(found, np.float32)
        return result


def prepared(picture: Image.Image) -> Floats:
    """(1, 3, EDGE, EDGE) the whole picture on white, scaled as the weights were trained."""
    fitted = ImageOps.pad(picture, (EDGE, EDGE), Image.Resampling.BICUBIC, "white")
    values = (np.asarray(fitted, np.float32) - 127) / 128
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def _parts(features: Floats) -> Floats:
    """(REGIONS, C) means over the parts of a map (C, GRID, GRID), which share their borders."""
    bounds = [(n * GRID // _SIDE, -(-(n + 1) * GRID // _SIDE)) for n in range(_SIDE)]
    return np.stack(
        [
            features[:, top:bottom, left:right].mean(axis=(1, 2))
            for top, bottom in bounds
            for left, right in bounds
        ]
    )


@cache
def _session(threads: int) -> Any:
    # Imported here: a shop without pictures never pays for it.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        network(weights()), options, providers=["CPUExecutionProvider"]
    )
