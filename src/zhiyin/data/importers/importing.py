"""Bring a public data set, or another system's export, into a shop by its name."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

from zhiyin.core import SILENT, Clock, Progress, Settings, Store, get_logger
from zhiyin.data.importers.importer import Step
from zhiyin.data.importers.registry import IMPORTERS
from zhiyin.data.ingest import IngestReport, ingest
from zhiyin.data.ingest.rejects import Rejects

log = get_logger(__name__)


def import_from(
    name: str,
    path: str | Path,
    store: Store,
    settings: Settings,
    *,
    kinds: Mapping[str, str] | None = None,
    progress: Progress = SILENT,
    clock: Clock | None = None,
    rejects: Path | None = None,
    resume: bool = True,
    images: Path | None = None,
) -> IngestReport:
    """Import the file or folder at ``path`` in the layout called ``name``.

    Items go in before events. Called again it adds only what is not there yet.

    Args:
        kinds: Their kind → ours, for kinds that the layout leaves to the shop; wins
            over what the importer says. An empty name drops the rows of that kind.
        rejects: Where the refused rows of all steps go, as JSON lines.
        resume: False reads everything from its start, whatever was taken in before.
        images: The folder that image paths must stay in; None: the settings' own.

    Returns:
        What became of the rows, file by file in the order they were read.

    Raises:
        NotFound: no importer of that name, no such path, or none of the files in it.
        BadInput, Damaged, Unavailable: nothing of one file could be read.
    """
    started = perf_counter()
    reports = []
    steps = IMPORTERS.named(name).plan(Path(path))
    # Refusals of files that are not read again stay; those of other imports go.
    names = [step.name or str(step.source) for step in steps]
    Rejects(rejects, dict.fromkeys(names)).close()
    for step in steps:
        source = _source(step)
        if source is None:
            continue
        mapping = step.mapping
        if kinds and mapping.into == "events":
            mapping = mapping.model_copy(update={"kinds": {**mapping.kinds, **kinds}})
        report = ingest(
            source,
            store,
            settings,
            mapping=mapping,
            name=step.name,
            progress=progress,
            clock=clock,
            rejects=rejects,
            append=True,
            resume=resume,
            images=images,
        )
        log.info("imported", importer=name, source=step.name or source, new=report.new)
        reports.append(report)
    files = tuple(chain.from_iterable(report.files for report in reports))
    return IngestReport(files, perf_counter() - started, rejects)


def _source(step: Step) -> Path | Iterable[dict[str, Any]] | None:
    """What ``ingest`` is to read; None where a function has no row to give."""
    if isinstance(step.source, Path):
        return step.source
    rows = iter(step.source())
    first = next(rows, None)
    return None if first is None else chain([first], rows)
