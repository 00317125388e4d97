"""Spaces: vectors of the goods, and how words and pictures of a query get among them.

A query is encoded once per modality; every space then reads that raw vector in its own
way. Where an encoder is missing, slow or broken, its spaces are left out and told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.application.search.patience import Missed, Patience
from zhiyin.core import BadRequest, Encoded, Encoder, Index, Modality, Refusal

Unit = npt.NDArray[np.float32]
Project = Callable[[Unit], Unit]
Describe = Callable[[Sequence[str]], Mapping[str, Unit]]
"""Ids of items → their vectors, (N, D) by the name of the space; NaN rows: none."""

_NAMES: dict[Modality, tuple[str, str]] = {
    "text": ("the text encoder", "文本编码器"),
    "image": ("the image encoder", "图像编码器"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """The goods' vectors in one space; its name is the source of what it finds."""

    name: str
    """ "meaning": of words; "looks": of pictures; "joint": of both in one."""
    index: Index
    readers: Mapping[Modality, Project]
    """Raw vectors of an encoder, by modality → vectors of this space."""


class Senses:
    """The encoders of the query, each asked with patience.

    ``loading`` seconds are allowed for the first answer of each, which loads it.
    """

    def __init__(
        self, encoders: Mapping[Modality, Encoder], seconds: float, loading: float = 0.0
    ) -> None:
        self._encoders = encoders
        self._patience = {each: Patience(*_NAMES[each], seconds, loading) for each in encoders}

    def start(self, modality: Modality, content: str | bytes) -> Callable[[], Unit | None]:
        """Begin to encode; the call that comes back waits for the vector (1, D).

        It gives None for words of which nothing can be said, and raises Missed when the
        encoder gives no answer, BadRequest for a picture that cannot be read.
        """
        encoder = self._encoders.get(modality)
        if encoder is None:
            what, what_zh = _NAMES[modality]
            return _missing(Missed(f"{what} is not there", f"没有{what_zh}"))
        batch = [content]
        wait = self._patience[modality].ask(lambda: encoder.encode(batch))
        return lambda: _vector(wait(), modality)


def composed(picture: Unit, words: Unit, pull: float) -> Unit:
    """ "This, but …": a picture's vector, moved towards what the words say; both (1, D)."""
    moved = picture + np.float32(pull) * words
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    # Opposite vectors of one length leave nothing: then the picture alone decides.
    return np.where(length > 1e-6, moved / np.maximum(length, 1e-6), picture).astype(np.float32)


def _missing(missed: Missed) -> Callable[[], Unit | None]:
    def wait() -> Unit | None:
        raise missed

    return wait


def _vector(encoded: Encoded, modality: Modality) -> Unit | None:
    vectors: Unit = encoded.vectors
    nothing = bool(np.isnan(vectors).any())
    if modality == "image" and nothing:  # words could still be looked for
        empty = Refusal("broken_picture", 1, "image")
        refusal = next(iter(encoded.troubles), empty)
        raise BadRequest(
            what="the picture",
            what_zh="图片",
            remedy=refusal.text("en"),
            remedy_zh=refusal.text("zh"),
        )
    return None if nothing else vectors
