"""rejects.jsonl: every row that was not taken in, with its place and what to do."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from zhiyin.core import Refusal, shorten
from zhiyin.data.ingest.reading import Reject

_RAW = 500


class Rejects:
    """Writes refusals; an interrupted run is taken up without writing a row twice."""

    def __init__(
        self,
        path: Path | None,
        kept: Mapping[str, int | None],
        own: frozenset[str] | None = None,
    ) -> None:
        """Start the file.

        Args:
            path: None writes nothing.
            kept: Files that are not read from their start: refusals of rows before the
                one given (None: all of them) stay from the run before.
            own: The files of this run, where refusals of other files are to stay too;
                None throws them away.
        """
        self.path = path
        self._file: TextIO | None = None
        self._dirty = False
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            _keep(path, kept, own)
            self._file = path.open("a", encoding="utf-8")

    def write(self, rejects: list[Reject], file: str) -> None:
        """Add refused rows of ``file``."""
        if self._file is None or not rejects:
            return
        for refusal, raw in rejects:
            record = {**replace(refusal, file=file).record(), "raw": shorten(raw, _RAW)}
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._dirty = True

    def settle(self) -> None:
        """Bring what was written to the disk, before the rows count as done."""
        if self._file is not None and self._dirty:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._dirty = False

    def close(self) -> None:
        """Settle and close."""
        if self._file is not None:
            self.settle()
            self._file.close()
            self._file = None


def _keep(path: Path, kept: Mapping[str, int | None], own: frozenset[str] | None) -> None:
    """Throw away the lines that this run is going to write again."""
    if not path.exists():
        return
    if not kept and own is None:
        path.write_bytes(b"")
        return
    fresh = path.with_name(path.name + ".tmp")
    with path.open("rb") as old, fresh.open("wb") as new:
        for line in old:
            if _stays(line, kept, own):
                new.write(line)
        new.flush()
        os.fsync(new.fileno())
    fresh.replace(path)


def _stays(line: bytes, kept: Mapping[str, int | None], own: frozenset[str] | None) -> bool:
    try:
        record: dict[str, Any] = json.loads(line)
        file, row = record["file"], record["row"]
    except (ValueError, KeyError, TypeError):
        return False  # half a line, from a run that was killed
    if file not in kept:
        return own is not None and file not in own
    until = kept[file]
    return until is None or row < until


class Tally:
    """Counts refusals by code and remembers the first of each."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, Refusal] = {}

    def add(self, rejects: list[Reject]) -> None:
        """Count some more."""
        for reject in rejects:
            self.counts[reject.refusal.code] += 1
            self.examples.setdefault(reject.refusal.code, reject.refusal)
