"""What the terminal shows: bars, tables and errors, through one rich console."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from zhiyin.cli.words import LANG, t
from zhiyin.core import ZhiyinError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Bars:
    """Draws a bar with rate and time left for every step of long work."""

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "") -> Iterator["_Bar"]:
        """One bar, gone into a line of history when the work ends."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TextColumn(t("left", "剩余")),
            TimeRemainingColumn(compact=True),
            TextColumn(t("past", "已用")),
            TimeElapsedColumn(),
            TextColumn("{task.fields[notes]}"),
            console=err,
            transient=True,
        ) as shown:
            yield _Bar(shown, shown.add_task(name, total=total, rate="", notes=""), unit)


class _Bar:
    def __init__(self, shown: Progress, task: TaskID, unit: str) -> None:
        self._shown, self._task, self._unit = shown, task, unit

    def advance(self, amount: int = 1, **notes: object) -> None:
        self._shown.advance(self._task, amount)
        speed = self._shown.tasks[0].speed
        self._shown.update(
            self._task,
            rate=f"{_short(speed)} {self._unit}/s" if speed else "",
            notes=" ".join(f"{key} {_number(value)}" for key, value in notes.items()),
        )


def _short(number: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f} {letter}"
    return f"{number:.0f}"


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], note: str = ""
) -> None:
    """Print a table; numbers stand to the right."""
    sheet = Table(title=title, title_justify="left", title_style="bold", caption=note or None)
    sheet.caption_justify = "left"
    for place, head in enumerate(heads):
        numeric = bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        sheet.add_column(head, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        sheet.add_row(*(_cell(value) for value in row))
    out.print(sheet)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 10 else f"{value:,.1f}"
    return _number(value) if not isinstance(value, str) else value


def say(english: str, chinese: str) -> None:
    """Print one sentence in the language of this run."""
    out.print(t(english, chinese))


def complain(error: ZhiyinError) -> None:
    """Print an error: its code and its sentence."""
    err.print(f"[bold red]{error.code}[/]", end=" ")
    # The sentence may quote a user's text, so it is not read as markup.
    err.print(error.text(LANG), markup=False)


def show_log(verbose: int) -> None:
    """Send the library's log to the terminal: -v tells what happens, -vv everything."""
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
        root = logging.getLogger("zhiyin")
        root.addHandler(handler)
        root.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
