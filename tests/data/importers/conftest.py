"""What the importers' tests share: a folder to lay files out in, and a shop to fill."""

import gzip
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhiyin.core import Event, Item, Settings, from_row
from zhiyin.data.importers import import_from
from zhiyin.data.ingest import IngestReport
from zhiyin.data.stores import open_store

DATA = Path(os.environ.get("ZHIYIN_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))

FILES = Path(__file__).parent / "files"


@dataclass
class Brought:
    """What an import left in the shop."""

    report: IngestReport
    items: dict[str, Item]
    events: list[Event]

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(self.report.refused.values())

    def of(self, kind: str) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if event.kind == kind]


Bring = Callable[..., Brought]
Lay = Callable[..., Path]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Write files by name (``.gz`` packs them); the folder they are in."""

    def laid(files: dict[str, str], encoding: str = "utf-8") -> Path:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            content = text.encode(encoding)
            file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return tmp_path

    return laid


@pytest.fixture
def shelf(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the small files of one data set, invented in its true shape."""
    return lambda name: shutil.copytree(FILES / name, tmp_path / name)


@pytest.fixture
def bring() -> Bring:
    """Import into an empty shop in memory and read everything back."""

    def brought(name: str, path: Path, **options: object) -> Brought:
        store = open_store("memory://", shop="importers")
        report = import_from(name, path, store, Settings(), **options)  # type: ignore[arg-type]
        items = {c.id: c.item for c in store.catalogue.changes() if c.item is not None}
        columns = [batch.columns for batch in store.events.read()]
        rows = [
            row for batch in columns for row in zip(*[c.to_pylist() for c in batch], strict=True)
        ]
        return Brought(report, items, [from_row(row) for row in rows])

    return brought


@pytest.fixture
def data() -> Path:
    """The real data, where it is; else the test is skipped."""
    if not DATA.is_dir():
        pytest.skip(f"no real data in {DATA}; set ZHIYIN_TEST_DATA to have this tested")
    return DATA
