"""OpenSearch User Behavior Insights: the indexes ``ubi_queries`` and ``ubi_events``.

One JSON object a line, as UBI writes it; the wrappers of exports (``_source``) and the
action lines of bulk files are seen through. A file with "quer" in its name holds
queries, one with "event" events.

* A query is an event ``search`` with the words, and an ``impression`` of every hit at
  its position; ``query_id`` is the request.
* An event about an object is an event of ours: click_through and click → ``click``,
  add_to_cart → ``cart``, purchase → ``buy``, view and watch → ``view``; positions count
  from 0 here, from 1 there. Events about no object (filters, logins) are dropped, and so
  is ``product_hover``, which is no choice. Other actions are refused until they are
  mapped: ``--kind share=favourite``.
* ``client_id`` is the shopper, ``session_id`` the session. UBI knows no catalogue: bring
  the goods with ``zhiyin ingest``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhiyin.data.importers.importer import Importer, Step, matching
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row

_KINDS = {
    "click_through": "click",
    "click": "click",
    "add_to_cart": "cart",
    "purchase": "buy",
    "view": "view",
    "watch": "view",
    "product_hover": "",
}
_HITS = ("query_response_object_ids", "query_response_objects_ids", "query_response_hit_ids")
_BULK = {"index", "create", "update", "delete"}


def _steps(path: Path) -> list[Step]:
    shapes = ("ndjson", "jsonl", "json")
    queries = matching(path, *[f"*quer*.{shape}" for shape in shapes])
    events = [f for f in matching(path, *[f"*event*.{s}" for s in shapes]) if f not in queries]
    read_queries = Mapping(into="events", format="jsonl", expand=_query)
    read_events = Mapping(into="events", format="jsonl", expand=_event, kinds=_KINDS)
    steps = [Step(file, read_queries) for file in queries]
    return steps + [Step(file, read_events) for file in events]


def _document(row: Row) -> dict[str, Any]:
    if len(row) == 1 and next(iter(row)) in _BULK:
        return {}
    source = row.get("_source", row)
    return source if isinstance(source, dict) else {}


def _query(row: Row) -> Iterator[Row]:
    query = _document(row)
    if not query:
        return
    asked = _who(query) | {"surface": "search", "query": query.get("user_query")}
    yield asked | {"kind": "search"}
    hits: list[Any] = next((query[name] for name in _HITS if query.get(name)), [])
    for position, id in enumerate(dict.fromkeys(hits)):
        yield asked | {"kind": "impression", "item": str(id), "position": position}


def _event(row: Row) -> Iterator[Row]:
    event = _document(row)
    about = event.get("event_attributes") or {}
    id = (about.get("object") or {}).get("object_id")
    if id in (None, ""):
        return
    ordinal = (about.get("position") or {}).get("ordinal")
    if isinstance(ordinal, dict):  # so until version 1.1 of the specification
        ordinal = ordinal.get("index")
    place = {"position": max(0, int(ordinal) - 1)} if ordinal is not None else {}
    yield _who(event) | {"kind": event["action_name"], "item": str(id)} | place


def _who(document: dict[str, Any]) -> Row:
    return {
        "shopper": document["client_id"],
        "session": document.get("session_id"),
        "request": document.get("query_id"),
        "time": document["timestamp"],
    }


UBI = Importer(
    name="ubi",
    title="OpenSearch User Behavior Insights",
    title_zh="OpenSearch 用户行为洞察（UBI）",
    files="ubi_queries.jsonl and ubi_events.jsonl (also .ndjson, .json with one object a line)",
    home="https://docs.opensearch.org/latest/search-plugins/ubi/",
    steps=_steps,
)
