"""The brands: invented houses, each with a manner and a price level."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.reading import Pair, pairs, read


@dataclass(frozen=True, slots=True)
class Brand:
    """An invented house."""

    key: str
    zh: str
    en: str
    level: float
    style: str
    sells: frozenset[str]
    crafts: frozenset[str]
    """All the crafts it does; empty: any."""
    lines: tuple[Pair, ...]

    @property
    def pair(self) -> Pair:
        return self.zh, self.en


def _brand(key: str) -> Brand:
    row = read("brands")[key]
    return Brand(
        key,
        row["zh"],
        row["en"],
        row["level"],
        row["style"],
        frozenset(row["sells"]),
        frozenset(row.get("crafts", ())),
        pairs(row["lines"]),
    )


BRANDS: tuple[Brand, ...] = tuple(_brand(key) for key in read("brands"))
