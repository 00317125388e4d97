"""MMRec: ``<name>.inter`` with the split written in, as Baby, Sports and Clothing are shared.

Tab separated with the header ``userID itemID x_label`` and perhaps ``rating``,
``timestamp``, or ``order`` and ``rel_time_s`` (seconds since an unnamed moment).

* A row is an event ``buy`` (these are reviews of purchases), or ``rate`` where stars
  are given. ``x_label`` becomes the surface: ``split:0`` train, ``split:1`` validation,
  ``split:2`` test, which the split by MMRec labels reads.
* Without ``timestamp`` the order of the file is kept (see ``untimed.py``); ``rel_time_s``
  counts from 2000-01-01, ``order`` parts what happened in the same second.
* Ids stay the numbers of the file, because features (``image_feat.npy`` …) are rows by
  that number. Where ``i_id_mapping.csv`` is beside, every item is stored with its ASIN,
  and with the picture of ``*_url.csv`` and the words of ``item_text.tsv`` if they are.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.importers.columns import whole
from zhiyin.data.importers.importer import Importer, Step, first, opened, table
from zhiyin.data.importers.untimed import START, in_file_order
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row


def _steps(path: Path) -> list[Step]:
    file = first(path, "*.inter")
    if file is None or "x_label" not in _header(file):
        return []
    steps = [Step(file, _events(_header(file)))]
    if (file.parent / "i_id_mapping.csv").is_file():
        items = Mapping(into="items", fields={"attributes.asin": "asin"}, rest="drop")
        steps.insert(0, Step(lambda: _items(file.parent), items, "i_id_mapping.csv"))
    return steps


def _header(file: Path) -> list[str]:
    with opened(file) as lines:
        return lines.readline().split()


def _events(header: list[str]) -> Mapping:
    rated, timed = "rating" in header, "timestamp" in header
    fields = {"shopper": "userID", "item": "itemID", "surface": "surface", "time": "time"}
    return Mapping(
        into="events",
        format="tsv",
        fields=fields
        | ({"value": "rating"} if rated else {})
        | ({"time": "timestamp"} if timed else {}),
        constants={"kind": "rate" if rated else "buy"},
        time_unit="auto" if timed else "us",
        transform=_labelled if timed else _labelled_in_order,
    )


def _labelled(batch: pa.RecordBatch) -> pa.RecordBatch:
    labels = pc.cast(batch["x_label"], pa.string())
    return batch.append_column("surface", pc.binary_join_element_wise("split", labels, ":"))


def _labelled_in_order(batch: pa.RecordBatch) -> pa.RecordBatch:
    batch = _labelled(batch)
    if not {"order", "rel_time_s"} <= set(batch.schema.names):
        return in_file_order(batch)
    seconds, order = whole(batch["rel_time_s"]), whole(batch["order"])
    time = pc.add(pc.add(pc.multiply(seconds, 1_000_000), order), START)
    return batch.append_column("time", time)


def _items(folder: Path) -> Iterator[Row]:
    pictures = _beside(folder, "*_url.csv", "imUrl", ",")
    words = _beside(folder, "item_text.tsv", "brand_and_categories", "\t")
    for row in table(folder / "i_id_mapping.csv", "asin", "itemID", delimiter="\t"):
        id = row["itemID"]
        picture = pictures.get(id)
        yield {
            "id": id,
            "asin": row["asin"],
            "description": words.get(id, ""),
            "images": [picture] if picture else [],
        }


def _beside(folder: Path, pattern: str, column: str, delimiter: str) -> dict[str, str]:
    file = first(folder, pattern)
    if file is None:
        return {}
    rows = table(file, "itemID", column, delimiter=delimiter)
    return {row["itemID"]: row[column] for row in rows}


MMREC = Importer(
    name="mmrec",
    title="MMRec interactions (Amazon Baby, Sports, Clothing)",
    title_zh="MMRec 交互数据（亚马逊 Baby、Sports、Clothing）",
    files="NAME.inter with a column x_label",
    home="https://github.com/enoche/MMRec (folder data)",
    steps=_steps,
)
