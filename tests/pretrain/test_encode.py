"""Encoding a catalogue page by page, also while it changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import SILENT, Change, Store
from zhiyin.pretrain import encode as room
from zhiyin.pretrain import sources
from zhiyin.pretrain.encode import Encodings, encode, pages


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PAGE", 7)


def run(catalogue: Any, images: Path, *encoders: Any) -> Encodings:
    with SILENT.step("encode") as step:
        return encode(catalogue, sources(encoders, images), images, step, lambda trouble: None)


def all_rows(found: Encodings, modality: str) -> np.ndarray:
    return np.concatenate([*found.blocks(modality, found.ids(), size=9)])


def test_every_item_has_its_row_in_the_order_of_the_ids(
    store: Store, images: Path, words: Any, good: Any
) -> None:
    with run(store.catalogue, images, words(), words("image")) as found:
        assert found.ids() == [f"i{number:02}" for number in range(40)]
        titles = [f"{good(number).title} {good(number).category[0]}" for number in range(40)]
        plain = words().encode(titles).vectors
        rows = all_rows(found, "text")
        assert (rows * plain).sum(axis=1).min() > 0.9
        assert ((rows @ plain.T).argmax(axis=1) == np.arange(40)).all()
        assert np.isfinite(all_rows(found, "image")).all()
        assert found.upto == 40


class Restless:
    """A catalogue that is changed while it is read."""

    def __init__(self, store: Store, good: Any) -> None:
        self.catalogue, self.good, self.reads = store.catalogue, good, 0

    def changes(self, since: int = 0) -> Iterator[Change]:
        self.reads += 1
        if self.reads == 3:
            from dataclasses import replace

            self.catalogue.upsert([replace(self.good(2), title="golden bell", category=())])
            self.catalogue.delete(["i05", "i39"])
        return self.catalogue.changes(since)


def test_what_changes_meanwhile_has_its_last_row_and_what_goes_has_none(
    store: Store, images: Path, words: Any, good: Any
) -> None:
    with run(Restless(store, good), images, words()) as found:
        ids = found.ids()
        assert len(ids) == 38
        assert not {"i05", "i39"} & {*ids}
        rows = all_rows(found, "text")
        bell = words().encode(["golden bell"]).vectors
        assert (rows @ bell.T).argmax() == ids.index("i02")
        assert np.allclose(rows[ids.index("i02")], bell, atol=1e-6)
        assert found.upto == 43


def test_pages_go_on_where_they_were_asked_to(store: Store) -> None:
    assert [change.number for page in pages(store.catalogue, 20) for change in page] == [
        *range(21, 41)
    ]
    assert [len(page) for page in pages(store.catalogue, 20)] == [7, 7, 6]


def test_nothing_is_left_in_the_folder(store: Store, images: Path, words: Any) -> None:
    before = {*images.iterdir()}
    with run(store.catalogue, images, words()) as found:
        assert {*images.iterdir()} == before
        assert len(all_rows(found, "text")) == 40


def test_an_encoder_that_fails_as_a_whole_ends_the_run(
    store: Store, images: Path, words: Any
) -> None:
    class Gone(words):
        def encode(self, contents: Any) -> Any:
            raise ConnectionError("the server is gone")

    with pytest.raises(ConnectionError, match="the server is gone"):
        run(store.catalogue, images, Gone())
