"""Counting: how many of the goods found each choice of each facet would leave."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import PositiveInt
from scipy.sparse import csr_array

from zhiyin.application.conditions import Condition, mask
from zhiyin.application.facets.bands import bands, label
from zhiyin.application.shelf import Columns, View, fold
from zhiyin.application.shelf.columns import stretches
from zhiyin.application.shelf.folding import Value
from zhiyin.core import Config, Facet, FacetValue

Truth = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Labels = Callable[[str, Value], tuple[str, str]]
_FIELDS = {
    "category": ("Category", "分类"),
    "price": ("Price", "价格"),
    "brand": ("Brand", "品牌"),
    "on_sale": ("On sale", "促销"),
    "tag": ("Tags", "标签"),
    "attribute:colours": ("Colour", "颜色"),
    "attribute:colour": ("Colour", "颜色"),
    "attribute:motif": ("Motif", "纹样"),
    "attribute:craft": ("Craft", "工艺"),
    "attribute:material": ("Material", "材质"),
    "attribute:occasion": ("Occasion", "场合"),
    "attribute:style": ("Style", "风格"),
    "attribute:size": ("Size", "尺寸"),
}


_DENSE = 5
_NARROW = np.iinfo(np.int32).max


class FacetsConfig(Config):
    """How much of the facets is shown."""

    values: PositiveInt = 12
    """The most choices of one facet, those with most goods first; chosen ones come on top."""
    attributes: PositiveInt = 8
    """The most attributes that become facets, those that most of the goods found have first."""
    coverage: float = 0.05
    """An attribute that fewer of the goods found have is no facet."""
    bands: PositiveInt = 5
    """Into how many price ranges the goods are cut, about as many in each."""


def as_it_is(field: str, value: Value) -> tuple[str, str]:
    """The label of a value in English and Chinese: itself."""
    return str(value), str(value)


def facets(
    view: View,
    matched: Truth,
    chosen: Mapping[str, Condition],
    now: datetime,
    config: FacetsConfig = FacetsConfig(),  # noqa: B008
    labels: Labels = as_it_is,
) -> tuple[Facet, ...]:
    """The facets of what was found.

    Args:
        view: The goods.
        matched: (N,) what the query and everything but ``chosen`` leave.
        chosen: The choices made, by facet, as ``split`` gives them.
        now: For choices that depend on the time.
        config: How much is shown.
        labels: Field and value → what to call it in English and Chinese.
    """
    masks = {name: mask(choice, view, now) for name, choice in chosen.items()}
    hits = _and(matched, masks.values())
    found = [_Counted(view, hits, config, labels).facets(chosen.keys())]
    for name, choice in chosen.items():
        others = _and(matched, (one for other, one in masks.items() if other != name))
        counted = _Counted(view, others, config, labels)
        found.append(counted.facet(name, choice))
        if name == "price":
            parts = [*_each(choice)]
            counts = [int((others & mask(part, view, now)).sum()) for part in parts]
            found[-1] = [_with_prices(found[-1][0], parts, counts)]
    order = {name: place for place, name in enumerate(("category", "price", "brand", "on_sale"))}
    every = [facet for group in found for facet in group if facet.values]
    return tuple(sorted(every, key=lambda facet: order.get(facet.name, len(order))))


def _and(mask: Truth, others: Iterable[Truth]) -> Truth:
    found = mask.copy()
    for other in others:
        found &= other
    return found


class _Counted:
    """The goods of one mask, counted as they are asked for."""

    def __init__(self, view: View, hits: Truth, config: FacetsConfig, labels: Labels) -> None:
        self._view = view
        self._parts = [*view.parts(hits)]
        self._config = config
        self._labels = labels
        self._total = sum(len(places) for _, places in self._parts)

    def facets(self, but: Iterable[str]) -> list[Facet]:
        """All facets but those."""
        counts = self._facts()
        names = ["category", "price", "brand", "on_sale", *self._attributes(counts), "tag"]
        return [one for name in names if name not in but for one in self._make(name, counts, None)]

    def facet(self, name: str, choice: Condition) -> list[Facet]:
        """One facet in which a choice was made."""
        counts = self._facts() if ":" in name or name == "tag" else np.zeros(0, np.int64)
        return self._make(name, counts, choice)

    def _make(self, name: str, counts: Counts, choice: Condition | None) -> list[Facet]:
        if name == "category":
            values = self._categories(choice)
        elif name == "price":
            values = self._prices()
        elif name == "brand":
            brands = self._column("brand", len(self._view.names.brands))
            values = self._listed(name, self._view.names.brands.texts, brands, choice)
        elif name == "on_sale":
            values = self._reduced(choice)
        else:
            values = self._with_facts(name, counts, choice)
        en, zh = _FIELDS.get(name, (name.removeprefix("attribute:"),) * 2)
        return [Facet(name, en, zh, tuple(values))]

    def _column(self, column: str, size: int) -> Counts:
        """How many goods have each number; -1 is not counted."""
        found = np.zeros(size + 1, np.int64)
        for columns, places in self._parts:
            found += np.bincount(getattr(columns, column)[places] + 1, minlength=size + 1)
        return found[1:]

    def _facts(self) -> Counts:
        """How many goods have each fact."""
        size = len(self._view.names.facts)
        found = np.zeros(size, np.int64)
        for columns, places in self._parts:
            found += _fact_counts(columns, places, size)
        return found

    def _attributes(self, counts: Counts) -> list[str]:
        """The attributes worth a facet, those that most of the goods have first."""
        worth = []
        for name in self._view.names.facts.all_fields():
            own = counts[[*self._view.names.facts.of(name)]]
            most, kinds = int(own.max(initial=0)), int((own > 0).sum())
            # Of an attribute that is another for each item no value narrows anything.
            if name != "tag" and own.sum() >= self._config.coverage * self._total and (
                most > 1 or self._total <= self._config.values
            ):  # fmt: skip
                worth.append((-int(own.sum()), kinds, name))
        return [name for _, _, name in sorted(worth)[: self._config.attributes]]

    def _with_facts(self, name: str, counts: Counts, choice: Condition | None) -> list[FacetValue]:
        facts = self._view.names.facts
        numbers = [*facts.of(name)]
        values = [facts.values[number] for number in numbers]
        return self._listed(name, values, counts[numbers], choice)

    def _listed(
        self, name: str, values: list[Any], counts: Counts, choice: Condition | None
    ) -> list[FacetValue]:
        """Chosen values first, then those with most goods."""
        wanted = {fold(value) for value in _values_of(choice)}
        taken = {n for n, value in enumerate(values) if wanted and fold(value) in wanted}
        shown = {*_most(counts, self._config.values), *taken}
        order = sorted(shown, key=lambda n: (n not in taken, -counts[n], str(values[n])))
        return [
            FacetValue(
                *self._labels(name, values[n]),
                int(counts[n]),
                _condition(name, values[n]).record(),
                n in taken,
            )
            for n in order[: max(self._config.values, len(taken))]
        ]

    def _categories(self, choice: Condition | None) -> list[FacetValue]:
        """The choices one step below the deepest category that holds all goods."""
        tree = self._view.names.categories
        counts = self._column("category", len(tree))
        for node in range(len(tree) - 1, 0, -1):  # children have higher numbers
            counts[tree.parents[node]] += counts[node]
        top = 0
        while True:
            below = [n for n in range(1, len(tree)) if tree.parents[n] == top and counts[n]]
            if len(below) != 1 or counts[below[0]] < self._total:
                break
            top = below[0]
        taken = {n for path in _paths_of(choice) for n in tree.at(path)}
        shown = {*below, *taken, *(n for t in taken for n in _children(tree.parents, t))}
        order = sorted(shown, key=lambda n: (n not in taken, -counts[n], tree.path(n)))
        return [
            FacetValue(
                *self._labels("category", tree.names[node]),
                int(counts[node]),
                Condition(category=tree.path(node)).record(),
                node in taken,
            )
            for node in order[: max(self._config.values, len(taken))]
            if counts[node] or node in taken
        ]

    def _prices(self) -> list[FacetValue]:
        names = self._view.names
        currencies = self._column("currency", len(names.currencies))
        if not currencies.any():
            return []
        most = int(currencies.argmax())
        prices = np.concatenate(
            [
                columns.price[places][columns.currency[places] == most]
                for columns, places in self._parts
            ]
        )
        only = names.currencies.texts[most] if len(names.currencies) > 1 else None
        return bands(prices[prices >= 0], self._config.bands, only)

    def _reduced(self, choice: Condition | None) -> list[FacetValue]:
        count = sum(int(columns.on_sale[places].sum()) for columns, places in self._parts)
        taken = choice is not None and choice.on_sale is True
        if not count and not taken:
            return []
        return [FacetValue("on sale", "促销中", count, Condition(on_sale=True).record(), taken)]


def _with_prices(facet: Facet, parts: Sequence[Condition], counts: Sequence[int]) -> Facet:
    """The facet with the ranges that were chosen, which need not be among those offered."""
    chosen = [
        FacetValue(*label(part.price), count, part.record(), chosen=True)
        for part, count in zip(parts, counts, strict=True)
        if part.price is not None
    ]
    taken = [value.where for value in chosen]
    return replace(facet, values=(*chosen, *(v for v in facet.values if v.where not in taken)))


def _fact_counts(columns: Columns, places: npt.NDArray[np.int64], size: int) -> Counts:
    if len(places) * _DENSE < len(columns):
        facts = columns.facts[stretches(columns.starts, places)[1]]
        return np.bincount(facts, minlength=size)
    # Past this share it is faster to read all facts in order than to pick those of the hits.
    hits = np.zeros(len(columns), np.int32)
    hits[places] = 1
    ones = np.ones(len(columns.facts), np.int8)
    # In one width with the facts, which would be copied into a wider one.
    starts = columns.starts.astype(np.int32) if len(ones) <= _NARROW else columns.starts
    table = csr_array((ones, columns.facts, starts), shape=(len(columns), size))
    counts: Counts = table.T @ hits
    return counts


def _most(counts: Counts, number: int) -> list[int]:
    """The places of the largest counts above zero, all that are as large as the last of them."""
    there = np.flatnonzero(counts)
    if len(there) > number:
        least = np.partition(counts[there], -number)[-number]
        there = there[counts[there] >= least]
    found: list[int] = there.tolist()
    return found


def _children(parents: list[int], node: int) -> Iterator[int]:
    return (n for n in range(1, len(parents)) if parents[n] == node)


def _condition(name: str, value: Any) -> Condition:
    if name == "brand":
        return Condition(brand=(value,))
    if name == "tag":
        return Condition(tag=(value,))
    attribute = {"name": name.removeprefix("attribute:"), "any_of": (value,)}
    return Condition.model_validate({"attribute": attribute})


def _each(choice: Condition | None) -> Iterator[Condition]:
    """The single choices in what was chosen of one facet."""
    if choice is None:
        return
    parts = (*(choice.all or ()), *(choice.any or ()))
    for part in parts:
        yield from _each(part)
    if not parts:
        yield choice


def _values_of(choice: Condition | None) -> Iterator[Value]:
    for one in _each(choice):
        yield from one.brand or ()
        yield from one.tag or ()
        yield from one.attribute.any_of if one.attribute is not None else ()


def _paths_of(choice: Condition | None) -> Iterator[tuple[str, ...]]:
    return (one.category for one in _each(choice) if one.category)
