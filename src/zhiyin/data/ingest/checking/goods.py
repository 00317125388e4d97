"""Goods: rows as items, each checked field by field, with lists and prices as people write them.

Columns that are no field of ours become attributes under their own name, so nothing a
shop knows about its goods is lost; numbers in them are read as numbers.
"""

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from zhiyin.core import Item, Refusal, Settings, item_from_dict, moment, shorten
from zhiyin.data.ingest.checking.cells import at, plain_number
from zhiyin.data.ingest.checking.images import ImageFolder, Outside
from zhiyin.data.ingest.checking.plan import Plan
from zhiyin.data.ingest.checking.refusing import refusal_of
from zhiyin.data.ingest.checking.times import Clockwork
from zhiyin.data.ingest.checking.wares import (
    Wrong,
    as_json,
    count,
    parsed,
    stripped,
    structure,
    words,
)
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.reading.blocks import Block, Row

_PRICES = ("price", "list_price")
_MOMENTS = ("available_from", "available_until")
_WORDS = ("id", "title", "description", "brand", "currency")
_SYMBOLS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB"}
_PLAIN = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_PATH = re.compile(r"\s*[>›»|＞]\s*")
_LIST = re.compile(r"\s*[|;；]\s*")
_COMMAS = re.compile(r"\s*[,，、]\s*")


class Goods:
    """Checks blocks of items."""

    def __init__(self, settings: Settings, mapping: Mapping, images: Path) -> None:
        self._mapping = mapping
        self._currency = settings.currency
        self._folder = ImageFolder(images, mapping.image_prefix)
        self._clockwork = Clockwork(mapping, settings.timezone)
        self._longest = settings.ingest.max_field_bytes

    def check(self, block: Block, plan: Plan) -> tuple[list[Item | None], dict[int, Refusal]]:
        """The item of each row, None where it is refused, and the refusals by place."""
        items: list[Item | None] = []
        refused: dict[int, Refusal] = {}
        for index, row in enumerate(_rows(block)):
            try:
                items.append(self._item(row, plan))
                continue
            except Wrong as wrong:
                shown = None if wrong.value is None else shorten(wrong.value)
                refused[index] = Refusal(wrong.code, 0, wrong.field, shown, wrong.expected)
            except ValidationError as error:
                refused[index] = refusal_of(error)
            items.append(None)
        return items, refused

    def _item(self, row: Row, plan: Plan) -> Item:
        document: Row = {}
        for field, path in plan.fields.items():
            self._fill(document, field, at(row, path))
        for field, value in self._mapping.constants.items():
            self._fill(document, field, value)
        for field, value in self._mapping.defaults.items():
            if field not in document:
                self._fill(document, field, value)
        if "id" not in document:
            raise Wrong("missing", "id", None)
        if self._mapping.rest == "attributes":
            own = document.setdefault("attributes", {})
            for column in plan.unused:
                self._attribute(own, column, row.get(column))
        return item_from_dict(document)

    def _fill(self, document: Row, field: str, value: Any) -> None:
        value = stripped(value)
        if value is None or value == [] or value == {}:
            return
        if isinstance(value, str) and len(value) > self._longest // 4:
            size = len(value.encode("utf-8", "replace"))
            if size > self._longest:
                raise Wrong("too_long", field, value, f"{self._longest:,} bytes")
        head, _, tail = field.partition(".")
        if tail:
            self._inner(document, head, tail, value)
        elif field in _WORDS:
            document[field] = words(field, value)
        elif field in _PRICES:
            document[field] = self._price(document, field, value)
        elif field == "stock":
            document[field] = count(field, value)
        elif field == "category":
            document[field] = self._path(value)
        elif field == "images":
            document[field] = self._images(value)
        elif field == "tags":
            document[field] = self._list(field, value, commas=True)
        elif field in _MOMENTS:
            document[field] = self._moment(field, value)
        elif field == "attributes":
            self._attributes(document, value)
        else:
            document[field] = structure(field, value)

    def _inner(self, document: Row, head: str, tail: str, value: Any) -> None:
        place = document.setdefault(head, {})
        if head == "attributes":
            self._attribute(place, tail, value)
            return
        language, _, what = tail.partition(".")
        text = place.setdefault(language, {"title": ""})
        text[what or "title"] = words(f"{head}.{tail}", value)

    def _price(self, document: Row, field: str, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise Wrong("wrong_type", field, value, "a price")
        text = str(value)
        try:
            price = Decimal(plain_number(text))
        except (ValueError, ArithmeticError) as error:
            raise Wrong("wrong_type", field, value, "a price such as 12.50") from error
        if not price.is_finite():
            raise Wrong("not_finite", field, value)
        if price < 0:
            raise Wrong("negative", field, value)
        currency = _SYMBOLS.get(re.sub(r"[\d.,\s'+-]", "", text))
        if currency and currency != self._currency:
            document.setdefault("currency", currency)
        scale = self._mapping.price_scale
        return price if scale == 1 else price * Decimal(str(scale))

    def _path(self, value: Any) -> list[str]:
        if isinstance(value, str) and (inner := parsed(value)) is not None:
            value = inner
        if isinstance(value, list):
            # Several paths: the first is the main one.
            first = value[0] if value and isinstance(value[0], list) else value
            return [words("category", step) for step in first if stripped(step) is not None]
        text = words("category", value)
        own = self._mapping.category_separator
        steps = text.split(own) if own else _PATH.split(text)
        return [step.strip() for step in steps if step.strip()]

    def _list(self, field: str, value: Any, commas: bool) -> list[str]:
        if isinstance(value, str) and (inner := parsed(value)) is not None:
            value = inner
        if isinstance(value, list):
            return [words(field, each) for each in value if stripped(each) is not None]
        text = words(field, value)
        own = self._mapping.list_separator
        parts = text.split(own) if own else _LIST.split(text)
        if commas and not own and len(parts) == 1:
            parts = _COMMAS.split(text)
        return [part.strip() for part in parts if part.strip()]

    def _images(self, value: Any) -> list[str]:
        try:
            return [self._folder.checked(each) for each in self._list("images", value, False)]
        except Outside as outside:
            raise Wrong("outside_folder", "images", outside.path) from outside

    def _moment(self, field: str, value: Any) -> datetime:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        cell = value.isoformat() if isinstance(value, date | datetime) else value
        try:
            times, wrong = self._clockwork.read(pa.array([cell]))
            if not wrong[0]:
                return moment(int(times[0]))
        except (pa.ArrowInvalid, OverflowError):
            pass
        raise Wrong("unreadable_time", field, value)

    def _attributes(self, document: Row, value: Any) -> None:
        value = parsed(value) if isinstance(value, str) else value
        if isinstance(value, list) and all(isinstance(pair, tuple) for pair in value):
            value = dict(value)  # a Parquet map
        if not isinstance(value, dict):
            raise Wrong("wrong_type", "attributes", value, 'an object such as {"motif": "cloud"}')
        place = document.setdefault("attributes", {})
        for name, each in value.items():
            self._attribute(place, str(name), each)

    def _attribute(self, place: Row, name: str, value: Any) -> None:
        """Text, a number, yes or no, or a list of texts; deeper things by dotted names."""
        value = stripped(value)
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, dict):
            for inner, each in value.items():
                self._attribute(place, f"{name}.{inner}", each)
        elif isinstance(value, list | tuple):
            texts = [each if isinstance(each, str) else as_json(each) for each in value]
            place[name] = [text for text in texts if text]
        elif isinstance(value, str) and _PLAIN.fullmatch(value):
            place[name] = float(value) if "." in value else int(value)
        elif isinstance(value, str | bool | int | float):
            place[name] = value
        else:
            place[name] = str(value)


def _rows(block: Block) -> Iterable[Row]:
    if isinstance(block.rows, pa.RecordBatch):
        found: list[Row] = block.rows.to_pylist()
        return found
    return block.rows
