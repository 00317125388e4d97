"""Encoders by name: the ones that come along, and any that a name, a path or a URL says.

    use                                    texts, comes along
    efficientnet                           pictures by what they show, comes along
    palette                                pictures by their colours, comes along
    sentence-transformers:NAME-OR-PATH     texts
    https://HOST/v1#MODEL                  texts, by OpenAI's protocol for embeddings
    hf:NAME-OR-PATH                        texts and pictures: CLIP, SigLIP, Chinese-CLIP
    open-clip:ARCHITECTURE:CHECKPOINT      texts and pictures
    cn-clip:ARCHITECTURE[:FILE]            texts and pictures

Others come as entry points: the word before the colon, and a function that takes what
stands after it and the modality, and gives an encoder.

    [project.entry-points."zhiyin.encoders"]
    ours = "our_package:opened"
"""

import os
import re
from collections.abc import Callable
from importlib.metadata import entry_points

from zhiyin.core import BadSettings, Encoder, Modality, extra
from zhiyin.encoders.image import ImageEncoder
from zhiyin.encoders.joined import TowerEncoder
from zhiyin.encoders.palette import PaletteEncoder
from zhiyin.encoders.served import ServedEncoder
from zhiyin.encoders.text import TextEncoder

GROUP = "zhiyin.encoders"
KEY = "ZHIYIN_ENCODER_KEY"
"""The environment variable that holds the key of a server."""
Opener = Callable[[str, Modality], Encoder | None]


def open_encoder(name: str, modality: Modality) -> Encoder:
    """The encoder of that name for texts or for pictures.

    Weights are not read, and no server is asked, before the encoder is used. Both
    encoders of one image-text model have equal names: they share a space.
    """
    scheme, _, place = name.partition(":")
    opener = _OPENERS.get(scheme) or _plugin(scheme)
    if opener is None:
        raise _bad(name, f"there is no encoder {scheme!r}", f"没有编码器 {scheme!r}")
    encoder = opener(place, modality)
    if encoder is None:
        what = {"text": ("texts", "文本"), "image": ("pictures", "图片")}[modality]
        raise _bad(name, f"it does not encode {what[0]}", f"它不能编码{what[1]}")
    return encoder


def _use(place: str, modality: Modality) -> Encoder | None:
    return TextEncoder() if modality == "text" else None


def _efficientnet(place: str, modality: Modality) -> Encoder | None:
    return ImageEncoder() if modality == "image" else None


def _palette(place: str, modality: Modality) -> Encoder | None:
    return PaletteEncoder() if modality == "image" else None


def _served(scheme: str) -> Opener:
    def opened(place: str, modality: Modality) -> Encoder | None:
        if modality != "text":
            return None
        return ServedEncoder(f"{scheme}:{place}", os.environ.get(KEY))

    return opened


def _sentences(place: str, modality: Modality) -> Encoder | None:
    if modality != "text":
        return None
    with extra("encoders", f"sentence-transformers:{place}"):
        from zhiyin.encoders.sentences import SentenceTower
    return TowerEncoder(SentenceTower, place, modality)


def _huggingface(place: str, modality: Modality) -> Encoder:
    with extra("encoders", f"hf:{place}"):
        from zhiyin.encoders.huggingface import HuggingFaceTower
    return TowerEncoder(HuggingFaceTower, place, modality)


def _open_clip(place: str, modality: Modality) -> Encoder:
    with extra("open-clip", f"open-clip:{place}"):
        from zhiyin.encoders.openclip import OpenClipTower
    return TowerEncoder(OpenClipTower, place, modality)


def _chinese_clip(place: str, modality: Modality) -> Encoder:
    with extra("cn-clip", f"cn-clip:{place}"):
        from zhiyin.encoders.chineseclip import ChineseClipTower
    return TowerEncoder(ChineseClipTower, place, modality)


def _plugin(scheme: str) -> Opener | None:
    for found in entry_points(group=GROUP, name=scheme):
        opener: Opener = found.load()
        return opener
    return None


def _bad(name: str, problem: str, problem_zh: str) -> BadSettings:
    choices = "use, efficientnet, sentence-transformers:…, hf:…, open-clip:…, cn-clip:…, https://…"
    return BadSettings(
        key="encoders",
        where=repr(re.sub("//.*@", "//…@", name)),  # a password may stand there
        problem=problem,
        problem_zh=problem_zh,
        remedy=f"use one of {choices}",
        remedy_zh=f"可用 {choices}",
    )


_OPENERS: dict[str, Opener] = {
    "use": _use,
    "efficientnet": _efficientnet,
    "palette": _palette,
    "sentence-transformers": _sentences,
    "hf": _huggingface,
    "open-clip": _open_clip,
    "cn-clip": _chinese_clip,
    "http": _served("http"),
    "https": _served("https"),
}
