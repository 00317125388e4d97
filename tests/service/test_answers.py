"""Answers over HTTP: the same as in Python, in the caller's language."""

from typing import Any

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


def test_the_trace_speaks_the_callers_language(client: TestClient) -> None:
    said = {
        lang: client.post("/v1/recommend", json={}, headers={"Accept-Language": lang}).json()
        for lang in ("en-GB,en;q=0.9", "zh-CN", "fr", "de;q=0.9,zh;q=0.5,en;q=0.1")
    }
    firsts = [answer["trace"][0]["text"] for answer in said.values()]
    assert [first.startswith("历史") for first in firsts] == [False, True, False, True]


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
