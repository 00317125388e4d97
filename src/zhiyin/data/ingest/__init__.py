"""Goods and events in: any table, any encoding, checked row by row, safe to repeat.

``ingest`` reads a file, a folder, standard input or an iterable into a store; ``check``
does the same without writing. A ``Mapping`` says what the columns mean where names and
contents do not; an ``IngestReport`` says what became of every row. ``take`` is for a few
rows that a caller waits for.
"""

from zhiyin.data.ingest.mapping import Mapping, load_mapping
from zhiyin.data.ingest.report import FileReport, IngestReport
from zhiyin.data.ingest.rows import take
from zhiyin.data.ingest.run import check, ingest

__all__ = ["FileReport", "IngestReport", "Mapping", "check", "ingest", "load_mapping", "take"]
