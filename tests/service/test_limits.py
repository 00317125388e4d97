"""Hostile and clumsy callers: bounded, answered clearly, and nothing of the inside is told."""

import gzip
import json
import zlib
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from zhiyin.app import Shop
from zhiyin.core import Unavailable

EVENT = {"shopper": "lin", "item": "i1", "kind": "view"}
JSON = {"Content-Type": "application/json"}


def packed(rows: int) -> bytes:
    return json.dumps({"events": [{**EVENT, "id": f"g{n}"} for n in range(rows)]}).encode()


def zstd(body: bytes) -> bytes:
    done: bytes = pa.Codec("zstd").compress(body, asbytes=True)
    return done


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("zstd", zstd)])
def test_a_packed_body_is_unpacked(client: TestClient, name: str, pack: Any) -> None:
    headers = {**JSON, "Content-Encoding": name}
    answer = client.post("/v1/events", content=pack(packed(300)), headers=headers)
    assert answer.json()["new"] == 300


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("zstd", zstd)])
def test_a_bomb_is_refused(client: TestClient, silk: Shop, name: str, pack: Any) -> None:
    bomb = pack(b" " * (silk.settings.service.max_body_bytes * 4))
    assert len(bomb) < 100_000
    headers = {**JSON, "Content-Encoding": name}
    answer = client.post("/v1/events", content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("gzip", b"no gzip", 400),
        ("gzip", gzip.compress(packed(9))[:-9], 400),
        ("zstd", b"no zstd", 400),
        ("zstd", zstd(packed(900))[:-9], 400),
        ("deflate", zlib.compress(packed(9)), 415),
        ("gzip, gzip", gzip.compress(gzip.compress(packed(9))), 415),
        ("br", b"x", 415),
    ],
)
def test_a_body_that_is_not_as_it_says_is_refused(
    client: TestClient, silk: Shop, name: str, body: bytes, status: int
) -> None:
    headers = {**JSON, "Content-Encoding": name}
    assert client.post("/v1/events", content=body, headers=headers).status_code == status
    assert silk.store.events.recent("lin") == []


def test_too_large_a_body_is_refused_by_its_length_alone(client: TestClient, silk: Shop) -> None:
    body = b" " * (silk.settings.service.max_body_bytes + 1)
    assert client.post("/v1/events", content=body, headers=JSON).status_code == 413
    several = (b" " * 1_000_000 for _ in range(20))  # without a length
    assert client.post("/v1/events", content=several, headers=JSON).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"events":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"events":[{"a":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}]}",
        b'{"events":[{"value":1' + b"0" * 5_000 + b"}]}",
        b'{"events":[' + b"1," * 10_000 + b"1]}",
        b'{"events":{}}',
        b'{"event":[]}',
    ],
)
def test_json_that_is_none_of_ours_is_the_callers_mistake(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/events", content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    "change",
    [
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": 1e400},
        {"value": 10**400},
        {"time": 10**30},
        {"time": -(10**30)},
        {"time": "yesterday"},
        {"shopper": ""},
        {"shopper": None},
        {"shopper": "x" * 1_000},
        {"shopper": "a\0b"},
        {"shopper": "\ud800"},
        {"shopper": ["a"]},
        {"shopper": {"a": 1}},
        {"id": "x" * 1_000},
        {"kind": "teleport"},
        {"position": 2**40},
    ],
)
def test_a_wicked_value_is_refused_by_row_and_field(
    client: TestClient, silk: Shop, change: dict[str, Any]
) -> None:
    body = json.dumps({"events": [{**EVENT, "id": "w1", "value": 1, **change}]})
    answer = client.post("/v1/events", content=body, headers=JSON)
    assert answer.status_code == 422, answer.text
    (row,) = answer.json()["rows"]
    assert (row["row"], row["field"]) == (1, next(iter(change)))
    assert silk.store.events.count() == 100


@pytest.mark.parametrize(
    "name",
    [
        "'; DROP TABLE zhiyin_event; --",
        "../../etc/passwd",
        "a\r\nSet-Cookie: x=1",
        "😀\u202e",
        "%00",
    ],
)
def test_a_wicked_name_is_a_name_like_any_other(client: TestClient, silk: Shop, name: str) -> None:
    answer = client.post("/v1/events", json={"events": [{**EVENT, "shopper": name}]})
    assert answer.json()["new"] == 1
    answer = client.post("/v1/recommend", json={"shopper": name, "k": 2})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert [event.item for event in silk.store.events.recent(name)] == ["i1"]


def test_a_number_of_theirs_is_kept_when_it_is_harmless(client: TestClient) -> None:
    mine = client.get("/nowhere", headers={"X-Request-Id": "abc-1"})
    assert mine.headers["x-request-id"] == mine.json()["request"] == "abc-1"
    other = client.get("/nowhere", headers={"X-Request-Id": "a b<script>"})
    assert "script" not in other.text + other.headers["x-request-id"]


def test_a_store_that_is_gone_is_told_without_its_inside(
    client: TestClient, silk: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise Unavailable(what="postgresql://me@db/x", problem="refused", remedy="start it")

    monkeypatch.setattr(silk.store.events, "append", gone)
    monkeypatch.setattr(silk.store.events, "cut", gone)
    answer = client.post("/v1/events", json={"events": [EVENT]})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    assert "postgresql" not in answer.text
    assert client.get("/ready").json() == {"ready": False, "shops": 1, "live": 0}
    assert client.get("/health").status_code == 200


def test_a_bug_of_ours_is_told_by_its_number_only(
    client: TestClient, silk: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(silk, "recommend", broken)
    answer = client.post("/v1/recommend", json={})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.json()["request"] == answer.headers["x-request-id"]


def test_an_answer_that_takes_too_long_is_given_up(
    silk: Shop, calling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    never = Event()
    quick = silk.settings.service.model_copy(update={"answer_seconds": 0.2})
    silk.settings = silk.settings.model_copy(update={"service": quick})
    monkeypatch.setattr(silk, "recommend", lambda *_, **__: never.wait(5))
    answer = calling(silk).post("/v1/recommend", json={})
    never.set()
    assert (answer.status_code, answer.json()["code"]) == (503, "too_late")
