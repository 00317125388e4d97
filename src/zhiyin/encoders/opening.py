"""Encoders by name: the ones that come along, and any that a name, a path or a URL says.

    use                                    texts, comes along
    efficientnet                           pictures by what they show, comes along
    palette                                pictures by their colours, comes along
    texture                                pictures by their patterns, comes along
    words                                  texts by the words in them, comes along
    shop[:FOLDER]                          texts, learnt by zhiyin pretrain --language
    use+words, efficientnet+palette        several of one modality, side by side
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path

from zhiyin.core import BadSettings, Encoder, Modality, NotFound, Unavailable, extra, shorten
from zhiyin.encoders.image import ImageEncoder
from zhiyin.encoders.joined import TowerEncoder
from zhiyin.encoders.palette import PaletteEncoder
from zhiyin.encoders.served import ServedEncoder
from zhiyin.encoders.shop import ShopEncoder
from zhiyin.encoders.text import TextEncoder
from zhiyin.encoders.texture import TextureEncoder
from zhiyin.encoders.together import Together
from zhiyin.encoders.wording import WordsEncoder

GROUP = "zhiyin.encoders"
KEY = "ZHIYIN_ENCODER_KEY"
"""The environment variable that holds the key of a server."""
# Plain words alone: a path, a URL or a model's own name may hold a plus.
_SEVERAL = re.compile(r"[a-z]+(\+[a-z]+)+")
Opener = Callable[[str, Modality], Encoder | None]


def open_encoder(name: str, modality: Modality, *, own: Path | None = None) -> Encoder:
    """The encoder of that name for texts or for pictures.

    Weights are not read, and no server is asked, before the encoder is used. Both
    encoders of one image-text model have equal names: they share a space.

    Args:
        own: The folder that ``shop`` stands for where no folder is named.
    """
    if _SEVERAL.fullmatch(name):
        return Together([open_encoder(part, modality, own=own) for part in name.split("+")])
    scheme, _, place = name.partition(":")
    if scheme == "shop" and not place:
        place = str(own or "")
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


def _words(place: str, modality: Modality) -> Encoder | None:
    return WordsEncoder() if modality == "text" else None


def _shop(place: str, modality: Modality) -> Encoder | None:
    if modality != "text":
        return None
    if not place:
        raise NotFound(
            kind="language of a shop",
            kind_zh="商店语言模型",
            name="shop",
            remedy="learn one with: zhiyin pretrain --language",
            remedy_zh="请先运行：zhiyin pretrain --language",
        )
    return ShopEncoder(Path(place))


def _texture(place: str, modality: Modality) -> Encoder | None:
    return TextureEncoder() if modality == "image" else None


def _served(scheme: str) -> Opener:
    def opened(place: str, modality: Modality) -> Encoder | None:
        if modality != "text":
            return None
        return ServedEncoder(f"{scheme}:{place}", os.environ.get(KEY))

    return opened


def _sentences(place: str, modality: Modality) -> Encoder | None:
    if modality != "text":
        return None
    with _library("encoders", f"sentence-transformers:{place}"):
        from zhiyin.encoders.sentences import SentenceTower
    return TowerEncoder(SentenceTower, place, modality)


def _huggingface(place: str, modality: Modality) -> Encoder:
    with _library("encoders", f"hf:{place}"):
        from zhiyin.encoders.huggingface import HuggingFaceTower
    return TowerEncoder(HuggingFaceTower, place, modality)


def _open_clip(place: str, modality: Modality) -> Encoder:
    with _library("open-clip", f"open-clip:{place}"):
        from zhiyin.encoders.openclip import OpenClipTower
    return TowerEncoder(OpenClipTower, place, modality)


def _chinese_clip(place: str, modality: Modality) -> Encoder:
    with _library("cn-clip", f"cn-clip:{place}"):
        from zhiyin.encoders.chineseclip import ChineseClipTower
    return TowerEncoder(ChineseClipTower, place, modality)


@contextmanager
def _library(name: str, what: str) -> Iterator[None]:
    """Around the import of what an extra brings: missing, or there and unfit."""
    with extra(name, what):
        try:
            yield
        except (ImportError, RuntimeError) as error:
            if isinstance(error, ModuleNotFoundError) and error.name:
                raise
            # Met in practice: torch for a processor beside a torchvision for CUDA.
            raise Unavailable(
                what=what,
                problem=shorten(" ".join(str(error).split()) or type(error).__name__),
                remedy="its libraries do not fit each other: install torch and torchvision "
                "from one index",
                remedy_zh="其依赖库互不匹配：请从同一个源安装 torch 与 torchvision",
            ) from error


def _plugin(scheme: str) -> Opener | None:
    for found in entry_points(group=GROUP, name=scheme):
        opener: Opener = found.load()
        return opener
    return None


def _bad(name: str, problem: str, problem_zh: str) -> BadSettings:
    named = "sentence-transformers:…, hf:…, open-clip:…, cn-clip:…, https://…"
    choices = f"use, efficientnet, palette, texture, {named}"
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
    "texture": _texture,
    "words": _words,
    "shop": _shop,
    "sentence-transformers": _sentences,
    "hf": _huggingface,
    "open-clip": _open_clip,
    "cn-clip": _chinese_clip,
    "http": _served("http"),
    "https": _served("https"),
}
