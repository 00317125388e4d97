"""Encoders made of somebody's network: texts and pictures through its towers, in batches.

A ``Tower`` is what a library gives: rows for clean texts, rows for opened pictures. Here
is what is the same for all of them: content that is empty or broken, batches, and that
weights are read once per process, however many encoders use them. Both encoders of an
image-text model have one name, by which their vectors are known to share a space.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

from zhiyin.core import Encoded, Modality, Refusal, Unavailable, ZhiyinError, shorten
from zhiyin.encoders.cleaning import nonempty
from zhiyin.encoders.pictures import read_picture
from zhiyin.encoders.rows import spread

BATCH = 32
_LEAST = 768
"""Pictures are decoded no smaller: twice the edge of the larger towers."""


class Tower(Protocol):
    """A network that is loaded, ready for clean content."""

    @property
    def name(self) -> str:
        """Where it comes from, and a hash of its weights."""
        ...

    @property
    def width(self) -> int: ...

    def texts(self, texts: list[str]) -> npt.ArrayLike:
        """(N, D), of any length."""
        ...

    def pictures(self, pictures: list[Image]) -> npt.ArrayLike:
        """(N, D), of any length; pictures are RGB and upright."""
        ...


class TowerEncoder:
    """One modality of a network that ``load`` brings from ``place`` at the first use."""

    def __init__(self, load: Callable[[str], Tower], place: str, modality: Modality) -> None:
        self.load = load
        self.place = place
        self.modality: Modality = modality

    @property
    def name(self) -> str:
        return self._tower.name

    @property
    def width(self) -> int:
        return self._tower.width

    @property
    def _tower(self) -> Tower:
        return _loaded(self.load, self.place)

    def encode(self, contents: Sequence[Any]) -> Encoded:
        if self.modality == "text":
            return self._texts(contents)
        return self._pictures(contents)

    def _texts(self, contents: Sequence[str]) -> Encoded:
        places, texts = nonempty(contents)
        # Alike long together: a batch is as wide as its longest text.
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        rows = [
            np.asarray(self._tower.texts([texts[n] for n in part]), np.float32)
            for part in _parts(order)
        ]
        return self._spread(rows, [places[n] for n in order], len(contents), [])

    def _pictures(self, contents: Sequence[bytes]) -> Encoded:
        places: list[int] = []
        troubles: list[Refusal] = []
        rows = []
        there = [place for place, content in enumerate(contents) if content]
        for part in _parts(there):  # opened by the batch: a picture is a thousand times its row
            good = []
            for place in part:
                picture = read_picture(contents[place], place + 1, least=_LEAST)
                if isinstance(picture, Refusal):
                    troubles.append(picture)
                else:
                    good.append(picture)
                    places.append(place)
            if good:
                rows.append(np.asarray(self._tower.pictures(good), np.float32))
        return self._spread(rows, places, len(contents), troubles)

    def _spread(
        self,
        rows: list[npt.NDArray[np.float32]],
        places: list[int],
        count: int,
        troubles: list[Refusal],
    ) -> Encoded:
        made = np.concatenate(rows) if rows else np.empty((0, self.width), np.float32)
        return spread(made, places, count, self.width, troubles)


@cache
def _loaded(load: Callable[[str], Tower], place: str) -> Tower:
    try:
        return load(place)
    except ZhiyinError:
        raise
    except Exception as error:
        # Libraries of models raise whatever they like for a name, a path or a file.
        raise Unavailable(
            what=f"the encoder {place!r}",
            what_zh=f"编码器 {place!r}",
            problem=shorten(" ".join(str(error).split()) or type(error).__name__),
            remedy="check the name; without a network, give the path of a folder that holds it",
            remedy_zh="请检查名称；没有网络时，请给出模型所在文件夹的路径",
        ) from error


def _parts(places: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(places), BATCH):
        yield places[start : start + BATCH]
