"""Events over HTTP: stored when answered, once however often they come."""

from fastapi.testclient import TestClient

from zhiyin.app import Shop

VIEW = {"id": "v1", "shopper": "lin", "item": "i3", "kind": "view"}


def test_an_event_is_in_the_store_when_it_is_answered(client: TestClient, silk: Shop) -> None:
    assert client.post("/v1/events", json={"events": [VIEW]}).json()["new"] == 1
    (event,) = silk.store.events.recent("lin")
    assert (event.id, event.item) == ("v1", "i3")


def test_sent_again_it_counts_once(client: TestClient, silk: Shop) -> None:
    timed = {**VIEW, "time": "2026-03-01T12:00:00Z"}
    for expected in ({"new": 1, "seen": 0}, {"new": 0, "seen": 1}):
        answer = client.post("/v1/events", json={"events": [timed]}).json()
        assert {name: answer[name] for name in expected} == expected
    assert len(silk.store.events.recent("lin")) == 1


def test_an_id_with_other_content_is_refused(client: TestClient) -> None:
    client.post("/v1/events", json={"events": [VIEW]})
    answer = client.post("/v1/events", json={"events": [{**VIEW, "item": "i4"}]})
    assert answer.status_code == 422
    assert answer.json()["rows"][0]["code"] == "other_content"


def test_an_event_changes_the_next_answer(client: TestClient) -> None:
    before = client.post("/v1/recommend", json={"shopper": "new", "k": 5}).json()
    client.post("/v1/events", json={"events": [{**VIEW, "shopper": "new"}]})
    after = client.post("/v1/recommend", json={"shopper": "new", "k": 5}).json()
    assert [item["score"] for item in before["items"]] != [item["score"] for item in after["items"]]
    assert any(r["evidence"] == ["i3"] for item in after["items"] for r in item["reasons"])


def test_no_events_are_no_trouble(client: TestClient) -> None:
    answer = client.post("/v1/events", json={"events": []})
    assert answer.json() == {"new": 0, "seen": 0, "refused": []}


def test_rows_are_counted_for_the_operator(client: TestClient) -> None:
    client.post("/v1/events", json={"events": [VIEW, {**VIEW, "id": "v2", "kind": "fly"}]})
    text = client.get("/metrics").text
    assert 'zhiyin_rows_total{into="events",outcome="new",shop="silk"} 1.0' in text
    assert 'zhiyin_rows_total{into="events",outcome="refused",shop="silk"} 1.0' in text
