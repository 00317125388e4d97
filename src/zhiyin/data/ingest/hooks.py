"""The two hooks of a mapping, run on a block before its columns are joined to fields."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from zhiyin.core import BadInput, shorten
from zhiyin.data.ingest.mapping import ROW, Expand, Mapping, Transform
from zhiyin.data.ingest.reading import Block, Reject
from zhiyin.data.ingest.reading.blocks import Row, malformed
from zhiyin.data.ingest.wording import problem, remedy


def hooked(block: Block, mapping: Mapping, file: str, size: int) -> Iterator[Block]:
    """The block after ``expand`` and ``transform``, in parts of about ``size`` rows."""
    parts = iter([block]) if mapping.expand is None else _expanded(block, mapping.expand, size)
    for part in parts:
        yield part if mapping.transform is None else _transformed(part, mapping.transform, file)


def shown(row: Row) -> str:
    """A row as one line, for rejects."""
    return json.dumps(row, ensure_ascii=False, default=str)


def _expanded(block: Block, expand: Expand, size: int) -> Iterator[Block]:
    """Parts, because one row may become hundreds; rows made of one row stay together."""
    rows: list[Row] = []
    numbers: list[int] = []
    broken: list[Reject] = list(block.broken)
    source = block.rows if isinstance(block.rows, list) else block.rows.to_pylist()
    for row, number in zip(source, block.numbers.tolist(), strict=True):
        try:
            made = list(expand(row))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            broken.append(malformed(number, shorten(reason), shown(row)))
            continue
        rows += made
        numbers += [number] * len(made)
        if len(rows) >= size:
            yield Block(rows, np.array(numbers, np.int64), block.after, broken)
            rows, numbers, broken = [], [], []
    yield Block(rows, np.array(numbers, np.int64), block.after, broken)


def _transformed(block: Block, transform: Transform, file: str) -> Block:
    batch = block.rows
    if isinstance(batch, list):
        batch = _as_batch(batch)
    try:
        made = transform(batch.append_column(ROW, pa.array(block.numbers)))
    except KeyError as error:  # Arrow's word for a column that is not there
        raise BadInput(
            what=file,
            **problem(
                f"its columns are not those of this layout: {error.args[0]}",
                f"其列与该格式不符：{error.args[0]}",
            ),
            **remedy(
                "check that this is the file it should be; the message names the column",
                "请核对是否给对了文件；上文指出了所缺的列",
            ),
        ) from error
    if ROW not in made.schema.names:
        raise BadInput(
            what="the transform of a mapping",
            **problem(f"it lost the column {ROW}", f"丢失了列 {ROW}"),
            **remedy(
                "carry it along, with take or filter like the others",
                "请像其他列一样用 take 或 filter 保留它",
            ),
        )
    place = made.schema.names.index(ROW)
    numbers = made.column(place).to_numpy(zero_copy_only=False).astype(np.int64)
    return Block(made.remove_column(place), numbers, block.after, block.broken)


def _as_batch(rows: list[Row]) -> pa.RecordBatch:
    names = list(dict.fromkeys(name for row in rows for name in row))
    arrays = [_array([row.get(name) for row in rows]) for name in names]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _array(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        texts = [
            value if value is None or isinstance(value, str) else json.dumps(value, default=str)
            for value in values
        ]
        return pa.array(texts, pa.string())
