"""Encoders by name: the ones that come along, and any that a name, a path or a URL says."""

from zhiyin.core import Encoder, Modality, NotFound
from zhiyin.encoders.image import ImageEncoder
from zhiyin.encoders.text import TextEncoder


def open_encoder(name: str, modality: Modality) -> Encoder:
    """The encoder of that name for texts or for pictures; nothing is loaded until it is used."""
    if (name, modality) == ("use", "text"):
        return TextEncoder()
    if (name, modality) == ("efficientnet", "image"):
        return ImageEncoder()
    raise NotFound(
        kind=f"encoder of {modality}",
        kind_zh="编码器",
        name=name,
        remedy="use one of: use, efficientnet",
        remedy_zh="可用：use、efficientnet",
    )
