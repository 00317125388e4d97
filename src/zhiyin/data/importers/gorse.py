"""Gorse: what its dashboard exports, and its binary dump.

* From version 0.5: ``items.jsonl``, ``feedback.jsonl`` with ItemId, IsHidden, Categories,
  Timestamp, Labels, Comment and FeedbackType, UserId, ItemId, Value, Timestamp.
* Version 0.4: ``items.csv``, ``feedback.csv`` with item_id, is_hidden, categories (``|``),
  time_stamp, labels, description and feedback_type, user_id, item_id, time_stamp.
* ``*.dump`` or ``*.bin``: what ``GET /api/dump`` answers (see ``gorse_dump.py``).

Decisions:

* ``read`` is ``view``, ``like`` and ``star`` are ``favourite``, ``purchase`` is ``buy``. A type
  of your own is refused until it is mapped: ``--kind fork=favourite``.
* Labels that are a list are tags; those with names are attributes, lists of numbers
  (vectors) left out. A comment of one line is the title, a longer one the description.
* ``IsHidden`` means that the item is not to be shown: it stays known and is available
  until 1970, which is never. ``Timestamp`` is when it became available.
* The year 1 is Go's way to say "no time": such feedback is put at 2000-01-01.
* Users are not read: a shopper is their history.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from zhiyin.core import micros
from zhiyin.data.importers.gorse_dump import records
from zhiyin.data.importers.importer import Importer, Step, matching
from zhiyin.data.importers.untimed import START
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row

_KINDS = {
    "read": "view",
    "view": "view",
    "click": "click",
    "like": "favourite",
    "star": "favourite",
    "favorite": "favourite",
    "purchase": "buy",
    "buy": "buy",
    "cart": "cart",
    "rating": "rate",
    "dislike": "dislike",
}
_CSV = {
    "item_id": "ItemId",
    "is_hidden": "IsHidden",
    "categories": "Categories",
    "time_stamp": "Timestamp",
    "labels": "Labels",
    "description": "Comment",
    "feedback_type": "FeedbackType",
    "user_id": "UserId",
    "value": "Value",
}
NEVER = "1970-01-01T00:00:00Z"
_TITLE = 200
# RFC 3339 in JSON lines; Go's own print, "2020-01-01 01:01:01.000000001 +0000 UTC", in CSV.
_TIME = re.compile(
    r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)? ?(Z|[+-]\d\d:?\d\d)( [A-Z]+)?( m=\S+)?$"
)


def _steps(path: Path) -> list[Step]:
    items = Mapping(into="items", expand=_item)
    events = Mapping(into="events", expand=_feedback, kinds=_KINDS, time_unit="us")
    steps = [Step(file, items) for file in matching(path, "*items*.jsonl", "*items*.csv")]
    for dump in matching(path, "*.dump", "*.bin"):
        steps.append(Step(partial(records, dump, "item"), items, f"{dump.name} items"))
    steps += [Step(file, events) for file in matching(path, "*feedback*.jsonl", "*feedback*.csv")]
    for dump in matching(path, "*.dump", "*.bin"):
        name = f"{dump.name} feedback"
        steps.append(Step(partial(records, dump, "feedback"), events, name))
    return steps


def _item(row: Row) -> Iterator[Row]:
    told = _named(row)
    since = _time(told.get("Timestamp"))
    comment = str(told.get("Comment") or "").strip()
    short = len(comment) <= _TITLE and "\n" not in comment
    yield {
        "id": told["ItemId"],
        "title": comment if short else "",
        "description": "" if short else comment,
        "category": _list(told.get("Categories")),
        "available_from": None if since is None else since.isoformat(),
        "available_until": NEVER if str(told.get("IsHidden")).lower() == "true" else None,
        **_labels(told.get("Labels")),
    }


def _feedback(row: Row) -> Iterator[Row]:
    told = _named(row)
    time = _time(told.get("Timestamp"))
    value = float(told.get("Value") or 0)
    yield {
        "kind": told["FeedbackType"],
        "shopper": told["UserId"],
        "item": told["ItemId"],
        "time": START if time is None else micros(time),
        # Gorse writes 0 where nobody gave a value.
        "value": value or None,
    }


def _named(row: Row) -> Row:
    return {_CSV.get(name, name): value for name, value in row.items()}


def _time(text: Any) -> datetime | None:
    """The moment, to the microsecond; None for the year 1 and for nothing."""
    if text in (None, ""):
        return None
    found = _TIME.match(str(text))
    if found is None:
        raise ValueError(f"a time such as 2020-01-01T01:01:01Z, not {text}")
    day, clock, fraction, zone = found.group(1, 2, 3, 4)
    if day.startswith("0001-"):
        return None
    moment = datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC)
    return moment + timedelta(microseconds=int((fraction or ".0")[1:7].ljust(6, "0")))


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [part for part in (value or "").split("|") if part]


def _labels(labels: Any) -> Row:
    """Labels as tags (a list, or ``a|b``) or attributes (names and values)."""
    if isinstance(labels, str):
        try:
            labels = json.loads(labels)
        except ValueError:
            labels = _list(labels)
    if isinstance(labels, dict):
        return {"attributes": dict(_flat(labels))}
    tags = labels if isinstance(labels, list) else []
    return {"tags": [tag for tag in tags if isinstance(tag, str)]}


def _flat(labels: dict[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in labels.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{under}{name}.")
        elif isinstance(value, list):
            words = [word for word in value if isinstance(word, str)]
            if words:
                yield under + name, words
        elif value is not None:
            yield under + name, value


GORSE = Importer(
    name="gorse",
    title="Gorse export or dump",
    title_zh="Gorse 导出或转储",
    files="items.jsonl + feedback.jsonl, items.csv + feedback.csv, or X.dump",
    home="the Gorse dashboard (Users, Items, Feedback: export) or GET /api/dump",
    steps=_steps,
)
