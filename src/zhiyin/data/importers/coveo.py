"""Coveo's data of the SIGIR eCom 2021 challenge: sessions, searches, products.

* ``browsing_train.csv``: a session is the shopper, for nothing joins two sessions.
  ``detail`` is ``view``, ``add`` is ``cart``, ``purchase`` is ``buy``, ``click`` is
  ``click``. Page views without a product are dropped, and so is ``remove``: taking
  something out of the cart is none of the kinds that every shop has.
* ``search_train.csv``: a row is an event ``search`` (the words are not published, only a
  vector), an ``impression`` for every product shown, at its position, and a ``click``
  for every product clicked; the request joins them.
* ``sku_to_content.csv``: products with their path of hashed categories and their price
  bucket (1 to 10) as an attribute. The vectors are not read: features live beside the
  catalogue, not in it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.importers.importer import Importer, Step, first
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row

_KINDS = {"detail": "view", "add": "cart", "purchase": "buy", "click": "click", "remove": ""}
_LISTED = re.compile(r"['\"]([^'\"]+)['\"]")


def _steps(path: Path) -> list[Step]:
    steps = []
    if file := first(path, "sku_to_content*.csv"):
        items = Mapping(
            into="items",
            format="csv",
            fields={
                "id": "product_sku_hash",
                "category": "category_hash",
                "attributes.price_bucket": "price_bucket",
            },
            category_separator="/",
            rest="drop",
        )
        steps.append(Step(file, items))
    if file := first(path, "browsing_*.csv"):
        browsing = Mapping(
            into="events",
            format="csv",
            fields={
                "shopper": "session_id_hash",
                "session": "session_id_hash",
                "item": "product_sku_hash",
                "kind": "product_action",
                "time": "server_timestamp_epoch_ms",
            },
            kinds=_KINDS,
            time_unit="ms",
            transform=_about_products,
        )
        steps.append(Step(file, browsing))
    if file := first(path, "search_*.csv"):
        steps.append(
            Step(file, Mapping(into="events", format="csv", time_unit="ms", expand=_searches))
        )
    return steps


def _about_products(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.filter(pc.greater(pc.binary_length(batch["product_sku_hash"]), 0))


def _searches(row: Row) -> Iterator[Row]:
    session, time = row["session_id_hash"], row["server_timestamp_epoch_ms"]
    asked = {"shopper": session, "session": session, "time": time, "request": f"{session}:{time}"}
    shown = _skus(row["product_skus_hash"])
    yield asked | {"kind": "search", "surface": "search"}
    for position, sku in enumerate(shown):
        yield asked | {"kind": "impression", "item": sku, "position": position, "surface": "search"}
    for sku in _skus(row["clicked_skus_hash"]):
        place = {"position": shown.index(sku)} if sku in shown else {}
        yield asked | {"kind": "click", "item": sku, "surface": "search"} | place


def _skus(cell: str | None) -> list[str]:
    """A Python list of texts as it was printed into the cell; each once, in order."""
    return list(dict.fromkeys(_LISTED.findall(cell or "")))


COVEO = Importer(
    name="coveo",
    title="Coveo, SIGIR eCom 2021 data challenge",
    title_zh="Coveo SIGIR eCom 2021 挑战赛数据",
    files="browsing_train.csv, search_train.csv and sku_to_content.csv",
    home="https://github.com/coveooss/SIGIR-ecom-data-challenge",
    steps=_steps,
)
