"""Any model of open_clip, trained or given as a checkpoint.

open-clip:ARCHITECTURE:CHECKPOINT     a tag such as laion2b_s34b_b79k, or a file
open-clip:hf-hub:ORGANISATION/NAME    open-clip:local-dir:FOLDER
"""

import numpy as np
import numpy.typing as npt
import open_clip
import torch
from PIL.Image import Image

from zhiyin.core import BadSettings
from zhiyin.encoders.networks import machine, named

_WHOLE = ("hf-hub:", "local-dir:")


class OpenClipTower:
    """A model whose weights are loaded: one without would give random vectors."""

    def __init__(self, place: str) -> None:
        architecture, _, checkpoint = place.partition(":")
        if place.startswith(_WHOLE):
            architecture, checkpoint = place, ""
        elif not checkpoint:
            raise BadSettings(
                key="encoders",
                where=f"open-clip:{place}",
                problem="it names no checkpoint",
                problem_zh="没有写明检查点",
                remedy="write open-clip:ARCHITECTURE:CHECKPOINT, such as "
                "open-clip:ViT-B-32:laion2b_s34b_b79k",
                remedy_zh="请写 open-clip:架构:检查点，例如 open-clip:ViT-B-32:laion2b_s34b_b79k",
            )
        self._network, self._prepare = open_clip.create_model_from_pretrained(
            architecture, pretrained=checkpoint or None, precision="fp32", device=machine()
        )
        self._network.eval()
        self._tokenizer = open_clip.get_tokenizer(architecture)
        self.name = named("open-clip", self._network, *place.split(":", 1))
        self.width = len(self.texts(["zhiyin"])[0])

    def texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            tokens = self._tokenizer(texts).to(machine())
            return np.asarray(self._network.encode_text(tokens).float().cpu())

    def pictures(self, pictures: list[Image]) -> npt.NDArray[np.float32]:
        pixels = torch.stack([self._prepare(picture) for picture in pictures]).to(machine())
        with torch.inference_mode():
            return np.asarray(self._network.encode_image(pixels).float().cpu())
