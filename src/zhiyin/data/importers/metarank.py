"""Metarank's events: items, rankings and interactions as JSON lines.

* ``item`` events tell some fields of an item at a time; the newest value of each counts.
  Fields with a name of ours (title, price, category …) are those fields, the others
  attributes; lists of numbers are vectors and not read.
* ``ranking``: an ``impression`` for every item at its position; its id is the request.
  Where it has a field ``query``, a ``search`` with these words comes first.
* ``interaction``: an event of its ``type`` (purchase → ``buy``, like → ``favourite``),
  joined to its ranking by the request. A field ``count``, ``quantity`` or ``rating`` is
  the value. A type of your own is refused until it is mapped: ``--kind share=favourite``.
* The user is the shopper, or the session where there is none. ``user`` events are not
  read: a shopper is their history.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from zhiyin.core import micros
from zhiyin.data.importers.importer import Importer, Step, matching, opened
from zhiyin.data.importers.latest import News, latest
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row

_KINDS = {"purchase": "buy", "like": "favourite", "view": "view", "click": "click"}
_VALUES = ("value", "quantity", "count", "rating")


def _steps(path: Path) -> list[Step]:
    files = matching(path, "*.jsonl", "*.json", "*.ndjson")
    if not files:
        return []
    items = Step(lambda: _items(files), Mapping(into="items"), "item events")
    events = Mapping(into="events", format="jsonl", expand=_events, kinds=_KINDS)
    return [items, *[Step(file, events) for file in files]]


def _items(files: list[Path]) -> Iterator[Row]:
    for id, fields in latest(_news(files)):
        yield {"id": id} | fields


def _news(files: list[Path]) -> Iterator[News]:
    """Every field of every item event; lines that cannot be read are refused as events."""
    for file in files:
        with opened(file) as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                    if event["event"] == "item":
                        yield from _fields(event)
                except (ValueError, LookupError, TypeError, RecursionError):
                    continue


def _fields(event: dict[str, Any]) -> Iterator[News]:
    time = _millis(str(event["timestamp"]))
    for name, value in _named(event).items():
        if not (isinstance(value, list) and any(isinstance(v, int | float) for v in value)):
            yield str(event["item"]), name, time, value


def _millis(time: str) -> int:
    if time.isdecimal():
        return int(time)
    return micros(datetime.fromisoformat(time)) // 1000


def _named(event: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: field["value"] for field in event.get("fields") or ()}


def _events(event: Row) -> Iterator[Row]:
    what, named = event["event"], _named(event)
    if what == "ranking":
        shown = _who(event) | {"request": event["id"], "query": named.get("query")}
        if named.get("query"):
            yield shown | {"id": event["id"], "kind": "search"}
        for position, item in enumerate(event["items"]):
            id = f"{event['id']}:{position}"
            yield shown | {
                "id": id,
                "kind": "impression",
                "item": item["id"],
                "position": position,
            }
    elif what == "interaction":
        value = next((named[name] for name in _VALUES if name in named), None)
        told = {"kind": event["type"], "item": event["item"], "value": value}
        yield _who(event) | told | {"id": event["id"], "request": event.get("ranking")}
    elif what not in ("item", "user"):
        raise ValueError("an event item, user, ranking or interaction")


def _who(event: dict[str, Any]) -> Row:
    shopper = event.get("user") or event.get("session")
    return {"shopper": shopper, "session": event.get("session"), "time": event["timestamp"]}


METARANK = Importer(
    name="metarank",
    title="Metarank events",
    title_zh="Metarank 事件",
    files="EVENTS.jsonl (one event a line)",
    home="https://docs.metarank.ai/reference/event-schema",
    steps=_steps,
)
