"""Chinese-CLIP by its own package, cn_clip.

    cn-clip:ARCHITECTURE              fetched by its name, such as ViT-B-16
    cn-clip:ARCHITECTURE:FILE         from a checkpoint

The same models are read from a folder of Hugging Face's form as ``hf:FOLDER``, which needs
no further package.
"""

from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import numpy.typing as npt
import torch
from cn_clip import clip
from cn_clip.clip.utils import _MODEL_INFO as ARCHITECTURES
from PIL.Image import Image

from zhiyin.core import BadSettings
from zhiyin.encoders.networks import machine, named


class ChineseClipTower:
    """A model of cn_clip; its checkpoints are read as weights alone, never as code."""

    def __init__(self, place: str) -> None:
        architecture, _, file = place.partition(":")
        if architecture not in ARCHITECTURES:
            choices = ", ".join(ARCHITECTURES)
            raise BadSettings(
                key="encoders",
                where=f"cn-clip:{place}",
                problem=f"there is no architecture {architecture!r}",
                problem_zh=f"没有架构 {architecture!r}",
                remedy=f"use one of {choices}",
                remedy_zh=f"可用 {choices}",
            )
        facts = ARCHITECTURES[architecture]
        vision, _, text = facts["struct"].partition("@")
        with redirect_stdout(StringIO()):  # it prints its configuration
            self._network, self._prepare = clip.load_from_name(
                file or architecture,
                device=machine(),
                vision_model_name=vision,
                text_model_name=text,
                input_resolution=facts["input_resolution"],
            )
        self._network.eval().float()
        self.name = named("cn-clip", self._network, architecture)
        self.width = len(self.texts(["zhiyin"])[0])

    def texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            tokens = clip.tokenize(texts).to(machine())
            return np.asarray(self._network.encode_text(tokens).float().cpu())

    def pictures(self, pictures: list[Image]) -> npt.NDArray[np.float32]:
        pixels = torch.stack([self._prepare(picture) for picture in pictures]).to(machine())
        with torch.inference_mode():
            return np.asarray(self._network.encode_image(pixels).float().cpu())
