"""What became of learning a language: the facts beside the network, and the report."""

import math
from dataclasses import dataclass
from typing import Any

from zhiyin.core import Config, Told

FACTS = "language.json"


class LanguageFacts(Config):
    """What stands beside the network, for whoever serves it."""

    format: int = 1
    name: str
    """Of the encoder; other weights, other name."""
    width: int
    longest: int
    """Pieces that are read at once, begin and end included."""
    begin: int
    end: int
    unknown: int
    """Numbers of the pieces that stand for these."""
    method: str
    """"scratch", "full", "lora" or "adapter"."""
    checkpoint: str = ""
    """The last part of the checkpoint's name; empty: there was none."""


@dataclass(frozen=True, slots=True)
class LanguageReport:
    """What was learnt, and how well held items were told."""

    artifact: str
    encoder: str
    """The name of the encoder that it became."""
    method: str
    texts: int
    items: int
    vocabulary: int
    weights: int
    """Numbers in the network."""
    learnt: int
    """Of these, how many were left to learn."""
    surprise: tuple[float, float]
    """Nats per hidden piece of held texts, before and after."""
    guessed: float
    """Share of the hidden pieces of held texts that is guessed right."""
    found: tuple[float, float]
    """MRR with which one text of a held item finds another, before and after drawing."""
    epochs: tuple[int, int]
    """Passes that ran, guessing and drawing together."""
    seconds: float
    told: tuple[Told, ...] = ()
    """What a person should hear of it; nothing where all is well."""

    def record(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {
            "artifact": self.artifact,
            "encoder": self.encoder,
            "method": self.method,
            "texts": self.texts,
            "items": self.items,
            "vocabulary": self.vocabulary,
            "weights": self.weights,
            "learnt": self.learnt,
            "surprise": [_number(n) for n in self.surprise],
            "guessed": _number(self.guessed),
            "found": [_number(n) for n in self.found],
            "epochs": [*self.epochs],
            "seconds": round(self.seconds, 1),
        }


def _number(value: float) -> float | None:
    """For JSON, which has no NaN."""
    return None if math.isnan(value) else round(value, 4)
