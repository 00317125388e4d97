"""Wares: single cells of goods as text, counts and structures, or the reason why not."""

import json
import math
from datetime import date, time
from decimal import Decimal
from typing import Any

from zhiyin.data.ingest.checking.cells import plain_number
from zhiyin.data.ingest.reading.blocks import EMPTY


class Wrong(ValueError):
    """A cell that cannot be read, and what was expected in it."""

    def __init__(self, code: str, field: str, value: object, expected: str | None = None) -> None:
        self.code, self.field, self.value, self.expected = code, field, value, expected
        super().__init__(code)


def stripped(value: Any) -> Any:
    """Text without blanks around it, and gaps as None."""
    if isinstance(value, str):
        value = value.strip()
        return None if value in EMPTY else value
    return value


def words(field: str, value: Any) -> str:
    """Text, also where a number stands for it."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Wrong("wrong_type", field, value, "text")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Wrong("missing" if field == "id" else "wrong_type", field, value, "text")
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


def count(field: str, value: Any) -> int:
    """A whole number of pieces."""
    try:
        number = float(plain_number(str(value)))
    except ValueError as error:
        raise Wrong("wrong_type", field, value, "a whole number") from error
    if not math.isfinite(number):
        raise Wrong("not_finite", field, value)
    if number < 0:
        raise Wrong("negative", field, value)
    if not number.is_integer() or isinstance(value, bool):
        raise Wrong("wrong_type", field, value, "a whole number")
    return int(number)


def parsed(text: str) -> Any:
    """JSON in a cell, or None."""
    if text[:1] not in "[{" or text[-1:] not in "]}":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def structure(field: str, value: Any) -> Any:
    """Variants and texts: objects, given as such or as JSON in a cell."""
    if isinstance(value, str):
        inner = parsed(value)
        if inner is None:
            raise Wrong("wrong_type", field, value, "JSON")
        return inner
    return value


def as_json(value: Any) -> str:
    """Anything as JSON text."""
    if isinstance(value, date | time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)
