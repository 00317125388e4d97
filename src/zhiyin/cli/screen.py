"""What the terminal shows: bars, tables and errors, through one rich console."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.cells import cell_len
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
from rich.text import Text

from zhiyin.cli.words import LANG, t
from zhiyin.core import ZhiyinError

_LEAST = 16
_NOT_A_SCREEN = 110
"""Width where nobody looks: a pipe or a file."""


def _console(stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _NOT_A_SCREEN
    return console


out = _console()
err = _console(stderr=True)


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
            disable=not err.is_terminal,  # in a log a bar is an empty line
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
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    note: str = "",
    wide: int | None = None,
) -> None:
    """Print a table; numbers stand to the right.

    ``wide``: the column that gives way when the screen is narrow; it is cut, not folded.
    """
    sheet = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [_width(head, [row[place] for row in cells]) for place, head in enumerate(heads)]
    if wide is not None:  # what the others leave, with the room between columns
        others = sum(widths) - widths[wide] + 3 * len(heads) + 2
        widths[wide] = max(_LEAST, min(widths[wide], out.width - others))
    for place, head in enumerate(heads):
        numeric = bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        sheet.add_column(
            head,
            justify="right" if numeric else "left",
            no_wrap=wide is not None,
            overflow="ellipsis" if wide is not None else "fold",
            width=widths[place] if wide is not None else None,
        )
    for row in cells:
        sheet.add_row(*row)
    out.print(sheet)
    if note:
        out.print(note, markup=False)


# Control characters in a title or a file name could move the cursor or hide text.
_UNSEEN = dict.fromkeys([*range(32), *range(127, 160)])


def seen(text: str) -> str:
    """The text without control characters."""
    return text.translate(_UNSEEN)


def _width(head: str, cells: Sequence[Text]) -> int:
    return max([cell_len(head), *(line.cell_len for cell in cells for line in cell.split())])


def _cell(value: object) -> Text:
    # Text, not str: what a shop or a file says is never read as markup.
    if isinstance(value, float):
        return Text(f"{value:.4f}")
    if isinstance(value, Text):
        return value
    return Text(seen(_number(value)))


def say(english: str, chinese: str) -> None:
    """Print one sentence in the language of this run."""
    # It names files and shops, so it is not read as markup; a pipe gets it on one line.
    out.print(t(english, chinese), markup=False, soft_wrap=not out.is_terminal)


def aside(line: str) -> None:
    """Print a line that is not the result, to the error stream."""
    err.print(line, markup=False, soft_wrap=not err.is_terminal)


def complain(error: ZhiyinError) -> None:
    """Print an error: its code and its sentence."""
    err.print(f"[bold red]{error.code}[/]", end=" ")
    # The sentence may quote a user's text, so it is not read as markup.
    aside(error.text(LANG))


def show_log(verbose: int) -> None:
    """Send the library's log to the terminal: -v tells what happens, -vv everything."""
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
        root = logging.getLogger("zhiyin")
        root.addHandler(handler)
        root.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
