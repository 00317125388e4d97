"""One file of a run: opened, taken in block by block, marked, reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from zhiyin.core import BadInput, Step, Store, Unavailable, ZhiyinError
from zhiyin.data.ingest.checking import guess_into
from zhiyin.data.ingest.intake import Intake, Rules
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.marks import Mark, Marks
from zhiyin.data.ingest.reading import Input, Place, Table, open_table
from zhiyin.data.ingest.reading.given import given_table
from zhiyin.data.ingest.rejects import Rejects, Tally
from zhiyin.data.ingest.report import FileReport
from zhiyin.data.ingest.wording import GIVE_ROWS, problem


@dataclass(frozen=True)
class Run:
    """What the files of one run share."""

    store: Store | None
    """None: check only."""
    mapping: Mapping | None
    """None: told by the columns of each file."""
    rules: Rules
    marks: Marks


class OneFile:
    """One file of a run, and what became of it so far."""

    def __init__(
        self,
        run: Run,
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
        self._identity = self._run.marks.identity(self._source)
        table: Table | None = None
        try:
            table = self._open(given)
            self._blocks(table)
            self._problem = table.problem or self._nothing()
            if table.problem is None:
                self._finish(table)
        except Unavailable:
            raise  # a store that is gone is gone for the other files too
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
        limits = self._run.rules.settings.ingest
        if given is not None:
            return given_table(given, limits.batch_rows, self._source.name)
        mapping = self._run.mapping or Mapping(into="events")
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
        mapping = self._run.mapping or Mapping()
        if mapping.into is None:
            into = guess_into(columns, mapping, self._source.name)
            mapping = mapping.model_copy(update={"into": into})
        self._mapping = mapping
        return Intake(self._source, mapping, self._run.rules, self._run.store)

    def _settle(self, table: Table, after: Place) -> None:
        """Write down how far we are, once the rows and their refusals are on disk."""
        self._rejects.settle()
        mark = Mark(self._identity, after.offset, after.row, table.encoding)
        self._run.marks.put(self._source, mark)
        taken = table.taken - self._told
        self._told = table.taken
        self._step.advance(taken, rows=self._rows, refused=self._tally.counts.total())

    def _finish(self, table: Table) -> None:
        into = self._mapping.into if self._mapping is not None else None
        done = Mark(self._identity, encoding=table.encoding, done=True)
        self._run.marks.put(self._source, done if into == "events" and self._rows else None)

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
