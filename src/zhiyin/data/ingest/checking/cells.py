"""Cells: columns of any type as text or numbers, with the cells that are neither."""

import json
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import BadInput
from zhiyin.data.ingest.checking.faults import Mask, nulls
from zhiyin.data.ingest.reading.blocks import EMPTY, Block
from zhiyin.data.ingest.wording import remedy

Floats = npt.NDArray[np.float64]
_MONEY = re.compile(r"^[^\d+\-.,]{0,8}\s*([+-]?[\d.,' \u00a0]*\d)\s*[^\d]{0,8}$")


def column(block: Block, path: str) -> tuple[pa.Array, Mask | None]:
    """One column by name or dotted path, and where objects stand among plain cells."""
    if isinstance(block.rows, pa.RecordBatch):
        return _of_batch(block.rows, path), None
    values = [at(row, path) for row in block.rows]
    try:
        return pa.array(values), None
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        nested = np.array([isinstance(value, list | dict) for value in values])
        return pa.array([_as_text(value) for value in values], pa.string()), nested


def _of_batch(batch: pa.RecordBatch, path: str) -> pa.Array:
    if path in batch.schema.names:
        return batch.column(batch.schema.names.index(path))
    head, *steps = path.split(".")
    if head not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.string())
    found = batch.column(batch.schema.names.index(head))
    for step in steps:
        if not pa.types.is_struct(found.type) or found.type.get_field_index(step) < 0:
            return pa.nulls(batch.num_rows, pa.string())
        found = pc.struct_field(found, step)
    return found


def at(row: dict[str, Any], path: str) -> Any:
    """What stands at a name, or at a dotted path into objects."""
    if path in row:
        return row[path]
    place: Any = row
    for step in path.split("."):
        if not isinstance(place, dict):
            return None
        place = place.get(step)
    return place


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def text(array: pa.Array) -> tuple[pa.Array, Mask]:
    """Trimmed text with gaps as nulls; and where something nested stood instead."""
    kind = array.type
    none = np.zeros(len(array), np.bool_)
    if pa.types.is_null(kind):
        return array.cast(pa.string()), none
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return pa.nulls(len(array), pa.string()), ~nulls(array)
    if pa.types.is_floating(kind):
        array = _whole(array)
    found = array if kind == pa.string() else array.cast(pa.string())
    found = pc.utf8_trim_whitespace(found)
    gaps = pc.is_in(found, pa.array(EMPTY))
    return (pc.if_else(gaps, None, found) if pc.any(gaps).as_py() else found), none


def _whole(array: pa.Array) -> pa.Array:
    """Numbers that pandas made floats because a neighbour was missing."""
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def number(array: pa.Array) -> tuple[Floats, Mask, Mask]:
    """As floats; where nothing stands; and where something stands that is no number."""
    gaps = nulls(array)
    kind = array.type
    if pa.types.is_null(kind) or pa.types.is_nested(kind):
        return np.zeros(len(array)), gaps, ~gaps
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        array, _ = text(array)
        gaps = nulls(array)
        try:
            array = array.cast(pa.float64())
        except pa.ArrowInvalid:
            return _one_by_one(array, gaps)
    try:
        values = array.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.zeros(len(array)), gaps, ~gaps
    filled: Floats = values.fill_null(0.0).to_numpy(zero_copy_only=False)
    return filled, gaps, np.zeros(len(array), np.bool_)


def _one_by_one(array: pa.Array, gaps: Mask) -> tuple[Floats, Mask, Mask]:
    values = np.zeros(len(array))
    wrong = np.zeros(len(array), np.bool_)
    for index, cell in enumerate(array.to_pylist()):
        if cell is not None:
            try:
                values[index] = float(plain_number(cell))
            except ValueError:
                wrong[index] = True
    return values, gaps, wrong


def plain_number(cell: str) -> str:
    """ "¥1,299.00", "12,5 €" and "1 299" as Python writes them; ValueError if it is none."""
    try:
        float(cell)
        if "_" not in cell:
            return cell.strip()
    except ValueError:
        pass
    if (match := _MONEY.match(cell.strip())) is None:
        raise ValueError(f"{cell!r} is no number")
    digits = re.sub(r"[' \u00a0]", "", match[1])
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point and (point >= 0 or len(digits) - comma - 1 != 3):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    float(digits)
    return digits


def constant(field: str, value: Any, rows: int) -> pa.Array:
    """The same value in every row."""
    try:
        return pa.array([value] * 1).take(pa.array(np.zeros(rows, np.int64)))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise BadInput(
            what=f"constant {field}",
            problem=str(error),
            **remedy("give a text or a number", "请给出文本或数值"),
        ) from error
