"""RetailRocket: four and a half months of a shop, every value hashed.

* ``events.csv``: timestamp (ms), visitorid, event, itemid, transactionid. ``addtocart``
  is ``cart``, ``transaction`` is ``buy``; the transaction's number is the session.
* ``item_properties_part1.csv`` and ``_part2.csv``: weekly snapshots (timestamp, itemid,
  property, value). The newest value of each property counts, over both files.
  ``categoryid`` becomes the category, as the path of numbers in ``category_tree.csv``;
  ``available`` = 0 means that the item was not on sale when last seen: stock 0. The
  other properties keep their hashed names as attributes.
"""

from collections.abc import Iterator
from pathlib import Path

from zhiyin.data.importers.importer import Importer, Step, first, matching, table
from zhiyin.data.importers.latest import News, latest
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row

_COLUMNS = {
    "shopper": "visitorid",
    "item": "itemid",
    "kind": "event",
    "time": "timestamp",
    "session": "transactionid",
}


def _steps(path: Path) -> list[Step]:
    steps = []
    if parts := matching(path, "item_properties*.csv"):
        tree = first(path, "category_tree.csv")
        items = Mapping(into="items")
        steps.append(Step(lambda: _items(parts, tree), items, "item_properties"))
    if file := first(path, "events.csv"):
        events = Mapping(
            into="events",
            format="csv",
            fields=_COLUMNS,
            kinds={"view": "view", "addtocart": "cart", "transaction": "buy"},
            time_unit="ms",
        )
        steps.append(Step(file, events))
    return steps


def _items(parts: list[Path], tree: Path | None) -> Iterator[Row]:
    branches = table(tree, "categoryid", "parentid") if tree is not None else ()
    parents = {branch["categoryid"]: branch["parentid"] for branch in branches}
    for id, properties in latest(_news(parts)):
        item: Row = {"id": id, "category": _path(properties.pop("categoryid", ""), parents)}
        if properties.pop("available", "1") == "0":
            item["stock"] = 0
        yield item | {"attributes": properties}


def _news(parts: list[Path]) -> Iterator[News]:
    for part in parts:
        for row in table(part, "timestamp", "itemid", "property", "value"):
            # A time that cannot be read is the oldest: it never wins over one that can.
            time = int(row["timestamp"]) if row["timestamp"].isdecimal() else 0
            yield row["itemid"], row["property"], time, row["value"]


def _path(category: str, parents: dict[str, str]) -> list[str]:
    path: list[str] = []
    while category and category not in path:
        path.insert(0, category)
        # The tree was written with a decimal point by some tools: 213.0 is 213.
        category = parents.get(category, "").removesuffix(".0")
    return path


RETAILROCKET = Importer(
    name="retailrocket",
    title="RetailRocket recommender system dataset",
    title_zh="RetailRocket 电商行为数据",
    files="events.csv, with item_properties_part1.csv, _part2.csv and category_tree.csv beside",
    home="https://www.kaggle.com/datasets/retailrocket/ecommerce-dataset",
    steps=_steps,
)
