"""RecBole's atomic files: ``X.inter`` and ``X.item`` with a type after every name.

Tab separated; the header is ``user_id:token  item_id:token  rating:float  …``; types are
``token``, ``token_seq``, ``float``, ``float_seq``; sequences are parted by blanks.

* With ``rating:float`` a row is an event ``rate``; otherwise the kind is in the file's
  name (``yoochoose-buys.inter`` → ``buy``; click, cart, view likewise), else ``view``.
* ``timestamp:float`` is epoch seconds or milliseconds; without it the order of the file
  is kept (see ``untimed.py``).
* Columns of ``X.item`` with a name of ours are those fields; a genre or class is a tag;
  the others become attributes (``token_seq`` as several words, ``float_seq`` is dropped:
  vectors are no attributes). ``X.user``, ``X.kg`` and ``X.link`` are not read.
"""

from collections.abc import Iterator
from pathlib import Path

from zhiyin.data.importers.importer import Importer, Step, first, opened
from zhiyin.data.importers.untimed import in_file_order
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import LINE, Expand, Row

_KINDS = ("click", "buy", "cart", "favourite", "view")
_OURS = {
    "title": ("title", "name", "movie_title", "item_name", "product_name", "song_name"),
    "description": ("description", "text"),
    "brand": ("brand", "store"),
    "price": ("price",),
    "category": ("category", "categories", "category_id"),
    "tags": ("genre", "genres", "class", "tags"),
    "images": ("image", "image_url", "imurl"),
}
_FIELD = {theirs: ours for ours, names in _OURS.items() for theirs in names}


def _steps(path: Path) -> list[Step]:
    steps = []
    if file := first(path, "*.item"):
        steps.append(Step(file, Mapping(into="items", format="lines", expand=_items(file))))
    # MMRec ends its files the same way, but names no types.
    if (file := first(path, "*.inter")) and ":" in _header(file)[0]:
        steps.append(Step(file, _events(file)))
    return steps


def _header(file: Path) -> list[str]:
    with opened(file) as lines:
        return lines.readline().rstrip("\r\n").split("\t")


def _events(file: Path) -> Mapping:
    full = {name.partition(":")[0]: name for name in _header(file)}
    ours = {"shopper": "user_id", "item": "item_id", "time": "timestamp", "value": "rating"}
    fields = {field: full[name] for field, name in ours.items() if name in full}
    if "session_id" in full:
        fields = {"shopper": full["session_id"], "session": full["session_id"]} | fields
    rated, timed = "value" in fields, "time" in fields
    return Mapping(
        into="events",
        format="tsv",
        fields=fields,
        constants={"kind": "rate" if rated else _kind(file)},
        time_unit="auto" if timed else "us",
        transform=None if timed else in_file_order,
    )


def _kind(file: Path) -> str:
    name = file.name.lower()
    return next((kind for kind in _KINDS if kind in name), "view")


def _items(file: Path) -> Expand:
    header = _header(file)

    def items(row: Row) -> Iterator[Row]:
        # Not read as a table: quotes mean nothing here, and titles are full of inches.
        cells = row[LINE].split("\t")
        if cells == header:
            return
        item: Row = {"attributes": {}}
        for typed, cell in zip(header, cells, strict=True):
            name, _, kind = typed.partition(":")
            if name == "item_id":
                item["id"] = cell
            elif field := _FIELD.get(name.lower()):
                item[field] = cell.split() if field in ("category", "tags") else cell
            elif cell and kind != "float_seq":
                item["attributes"][name] = _value(cell, kind)
        yield item

    return items


def _value(cell: str, kind: str) -> str | float | list[str]:
    if kind == "float":
        return float(cell)
    return cell.split() if kind == "token_seq" else cell


RECBOLE = Importer(
    name="recbole",
    title="RecBole atomic files",
    title_zh="RecBole 原子文件",
    files="X.inter (and X.item) with typed headers such as user_id:token",
    home="https://github.com/RUCAIBox/RecSysDatasets",
    steps=_steps,
)
