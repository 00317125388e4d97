"""The OpenAPI is true: whatever it allows is answered as it says, and never with a 5xx.

schemathesis makes requests of every route from its schema, sound ones and unsound ones.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from zhiyin.app import Shop
from zhiyin.service import make_service

BOUNDED = settings(
    max_examples=int(os.environ.get("ZHIYIN_TEST_EXAMPLES", "8")),
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=list(HealthCheck),
)
HERE = "http://127.0.0.1"
SOUND, UNSOUND = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


def told(shop: Shop, *, trusting: bool) -> Any:
    fast = shop.settings.service.model_copy(update={"per_minute": 10_000_000})
    shop.settings = shop.settings.model_copy(update={"service": fast})
    service = make_service([shop], trusting=trusting)
    return schemathesis.openapi.from_asgi("/openapi.json", service)


def operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def try_out(operation: Any, headers: dict[str, str], allowed: set[int] | None = None) -> int:
    """How many requests were made and answered as the schema says."""
    count = 0

    kinds = operation.as_strategy(generation_mode=SOUND)
    if operation.body or list(operation.iter_parameters()):
        kinds = kinds | operation.as_strategy(generation_mode=UNSOUND)

    @BOUNDED
    @given(case=kinds)
    def answered(case: Any) -> None:
        nonlocal count
        count += 1
        response = case.call(base_url=HERE, headers=headers)
        assert response.status_code < 500, (case, response.text)
        assert allowed is None or response.status_code in allowed, (case, response.text)
        assert b"Traceback" not in response.content
        assert b"site-packages" not in response.content
        operation.validate_response(response)

    answered()
    return count


def test_with_a_key_every_answer_is_as_told(silk: Shop) -> None:
    _, token = silk.gate.create(["admin"], per_minute=10_000_000)
    for operation in operations(told(silk, trusting=False)):
        assert try_out(operation, {"Authorization": f"Bearer {token}"})
    assert silk.store.keys.get(token.split("_")[1]) is not None


def test_without_a_key_nobody_comes_in(silk: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    silk.gate.create(["admin"])
    before = silk.store.catalogue.count(), silk.store.events.count(), len(silk.gate.all())
    for operation in operations(told(silk, trusting=True)):
        monkeypatch.setattr("zhiyin.service.visitors._GUESSES", 10_000_000)
        free = operation.path in ("/health", "/ready")
        try_out(operation, {}, None if free else {400, 401, 403, 404, 405, 413, 415, 422})
    after = silk.store.catalogue.count(), silk.store.events.count(), len(silk.gate.all())
    assert after == before
