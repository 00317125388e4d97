"""Ingest from one end to the other: find the files, read, check, store, mark, report."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO, cast

from zhiyin.core import (
    SILENT,
    BadInput,
    BadRequest,
    Clock,
    Event,
    Item,
    Progress,
    Settings,
    Step,
    Store,
    ZhiyinError,
    get_logger,
)
from zhiyin.data.ingest.checking import guess_into
from zhiyin.data.ingest.intake import Intake, Rules
from zhiyin.data.ingest.mapping import Into, Mapping
from zhiyin.data.ingest.marks import Mark, Marks
from zhiyin.data.ingest.reading import Input, Place, Table, inputs_of, open_table
from zhiyin.data.ingest.reading.given import given_table
from zhiyin.data.ingest.reading.sources import total
from zhiyin.data.ingest.rejects import Rejects, Tally
from zhiyin.data.ingest.report import FileReport, IngestReport
from zhiyin.data.ingest.wording import GIVE_ROWS, problem, remedy

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
    run = _Run(store, settings, mapping, into, clock, rejects, append, resume, images)
    return run.all(source, name, progress)


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
    run = _Run(None, settings, mapping, into, clock, rejects, False, False, images)
    return run.all(source, name, progress)


class _Run:
    def __init__(
        self,
        store: Store | None,
        settings: Settings,
        mapping: Mapping | None,
        into: Into | None,
        clock: Clock | None,
        rejects: Path | None,
        append: bool,
        resume: bool,
        images: Path | None,
    ) -> None:
        if mapping is not None and into is not None and mapping.into != into:
            raise BadRequest(
                what=f"the mapping is for {mapping.into}, not {into}",
                what_zh=f"该映射用于 {mapping.into}，而非 {into}",
                **remedy("leave one of the two out", "请去掉其中之一"),
            )
        if mapping is None and into is not None:
            mapping = Mapping(into=into)
        self._store, self._settings, self._mapping = store, settings, mapping
        self._rules = Rules(settings, clock or _SystemClock(), images or settings.images)
        self._rejects_path, self._append = rejects, append
        checkpoints = store.checkpoints if store is not None else None
        self._marks = Marks(checkpoints, settings, mapping, resume)

    def all(self, source: Source, name: str, progress: Progress) -> IngestReport:
        started = perf_counter()
        if isinstance(source, str | Path) or hasattr(source, "read"):
            inputs = inputs_of(cast("str | Path | BinaryIO", source))
            given: Iterable[Any] | None = None
        else:
            given = cast("Iterable[Any]", source)
            inputs = [Input(name, name, _never_opened)]
        marks = {each.name: self._marks.find(each) for each in inputs}
        kept = {file: None if m.done else m.row for file, m in marks.items() if m is not None}
        own = frozenset(marks) if self._append else None
        rejects = Rejects(self._rejects_path, kept, own)
        alone = len(inputs) == 1
        with progress.step(f"ingest {name if given else source}", total(inputs), "B") as step:
            try:
                files = [
                    _File(self, each, marks[each.name], rejects, step, alone).run(given)
                    for each in inputs
                ]
            finally:
                rejects.close()
        if not any(file.into or file.skipped or file.rows for file in files):
            raise next(file.problem for file in files if file.problem is not None)
        report = IngestReport(tuple(files), perf_counter() - started, rejects.path)
        log.info("ingested", rows=report.rows, new=report.new, seconds=report.seconds)
        return report


class _File:
    """One file of a run, and what became of it so far."""

    def __init__(
        self,
        run: _Run,
        source: Input,
        mark: Mark | None,
        rejects: Rejects,
        step: Step,
        alone: bool,
    ) -> None:
        self._run, self._source, self._mark = run, source, mark
        self._rejects, self._step, self._alone = rejects, step, alone
        self._tally = Tally()
        self._rows = self._new = self._seen = self._told = 0
        self._mapping: Mapping | None = None
        self._problem: ZhiyinError | None = None
        self._started = perf_counter()

    def run(self, given: Iterable[Any] | None) -> FileReport:
        """Take the file in."""
        mark = self._mark
        if mark is not None and mark.done:
            self._step.advance(self._source.size or 0)
            return FileReport(self._source.name, skipped=True)
        # Taken now: a file that changes while it is read is read again next time.
        self._identity = self._run._marks.identity(self._source)
        table: Table | None = None
        try:
            table = self._open(given)
            self._blocks(table)
            self._problem = table.problem or self._nothing()
            if table.problem is None:
                self._finish(table)
        except ZhiyinError as error:
            if self._alone and self._rows == 0:
                raise
            self._problem = error
        finally:
            if table is not None:
                table.close()
        if self._alone and self._rows == 0 and self._problem is not None and mark is None:
            raise self._problem
        self._step.advance(max(0, (self._source.size or 0) - self._told))
        return self._report(table)

    def _open(self, given: Iterable[Any] | None) -> Table:
        limits = self._run._settings.ingest
        if given is not None:
            return given_table(given, limits.batch_rows, self._source.name)
        mapping = self._run._mapping or Mapping(into="events")
        encoding = self._mark.encoding if self._mark is not None else ""
        return open_table(self._source, mapping, limits, encoding)

    def _blocks(self, table: Table) -> None:
        intake: Intake | None = None
        keep: tuple[str, ...] = ()
        if table.columns or table.sample:
            intake = self._intake(table.columns or table.sample)
            keep = self._joined(table, intake)
        start = self._mark.place if self._mark is not None else None
        for block in table.blocks(start, keep):
            if intake is None and len(block.numbers):
                intake = self._intake(block.columns)
            if intake is not None:
                rows, receipt, rejects = intake.take(block)
            else:
                rows, rejects = len(block.broken), block.broken
                receipt = None
            self._rows += rows
            self._new += receipt.new if receipt else 0
            self._seen += receipt.seen if receipt else 0
            self._tally.add(rejects)
            self._rejects.write(rejects, self._source.name)
            self._settle(table, block.after)

    def _joined(self, table: Table, intake: Intake) -> tuple[str, ...]:
        """The columns to keep; all of them where hooks or attributes may want them."""
        mapping = self._mapping
        if mapping is None or mapping.expand is not None or mapping.transform is not None:
            return ()
        if mapping.into == "events":
            table.columnar()
        if not table.columns:
            return ()
        plan = intake.plan(table.columns)
        return plan.columns if mapping.into == "events" or mapping.rest == "drop" else ()

    def _intake(self, columns: tuple[str, ...]) -> Intake:
        mapping = self._run._mapping
        if mapping is None:
            into = cast("Into", guess_into(columns, self._source.name))
            mapping = Mapping(into=into)
        self._mapping = mapping
        return Intake(self._source, mapping, self._run._rules, self._run._store)

    def _settle(self, table: Table, after: Place) -> None:
        """Write down how far we are, once the rows and their refusals are on disk."""
        self._rejects.settle()
        mark = Mark(self._identity, after.offset, after.row, table.encoding)
        self._run._marks.put(self._source, mark)
        taken = table.taken - self._told
        self._told = table.taken
        self._step.advance(taken, rows=self._rows, refused=self._tally.counts.total())

    def _finish(self, table: Table) -> None:
        into = self._mapping.into if self._mapping is not None else None
        done = Mark(self._identity, encoding=table.encoding, done=True)
        self._run._marks.put(self._source, done if into == "events" and self._rows else None)

    def _nothing(self) -> ZhiyinError | None:
        if self._rows or self._mark is not None:
            return None
        return BadInput(
            what=self._source.name,
            **problem("there are no rows in it, at most a header", "其中没有数据行，最多只有表头"),
            **GIVE_ROWS,
        )

    def _report(self, table: Table | None) -> FileReport:
        packed = table.stream.compression if table is not None and table.stream else ""
        kind = None if table is None else table.format
        return FileReport(
            self._source.name,
            into=self._mapping.into if self._mapping is not None else None,
            format=f"{kind} ({packed})" if packed else kind,
            encoding=(table.encoding or "utf-8") if table is not None and table.text else None,
            rows=self._rows,
            new=self._new,
            seen=self._seen,
            refused=dict(self._tally.counts),
            examples=tuple(self._tally.examples.values()),
            resumed=self._mark.row if self._mark is not None else None,
            notes=tuple(table.notes) if table is not None else (),
            problem=self._problem,
            seconds=perf_counter() - self._started,
        )


def _never_opened() -> BinaryIO:
    raise NotImplementedError("an iterable is not a file")
