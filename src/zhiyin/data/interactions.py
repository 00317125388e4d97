"""Interactions: who did what with which item, from the event log to arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array

from zhiyin.core import SILENT, Histories, KindSettings, Progress, Vocabulary, get_logger
from zhiyin.data.encoding import Encoder, Int8s
from zhiyin.data.naming import Known, Names
from zhiyin.data.ordering import by_shopper, in_time
from zhiyin.data.strengths import Strengths

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """All events that say something about an item: one history per shopper.

    Row ``u`` of ``histories`` is the shopper ``shoppers.names[u]``. Letters of the
    shapes: U shoppers, I items, E events.
    """

    shoppers: Vocabulary
    items: Vocabulary
    histories: Histories
    strengths: Strengths
    labels: Int8s | None = None  # (E,) a split that came with the data: 0, 1, 2; else -1
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Events that were left out, by reason; kinds of weight 0 are not counted."""

    @classmethod
    def from_events(
        cls,
        batches: Iterable[pa.RecordBatch],
        kinds: Mapping[str, KindSettings],
        *,
        items: Vocabulary | None = None,
        labelled: bool = False,
        progress: Progress = SILENT,
    ) -> "Interactions":
        """Read events, such as ``log.read(until=cut, columns=COLUMNS)``.

        ``items``: the catalogue's vocabulary; events about others are left out. None:
        the items of the events, sorted by name. ``labelled``: the column ``surface``
        carries ``split:0``, ``split:1``, ``split:2``. Events without an item and kinds
        of weight 0 are left out; a kind that is no longer declared too, with a warning.
        """
        strengths = Strengths(kinds)
        known = Names() if items is None else Known(items)
        encoder = Encoder(strengths, items=known, labelled=labelled)
        columns = encoder.read(batches, progress)
        shoppers, shopper_places = encoder.shoppers.in_order()
        vocabulary, item_places = known.in_order()
        if item_places is not None:
            _renumber(columns.item, item_places)
        _renumber(columns.shopper, shopper_places)
        order, offsets = by_shopper(columns.shopper, len(shoppers))
        del columns.shopper  # each column goes as soon as its sorted copy is there
        in_time(order, columns.time, offsets)
        columns.time = columns.time[order]
        columns.item = columns.item[order]
        columns.kind = columns.kind[order]
        columns.weight = columns.weight[order]
        labels = None if columns.label is None else columns.label[order]
        histories = Histories(
            columns.item, columns.kind, columns.time, columns.weight, offsets, strengths.names
        )
        skipped = {why: number for why, number in encoder.skipped.items() if number}
        if skipped:
            log.warning("events left out", **skipped)
        return cls(shoppers, vocabulary, histories, strengths, labels, skipped)

    def __len__(self) -> int:
        return len(self.histories.items)

    @property
    def newest(self) -> int:
        """Time of the last event; 0 when there is none."""
        return int(self.histories.times.max()) if len(self) else 0

    def matrix(self, now: int | None = None, *, fade: bool = True) -> csr_array:
        """(U, I) float32: the sum of each shopper's strengths per item, as of ``now``.

        ``now`` is the newest event's time unless given; ``fade=False`` leaves ages out.
        Strengths that cancel (bought, returned) leave no entry.
        """
        when = self.newest if now is None else now
        events = self.histories
        data = self.strengths.faded(events, when) if fade else events.weights.copy()
        matrix = csr_array(
            (data, events.items.astype(np.int32), events.offsets.astype(np.int32)),
            shape=(len(self.shoppers), len(self.items)),
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix

    def where(self, keep: npt.NDArray[np.bool_]) -> "Interactions":
        """The same shoppers and items with only the events where ``keep`` (E,) is true."""
        old = self.histories
        before = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])
        histories = Histories(
            old.items[keep],
            old.kinds[keep],
            old.times[keep],
            old.weights[keep],
            before[old.offsets],
            old.kind_names,
        )
        labels = None if self.labels is None else self.labels[keep]
        return Interactions(self.shoppers, self.items, histories, self.strengths, labels)


def _renumber(column: npt.NDArray[np.int32], place: npt.NDArray[np.int32]) -> None:
    """Replace each number by its place, in place and in blocks."""
    for start in range(0, len(column), 1 << 20):
        part = slice(start, start + (1 << 20))
        column[part] = place[column[part]]
