"""The hidden truth of the demo shop, for tests and evaluation only: nothing else reads it.

``goods.parquet`` what each good is, whatever its words say; ``shoppers.parquet`` what each
shopper loves; ``slips.parquet`` the clicks that were slips of the finger.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhiyin.data.demo.behaviour import behaviour
from zhiyin.data.demo.goods import NEVER, WORDS, Shelf, item_id, shelf
from zhiyin.data.demo.people import people, shopper_ids
from zhiyin.data.demo.size import DemoSize

_ROWS = 65_536


def write_truth(size: DemoSize, folder: Path) -> None:
    """Write the hidden truth of a demo shop of this size."""
    write_hidden_facts(size, folder)
    write_slips(folder, (told.wrong for told in behaviour(size)))


def write_hidden_facts(size: DemoSize, folder: Path) -> None:
    """What goods are and what shoppers love."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "goods.parquet", _goods(size))
    _write(folder / "shoppers.parquet", _shoppers(size))


def write_slips(folder: Path, slips: Iterable[pa.Array]) -> None:
    """The ids of wrong clicks."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "slips.parquet", (pa.table({"event": ids}) for ids in slips))


def _write(file: Path, tables: Iterable[pa.Table]) -> None:
    """Tables one after the other into a file that is there whole or not at all."""
    part = file.with_suffix(".part")
    writer: pq.ParquetWriter | None = None
    for table in tables:
        if writer is None:
            writer = pq.ParquetWriter(part, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()
        os.replace(part, file)


def _goods(size: DemoSize) -> Iterator[pa.Table]:
    for first in range(0, size.items, _ROWS):
        rows = shelf(size, first, min(first + _ROWS, size.items))
        ids = [item_id(first + row) for row in range(len(rows))]
        yield pa.table({"item": ids, **_good_columns(rows)})


def _good_columns(rows: Shelf) -> dict[str, pa.Array]:
    return {
        "ware": _named([ware.key for ware in WORDS.wares], rows.ware),
        "category": _named([ware.path[0] for ware in WORDS.wares], rows.ware),
        "motif": _named([motif.key for motif in WORDS.motifs], rows.motif),
        "told_motif": _named([motif.key for motif in WORDS.motifs], rows.told_motif),
        "craft": _named([craft.key for craft in WORDS.crafts], rows.craft),
        "ground": _named([one.ground for one in WORDS.palettes], rows.palette),
        "ink": _named([one.ink for one in WORDS.palettes], rows.palette),
        "accent": _named([one.accent for one in WORDS.palettes], rows.palette),
        "told_ground": _named([one.ground for one in WORDS.palettes], rows.told_palette),
        "manner": _named([one.manner for one in WORDS.palettes], rows.palette),
        "disagrees": pa.array(
            (rows.motif != rows.told_motif) | (rows.palette != rows.told_palette)
        ),
        "quality": pa.array(rows.quality),
        "appeal": pa.array(rows.appeal),
        "fashion_day": pa.array(rows.fashion_day, mask=np.isnan(rows.fashion_day)),
        "on_sale_from": pa.array(rows.born, mask=rows.born == 0),
        "sold_until": pa.array(rows.gone, mask=rows.gone == NEVER),
    }


def _shoppers(size: DemoSize) -> Iterator[pa.Table]:
    who = people(size)
    yield pa.table(
        {
            "shopper": shopper_ids(who),
            "motifs": _lists([motif.key for motif in WORDS.motifs], who.motifs),
            "families": _lists(list(WORDS.families), who.families),
            "crafts": _lists([craft.key for craft in WORDS.crafts], who.crafts),
            "categories": _lists(list(WORDS.categories), who.categories),
            "budget": who.budget,
            "novelty": who.novelty,
            "fashion": who.fashion,
            "activity": who.activity,
            "joins": who.joins,
            "english": who.english,
            "guest": who.guest,
        }
    )


def _named(names: list[str], numbers: np.ndarray) -> pa.Array:
    return pa.array(names).take(pa.array(numbers))


def _lists(names: list[str], numbers: np.ndarray) -> pa.Array:
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * numbers.shape[1]
    return pa.ListArray.from_arrays(offsets, _named(names, numbers.ravel()))
