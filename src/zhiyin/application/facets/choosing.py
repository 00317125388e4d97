"""Choosing: a condition taken apart into the choices made in each facet, and the rest."""

from collections import defaultdict
from collections.abc import Iterator

from zhiyin.application.conditions import Condition, all_of

_PLAIN = ("category", "brand", "price", "on_sale", "tag")


def split(where: Condition) -> tuple[Condition, dict[str, Condition]]:
    """The rest, and the choices by facet; all of them together are the condition."""
    chosen: defaultdict[str, list[Condition]] = defaultdict(list)
    rest: list[Condition] = []
    for part in _parts(where):
        name = facet_of(part)
        (rest if name is None else chosen[name]).append(part)
    return all_of(rest), {name: all_of(parts) for name, parts in chosen.items()}


def facet_of(part: Condition) -> str | None:
    """The facet that a condition is a choice of: "brand", "attribute:motif"; None: of none."""
    fields = _said(part)
    if len(fields) != 1:
        return None
    (field,) = fields
    if field == "any" and part.any:
        names = {facet_of(one) for one in part.any}
        return names.pop() if len(names) == 1 else None
    if field == "attribute" and part.attribute is not None:
        return f"attribute:{part.attribute.name}"
    return field if field in _PLAIN else None


def _parts(where: Condition) -> Iterator[Condition]:
    """What must hold together, one field each."""
    for field in _said(where):
        if field == "all":
            for part in where.all or ():
                yield from _parts(part)
        else:
            yield Condition.model_construct(**{field: getattr(where, field)})


def _said(where: Condition) -> list[str]:
    return [name for name in Condition.model_fields if getattr(where, name) is not None]
