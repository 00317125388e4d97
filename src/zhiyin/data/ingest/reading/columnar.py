"""Parquet: columns as they are, row group by row group."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from zhiyin.core import Damaged, ZhiyinError
from zhiyin.data.ingest.reading.blocks import Block, Place
from zhiyin.data.ingest.reading.streams import Stream
from zhiyin.data.ingest.wording import problem, remedy


class Parquet:
    """The rows of a Parquet file, which must be whole: its table of contents is last."""

    def __init__(self, stream: Stream, rows: int) -> None:
        self._stream, self._rows = stream, rows
        self._problem: ZhiyinError | None = None
        self._file = self._seekable()
        try:
            self._parquet = parquet.ParquetFile(self._file)
        except (pa.ArrowException, OSError) as error:
            self._file.close()
            raise stream.problem or self._damaged(error) from error
        self.columns = tuple(self._parquet.schema_arrow.names)

    @property
    def problem(self) -> ZhiyinError | None:
        """What made the rest unreadable."""
        return self._stream.problem or self._problem

    def blocks(self, start: Place) -> Iterator[Block]:
        """The rows from number ``start.row`` on."""
        first = 1
        try:
            for group in range(self._parquet.num_row_groups):
                rows = self._parquet.metadata.row_group(group).num_rows
                if first + rows > start.row:
                    yield from self._group(group, first, start.row)
                first += rows
        except (pa.ArrowException, OSError) as error:
            self._problem = self._damaged(error)

    def _group(self, group: int, first: int, wanted: int) -> Iterator[Block]:
        for batch in self._parquet.iter_batches(self._rows, row_groups=[group], use_threads=False):
            skipped = min(max(0, wanted - first), batch.num_rows)
            numbers = np.arange(first, first + batch.num_rows)[skipped:]
            first += batch.num_rows
            if len(numbers):
                yield Block(_plain(batch.slice(skipped)), numbers, Place(0, first))

    def _seekable(self) -> IO[bytes]:
        """The file itself, or a copy on disk of what comes compressed or through a pipe."""
        if not self._stream.compression and self._stream.source.path is not None:
            return self._stream.source.path.open("rb")
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the reader
        while piece := self._stream.read(1 << 20):
            copy.write(piece)
        copy.seek(0)
        return copy

    def close(self) -> None:
        """Give the file or the copy back."""
        self._parquet.close()
        self._file.close()

    def _damaged(self, error: Exception) -> ZhiyinError:
        return Damaged(
            what=self._stream.source.name,
            **problem(
                f"not a whole Parquet file ({str(error).splitlines()[0]})",
                f"不是完整的 Parquet 文件（{str(error).splitlines()[0]}）",
            ),
            **remedy(
                "fetch it again; it may have been cut while it was copied",
                "请重新获取；复制时可能中断了",
            ),
        )


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Dictionary columns as their values."""
    columns: list[Any] = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
