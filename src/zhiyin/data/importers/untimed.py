"""A time for rows that have none: the order of the file, and nothing more.

Row ``n`` happens ``n`` microseconds after 2000-01-01 UTC. So histories keep the order
of the file, and no event fades more than another: a whole file spans some seconds.
"""

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.ingest.mapping import ROW

START = 946_684_800_000_000
"""2000-01-01T00:00:00Z in microseconds: plainly invented, and long past."""


def in_file_order(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with a column ``time`` (microseconds) from its row numbers."""
    return batch.append_column("time", pc.add(batch[ROW], START))
