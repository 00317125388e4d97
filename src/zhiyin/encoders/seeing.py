"""Many picture files, one after the other: what each shows, or why it cannot be told."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from zhiyin.core import Encoded, Refusal
from zhiyin.encoders.pictures import read_picture
from zhiyin.encoders.rows import unit_rows

Floats = npt.NDArray[np.float32]


def read_pictures(
    contents: Sequence[bytes], least: int
) -> Iterator[tuple[int, Image.Image | Refusal]]:
    """The place and the picture of every content that is not empty; no side below ``least``."""
    for place, content in enumerate(contents):
        if content:
            yield place, read_picture(content, place + 1, least=least)


def seen(
    contents: Sequence[bytes], width: int, least: int, look: Callable[[Image.Image], Floats]
) -> Encoded:
    """The unit vectors of what ``look`` makes of each picture."""
    found = np.full((len(contents), width), np.nan, np.float32)
    troubles = []
    for place, picture in read_pictures(contents, least):
        if isinstance(picture, Refusal):
            troubles.append(picture)
        else:
            found[place] = look(picture)
    return Encoded(unit_rows(found), tuple(troubles))
