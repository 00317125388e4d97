"""Content kNN: goods that look or read like what one turned to, also those nobody bought.

    table = S_text / s_text + image · S_image / s_image,

with S the cosines of the ``neighbours`` nearest items in a modality, made symmetric by
the larger of both directions, and s the mean sum of a row (Pazzani and Billsus:
*Content-based recommendation systems*, 2007, with item neighbourhoods in place of
profiles). A history scores by its events' strengths times their rows.

No event is needed to know an item: one with a picture or words gets scores from its
first day. The graphs are those of the data, or made from its features. Memory of
``fit``: 4 · 8 bytes per entry of a block, 8 per number of the features and 6 · 8 per
neighbour of an item and modality.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveInt

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.evidence import refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import farthest, form_of

log = get_logger(__name__)


class ContentKnnConfig(Config):
    """How many neighbours, and how much words and pictures say."""

    neighbours: PositiveInt = 10
    """The nearest of each item in a modality that count."""
    text: NonNegativeFloat = 1.0
    """Weight of the words."""
    image: NonNegativeFloat = 0.1
    """Weight of the pictures; on two of Amazon's shops words say far more."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; an item near to very many has a long one."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class ContentKnn:
    """Neighbourhoods of items by pictures and words."""

    Config = ContentKnnConfig

    def __init__(self, config: ContentKnnConfig = ContentKnnConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.notes: tuple[str, ...] = ()
        """What was missing, and what was done without it."""
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Find every item's neighbours; ``rng`` is not used."""
        config = self.config
        remedy = "lower neighbours, give the data a graph, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting content kNN", remedy)
        weights = {"text": config.text, "image": config.image}
        graph, self.notes = graphs.content(data, weights, config.neighbours)
        if not graph.nnz:
            self.notes += ("nothing is known of what the goods are: it recommends nothing",)
        linked = np.diff(graph.indptr) > 0
        self._form = form_of(data, farthest(graph, config.keep), also=linked)
        log.info("fitted", model="content kNN", linked=int(linked.sum()), notes=self.notes)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without content and event, and histories without content."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="content kNN")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 4 · 8 per block entry, 8 per number of the features, 6 · 8 per neighbour."""
        return graphs.memory(data, self.config.neighbours)
