"""UserBehavior of Taobao, and the pair files that papers make of it and of JD.

* ``UserBehavior.csv``: no header; shopper, item, category, behaviour, seconds. ``pv`` is
  ``view``, ``fav`` is ``favourite``; the times are epoch seconds, so no zone is needed.
  The items with their category come from a second pass over the same file.
* ``trn_buy``, ``vld_buy``, ``tst_buy``, ``trn_cart``, ``trn_fav``, ``trn_pv``: one pair
  "shopper item" a line; the kind is the name's end. They have no time: the order of the
  file is kept (see ``untimed.py``). The part becomes the surface, as with MMRec:
  ``split:0`` train, ``split:1`` validation, ``split:2`` test. Other files of such a
  folder (``union``, ``auxiliary``) are sums of these and not read.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.importers.importer import Importer, Step, matching
from zhiyin.data.importers.untimed import in_file_order
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Transform

COLUMNS = ("shopper", "item", "category", "kind", "time")
KINDS = {"pv": "view", "buy": "buy", "cart": "cart", "fav": "favourite"}
PARTS = {"trn": "split:0", "vld": "split:1", "tst": "split:2"}


def _steps(path: Path) -> list[Step]:
    steps = []
    for file in matching(path, "UserBehavior*.csv"):
        items = Mapping(
            into="items",
            format="csv",
            header=False,
            columns_in_order=("_", "id", "category", "_", "_"),
            rest="drop",
            transform=_first_seen(),
        )
        events = Mapping(
            into="events",
            format="csv",
            header=False,
            columns_in_order=COLUMNS,
            kinds=KINDS,
            time_unit="s",
        )
        steps += [Step(file, items), Step(file, events)]
    for part, surface in PARTS.items():
        for kind in KINDS:
            steps += [
                Step(file, _pairs(kind, surface)) for file in matching(path, f"{part}_{kind}")
            ]
    return steps


def _pairs(kind: str, surface: str) -> Mapping:
    return Mapping(
        into="events",
        format="csv",
        delimiter=" ",
        header=False,
        columns_in_order=("shopper", "item"),
        constants={"kind": KINDS[kind], "surface": surface},
        time_unit="us",
        transform=in_file_order,
    )


def _first_seen() -> Transform:
    """Keep the first row of every item: a byte each, so that 100 million rows are fine."""
    seen = np.zeros(1 << 20, dtype=bool)

    def fresh(batch: pa.RecordBatch) -> pa.RecordBatch:
        nonlocal seen
        batch = batch.filter(pc.match_substring_regex(batch["id"], r"^\d{1,8}$"))
        ids = batch["id"].cast(pa.int64()).to_numpy()
        if ids.size and ids.max() >= seen.size:
            seen = np.concatenate([seen, np.zeros(int(ids.max()) + 1, dtype=bool)])
        first = np.zeros(ids.size, dtype=bool)
        first[np.unique(ids, return_index=True)[1]] = True
        keep = first & ~seen[ids]
        seen[ids] = True
        return batch.filter(pa.array(keep))

    return fresh


USERBEHAVIOR = Importer(
    name="userbehavior",
    title="UserBehavior (Taobao) and multi-behaviour pair files",
    title_zh="淘宝 UserBehavior 及多行为配对文件",
    files="UserBehavior.csv, or trn_buy, trn_cart, trn_fav, trn_pv …",
    home="https://tianchi.aliyun.com/dataset/649",
    steps=_steps,
)
