"""Sensing: the words, the picture or the item of a request become a vector in each space.

The encoders begin at once and are waited for when everything else is ready. What they
cannot say in time is left out of this search, and told.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from zhiyin.application.search.goods import Goods
from zhiyin.application.search.patience import Missed, Patience
from zhiyin.application.search.spaces import Senses, Space, composed
from zhiyin.application.search.telling import left_out
from zhiyin.core import Modality, Request, Told

Floats = npt.NDArray[np.float32]
Sensed = tuple[dict[str, Floats], tuple[Told, ...]]
"""The query's vector (1, D) by space, and what could not be had."""

PULL = 0.7
"""How far words move what a picture shows: "this, but in blue"."""
_NO_SPACES = Told(
    "source",
    "vectors: there are none; zhiyin pretrain makes them",
    "向量：尚无；请运行 zhiyin pretrain",
)


class Sensing:
    """Turns requests into vectors."""

    def __init__(self, goods: Goods, senses: Senses, seconds: float) -> None:
        self._goods = goods
        self._senses = senses
        self._describing = Patience("reading the item", "读取该商品", seconds)

    def begin(self, request: Request, text: str) -> Callable[[], Sensed]:
        """Start what the spaces can read; the call that comes back waits for it.

        It raises BadRequest for a picture that cannot be read.
        """
        read = {each for space in self._goods.spaces.values() for each in space.readers}
        waits: dict[Modality, Callable[[], Floats | None]] = {}
        if text and "text" in read:
            waits["text"] = self._senses.start("text", text)
        if request.picture is not None and "image" in read:
            waits["image"] = self._senses.start("image", request.picture)
        own = None if request.like is None else self._begin_to_describe(request.like)
        return lambda: self._wait(waits, own)

    def _begin_to_describe(self, id: str) -> Callable[[], Mapping[str, Floats]]:
        describe = self._goods.describe
        if describe is None:
            return dict
        return self._describing.ask(lambda: describe([id]))

    def _wait(
        self,
        waits: Mapping[Modality, Callable[[], Floats | None]],
        own: Callable[[], Mapping[str, Floats]] | None,
    ) -> Sensed:
        told = [] if self._goods.spaces else [_NO_SPACES]
        raw: dict[Modality, Floats] = {}
        for modality, wait in waits.items():
            try:
                vector = wait()
            except Missed as missed:
                told.append(left_out("meaning" if modality == "text" else "looks", missed))
            else:
                raw.update({} if vector is None else {modality: vector})
        described: Mapping[str, Floats] | None = None
        try:
            described = own() if own is not None else None
        except Missed as missed:
            told.append(left_out("looks", missed))
            described = {}
        found = {
            space.name: _placed(space, raw, described) for space in self._goods.spaces.values()
        }
        return {name: v for name, v in found.items() if v is not None}, tuple(told)


def _placed(
    space: Space, raw: Mapping[Modality, Floats], described: Mapping[str, Floats] | None
) -> Floats | None:
    """The query in one space; None where nothing of it can be read there."""
    words, picture = (
        space.readers[each](raw[each]) if each in raw and each in space.readers else None
        for each in ("text", "image")
    )
    like = picture if described is None else described.get(space.name)
    if described is not None or "image" in raw:  # likeness: words alone say how it differs
        vector = like if like is None or words is None else composed(like, words, PULL)
    else:
        vector = words
    return None if vector is None or np.isnan(vector).any() else vector
