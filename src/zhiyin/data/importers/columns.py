"""Columns out of lines, where a layout parts them by more than one character."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.ingest.mapping import LINE, ROW, Transform


def parted_by(separator: str, names: Sequence[str]) -> Transform:
    """Take lines apart at ``separator``; a line too short lacks its last columns."""

    def part(batch: pa.RecordBatch) -> pa.RecordBatch:
        parts = pc.split_pattern(batch[LINE], separator)
        parts = pc.list_slice(parts, 0, len(names), return_fixed_size_list=True)
        columns = [pc.list_element(parts, index) for index in range(len(names))]
        return pa.RecordBatch.from_arrays([*columns, batch[ROW]], [*names, ROW])

    return part
