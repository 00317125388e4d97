"""What became of every row: one report per file, and their sum."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from zhiyin.core import Refusal, ZhiyinError


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of the rows of one file, in this run."""

    file: str
    into: str | None = None
    """``events`` or ``items``; None when it did not come to that."""
    format: str | None = None
    """What the file was read as, such as ``csv`` or ``jsonl.gz``."""
    encoding: str | None = None
    rows: int = 0
    """Rows read, the refused ones included."""
    new: int = 0
    """Rows stored, or items changed."""
    seen: int = 0
    """Rows that were in the store already, the same."""
    refused: dict[str, int] = field(default_factory=dict)
    """How many rows were not taken in, by code."""
    examples: tuple[Refusal, ...] = ()
    """The first refusal of each code."""
    resumed: int | None = None
    """The row where this run went on, when an earlier one was interrupted."""
    skipped: bool = False
    """Whether an earlier run had taken it in, unchanged, so that it was not read again."""
    notes: tuple[str, ...] = ()
    """What the reader decided by itself and the user may want to know."""
    problem: ZhiyinError | None = None
    """What ended the file before its end; the rows before are in."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of all files."""

    files: tuple[FileReport, ...]
    seconds: float = 0.0
    rejects: Path | None = None
    """Where the refused rows are, one JSON object per line."""

    @property
    def rows(self) -> int:
        """Rows read, the refused ones included."""
        return sum(file.rows for file in self.files)

    @property
    def new(self) -> int:
        """Rows stored, or items changed."""
        return sum(file.new for file in self.files)

    @property
    def seen(self) -> int:
        """Rows that were in the store already, the same."""
        return sum(file.seen for file in self.files)

    @property
    def refused(self) -> dict[str, int]:
        """How many rows were not taken in, by code."""
        counts: Counter[str] = Counter()
        for file in self.files:
            counts.update(file.refused)
        return dict(counts)

    @property
    def problems(self) -> tuple[ZhiyinError, ...]:
        """What ended files before their end; empty when all were read whole."""
        return tuple(file.problem for file in self.files if file.problem is not None)
