"""Artifacts: immutable folders with a manifest, what one stage hands to the next.

An artifact is written under a temporary name, forced to disk and renamed, so it is
there whole or not at all. Every file's hash is in the manifest; a damaged artifact is
refused by name. ``promote`` moves one pointer atomically; ``rollback`` moves it back.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from zhiyin.core.config import Config
from zhiyin.core.errors import Damaged, NotFound
from zhiyin.core.log import get_logger

log = get_logger(__name__)

MANIFEST = "manifest.json"
POINTERS = "live.json"
_CHUNK = 1 << 20


class FileStamp(Config):
    """What one file of an artifact must look like."""

    sha256: str
    size: int


class Manifest(Config):
    """Where an artifact comes from and what it holds."""

    id: str
    kind: str
    """What it is: "recommender", "vectors", "graph" …"""
    stage: str
    """Which stage wrote it: "pretrain" or "posttrain"."""
    created: datetime
    seconds: float
    """How long the work took."""
    parents: tuple[str, ...] = ()
    """Artifacts that it was made from."""
    data_hash: str = ""
    """Hash of the data that it was fitted on."""
    cut: int = 0
    """Number of the newest event that it saw."""
    config: dict[str, Any] = {}
    seed: int = 0
    code: str = ""
    """Version of zhiyin that wrote it."""
    machine: str = ""
    metrics: dict[str, float] = {}
    files: dict[str, FileStamp] = {}


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished artifact: its folder and its manifest."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        return self.manifest.id


@dataclass(slots=True)
class Draft:
    """An artifact being written: put files into ``path``, note what was measured."""

    id: str
    path: Path
    metrics: dict[str, float] = field(default_factory=dict)


class ArtifactStore:
    """The artifacts of one shop, in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def writing(
        self,
        kind: str,
        stage: str,
        *,
        parents: tuple[str, ...] = (),
        data_hash: str = "",
        cut: int = 0,
        config: dict[str, Any] | None = None,
        seed: int = 0,
    ) -> Iterator[Draft]:
        """Write a new artifact; it exists only if the block ends without an error."""
        self.root.mkdir(parents=True, exist_ok=True)
        created, started = datetime.now(UTC), time.monotonic()
        name = f"{kind}-{created:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        draft = Draft(name, self.root / f".{name}.part")
        draft.path.mkdir()
        try:
            yield draft
            manifest = Manifest(
                id=name,
                kind=kind,
                stage=stage,
                created=created,
                seconds=round(time.monotonic() - started, 3),
                parents=parents,
                data_hash=data_hash,
                cut=cut,
                config=config or {},
                seed=seed,
                code=_code_version(),
                machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
                metrics=draft.metrics,
                files=_stamp(draft.path),
            )
            _write_durably(draft.path / MANIFEST, manifest.model_dump_json(indent=2))
            _sync_folder(draft.path)
            draft.path.rename(self.root / name)
            _sync_folder(self.root)
        except BaseException:
            shutil.rmtree(draft.path, ignore_errors=True)
            raise

    def open(self, id: str, *, every_byte: bool = True) -> Artifact:
        """The artifact named ``id``, checked against its manifest.

        ``every_byte`` False compares sizes only: for large ones that were read when they
        were promoted, and that whoever opens them checks for sense.
        """
        manifest = self._manifest(id)
        folder = self.root / id
        present = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        for strange in sorted(present - {MANIFEST} - set(manifest.files)):
            raise _damaged(id, f"{strange} is not in the manifest")
        for name, stamp in manifest.files.items():
            if name not in present:
                raise _damaged(id, f"{name} is missing")
            if (folder / name).stat().st_size != stamp.size:
                raise _damaged(id, f"{name} has another size than was written")
            if every_byte and _hash(folder / name) != stamp.sha256:
                raise _damaged(id, f"{name} has other bytes than were written")
        return Artifact(folder, manifest)

    def manifests(self) -> list[Manifest]:
        """The manifests of all artifacts, oldest first."""
        names = [p.parent.name for p in self.root.glob(f"[!.]*/{MANIFEST}")]
        found = []
        for name in names:
            try:
                found.append(self._manifest(name))
            except Damaged as error:  # one bad folder must not hide the others
                log.warning("artifact left out", error=error)
        return sorted(found, key=lambda manifest: (manifest.created, manifest.id))

    def lineage(self, id: str) -> list[Manifest]:
        """The artifact and all that it was made from, nearest first."""
        found: dict[str, Manifest] = {}
        waiting = [id]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = self._manifest(name)
                waiting.extend(found[name].parents)
        return [*found.values()]

    def promote(self, role: str, id: str) -> None:
        """Let ``id`` answer for ``role`` from now on; checked first."""
        self.open(id)
        with self._pointers() as pointers:
            entry = pointers.setdefault(role, {"now": None, "past": []})
            if entry["now"] == id:
                return
            if entry["now"] is not None:
                entry["past"].append(entry["now"])
            entry["now"] = id

    def rollback(self, role: str) -> str:
        """Let the one before answer again; returns its id."""
        with self._pointers() as pointers:
            past = pointers.get(role, {}).get("past", [])
            if not past:
                raise NotFound(
                    kind="earlier artifact",
                    kind_zh="更早的产物",
                    name=role,
                    remedy="promote another by its id",
                    remedy_zh="请按编号让另一个产物上线",
                )
            self.open(past[-1])
            pointers[role]["now"] = past.pop()
            return str(pointers[role]["now"])

    def live_id(self, role: str) -> str | None:
        """The id that answers for ``role``; None before the first promotion."""
        now = self._read_pointers().get(role, {}).get("now")
        return None if now is None else str(now)

    def live(self, role: str) -> Artifact | None:
        """The artifact that answers for ``role``, checked."""
        name = self.live_id(role)
        return None if name is None else self.open(name)

    def _manifest(self, id: str) -> Manifest:
        file = self.root / id / MANIFEST
        # An id is a folder's name; anything else could leave the artifacts folder.
        if Path(id).name != id or id.startswith(".") or not file.is_file():
            raise NotFound(
                kind="artifact",
                kind_zh="产物",
                name=id,
                remedy="list them with: zhiyin artifacts",
                remedy_zh="列出全部：zhiyin artifacts",
            )
        try:
            return Manifest.model_validate_json(file.read_bytes())
        except ValidationError as error:
            raise _damaged(id, "its manifest cannot be read") from error

    def _read_pointers(self) -> dict[str, Any]:
        file = self.root / POINTERS
        if not file.exists():
            return {}
        try:
            pointers: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Damaged(what=str(file), problem="not JSON", remedy="promote again") from error
        return pointers

    @contextmanager
    def _pointers(self) -> Iterator[dict[str, Any]]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f".{POINTERS}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            pointers = self._read_pointers()
            yield pointers
            fresh = self.root / f".{POINTERS}.part"
            _write_durably(fresh, json.dumps(pointers, indent=2))
            fresh.replace(self.root / POINTERS)
            _sync_folder(self.root)


def _stamp(folder: Path) -> dict[str, FileStamp]:
    stamps = {}
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
        stamps[str(file.relative_to(folder))] = FileStamp(
            sha256=_hash(file), size=file.stat().st_size
        )
    return stamps


def _hash(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _write_durably(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _damaged(id: str, problem: str) -> Damaged:
    return Damaged(
        what=f"artifact {id}",
        what_zh=f"产物 {id}",
        problem=problem,
        remedy="roll back, or fit again and promote that",
        remedy_zh="请回退，或重新训练后上线",
    )


def _code_version() -> str:
    try:
        return version("zhiyin")
    except PackageNotFoundError:  # run from a source tree that was not installed
        return "unknown"
