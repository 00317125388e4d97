"""Recipes: what was tried, as plain values that a manifest keeps and that are read back.

A ``Recipe`` is a family with a configuration, and how much popularity is added to its
scores. A ``Blended`` is several recipes with weights; it is learnt by learning them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import ValidationError

from zhiyin.core import Config, Unavailable, derive
from zhiyin.data import Dataset
from zhiyin.models import Form, Neighbours, Recommender
from zhiyin.models.collaborative import Popularity
from zhiyin.posttrain.families import FAMILIES, Family

BLEND = "blend"
PRIORS = (0.01, 0.1, 1.0, 10.0, 100.0)
SHARES = (0.02, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to learn: a family, its configuration, and how much popularity is added.

    The prior makes guests and people of whom little is known get an answer at all; its
    weight is chosen on the valid days like everything else.
    """

    family: str
    config: Config
    prior: float = 0.0
    """Weight of popularity; 1: the most popular item counts as one typical neighbour."""

    @property
    def name(self) -> str:
        """The family, and what differs from its defaults: "item-knn shrink=50"."""
        changed = self.config.model_dump(exclude_defaults=True)
        words = [self.family, *(f"{key}={_short(value)}" for key, value in changed.items())]
        return " ".join([*words, f"+{self.prior:g} popularity"] if self.prior else words)

    @property
    def kind(self) -> Family:
        """The family by its name."""
        return FAMILIES[self.family]

    @property
    def plain(self) -> "Recipe":
        """The same without the prior."""
        return replace(self, prior=0.0)

    def changed(self, **values: Any) -> "Recipe":
        """The same with other settings, checked."""
        return replace(self, config=type(self.config).model_validate(dict(self.config) | values))

    def model(self, max_bytes: int | None = None) -> Recommender:
        """A model that has learnt nothing yet; a limit of memory is not part of a recipe."""
        config = self.config
        if max_bytes is not None and "max_bytes" in type(config).model_fields:
            config = config.model_copy(update={"max_bytes": max_bytes})
        made: Recommender = self.kind.model()(config)
        return made

    def fit(self, data: Dataset, seed: int) -> Recommender:
        """A model of the family that has learnt, without the prior."""
        return self.model().fit(data, derive(seed, "fit", self.family))

    def compiled(self, model: Recommender, data: Dataset, seed: int) -> Form:
        """The form that serves: the model's, and the prior."""
        form = model.compile()
        if not self.prior:
            return form
        popular = Popularity().fit(data, derive(seed, "fit", "popularity")).compile()
        return with_popularity(form, popular, self.prior)

    def record(self) -> dict[str, Any]:
        """What a manifest says of it; ``recall`` reads it back."""
        return {"recipe": self.family, "prior": self.prior, **self.config.model_dump(mode="json")}


@dataclass(frozen=True, slots=True)
class Blended:
    """Several recipes whose scores are added up, each measured by its own spread."""

    parts: tuple[Recipe, ...]
    weights: tuple[tuple[float, ...], ...]
    """One row per bucket of activity, one column per part; rows add up to 1."""
    bounds: tuple[int, ...] = ()
    """A history of fewer than ``bounds[0]`` events is weighed by the first row, and so on."""

    def __post_init__(self) -> None:
        rows = {len(row) for row in self.weights}
        if len(self.weights) != len(self.bounds) + 1 or rows != {len(self.parts)}:
            raise ValueError(f"{len(self.parts)} parts, {self.bounds} and {self.weights}")

    @property
    def family(self) -> str:
        return BLEND

    @property
    def name(self) -> str:
        """The parts and the weight of each; of each bucket, where there are several."""
        columns = zip(*self.weights, strict=True)
        shares = ["/".join(f"{share:.2f}" for share in column) for column in columns]
        parts = zip(shares, self.parts, strict=True)
        return " + ".join(f"{share} {part.name}" for share, part in parts)

    def record(self) -> dict[str, Any]:
        """What a manifest says of it; ``recall`` reads it back."""
        return {
            "recipe": BLEND,
            "parts": [part.record() for part in self.parts],
            "weights": [list(row) for row in self.weights],
            "bounds": list(self.bounds),
        }


AnyRecipe = Recipe | Blended


def recall(record: dict[str, Any]) -> AnyRecipe | None:
    """The recipe of a manifest; None where this version or installation does not know it."""
    values = dict(record)
    family = values.pop("recipe", None)
    try:
        if family == BLEND:
            return _blended(**values)
        if family not in FAMILIES:
            return None
        prior = float(values.pop("prior", 0.0))
        return Recipe(family, FAMILIES[family].config.model_validate(values), prior)
    # Written by another version, or learnt with a part that is not installed here.
    except (ValidationError, TypeError, ValueError, AttributeError, Unavailable):
        return None


def _blended(parts: Any, weights: Any, bounds: Any) -> Blended | None:
    known = tuple(recall(part) for part in parts)
    if not known or not all(isinstance(part, Recipe) for part in known):
        return None
    rows = tuple(tuple(float(share) for share in row) for row in weights)
    return Blended(known, rows, tuple(int(bound) for bound in bounds))  # type: ignore[arg-type]


def standard() -> Sequence[Recipe]:
    """Every family as it comes: the first round, before what may be afforded is chosen."""
    return [start(family) for family in FAMILIES.values() if _installed(family)]


def start(family: Family) -> Recipe:
    """The family with its defaults."""
    return Recipe(family.name, family.config())


def refined(best: Recipe, form: Form) -> Sequence[AnyRecipe]:
    """The best with popularity added in several strengths; to a table as its prior."""
    if isinstance(form, Neighbours):
        return [replace(best, prior=prior) for prior in PRIORS]
    popular = start(FAMILIES["popularity"])
    return [Blended((best, popular), ((round(1 - share, 4), share),)) for share in SHARES]


def with_popularity(form: Form, popular: Form, prior: float) -> Neighbours:
    """A table, and popularity as its prior; other forms take popularity in a ``Blended``."""
    if not isinstance(form, Neighbours) or not isinstance(popular, Neighbours):
        raise ValueError(f"a prior is added to tables, not to {form.name}")
    return Neighbours.blend([(form, 1.0), (popular, prior * _unit(form, popular))])


def _installed(family: Family) -> bool:
    try:
        family.model()
    except Unavailable:
        return False
    return True


def _unit(form: Neighbours, popular: Neighbours) -> float:
    """What the largest prior is multiplied by to count as one typical neighbour."""
    largest = float(np.nanmax(np.nan_to_num(popular.prior), initial=0.0))
    weights = [abs(kind.weight) for kind in form.strengths.kinds.values() if kind.weight]
    if not form.table.nnz or not largest or not weights:
        return 1.0
    return float(form.table.data.mean()) * float(np.mean(weights)) / largest


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}:{_short(own)}" for key, own in value.items())
    if isinstance(value, list | tuple):
        return ",".join(_short(own) for own in value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if number else str(value).lower()
