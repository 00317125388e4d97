"""Ingest from one end to the other: find the files, read, check, store, mark, report."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO, cast

from zhiyin.core import (
    SILENT,
    BadRequest,
    Clock,
    Event,
    Item,
    Progress,
    Settings,
    Store,
    get_logger,
)
from zhiyin.data.ingest.intake import Rules
from zhiyin.data.ingest.mapping import Into, Mapping
from zhiyin.data.ingest.marks import Marks
from zhiyin.data.ingest.onefile import OneFile, Run
from zhiyin.data.ingest.reading import Input, inputs_of
from zhiyin.data.ingest.reading.sources import total
from zhiyin.data.ingest.rejects import Rejects
from zhiyin.data.ingest.report import IngestReport
from zhiyin.data.ingest.wording import remedy

log = get_logger(__name__)

Source = str | Path | BinaryIO | Iterable[dict[str, Any] | Event | Item]


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def ingest(
    source: Source,
    store: Store,
    settings: Settings,
    *,
    mapping: Mapping | None = None,
    into: Into | None = None,
    name: str = "rows",
    progress: Progress = SILENT,
    clock: Clock | None = None,
    rejects: Path | None = None,
    append: bool = False,
    resume: bool = True,
    images: Path | None = None,
) -> IngestReport:
    """Take goods or events in; a bad row is refused alone and the rest goes in.

    Interrupted and called again it goes on where it was. A file of events that was
    taken in whole is not read again as long as it stays the same; a file of items is,
    because goods may have been changed since.

    Args:
        source: A file, a folder, "-" for standard input, a binary stream, or an
            iterable of dictionaries, events, items or Arrow batches.
        mapping: What the columns mean; what it leaves out is recognised.
        into: "events" or "items"; None: what the mapping or the columns say.
        name: What an iterable is called in messages.
        rejects: Where refused rows go, as JSON lines; None: they are only counted.
        append: Whether ``rejects`` keeps what it holds of other files.
        resume: False reads everything from its start, whatever was taken in before.
        images: The folder that image paths must stay in; None: the settings' own.

    Raises:
        BadRequest, Damaged, Unavailable: nothing of ``source`` could be read. What ends
            a file halfway, or one file of a folder, is in the report instead.
    """
    run = _run(store, settings, mapping, into, clock, images, resume)
    return _all(run, source, name, progress, rejects, append)


def check(
    source: Source,
    settings: Settings,
    *,
    mapping: Mapping | None = None,
    into: Into | None = None,
    name: str = "rows",
    progress: Progress = SILENT,
    clock: Clock | None = None,
    rejects: Path | None = None,
    images: Path | None = None,
) -> IngestReport:
    """Read and check like ``ingest`` and store nothing; ``new`` counts the sound rows."""
    run = _run(None, settings, mapping, into, clock, images, False)
    return _all(run, source, name, progress, rejects, False)


def _run(
    store: Store | None,
    settings: Settings,
    mapping: Mapping | None,
    into: Into | None,
    clock: Clock | None,
    images: Path | None,
    resume: bool,
) -> Run:
    if mapping is not None and mapping.into and into is not None and mapping.into != into:
        raise BadRequest(
            what=f"the mapping is for {mapping.into}, not {into}",
            what_zh=f"该映射用于 {mapping.into}，而非 {into}",
            **remedy("leave one of the two out", "请去掉其中之一"),
        )
    if into is not None:
        mapping = (mapping or Mapping()).model_copy(update={"into": into})
    checkpoints = store.checkpoints if store is not None else None
    marks = Marks(checkpoints, settings, mapping, resume)
    rules = Rules(settings, clock or _SystemClock(), images or settings.images)
    return Run(store, mapping, rules, marks)


def _all(
    run: Run, source: Source, name: str, progress: Progress, path: Path | None, append: bool
) -> IngestReport:
    started = perf_counter()
    given: Iterable[Any] | None = None
    if isinstance(source, str | Path) or hasattr(source, "read"):
        inputs = inputs_of(cast("str | Path | BinaryIO", source))
        title = inputs[0].name if len(inputs) == 1 else str(source)
    else:
        given, title = cast("Iterable[Any]", source), name
        inputs = [Input(name, name, _never_opened)]
    marks = {each.name: run.marks.find(each) for each in inputs}
    kept = {file: None if m.done else m.row for file, m in marks.items() if m is not None}
    rejects = Rejects(path, kept, frozenset(marks) if append else None)
    alone = len(inputs) == 1
    with progress.step(f"ingest {title}", total(inputs), "B") as step:
        try:
            files = [
                OneFile(run, each, marks[each.name], rejects, step, alone).run(given)
                for each in inputs
            ]
        finally:
            rejects.close()
    problems = [file.problem for file in files if file.problem is not None]
    if problems and not any(file.into or file.skipped or file.rows for file in files):
        raise problems[0]
    report = IngestReport(tuple(files), perf_counter() - started, rejects.path)
    log.info("ingested", rows=report.rows, new=report.new, seconds=report.seconds)
    return report


def _never_opened() -> BinaryIO:
    raise NotImplementedError("an iterable is not a file")
