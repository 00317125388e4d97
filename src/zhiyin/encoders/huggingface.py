"""Any image-text model of Hugging Face's transformers: CLIP, SigLIP, Chinese-CLIP, and kin.

    hf:NAME-OR-PATH

A model fits when it has ``get_text_features`` and ``get_image_features``. Only safetensors
are read, and no code that comes with a model is run.
"""

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

from zhiyin.core import BadSettings
from zhiyin.encoders.networks import machine, named

_LONGEST = 512
"""Tokens of a text, where neither tokeniser nor network says less."""


class HuggingFaceTower:
    """A model from a name on the hub or a folder."""

    def __init__(self, place: str) -> None:
        self._network = AutoModel.from_pretrained(
            place, use_safetensors=True, trust_remote_code=False
        )
        if not hasattr(self._network, "get_image_features"):
            raise BadSettings(
                key="encoders",
                where=f"hf:{place}",
                problem="the model has no text and image features in one space",
                problem_zh="该模型没有图文共享的向量空间",
                remedy="for a model of texts write sentence-transformers:NAME",
                remedy_zh="纯文本模型请写 sentence-transformers:名称",
            )
        self._network.eval().float().to(machine())
        self._tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
        self._processor = AutoImageProcessor.from_pretrained(place, trust_remote_code=False)
        text = self._network.config.text_config
        self._longest = min(
            getattr(self._tokenizer, "model_max_length", _LONGEST),
            getattr(text, "max_position_embeddings", _LONGEST),
            _LONGEST,
        )
        # SigLIP was trained on texts filled up to their full length, and reads the filling.
        self._padding = "max_length" if "siglip" in self._network.config.model_type else True
        self.name = named("hf", self._network, place)
        self.width = len(self.texts(["zhiyin"])[0])

    def texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        tokens = self._tokenizer(
            texts,
            padding=self._padding,
            truncation=True,
            max_length=self._longest,
            return_tensors="pt",
        )
        with torch.inference_mode():
            return _rows(self._network.get_text_features(**tokens.to(self._network.device)))

    def pictures(self, pictures: list[Image]) -> npt.NDArray[np.float32]:
        pixels = self._processor(images=pictures, return_tensors="pt")
        with torch.inference_mode():
            return _rows(self._network.get_image_features(**pixels.to(self._network.device)))


def _rows(found: object) -> npt.NDArray[np.float32]:
    # Up to version 4 a tensor is given, since version 5 an output that holds it.
    tensor = getattr(found, "pooler_output", found)
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"the model gives {type(found).__name__} for features")
    rows: npt.NDArray[np.float32] = tensor.float().cpu().numpy()
    return rows
