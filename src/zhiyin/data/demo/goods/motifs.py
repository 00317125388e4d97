"""The motifs: what each is called, what it wishes, and its story."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.reading import Pair, pairs, read


@dataclass(frozen=True, slots=True)
class Motif:
    """A motif in words."""

    key: str
    zh: str
    en: str
    weight: float
    """How often goods carry it."""
    names: tuple[Pair, ...]
    wishes: tuple[Pair, ...]
    stories: tuple[Pair, ...]
    crafts: frozenset[str]
    """Crafts that can carry it; empty: any."""

    @property
    def pair(self) -> Pair:
        return self.zh, self.en


def _motif(key: str) -> Motif:
    row = read("motifs")[key]
    return Motif(
        key,
        row["zh"],
        row["en"],
        row["weight"],
        pairs(row["names"]),
        pairs(row["wishes"]),
        pairs(row["stories"]),
        frozenset(row.get("crafts", ())),
    )


MOTIFS: tuple[Motif, ...] = tuple(_motif(key) for key in read("motifs"))
