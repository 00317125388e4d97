"""How the columns of a foreign file become ours: declared, small, and checked.

A mapping is a literal in Python or a small TOML or JSON file. What it does not say is
recognised: the format by content, the columns by name, the times by magnitude. An
empty ``Mapping()`` reads most files.

    into = "events"
    header = false
    columns_in_order = ["shopper", "item", "_", "kind", "time"]
    [kinds]
    pv = "view"
    fav = "favourite"

The order of work, for whoever writes an importer:

1. the file is read as rows of *their* columns (``format``, ``delimiter``, ``encoding``);
2. ``expand`` turns one row into any number of rows, ``transform`` turns whole batches;
3. columns are joined to fields: ``fields`` first, then ``constants``, then by name;
4. the rows are checked and stored, or refused one by one.
"""

import json
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import Field, ValidationError, field_validator, model_validator

from zhiyin.core import EVENT_SCHEMA, BadInput, Config, NotFound
from zhiyin.data.ingest.wording import remedy

Into = Literal["events", "items"]
Format = Literal["auto", "csv", "tsv", "jsonl", "json", "parquet", "lines"]
Row = dict[str, Any]
Expand = Callable[[Row], Iterable[Row]]
Transform = Callable[[pa.RecordBatch], pa.RecordBatch]

ROW = "__row__"
"""The column of row numbers (int64) that a ``transform`` must carry along."""

LINE = "line"
"""The one column of a file read as ``format = "lines"``."""

EVENT_FIELDS: tuple[str, ...] = tuple(EVENT_SCHEMA.names)
ITEM_FIELDS: tuple[str, ...] = (
    "id",
    "title",
    "description",
    "category",
    "brand",
    "price",
    "list_price",
    "currency",
    "stock",
    "images",
    "attributes",
    "tags",
    "variants",
    "available_from",
    "available_until",
    "texts",
)


_FIELDS: dict[Into | None, tuple[str, ...]] = {
    "events": EVENT_FIELDS,
    "items": ITEM_FIELDS,
    None: tuple(dict.fromkeys([*EVENT_FIELDS, *ITEM_FIELDS])),
}


class Mapping(Config):
    """What a foreign file says, in our words. Everything has a default."""

    into: Into | None = None
    """What the rows are; None: told by the columns and by the fields named here."""
    format: Format = "auto"
    """``auto`` looks at the content, then at the name. ``lines``: each line is one row
    with the single column ``line``, for ``expand`` to take apart."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Between columns; none: found out. May be any one character."""
    header: bool = True
    """Whether the first line names the columns."""
    columns_in_order: tuple[str, ...] = ()
    """Names for the columns of a file without header; ``_`` skips one."""
    encoding: str | None = None
    """None: UTF-8, or GB18030 where the first text that is not ASCII is not UTF-8.
    Byte order marks are understood either way."""

    fields: dict[str, str] = {}
    """Our field → their column. A column may be a dotted path into JSON objects
    (``event.object.id``). For items a field may be dotted too: ``attributes.motif``,
    ``texts.en.title``. An empty column name means: do not look for this field."""
    constants: dict[str, Any] = {}
    """Our field → one value for all rows, such as ``kind = "buy"``."""
    defaults: dict[str, Any] = {}
    """Our field → value for the rows that leave it empty."""
    kinds: dict[str, str] = {}
    """Their kind → ours; wins over the names known anyway (``pv`` is ``view``).
    An empty name drops the rows of that kind without a word."""

    time_unit: Literal["auto", "s", "ms", "us", "ns", "iso"] = "auto"
    """Unit of times given as numbers; ``auto`` tells by magnitude, ``iso`` allows none."""
    time_format: str | None = None
    """A strptime pattern for other shapes, such as ``%m/%d/%Y``."""
    timezone: str | None = None
    """Zone of times that carry none; None: the shop's."""
    identity: Literal["content", "row"] = "content"
    """How an event gets an id when the file has none: from what it says (the same row
    twice is one event) or from file name and row (the same row twice is two)."""

    category_separator: str | None = None
    """Between the steps of a category path; None: ``>``, ``›`` or ``|``."""
    list_separator: str | None = None
    """Between tags or images in one cell; None: JSON, ``|``, ``;`` or (tags) a comma."""
    image_prefix: str = ""
    """Put before every image that is not a URL, such as ``pictures/``."""
    price_scale: float = Field(default=1.0, gt=0)
    """Prices are multiplied by it: 0.01 where the file counts in cents."""
    rest: Literal["attributes", "drop"] = "attributes"
    """What becomes of the columns of an item that are no field of ours."""

    expand: Expand | None = None
    """Python only: one row → any number of rows, as dictionaries. A ``ValueError`` or
    ``KeyError`` refuses the row as malformed, with its words."""
    transform: Transform | None = None
    """Python only: a batch of their columns → a batch. It must carry the column
    ``__row__`` along (``ROW``), so that a refused row can be named."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"{name!r} is not a time zone such as Asia/Shanghai") from error
        return name

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                "".encode(name)
            except LookupError as error:
                raise ValueError(f"{name!r} is not an encoding such as gb18030") from error
        return name

    @model_validator(mode="after")
    def _known_fields(self) -> "Mapping":
        known = _FIELDS[self.into]
        for name in (*self.fields, *self.constants, *self.defaults):
            head, _, tail = name.partition(".")
            if head not in known or (tail and head not in ("attributes", "texts")):
                raise ValueError(
                    f"{name!r} is no field of {self.into or 'events or items'}; "
                    f"use {', '.join(known)}"
                )
        if not self.header and not self.columns_in_order:
            raise ValueError("a file without header needs columns_in_order")
        return self

    @property
    def fingerprint(self) -> str:
        """The declared part as text: two mappings that read alike have the same."""
        text = self.model_dump_json(exclude_defaults=True, exclude={"expand", "transform"})
        hooks = (self.expand, self.transform)
        return text + "".join(f"+{hook.__qualname__}" for hook in hooks if hook is not None)


def load_mapping(file: Path) -> Mapping:
    """A mapping from a TOML file, or from JSON when the name ends in ``.json``."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        values = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        return Mapping.model_validate(values)
    except FileNotFoundError as error:
        raise NotFound(
            kind="mapping file",
            kind_zh="映射文件",
            name=str(file),
            **remedy("check the path", "请检查路径"),
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the mapping"
        raise BadInput(
            what=str(file),
            problem=f"{where}: {first['msg']}",
            **remedy("correct that entry", "请改正该项"),
        ) from error
    except (ValueError, OSError) as error:
        raise BadInput(
            what=str(file), problem=str(error), **remedy("correct that line", "请改正该行")
        ) from error
