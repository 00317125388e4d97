"""A toy shop of forty goods, and encoders that a child could work by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from zhiyin.core import Encoded, Item, Refusal, Store
from zhiyin.data.stores import open_store

WIDTH = 48


class Words:
    """Content → the sum of a fixed vector per word; so goods that share words are near."""

    def __init__(self, modality: str = "text", name: str = "words-1", width: int = WIDTH) -> None:
        self.modality, self.name, self.width = modality, name, width
        self.asked: list[object] = []

    def encode(self, contents: Sequence[str] | Sequence[bytes]) -> Encoded:
        self.asked += contents
        found = np.full((len(contents), self.width), np.nan, np.float32)
        troubles = []
        for place, content in enumerate(contents):
            text = content.decode() if isinstance(content, bytes) else content
            if "torn" in text:
                troubles.append(Refusal("broken_picture", place + 1, "picture"))
            elif text != "blank":
                row = sum(self._word(word) for word in text.split())
                found[place] = row / np.linalg.norm(row)
        return Encoded(found, tuple(troubles))

    def _word(self, word: str) -> np.ndarray:
        own = np.random.default_rng([crc32(word.encode()), crc32(self.modality.encode())])
        return own.standard_normal(self.width)


KINDS = ("scarf", "vase", "lamp", "tea")
COLOURS = ("red", "blue", "green", "white", "black")


def item(number: int) -> Item:
    """One of the forty: of four kinds in five colours."""
    kind, colour = KINDS[number % 4], COLOURS[number % 5]
    return Item(
        f"i{number:02}", f"{colour} {kind} nr{number}", category=(kind,), images=(f"{number}.jpg",)
    )


@pytest.fixture
def words() -> type[Words]:
    """The class of the toy encoders."""
    return Words


@pytest.fixture
def good() -> Callable[[int], Item]:
    """The item of a number."""
    return item


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Pictures of the forty, which show their kind and colour."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(40):
        words = f"{KINDS[number % 4]} {COLOURS[number % 5]} shot{number}"
        (folder / f"{number}.jpg").write_bytes(words.encode())
    return folder


@pytest.fixture
def store() -> Store:
    """A store with the forty."""
    opened = open_store("memory://", "toy")
    opened.catalogue.upsert([item(number) for number in range(40)])
    return opened
