"""Several encoders of one modality as one: their vectors side by side, each of equal weight.

    use+words             what a text means, and which words are in it
    efficientnet+palette  what a picture shows, and in which colours

The cosine of two such vectors is the mean of the parts' cosines. Where one part can make
nothing of a content its numbers are zero; where none can, the row is NaN.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from zhiyin.core import Encoded, Encoder, Modality
from zhiyin.encoders.rows import unit_rows


class Together:
    """Encoders side by side; the trouble with a content is told once."""

    def __init__(self, parts: Sequence[Encoder]) -> None:
        if len({part.modality for part in parts}) != 1:
            raise ValueError("encoders side by side are of one modality")
        self.parts = tuple(parts)

    @property
    def name(self) -> str:
        return "+".join(part.name for part in self.parts)

    @property
    def modality(self) -> Modality:
        return self.parts[0].modality

    @property
    def width(self) -> int:
        return sum(part.width for part in self.parts)

    def encode(self, contents: Sequence[Any]) -> Encoded:
        made = [part.encode(contents) for part in self.parts]
        rows = np.nan_to_num(np.concatenate([part.vectors for part in made], axis=1))
        troubles = {each.row: each for part in reversed(made) for each in part.troubles}
        return Encoded(unit_rows(rows), tuple(troubles[row] for row in sorted(troubles)))
