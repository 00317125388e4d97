"""Who may do what: every route, with every scope, from every shop."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from zhiyin.app import Shop
from zhiyin.core import SCOPES

# route -> (scope, body). What is not here needs no key.
ROUTES: dict[tuple[str, str], tuple[str, Any]] = {
    ("POST", "/v1/items"): ("catalogue:write", {"items": []}),
    ("GET", "/v1/items/{item}"): ("catalogue:read", None),
    ("PATCH", "/v1/items/{item}"): ("catalogue:write", {"changes": {}}),
    ("DELETE", "/v1/items/{item}"): ("catalogue:write", None),
    ("POST", "/v1/events"): ("events:write", {"events": []}),
    ("POST", "/v1/recommend"): ("recommend:read", {}),
    ("POST", "/v1/search"): ("search:read", {"query": "丝巾"}),
    ("GET", "/v1/search?q=x"): ("search:read", None),
    ("GET", "/v1/suggest?prefix=x"): ("search:read", None),
    ("GET", "/v1/live"): ("admin", None),
    ("POST", "/v1/live"): ("admin", {"artifact": "x"}),
    ("POST", "/v1/live/rollback"): ("admin", None),
    ("GET", "/v1/keys"): ("admin", None),
    ("POST", "/v1/keys"): ("admin", {"scopes": ["admin"]}),
    ("POST", "/v1/keys/{id}/rotate"): ("admin", None),
    ("DELETE", "/v1/keys/{id}"): ("admin", None),
    ("GET", "/v1/acts"): ("admin", None),
    ("GET", "/metrics"): ("admin", None),
}
OPEN = {("GET", "/health"), ("GET", "/ready")}


def said(client: TestClient, route: tuple[str, str], token: str | None = None, **more: str) -> int:
    method, path = route
    headers = {**more, **({"Authorization": f"Bearer {token}"} if token else {})}
    body = ROUTES[route][1]
    path = path.replace("{item}", "i1").replace("{id}", "nobody")
    status: int = client.request(method, path, json=body, headers=headers).status_code
    return status


def test_every_route_is_in_the_table(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    routes = {(method.upper(), path) for path, verbs in paths.items() for method in verbs}
    assert routes == {(method, path.partition("?")[0]) for method, path in ROUTES} | OPEN


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_opens_with_its_scope_and_with_no_other(
    silk: Shop, calling: Any, route: tuple[str, str]
) -> None:
    tokens = {scope: silk.gate.create([scope])[1] for scope in SCOPES}
    client = calling(silk)
    needed = ROUTES[route][0]
    for scope, token in tokens.items():
        status = said(client, route, token)
        if scope in (needed, "admin"):
            assert status not in (401, 403), (scope, status)
            assert status < 500
        else:
            assert status == 403, (scope, status)
    assert said(client, route) == 401
    assert said(client, route, "zy_0123456789ab_wrong") == 401
    assert said(client, route, tokens["admin"] + "x") == 401


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_no_key_opens_another_shop(
    silk: Shop, tea: Shop, calling: Any, route: tuple[str, str]
) -> None:
    _, token = tea.gate.create(["admin"])
    silk.gate.create(["admin"])
    before = list(silk.items([f"i{n}" for n in range(12)]))
    client = calling(silk, tea)
    assert said(client, route, token, **{"X-Zhiyin-Shop": "silk"}) == 403
    said(client, route, token)  # goes to its own shop
    assert list(silk.items([f"i{n}" for n in range(12)])) == before
    assert [act.what for act in silk.gate.acts()] == ["key.create"]


def test_an_item_of_one_shop_is_not_seen_from_the_other(
    silk: Shop, tea: Shop, calling: Any
) -> None:
    _, token = tea.gate.create(["catalogue:read"])
    answer = calling(silk, tea).get("/v1/items/i1", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 404


def test_once_there_is_a_key_nobody_comes_in_without(silk: Shop, calling: Any) -> None:
    client = calling(silk)
    assert client.post("/v1/recommend", json={}).status_code == 200
    client.post("/v1/keys", json={"scopes": ["admin"]})
    assert client.post("/v1/recommend", json={}).status_code == 401


def test_without_trust_a_key_is_needed_from_the_start(silk: Shop, calling: Any) -> None:
    answer = calling(silk, trusting=False).post("/v1/recommend", json={})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
)
def test_without_a_key_pages_from_elsewhere_are_turned_away(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/v1/recommend", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:8000"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://127.0.0.1"},
        {"Host": "[::1]:8000", "Origin": "http://[::1]:8000"},
    ],
)
def test_without_a_key_this_machines_own_pages_may_ask(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/v1/recommend", json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "Bearer  ", "zy_a_b", "Bearer \x7f"])
def test_what_is_no_bearer_token_is_not_taken_for_no_key(client: TestClient, value: str) -> None:
    answer = client.post("/v1/recommend", json={}, headers={"Authorization": value})
    assert answer.status_code == 401


def test_a_key_is_made_rotated_and_ended_over_http(silk: Shop, calling: Any) -> None:
    _, admin = silk.gate.create(["admin"], label="root")
    client = calling(silk, Authorization=f"Bearer {admin}")
    made = client.post("/v1/keys", json={"scopes": ["recommend:read"], "label": "page"})
    assert made.status_code == 201
    token, id = made.json()["token"], made.json()["key"]["id"]
    mine = {"Authorization": f"Bearer {token}"}
    assert client.post("/v1/recommend", json={}, headers=mine).status_code == 200
    rotated = client.post(f"/v1/keys/{id}/rotate").json()
    fresh = {"Authorization": f"Bearer {rotated['token']}"}
    for headers in (mine, fresh):  # the old one works a while longer
        assert client.post("/v1/recommend", json={}, headers=headers).status_code == 200
    assert client.delete(f"/v1/keys/{rotated['key']['id']}").json()["revoked"]
    assert client.post("/v1/recommend", json={}, headers=fresh).status_code == 401
    listed = client.get("/v1/keys").text
    assert token not in listed
    assert "digest" not in listed
    whats = [act["what"] for act in client.get("/v1/acts").json()["acts"]]
    assert whats == ["key.revoke", "key.rotate", "key.create", "key.create", "key.create"]


def test_a_key_for_pages_opens_for_its_pages_only(silk: Shop, calling: Any) -> None:
    _, token = silk.gate.create(["recommend:read"], origins=["https://shop.example"])
    client = calling(silk, trusting=False, Authorization=f"Bearer {token}")
    mine = client.post("/v1/recommend", json={}, headers={"Origin": "https://shop.example"})
    assert mine.status_code == 200
    assert mine.headers["access-control-allow-origin"] == "https://shop.example"
    assert "Origin" in mine.headers["vary"]
    other = client.post("/v1/recommend", json={}, headers={"Origin": "https://evil.example"})
    assert other.status_code == 403
    assert "access-control-allow-origin" not in other.headers
    assert client.post("/v1/recommend", json={}).status_code == 403


def test_a_browser_may_ask_first(silk: Shop, calling: Any) -> None:
    silk.gate.create(["events:write"], origins=["https://shop.example"])
    client = calling(silk, trusting=False)
    asks = {"Access-Control-Request-Method": "POST"}
    allowed = client.options("/v1/events", headers={**asks, "Origin": "https://shop.example"})
    assert allowed.status_code == 204
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    refused = client.options("/v1/events", headers={**asks, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers


def test_a_caller_who_is_too_fast_is_told_when_to_come_back(
    silk: Shop, calling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiyin.service.pace.monotonic", lambda: 1.0)
    _, token = silk.gate.create(["recommend:read"], per_minute=12)
    client = calling(silk, Authorization=f"Bearer {token}")
    answers = [client.post("/v1/recommend", json={}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[0].headers["ratelimit-remaining"] == "1"
    late = answers[-1]
    assert (late.status_code, late.json()["code"]) == (429, "too_fast")
    assert late.headers["retry-after"] == "5"


def test_guessing_keys_is_slowed_down(
    silk: Shop, calling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiyin.service.pace.monotonic", lambda: 1.0)
    client = calling(silk, Authorization="Bearer zy_0123456789ab_guess")
    statuses = [client.get("/v1/live").status_code for _ in range(110)]
    assert statuses == [401] * 100 + [429] * 10
