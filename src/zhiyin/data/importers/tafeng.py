"""Ta Feng: baskets of a grocery in Taiwan, November 2000 to February 2001.

* ``ta_feng_all_months_merged.csv``: TRANSACTION_DT (month/day/year), CUSTOMER_ID,
  AGE_GROUP, PIN_CODE, PRODUCT_SUBCLASS, PRODUCT_ID, AMOUNT, ASSET, SALES_PRICE. A row is
  an event ``buy`` with AMOUNT as quantity, on its day in Taipei; a customer's day is the
  session, that is the basket. A second pass takes the products with their subclass as
  category; prices are totals of a row and change, so items get none.
* ``tafeng_merged.json``: {shopper: [[item, item], [item], …]}, the baskets in order, as
  papers on next baskets share it. Nothing says when: a basket is a second later than the
  one before, from 2000-01-01 on, and its number is the session.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import BadInput, shorten
from zhiyin.data.importers.importer import Importer, Step, matching
from zhiyin.data.importers.untimed import START
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Expand, Row

_COLUMNS = {
    "shopper": "CUSTOMER_ID",
    "item": "PRODUCT_ID",
    "time": "TRANSACTION_DT",
    "value": "AMOUNT",
    "session": "session",
}


def _steps(path: Path) -> list[Step]:
    steps = []
    for file in matching(path, "ta_feng*.csv", "tafeng*.csv"):
        steps.append(Step(file, Mapping(into="items", format="csv", expand=_products())))
        events = Mapping(
            into="events",
            format="csv",
            fields=_COLUMNS,
            constants={"kind": "buy"},
            time_format="%m/%d/%Y",
            timezone="Asia/Taipei",
            identity="row",
            transform=_baskets,
        )
        steps.append(Step(file, events))
    for file in matching(path, "tafeng*.json", "ta_feng*.json"):
        merged = Mapping(into="events", constants={"kind": "buy"}, time_unit="us", identity="row")
        steps.append(Step(partial(_merged, file), merged, file.name))
    return steps


def _baskets(batch: pa.RecordBatch) -> pa.RecordBatch:
    session = pc.binary_join_element_wise(batch["CUSTOMER_ID"], batch["TRANSACTION_DT"], " ")
    return batch.append_column("session", session)


def _products() -> Expand:
    seen: set[str] = set()

    def products(row: Row) -> Iterator[Row]:
        if row["PRODUCT_ID"] not in seen:
            seen.add(row["PRODUCT_ID"])
            yield {"id": row["PRODUCT_ID"], "category": [row["PRODUCT_SUBCLASS"]]}

    return products


def _merged(file: Path) -> Iterator[Row]:
    try:
        shoppers = json.loads(file.read_text(encoding="utf-8"))
        for shopper, baskets in shoppers.items():
            for number, basket in enumerate(_listed(baskets)):
                when = {"session": f"{shopper} {number}", "time": START + number * 1_000_000}
                for item in _listed(basket):
                    yield {"shopper": shopper, "item": str(item), **when}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise BadInput(
            what=str(file),
            problem=f"not an object of baskets by shopper ({error})",
            problem_zh=f"不是按顾客列出购物篮的对象（{error}）",
            remedy='it looks like {"1": [[3, 4], [5]]}; fetch the file again',
            remedy_zh='应形如 {"1": [[3, 4], [5]]}；请重新获取该文件',
        ) from error


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{shorten(value, 40)!r} is no list")
    return value


TAFENG = Importer(
    name="tafeng",
    title="Ta Feng grocery",
    title_zh="Ta Feng 超市购物篮",
    files="ta_feng_all_months_merged.csv, or tafeng_merged.json",
    home="https://www.kaggle.com/datasets/chiranjivdas09/ta-feng-grocery-dataset",
    steps=_steps,
)
