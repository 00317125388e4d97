"""The recipes that ``fit`` tries: a name, a configuration, and how to make the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from zhiyin.core import Config, derive
from zhiyin.data import Dataset
from zhiyin.models import Neighbours, Recommender
from zhiyin.models.collaborative import ItemKnn, Popularity

_FAMILIES: dict[str, tuple[Callable[[Any], Recommender], type[Config]]] = {
    "popularity": (Popularity, Popularity.Config),
    "item-knn": (ItemKnn, ItemKnn.Config),
}


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
        words = [self.family, *(f"{key}={value:g}" for key, value in changed.items())]
        return " ".join([*words, f"+{self.prior:g} popularity"] if self.prior else words)

    def fit(self, data: Dataset, seed: int) -> Recommender:
        """A model of the family that has learnt, without the prior."""
        build, _ = _FAMILIES[self.family]
        return build(self.config).fit(data, derive(seed, "fit", self.family))

    def compiled(self, model: Recommender, data: Dataset, seed: int) -> Neighbours:
        """The form that serves: the model's, and the prior."""
        form = model.compile()
        if not self.prior:
            return form
        popular = Popularity().fit(data, derive(seed, "fit", "popularity")).compile()
        return Neighbours.blend([(form, 1.0), (popular, self.prior * _unit(form, popular))])

    def record(self) -> dict[str, Any]:
        """What a manifest says of it; ``recall`` reads it back."""
        return {"recipe": self.family, "prior": self.prior, **self.config.model_dump(mode="json")}


def recall(record: dict[str, Any]) -> Recipe | None:
    """The recipe of a manifest; None where this version does not know it."""
    values = dict(record)
    family, prior = values.pop("recipe", None), values.pop("prior", 0.0)
    if family not in _FAMILIES:
        return None
    _, config = _FAMILIES[family]
    try:
        return Recipe(family, config.model_validate(values), float(prior))
    except (ValidationError, TypeError, ValueError):  # written by another version
        return None


def standard() -> Sequence[Recipe]:
    """What a shop without wishes of its own gets: a baseline and a short search."""
    return [
        Recipe("popularity", Popularity.Config()),
        *(Recipe("item-knn", ItemKnn.Config(shrink=shrink)) for shrink in (10, 30, 100, 300)),
    ]


def refined(best: Recipe) -> Sequence[Recipe]:
    """The second round: the best of the first, with popularity added in several strengths."""
    return [Recipe(best.family, best.config, prior) for prior in (0.01, 0.1, 1.0, 10.0)]


def _unit(form: Neighbours, popular: Neighbours) -> float:
    """What the largest prior is multiplied by to count as one typical neighbour."""
    largest = float(np.nanmax(np.nan_to_num(popular.prior), initial=0.0))
    weights = [abs(kind.weight) for kind in form.strengths.kinds.values() if kind.weight]
    if not form.table.nnz or not largest or not weights:
        return 1.0
    return float(form.table.data.mean()) * float(np.mean(weights)) / largest
