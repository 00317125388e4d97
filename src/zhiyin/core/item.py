"""Item: one product, as a shop thinks of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

Id = Annotated[str, Field(min_length=1, max_length=256)]
Words = Annotated[str, Field(max_length=2_000)]
Price = Annotated[Decimal, Field(ge=0, lt=Decimal("1e12"), allow_inf_nan=False)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Attribute = str | bool | int | float | tuple[str, ...]


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("has no time zone; add one, such as Z or +08:00")
    return moment


Moment = Annotated[datetime, AfterValidator(_zoned)]
_STRICT = ConfigDict(extra="forbid")


@checked(frozen=True, slots=True, config=_STRICT)
class Text:
    """Title and description in one language."""

    title: Words
    description: Annotated[str, Field(max_length=100_000)] = ""


@checked(frozen=True, slots=True, config=_STRICT)
class Variant:
    """One buyable form of an item: a size, a colour, a set."""

    id: Id
    title: Words = ""
    price: Price | None = None
    stock: Annotated[int, Field(ge=0)] | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict)


@checked(frozen=True, slots=True, config=_STRICT)
class Item:
    """One product. Only ``id`` is required; what is missing is empty, never invented."""

    id: Id
    title: Words = ""
    description: Annotated[str, Field(max_length=100_000)] = ""
    category: tuple[Words, ...] = ()
    """The path from the root, such as ("茶器", "盖碗")."""
    brand: Words | None = None
    price: Price | None = None
    list_price: Price | None = None
    """The price before a reduction; larger than ``price`` means on sale."""
    currency: Currency | None = None
    """Three letters; None means the shop's own currency."""
    stock: Annotated[int, Field(ge=0)] | None = None
    """Pieces left; None means that the shop does not count this item."""
    images: tuple[Words, ...] = ()
    """Paths inside the shop's image folder, or URLs; the first is the main one."""
    attributes: dict[str, Attribute] = field(default_factory=dict)
    tags: tuple[Words, ...] = ()
    variants: tuple[Variant, ...] = ()
    available_from: Moment | None = None
    available_until: Moment | None = None
    texts: dict[str, Text] = field(default_factory=dict)
    """Title and description by language, such as {"en": Text("Cloud scarf")}."""

    def in_language(self, lang: str) -> Text:
        """The text in ``lang`` if the shop gave one, else the item's own."""
        return self.texts.get(lang) or Text(self.title, self.description)


_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


def item_from_json(document: str | bytes) -> Item:
    """Read an item as ``item_to_json`` wrote it; raises pydantic's ValidationError."""
    return _ITEM.validate_json(document)


def item_from_dict(document: dict[str, Any]) -> Item:
    """Check a mapping of plain values as an item; raises pydantic's ValidationError."""
    return _ITEM.validate_python(document)


def item_to_json(item: Item) -> str:
    """The item as compact JSON without empty fields; equal items give equal text."""
    return _ITEM.dump_json(item, exclude_defaults=True).decode()


@dataclass(frozen=True, slots=True)
class Change:
    """One step in the life of a catalogue: ``item`` is None where it was deleted."""

    number: int
    id: str
    item: Item | None
