"""Toy worlds whose right answer is obvious, for tests of anything that learns."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhiyin.core import EVENT_SCHEMA, KindSettings, Vocabulary
from zhiyin.data import Dataset, Interactions

KINDS = {
    "view": KindSettings(weight=1.0, half_life_days=30),
    "buy": KindSettings(weight=3.0, half_life_days=90),
    "dislike": KindSettings(weight=-3.0),
}
HOUR = 3_600_000_000
START = 1_767_225_600_000_000  # 2026-01-01 UTC

Likes = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def two_tribes(size: int) -> tuple[Likes, Ints]:
    """Even shoppers like even things, odd ones odd; one like of each is hidden.

    (U, I) what is seen, and (U,) the hidden item of each: the only thing left that the
    own tribe likes.
    """
    numbers = np.arange(size)
    likes = (np.add.outer(numbers, numbers) % 2 == 0).astype(np.float64)
    return likes * (1 - np.eye(size)), numbers


def world(likes: Likes, *, extra_items: int = 0, kind: str = "buy") -> Dataset:
    """A cell of 2 is two events, one of -1 a dislike; an hour apart, column by column.

    ``extra_items`` are in the catalogue and in no event. Item and shopper numbers are
    the places in the matrix.
    """
    cells = np.argwhere(likes)
    shoppers, items = np.repeat(cells, np.abs(likes[tuple(cells.T)]).astype(int), axis=0).T
    names = [f"item {n:05}" for n in range(likes.shape[1] + extra_items)]
    order = np.lexsort((shoppers, items))
    rows = {
        "id": [f"event {n}" for n in range(len(order))],
        "shopper": [f"shopper {n:05}" for n in shoppers[order]],
        "item": [names[n] for n in items[order]],
        "kind": [kind if cell > 0 else "dislike" for cell in likes[shoppers, items][order]],
        "time": START + HOUR * np.arange(len(order)),
    }
    nothing = [name for name in EVENT_SCHEMA.names if name not in rows]
    columns = rows | {name: [None] * len(order) for name in nothing}
    batch = pa.RecordBatch.from_pydict(columns, schema=EVENT_SCHEMA)
    return Dataset(Interactions.from_events([batch], KINDS, items=Vocabulary(names)))


def described(data: Dataset, *, blank: Collection[int] = ()) -> Dataset:
    """The same data with words and pictures: even things are alike, and so are odd ones.

    Things that no event mentions have neither, and so have those in ``blank``.
    """
    numbers = np.array([int(name.split()[-1]) for name in data.items.names])
    tribe = np.eye(2, dtype=np.float32)[numbers % 2]  # (I, 2)
    own = np.cos(np.outer(numbers + 1, np.arange(1, 5))).astype(np.float32)
    features = np.hstack([tribe, 0.1 * own])
    told = np.bincount(data.interactions.histories.items, minlength=len(data.items)) > 0
    told[list(blank)] = False
    features[~told] = np.nan
    return replace(data, features={"text": features, "image": features[:, ::-1].copy()})
