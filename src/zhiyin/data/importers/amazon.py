"""Amazon Reviews: stars and goods, in the layouts of 2014, 2018 and 2023.

===== ============================== =================================================
2014  reviews_X.json.gz              reviewerID, asin, overall, unixReviewTime
      meta_X.json.gz                 asin, categories, imUrl, related, salesRank; lines
                                     are Python literals, not JSON
2018  X.json.gz, X_5.json.gz         the same names as 2014
      meta_X.json.gz                 JSON; category, feature, imageURL, also_buy, "$12.99"
2023  X.jsonl.gz                     user_id, parent_asin, rating, timestamp (ms)
      meta_X.jsonl.gz                parent_asin, main_category, store, images, details
any   ratings_X.csv, X.csv           user, item, rating, seconds; 2018 puts the item
                                     first; 2023 has a header
===== ============================== =================================================

* A review is an event ``rate`` with its stars. Its words are not read.
* An item of 2023 is the parent (``parent_asin``), which the reviews name too.
* Prices are US dollars. A range ("$10 - $20", "from 9.99") is no price.
* ``also_buy`` and ``also_view`` become attributes with the ids named there;
  ``details`` of 2018 and 2023 become attributes by their own names.
* Python literals are read by ``ast.literal_eval``, which runs nothing, up to 200,000
  characters a line.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhiyin.data.importers.importer import Importer, Step, matching, opened
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import LINE, Row

LONGEST = 200_000
_ASIN = re.compile(r"^(B[0-9A-Z]{9}|\d{9}[\dX])$")
_PRICE = re.compile(r"^\$?\s*([\d,]+(?:\.\d+)?)$")
_OLD = {"shopper": "reviewerID", "item": "asin", "value": "overall", "time": "unixReviewTime"}
_NEW = {"shopper": "user_id", "item": "parent_asin", "value": "rating", "time": "timestamp"}


def _steps(path: Path) -> list[Step]:
    found = matching(path, "*.json", "*.jsonl")
    files = [file for file in found if not file.name.startswith("qa_")]  # questions, no stars
    goods = [file for file in files if file.name.startswith("meta_")]
    items = Mapping(into="items", format="lines", expand=_items)
    steps = [Step(file, items) for file in goods]
    steps += [Step(file, _reviews(file)) for file in files if file not in goods]
    return steps + [Step(file, _ratings(file)) for file in matching(path, "*.csv")]


def _reviews(file: Path) -> Mapping:
    columns = _NEW if '"parent_asin"' in _first_line(file) else _OLD
    return Mapping(into="events", format="jsonl", fields=columns, constants={"kind": "rate"})


def _ratings(file: Path) -> Mapping:
    cells = _first_line(file).strip().split(",")
    if "rating" in cells:
        return Mapping(into="events", format="csv", fields=_NEW, constants={"kind": "rate"})
    pair = ("item", "shopper") if _ASIN.match(cells[0]) else ("shopper", "item")
    return Mapping(
        into="events",
        format="csv",
        header=False,
        columns_in_order=(*pair, "value", "time"),
        constants={"kind": "rate"},
    )


def _first_line(file: Path) -> str:
    with opened(file) as lines:
        return lines.readline(LONGEST)


def _items(row: Row) -> Iterator[Row]:
    good = _read(row[LINE])
    yield {
        "id": good.get("parent_asin") or good["asin"],
        "title": good.get("title") or "",
        "description": _words(good.get("description"), good.get("feature", good.get("features"))),
        "category": _category(good),
        "brand": good.get("brand") or good.get("store"),
        "price": _price(good.get("price")),
        "currency": "USD",
        "images": _images(good),
        "attributes": _attributes(good),
    }


def _read(line: str) -> dict[str, Any]:
    if len(line) > LONGEST:
        raise ValueError(f"at most {LONGEST} characters a line")
    try:
        good = ast.literal_eval(line) if line.startswith("{'") else json.loads(line)
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError("neither JSON nor a Python literal as in 2014") from error
    if not isinstance(good, dict):
        raise ValueError("an object with asin or parent_asin")
    return good


def _words(*parts: Any) -> str:
    """Description and features as paragraphs; each may be a text, a list or missing."""
    texts = [text for part in parts for text in (part if isinstance(part, list) else [part])]
    return "\n".join(text.strip() for text in texts if isinstance(text, str) and text.strip())


def _category(good: dict[str, Any]) -> list[str]:
    """The path; 2014 has several: the first is where the shop puts it."""
    path = good.get("categories") or good.get("category") or []
    if path and isinstance(path[0], list):
        path = path[0]
    main = good.get("main_category") or good.get("main_cat")
    # Pages of 2018 left markup at the end of some paths.
    steps = [step for step in path if isinstance(step, str) and "<" not in step]
    return steps or ([main] if isinstance(main, str) and "<" not in main else [])


def _price(price: Any) -> str | None:
    found = _PRICE.match(str(price).strip())
    return found[1].replace(",", "") if found else None


def _images(good: dict[str, Any]) -> list[str]:
    found = good.get("imageURLHighRes") or good.get("imageURL") or good.get("images")
    if isinstance(found, list):
        links = [i.get("hi_res") or i.get("large") if isinstance(i, dict) else i for i in found]
        return [link for link in links if link]
    return [good["imUrl"]] if good.get("imUrl") else []


def _attributes(good: dict[str, Any]) -> Row:
    related = good.get("related") or {}
    seen_with = {
        "also_buy": good.get("also_buy") or related.get("also_bought"),
        "also_view": good.get("also_view") or related.get("also_viewed"),
        "bought_together": good.get("bought_together") or related.get("bought_together"),
    }
    details = good.get("details")
    details = details if isinstance(details, dict) else {}
    plain = {name: value for name, value in details.items() if isinstance(value, str | int | float)}
    counted = {n: good[n] for n in ("average_rating", "rating_number") if good.get(n) is not None}
    return plain | counted | {name: list(ids) for name, ids in seen_with.items() if ids}


AMAZON = Importer(
    name="amazon-reviews",
    title="Amazon Reviews (2014, 2018, 2023)",
    title_zh="亚马逊评论（2014、2018、2023）",
    files="X.json.gz, X.jsonl.gz or ratings_X.csv, with meta_X beside",
    home="https://amazon-reviews-2023.github.io (and the pages of 2014 and 2018 named there)",
    steps=_steps,
)
