"""How long work tells how far it is, without knowing who watches.

The library reports to a ``Progress``; the terminal draws bars, the service streams
events, and ``SILENT`` throws everything away.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Step(Protocol):
    """One running piece of work."""

    def advance(self, amount: int = 1, **notes: object) -> None:
        """``amount`` more units are done; ``notes`` are shown beside (rate, metric)."""
        ...


class Progress(Protocol):
    """Someone who may be watching."""

    def step(
        self, name: str, total: int | None = None, unit: str = ""
    ) -> AbstractContextManager[Step]:
        """Start a piece of work; leave the context when it ends. ``total`` may be unknown."""
        ...


class _SilentStep:
    def advance(self, amount: int = 1, **notes: object) -> None:
        pass


class _Silent:
    def step(
        self, name: str, total: int | None = None, unit: str = ""
    ) -> AbstractContextManager[Step]:
        return nullcontext(_SilentStep())


SILENT: Progress = _Silent()
