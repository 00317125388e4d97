"""MM-GF: the graph filters of behaviour, of words and of pictures, added up.

    T = h(P) + text · S_text^∘s + image · S_image^∘s,     h(P) = c_1 P + c_2 P² + …

with P the graph of who turned to what, as in ``TurboCf``, and S_m the likeness of goods
in a modality, D^-½ · cosines · D^-½ with its entries raised to the power s as well
(Ha et al.: *Training-free graph filtering via multimodal feature refinement for extremely
fast multimodal recommendation*, arXiv 2503.04406). A history scores by its events'
strengths times their rows of T.

How we depart: P and each S are scaled to a mean row of 1, so that a weight means the same
on any data (the paper's 600 and 0.1 are of its own scale); likeness is that of the k
nearest rather than of all pairs of robust-scaled features, and linear as in the released
code; of each row only the ``keep`` entries farthest from zero stay, none on the diagonal.
The release learns from train and valid at once; we do not, so its numbers are not ours.

Memory of ``fit``: that of Turbo-CF and of the graphs.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.evidence import ENTRY, evidence, known_items, pairs_at_most, refuse_beyond
from zhiyin.models.filters import polynomial, turbo
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import TableRows, blocks, form_of, table_memory

log = get_logger(__name__)


class MmGfConfig(Config):
    """The polynomial, and how much words and pictures say beside behaviour."""

    coefficients: tuple[float, ...] = Field(default=(1.0,), min_length=1)
    """Of P, P², P³ …; each further one costs a product with P."""
    shopper_power: NonNegativeFloat = Field(default=0.89, le=1)
    """Near 1 long histories say less and popular items are favoured; near 0 the reverse."""
    power: PositiveFloat = 0.67
    """s: below 1 draws strong and weak ties together, above 1 apart."""
    text: NonNegativeFloat = 0.3
    """Weight of the words beside behaviour's 1."""
    image: NonNegativeFloat = 0.03
    """Weight of the pictures beside behaviour's 1."""
    neighbours: PositiveInt = 10
    """The nearest of each item in a modality that count."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; none: all, for the exact model."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; the pairs of a longer history (a robot, a reseller) grow with its square."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of the filter held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class MmGf:
    """Graph filters of behaviour and of content, added up without training."""

    Config = MmGfConfig

    def __init__(self, config: MmGfConfig = MmGfConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.notes: tuple[str, ...] = ()
        """What was missing, and what was done without it."""
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Multiply and add; ``rng`` is not used."""
        config = self.config
        remedy = "lower newest_events, keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting MM-GF", remedy)
        likeness = self._likeness(data)
        linked = np.diff(likeness.indptr) > 0
        meant = np.flatnonzero(known_items(data) | linked)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        pairs = turbo(csr_array(matrix[:, meant]), config.shopper_power, config.power)
        pairs, likeness = graphs.scaled(pairs), csr_array(likeness[meant][:, meant])
        rows = TableRows(len(data.items), meant, config.keep)
        for start, stop in blocks(len(meant), len(meant), config.block_entries):
            first = pairs[start:stop].toarray()
            block = polynomial(lambda part: part @ pairs, first, config.coefficients)
            rows.add(start, block + likeness[start:stop].toarray())
        self._form = form_of(data, rows.table(), also=linked)
        log.info("fitted", model="MM-GF", items=len(meant), notes=self.notes)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without event and content, histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="MM-GF")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 4 · 8 per pair, 6 · 8 per event, 4 · 8 per block entry, 3 · 8 per entry kept.

        And what the graphs take.
        """
        config, items = self.config, len(data.items)
        table = table_memory(items, config.block_entries, config.keep)
        pairs = pairs_at_most(data, config.newest_events)
        own = ENTRY * (4 * pairs + 6 * len(data.interactions)) + table
        return own + graphs.memory(data, config.neighbours)

    def _likeness(self, data: Dataset) -> csr_array:
        """(I, I) the weighted sum of the modalities' filters."""
        config, notes = self.config, []
        total = csr_array((len(data.items), len(data.items)), dtype=np.float32)
        for modality, weight in (("text", config.text), ("image", config.image)):
            graph = graphs.similarity(data, modality, config.neighbours) if weight else None
            if graph is not None:
                even = graphs.normalise(graph, 0.5, 0.5)
                even.data **= np.float32(config.power)
                total = csr_array(total + np.float32(weight) * graphs.scaled(even))
            elif weight:
                notes.append(graphs.absent(modality))
        self.notes = tuple(notes)
        return total
