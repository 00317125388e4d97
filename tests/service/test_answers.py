"""Answers over HTTP: the same as in Python, in the caller's language."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from zhiyin.app import Shop


def test_a_slate_is_what_python_gives(client: TestClient, silk: Shop) -> None:
    body = {"shopper": "s1", "k": 4, "exclude": ["i9"]}
    answer = client.post("/v1/recommend", json=body).json()
    slate = silk.recommend("s1", k=4, exclude=["i9"])
    assert tuple(item["id"] for item in answer["items"]) == slate.items
    assert answer["artifacts"] == [*slate.artifacts]
    assert all(item["propensity"] == 1.0 for item in answer["items"])


def test_a_guest_says_what_was_viewed(client: TestClient) -> None:
    answer = client.post("/v1/recommend", json={"after": ["i2"], "k": 3}).json()
    assert len(answer["items"]) == 3
    assert "i2" not in [item["id"] for item in answer["items"]]


def test_an_item_that_is_not_there_is_named(client: TestClient) -> None:
    answer = client.post("/v1/recommend", json={"after": ["nothing"]})
    assert answer.status_code == 404
    assert "nothing" in answer.json()["detail"]


def test_the_trace_is_told_in_both_languages(client: TestClient) -> None:
    first = client.post("/v1/recommend", json={}).json()["trace"][0]
    assert first["message"].startswith("history")
    assert first["message_zh"].startswith("历史")


def test_problems_speak_the_callers_language(client: TestClient) -> None:
    details = [
        client.get("/v1/items/none", headers={"Accept-Language": lang}).json()["detail"]
        for lang in ("en-GB,en;q=0.9", "zh-CN", "fr", "de;q=0.9,zh;q=0.5,en;q=0.1", ";;q=x,zh")
    ]
    assert ["商品" in detail for detail in details] == [False, True, False, True, True]


def test_a_search_is_what_python_gives(client: TestClient, silk: Shop) -> None:
    answer = client.post("/v1/search", json={"query": "丝巾 110元以内", "k": 3}).json()
    found = silk.search("丝巾 110元以内", k=3, language="en")
    assert answer["items"]
    assert [item["id"] for item in answer["items"]] == [*found.slate.items]
    assert (answer["total"], answer["next"]) == (found.total, found.next)
    assert [chip["kind"] for chip in answer["chips"]] == [chip.kind for chip in found.chips]
    line = client.get("/v1/search", params={"q": "丝巾 110元以内", "k": 3}).json()
    assert line["items"] == answer["items"]


def test_pages_follow_each_other(client: TestClient) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = client.post("/v1/search", json={"query": "丝巾", "k": 5, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 12


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"picture": "!!"}, 422, "base64"),
        ({"where": {"brnd": "x"}}, 422, "brnd"),
        ({"cursor": "zzz"}, 400, "cursor"),
        ({"sort": "best"}, 422, "sort"),
        ({"like": "nothing"}, 404, "nothing"),
        ({"k": 0}, 422, "k"),
        ({"qeury": "x"}, 422, "qeury"),
    ],
)
def test_what_cannot_be_searched_is_named(
    client: TestClient, body: dict[str, Any], status: int, word: str
) -> None:
    answer = client.post("/v1/search", json=body)
    assert answer.status_code == status, answer.text
    assert word in answer.json()["detail"]


def test_what_is_typed_is_completed(client: TestClient) -> None:
    answer = client.get("/v1/suggest", params={"prefix": "丝"}).json()
    assert any("丝巾" in each for each in answer["suggestions"])


def test_a_shop_that_has_learnt_nothing_says_so(tea: Shop, calling: Any) -> None:
    answer = calling(tea).post("/v1/recommend", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_fitted")


def test_promotion_and_rollback_change_what_answers(client: TestClient, silk: Shop) -> None:
    first = client.get("/v1/live").json()
    silk.take(
        [{"id": f"m{n}", "shopper": f"s{n}", "item": "i1", "kind": "buy"} for n in range(20)],
        "events",
    )
    silk.fit(budget=5)
    ids = [artifact["id"] for artifact in client.get("/v1/live").json()["artifacts"]]
    other = next(id for id in ids if id != first["live"])
    assert client.post("/v1/live", json={"artifact": other}).json()["live"] == other
    answer = client.post("/v1/recommend", json={}).json()
    assert answer["artifacts"] == [other]
    back = client.post("/v1/live/rollback").json()["live"]
    assert client.post("/v1/recommend", json={}).json()["artifacts"] == [back] != [other]
    assert [act["what"] for act in client.get("/v1/acts").json()["acts"]] == ["rollback", "promote"]


def test_promoting_what_is_not_there_changes_nothing(client: TestClient) -> None:
    before = client.get("/v1/live").json()["live"]
    for id in ("nothing", "../../etc/passwd", "a\0b"):
        assert client.post("/v1/live", json={"artifact": id}).status_code in (404, 422)
    assert client.get("/v1/live").json()["live"] == before
