"""Items over HTTP: added, read, changed, deleted; bad rows are told."""

from fastapi.testclient import TestClient

from zhiyin.app import Shop


def test_items_are_added_read_changed_and_deleted(client: TestClient, silk: Shop) -> None:
    added = client.post("/v1/items", json={"items": [{"id": "新/1", "title": "如意 scarf"}]})
    assert added.json() == {"new": 1, "seen": 0, "refused": []}
    path = "/v1/items/%E6%96%B0%2F1"
    assert client.get(path).json() == {"id": "新/1", "title": "如意 scarf"}
    changed = client.patch(path, json={"changes": {"price": "12.50"}})
    assert changed.json()["price"] == "12.50"
    assert str(silk.items(["新/1"])["新/1"].price) == "12.50"
    assert client.delete(path).json() == {"deleted": 1}
    assert client.delete(path).json() == {"deleted": 0}
    assert client.get(path).status_code == 404


def test_a_bad_row_is_told_and_the_good_ones_are_in(client: TestClient, silk: Shop) -> None:
    rows = [{"id": "a", "price": "1"}, {"id": "b", "price": "cheap"}]
    answer = client.post("/v1/items", json={"items": rows}, headers={"Accept-Language": "zh"})
    assert answer.status_code == 200
    assert answer.json()["new"] == 1
    (refused,) = answer.json()["refused"]
    assert (refused["row"], refused["field"], refused["value"]) == (2, "price", "cheap")
    assert "请" in refused["message"]
    assert set(silk.items(["a", "b"])) == {"a"}


def test_when_no_row_is_good_it_is_a_problem_with_rows(client: TestClient) -> None:
    answer = client.post("/v1/items", json={"items": [{"id": "b", "price": -1}]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "rows_refused"
    assert [row["field"] for row in answer.json()["rows"]] == ["price"]


def test_a_change_that_makes_no_sense_names_the_field(client: TestClient, silk: Shop) -> None:
    before = silk.items(["i1"])
    answer = client.patch("/v1/items/i1", json={"changes": {"stock": "many"}})
    assert answer.status_code == 422
    assert "stock" in answer.json()["detail"]
    assert silk.items(["i1"]) == before


def test_too_many_rows_are_refused_before_any_is_stored(client: TestClient, silk: Shop) -> None:
    rows = [{"id": f"n{n}"} for n in range(silk.settings.service.max_rows + 1)]
    answer = client.post("/v1/items", json={"items": rows})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert silk.store.catalogue.count() == 12
