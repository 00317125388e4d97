"""Found: what a search gives back beside its slate, as plain values that every door can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, Literal, get_args

from zhiyin.core.slate import Slate, Told

Sort = Literal["relevance", "price_up", "price_down", "newest", "popular"]
SORTS: tuple[str, ...] = get_args(Sort)
Where = Mapping[str, Any]
"""A condition as JSON, such as {"brand": "岫云坊"}; ``zhiyin.application`` reads it."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood from the words of a query; the shopper may take it away."""

    id: str
    """What it means, such as "colour:red" or "price:..200": other words, the same id."""
    kind: str
    """Such as "price", "not", "colour", "brand", "category" or "occasion"."""
    words: str
    """The words of the query that it came from."""
    en: str
    zh: str
    hard: bool
    """What fails it is not shown; a soft one is a wish, which may be given up."""
    where: Where | None = None
    """The condition it stands for; None: the shop's columns cannot tell."""
    term: str = ""
    """For "not" without a condition: the word that must not be in the goods' own words."""

    def text(self, lang: str = "en") -> str:
        """The label in ``lang`` ("zh…" is Chinese, anything else English)."""
        return self.zh if lang.lower().startswith("zh") else self.en

    def record(self) -> dict[str, Any]:
        """The chip as JSON."""
        return {
            "id": self.id,
            "kind": self.kind,
            "words": self.words,
            "label": self.en,
            "label_zh": self.zh,
            "hard": self.hard,
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One choice of a facet, and how many of the goods found it would leave."""

    en: str
    zh: str
    count: int
    where: Where
    """The condition that choosing it adds."""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow what was found."""

    name: str
    """Such as "category", "brand", "price", "on_sale", "tag" or "attribute:motif"."""
    en: str
    zh: str
    values: tuple[FacetValue, ...]

    def record(self) -> dict[str, Any]:
        """The facet as JSON."""
        values = [
            {
                "label": value.en,
                "label_zh": value.zh,
                "count": value.count,
                "chosen": value.chosen,
                "where": value.where,
            }
            for value in self.values
        ]
        return {"name": self.name, "label": self.en, "label_zh": self.zh, "values": values}


Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One page of what was found, how the query was understood, and how to go on."""

    slate: Slate
    total: int
    """How many match in all."""
    chips: tuple[Chip, ...] = ()
    facets: tuple[Facet, ...] = ()
    relaxed: tuple[Told, ...] = ()
    """What was given up so that something could be found, in order."""
    corrected: str | None = None
    """The query as it was searched, where a typing error was mended."""
    highlights: Mapping[str, Mapping[str, Spans]] = field(default_factory=dict)
    """Item id → field → the stretches (start, end) of its text that match."""
    next: str | None = None
    """The cursor of the page after this one; None: this was the last."""

    def record(self) -> dict[str, Any]:
        """All of it as JSON."""
        slate = self.slate
        rows = zip(slate.items, slate.scores.tolist(), slate.reasons, strict=True)
        return {
            "request": slate.request_id,
            "total": self.total,
            "items": [
                {
                    "id": id,
                    "score": None if isnan(score) else score,  # JSON has no NaN
                    "reasons": [
                        {"kind": r.kind, "evidence": [*r.evidence], "weight": r.weight} for r in why
                    ],
                    "highlights": {
                        name: [[*span] for span in spans]
                        for name, spans in self.highlights.get(id, {}).items()
                    },
                }
                for id, score, why in rows
            ],
            "chips": [chip.record() for chip in self.chips],
            "facets": [facet.record() for facet in self.facets],
            "relaxed": [told.record() for told in self.relaxed],
            "corrected": self.corrected,
            "next": self.next,
            "trace": [told.record() for told in slate.trace],
            "artifacts": [*slate.artifacts],
        }
