"""Condition: the JSON that says which goods are meant, checked.

    {"category": ["茶器"], "price": {"at_most": 200}, "not": {"brand": "岫云坊"}}

What stands side by side must all hold; an empty condition holds for everything. Texts are
compared after folding: width, case and blanks do not count.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from zhiyin.core import BadInput, Config, shorten

_DEEP = 12
"""Conditions inside conditions; people write two or three."""
_MANY = 10_000
"""Parts and values in all; a longer list of ids belongs in an ``exclude``."""


def _several(value: Any) -> Any:
    """One text stands for a list of one."""
    return (value,) if isinstance(value, str) else value


Text = Annotated[StrictStr, Field(max_length=2_000)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_several), Field(min_length=1)]
Scalar = StrictBool | StrictInt | StrictFloat | Text
Finite = Annotated[float, Field(allow_inf_nan=False)]
Amount = Annotated[Decimal, Field(ge=0, lt=Decimal("1e12"), allow_inf_nan=False)]


def _scalars(value: Any) -> Any:
    return (value,) if isinstance(value, str | bool | int | float) else value


class Price(Config):
    """A range of prices, both ends included."""

    at_least: Amount | None = None
    """The lowest price."""
    at_most: Amount | None = None
    """The highest price."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    """Only prices in this currency; none: whatever theirs is, the number is compared."""


class Stock(Config):
    """A range of pieces left. Goods that are not counted have as many as are wanted."""

    at_least: Annotated[int, Field(ge=0)] = 0
    """The fewest pieces."""
    at_most: Annotated[int, Field(ge=0)] | None = None
    """The most pieces."""


class Attribute(Config):
    """One attribute of the goods, or of one of their forms."""

    name: Text
    """Its name, written as the shop writes it."""
    any_of: Annotated[tuple[Scalar, ...], BeforeValidator(_scalars)] = ()
    """Values of which one is enough; none: any value will do."""
    at_least: Finite | None = None
    """The smallest number, of values that are numbers."""
    at_most: Finite | None = None
    """The largest number, of values that are numbers."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.any_of and (self.at_least is not None or self.at_most is not None):
            raise ValueError("give any_of, or at_least and at_most, not both")
        return self


class Window(Config):
    """A stretch of time: holds while the clock is inside, whatever the goods."""

    start: AwareDatetime | None = None
    """From this moment on."""
    stop: AwareDatetime | None = None
    """Until just before this moment."""

    def open_at(self, now: datetime) -> bool:
        """Whether the moment lies inside."""
        return (self.start is None or now >= self.start) and (self.stop is None or now < self.stop)


class Condition(Config):
    """What goods must be. Several fields together must all hold."""

    model_config = ConfigDict(populate_by_name=True)

    all: "tuple[Condition, ...] | None" = None
    """All of these hold."""
    any: "tuple[Condition, ...] | None" = None
    """At least one of these holds; of an empty list none does."""
    not_: "Condition | None" = Field(default=None, alias="not")
    """This does not hold."""
    category: Annotated[tuple[Text, ...], BeforeValidator(_several)] | None = None
    """The path from the root starts with these names, such as ["茶器", "盖碗"]."""
    brand: Texts | None = None
    """The brand is one of these."""
    price: Price | None = None
    """The price lies in this range; goods without a price never do."""
    stock: Stock | None = None
    """So many pieces are left."""
    available: StrictBool | None = None
    """True: can be bought now, in stock and inside its window; false: cannot."""
    on_sale: StrictBool | None = None
    """True: was dearer before; false: was not."""
    attribute: Attribute | None = None
    """An attribute has one of some values."""
    tag: Texts | None = None
    """One of these tags is there."""
    id: Texts | None = None
    """The item is one of these; ids are compared letter by letter."""
    time: Window | None = None
    """Now lies in this stretch of time."""

    def record(self) -> dict[str, Any]:
        """The condition as JSON, the same for equal conditions."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def key(self) -> str:
        """The condition as text: equal conditions, equal text."""
        return self.model_dump_json(by_alias=True, exclude_none=True)


ANYTHING = Condition()
"""Holds for everything."""


def all_of(parts: Iterable[Condition]) -> Condition:
    """The condition that all parts hold, in its simplest form."""
    kept = [part for part in parts if part != ANYTHING]
    if len(kept) < 2:
        return kept[0] if kept else ANYTHING
    return Condition(all=tuple(kept))


def read_condition(where: Mapping[str, Any] | None, name: str = "where") -> Condition:
    """The condition that JSON says; BadInput names the place under ``name`` and the remedy."""
    if where is None:
        return ANYTHING
    if not isinstance(where, Mapping):
        raise _refused(
            name,
            f"it is {type(where).__name__}, not an object",
            "不是 JSON 对象",
            'write it like {"brand": "岫云坊"}',
            '请写成 {"brand": "岫云坊"} 这样',
        )
    _measure(where, name)
    try:
        return Condition.model_validate(where)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join([name, *map(str, _place(first["loc"]))])
        if first["type"] == "extra_forbidden":
            known = ", ".join(_fields(first["loc"]))
            raise _refused(
                place, "there is no such field", "没有这个字段", f"use one of {known}",
                f"可用字段：{known}",
            ) from error  # fmt: skip
        given = shorten(repr(first["input"]), 80)
        raise _refused(
            place,
            f"{given}: {first['msg'].removeprefix('Value error, ')}",
            f"{given} 不合要求（{first['type']}）",
            "correct the value, or leave the field out",
            "请改正该值，或去掉该字段",
        ) from error


def _measure(where: Mapping[str, Any], name: str) -> None:
    """Refuse what is too deep or too long before anything recurses into it."""
    for count, (depth, _) in enumerate(_walk(where)):
        if depth > 2 * _DEEP or count > _MANY:
            raise _refused(
                name,
                f"more than {_DEEP} conditions inside each other, or {_MANY:,} parts",
                f"嵌套超过 {_DEEP} 层，或超过 {_MANY} 个部分",
                "write a simpler one",
                "请简化条件",
            )


def _walk(value: Any) -> Iterator[tuple[int, Any]]:
    waiting = [(0, value)]
    while waiting:
        depth, one = waiting.pop()
        yield depth, one
        if isinstance(one, Mapping):
            waiting += [(depth + 1, part) for part in one.values()]
        elif isinstance(one, list | tuple):
            waiting += [(depth + 1, part) for part in one]


def _place(location: tuple[int | str, ...]) -> list[int | str]:
    """The path that the caller wrote, without pydantic's names for the forms of a value."""
    *path, last = location
    found = [part for part in path if part not in _FORMS]
    return found if last in _FORMS else [*found, last]


def _fields(location: tuple[int | str, ...]) -> list[str]:
    for part in reversed(location[:-1]):
        if part in _PARTS:
            return [*_PARTS[str(part)].model_fields]
        if part in ("all", "any", "not"):
            break
    return [field.alias or name for name, field in Condition.model_fields.items()]


_PARTS: dict[str, type[Config]] = {
    "price": Price, "stock": Stock, "attribute": Attribute, "time": Window
}  # fmt: skip
_FORMS = {"bool", "int", "float", "str", "constrained-str"}


def _refused(place: str, problem: str, problem_zh: str, remedy: str, remedy_zh: str) -> BadInput:
    return BadInput(
        what=f"the condition at {place}",
        what_zh=f"条件 {place}",
        problem=problem,
        problem_zh=problem_zh,
        remedy=remedy,
        remedy_zh=remedy_zh,
    )
