"""Plan: which of their columns fills which of our fields, decided once per set of columns."""

from dataclasses import dataclass

from zhiyin.core import BadInput
from zhiyin.data.ingest.checking.names import candidates, plain
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.wording import problem, remedy

_NEEDED = {"events": ("shopper", "item", "kind", "time"), "items": ("id",)}


@dataclass(frozen=True, slots=True)
class Plan:
    """Our fields joined to their columns."""

    fields: dict[str, str]
    """Field (``price``, ``texts.en.title``) → column."""
    unused: tuple[str, ...]
    """Columns that fill nothing, in order."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in use; of a dotted path only the first part."""
        return tuple(dict.fromkeys(self.fields.values()))


def make_plan(columns: tuple[str, ...], mapping: Mapping, file: str) -> Plan:
    """Join ``columns`` to the fields of ``mapping.into``.

    Raises:
        BadInput: a needed field has no column, or several; the sentence names the
            columns that were found and the flag that settles it.
    """
    into = mapping.into or guess_into(columns, mapping, file)
    fields = {field: column for field, column in mapping.fields.items() if column}
    _named_columns_exist(fields, columns, file)
    settled = {*mapping.fields, *mapping.constants}
    taken = set(fields.values())
    free = tuple(name for name in columns if name not in taken)
    for field, names in candidates(free, into).items():
        if field in settled:
            continue
        if len(names) > 1 and field in _NEEDED[into]:
            names = _own_name(field, names) or _ambiguous(field, names, file)
        fields[field] = names[0]
    for field in _NEEDED[into]:
        if field not in fields and field not in settled and not _spared(field, fields, mapping):
            _missing(field, columns, mapping, file)
    used = set(fields.values()) | {path.split(".")[0] for path in fields.values()}
    return Plan(fields, tuple(name for name in columns if name not in used))


def guess_into(columns: tuple[str, ...], mapping: Mapping, file: str) -> str:
    """Whether a table holds events or items, told by its columns and what is mapped."""
    named = {*mapping.fields, *mapping.constants, *mapping.defaults}
    events = {*candidates(columns, "events"), *named}
    items = {*candidates(columns, "items"), *(name.partition(".")[0] for name in named)}
    if "shopper" in events and ("time" in events or "kind" in events or "item" in events):
        return "events"
    if "id" in items and len(items) > 1:
        return "items"
    raise BadInput(
        what=file,
        **problem(
            f"neither events nor items can be told from its columns ({_listed(columns)})",
            f"从列名（{_listed(columns)}）看不出是事件还是商品",
        ),
        **remedy(
            "say which with --into events or --into items",
            "请用 --into events 或 --into items 指明",
        ),
    )


def _named_columns_exist(fields: dict[str, str], columns: tuple[str, ...], file: str) -> None:
    for field, column in fields.items():
        if column not in columns and column.split(".")[0] not in columns:
            raise BadInput(
                what=file,
                **problem(
                    f"there is no column {column!r} for {field}; found: {_listed(columns)}",
                    f"没有对应 {field} 的列 {column!r}；现有列：{_listed(columns)}",
                ),
                **remedy(f"correct --map {field}=COLUMN", f"请改正 --map {field}=列名"),
            )


def _spared(field: str, fields: dict[str, str], mapping: Mapping) -> bool:
    """A search is about no item."""
    if field in mapping.defaults:
        return True
    return field == "item" and ("query" in fields or mapping.constants.get("kind") == "search")


def _own_name(field: str, names: list[str]) -> list[str]:
    return [name for name in names if plain(name) == plain(field)]


def _ambiguous(field: str, names: list[str], file: str) -> list[str]:
    raise BadInput(
        what=file,
        **problem(
            f"several columns could be the {field}: {_listed(tuple(names))}",
            f"有多列都可能是 {field}：{_listed(tuple(names))}",
        ),
        **remedy(
            f"choose one with --map {field}={names[0]}", f"请用 --map {field}={names[0]} 选定一列"
        ),
    )


def _missing(field: str, columns: tuple[str, ...], mapping: Mapping, file: str) -> None:
    raise BadInput(
        what=file,
        **problem(
            f"no column for {field} among: {_listed(columns)}",
            f"以下列中没有 {field}：{_listed(columns)}",
        ),
        **_flag(field, columns, mapping),
    )


def _flag(field: str, columns: tuple[str, ...], mapping: Mapping) -> dict[str, str]:
    """The flag that gives a field its column."""
    if mapping.header and _looks_like_data(columns):
        return remedy(
            "this looks like a file without a header line: pass --no-header and --columns",
            "该文件似乎没有表头：请用 --no-header 与 --columns 指定列名",
        )
    if field == "kind" and any(plain(name) in ("rating", "stars", "评分") for name in columns):
        return remedy(
            "pass --set kind=rate (there are ratings), or --map kind=COLUMN",
            "请用 --set kind=rate（数据含评分），或 --map kind=列名",
        )
    if field == "kind":
        return remedy(
            "pass --map kind=COLUMN, or --set kind=view when all rows are of one kind",
            "请用 --map kind=列名；若所有行同属一类，请用 --set kind=view",
        )
    return remedy(f"pass --map {field}=COLUMN", f"请用 --map {field}=列名")


def _looks_like_data(columns: tuple[str, ...]) -> bool:
    numeric = sum(name.replace(".", "").replace("-", "").isdigit() for name in columns)
    return numeric * 2 >= len(columns)


def _listed(columns: tuple[str, ...]) -> str:
    shown = ", ".join(name if len(name) <= 40 else name[:39] + "…" for name in columns[:40])
    return shown + (", …" if len(columns) > 40 else "")
