"""Marks: how far each file was taken in, so that an interrupted run goes on from there.

A mark is kept in the store itself and written after the rows it counts, so it never
claims more than is stored. It holds for one file as it was (size, time, both ends), one
mapping and one set of settings; when any of them changes the file is read from its start
again, which ids make harmless.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

from zhiyin.core import Checkpoints, Settings
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.reading import Input, Place

_END = 4_096


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one file was taken in."""

    identity: str
    offset: int = 0
    row: int = 1
    encoding: str = ""
    done: bool = False

    @property
    def place(self) -> Place:
        """Where to go on."""
        return Place(self.offset, self.row)


class Marks:
    """The marks of one run."""

    def __init__(
        self,
        checkpoints: Checkpoints | None,
        settings: Settings,
        mapping: Mapping | None,
        resume: bool,
    ) -> None:
        self._checkpoints, self._resume = checkpoints, resume
        said = mapping.fingerprint if mapping is not None else ""
        # One file may give items and, in a second run, events: each has its own mark.
        self._into = (mapping.into if mapping is not None else None) or ""
        rules = settings.model_dump_json(include={"timezone", "kinds", "ingest", "currency"})
        self._rules = _digest(said.encode(), rules.encode())

    def find(self, source: Input) -> Mark | None:
        """The mark of a file that has not changed, or None."""
        if not self._resume or self._checkpoints is None or source.path is None:
            return None
        note = self._checkpoints.get(self._key(source.path))
        if note is None:
            return None
        try:
            mark = Mark(**json.loads(note))
        except (ValueError, TypeError):
            return None  # written by another version
        return mark if mark.identity == self.identity(source) else None

    def identity(self, source: Input) -> str:
        """What must not change between two runs; empty where that cannot be told."""
        if source.path is None:
            return ""
        try:
            status = source.path.stat()
            with source.path.open("rb") as file:
                head = file.read(_END)
                file.seek(max(0, status.st_size - _END))
                tail = file.read(_END)
        except OSError:
            return ""
        facts = f"{status.st_size} {status.st_mtime_ns} {self._rules}".encode()
        return _digest(facts, head, tail)

    def put(self, source: Input, mark: Mark | None) -> None:
        """Write how far a file is, or forget it."""
        if self._checkpoints is not None and source.path is not None:
            note = None if mark is None else json.dumps(asdict(mark))
            self._checkpoints.put(self._key(source.path), note)

    def _key(self, path: Path) -> str:
        return "ingest:" + _digest(str(path.resolve()).encode(), self._into.encode())


def _digest(*parts: bytes) -> str:
    found = blake2b(digest_size=16)
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()
