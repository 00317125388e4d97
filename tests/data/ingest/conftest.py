"""A store in memory, a clock that stands still, and short ways to write files and look back."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from zhiyin.core import EVENT_SCHEMA, Settings, Store
from zhiyin.data.ingest import IngestReport, ingest
from zhiyin.data.stores import open_store

Rows = list[dict[str, Any]]


class StandingClock:
    """Noon of the first day of 2024."""

    def now(self) -> datetime:
        return datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(images=tmp_path / "images")


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store("memory://", "shop")
    yield opened
    opened.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """write(name, content) → the file."""

    def to(name: str, content: str | bytes) -> Path:
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return to


@pytest.fixture
def take(store: Store, settings: Settings, clock: StandingClock) -> Callable[..., IngestReport]:
    """ingest into the store in memory, at the standing clock."""

    def run(source: Any, **given: Any) -> IngestReport:
        given.setdefault("clock", clock)
        return ingest(source, given.pop("store", store), given.pop("settings", settings), **given)

    return run


@pytest.fixture
def events(store: Store) -> Callable[[], Rows]:
    """All events in the order they came in."""

    def look() -> Rows:
        table = pa.Table.from_batches(list(store.events.read()), EVENT_SCHEMA)
        rows: Rows = table.to_pylist()
        return rows

    return look


@pytest.fixture
def refuse(
    take: Callable[..., IngestReport], tmp_path: Path
) -> Callable[..., tuple[IngestReport, Rows]]:
    """ingest, and the lines of rejects.jsonl."""

    def run(source: Any, **given: Any) -> tuple[IngestReport, Rows]:
        path = tmp_path / "out" / "rejects.jsonl"
        report = take(source, rejects=path, **given)
        return report, [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    return run
