"""Columns made of columns; what makes no sense stays as it is, for its row to be refused."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.ingest.mapping import LINE, ROW, Transform

_WHOLE = r"^-?\d{1,15}$"


def parted_by(separator: str, names: Sequence[str]) -> Transform:
    """Take lines apart at ``separator``; a line too short lacks its last columns."""

    def part(batch: pa.RecordBatch) -> pa.RecordBatch:
        parts = pc.split_pattern(batch[LINE], separator)
        parts = pc.list_slice(parts, 0, len(names), return_fixed_size_list=True)
        columns = [pc.list_element(parts, index) for index in range(len(names))]
        return pa.RecordBatch.from_arrays([*columns, batch[ROW]], [*names, ROW])

    return part


def whole(texts: pa.Array) -> pa.Array:
    """Texts as whole numbers (int64), null where they are none."""
    fits = pc.match_substring_regex(texts, _WHOLE)
    return pc.cast(pc.if_else(fits, texts, None), pa.int64())


def less_one(texts: pa.Array) -> pa.Array:
    """Texts that count from 1 as texts that count from 0."""
    fewer = pc.cast(pc.subtract(whole(texts), 1), pa.string())
    return pc.coalesce(fewer, texts)
