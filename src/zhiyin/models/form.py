"""Form: what a learnt model becomes to serve; numbers and rules, no model and no torch.

There are three. ``Neighbours`` is a sparse item-to-item table, ``Vectors`` turns a
history into a vector and compares it with the items', ``Blend`` adds several forms up.
Who serves, explains or judges knows this protocol only; ``load_form`` opens whichever
was written into a folder. All of them answer the same questions of the same histories:

    score(j) = baseline(j) + Σ over the history's events e of evidence(e, j)

exactly where the form is linear in its events, and as told where it is not.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from zhiyin.core import Damaged, Event, Histories, Vocabulary, micros
from zhiyin.data import Strengths

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Form(Protocol):
    """Answers for any history, of one request or of a batch; NaN: "I cannot say"."""

    @property
    def name(self) -> str:
        """The kind of form: "neighbours", "vectors" or "blend"."""
        ...

    @property
    def abilities(self) -> frozenset[str]:
        """ "personal": histories differ in their scores; "guests": an empty one has some."""
        ...

    @property
    def items(self) -> Vocabulary:
        """The items it numbers."""
        ...

    @property
    def strengths(self) -> Strengths:
        """The rule of what events count."""
        ...

    @property
    def now(self) -> int:
        """Time of the newest event it was learnt from."""
        ...

    @property
    def memory(self) -> int:
        """Bytes of its arrays."""
        ...

    def read(self, events: Iterable[Event]) -> Histories:
        """One history from events in any order, as a request brings them."""
        ...

    def score(self, histories: Histories, now: int | None = None) -> Floats:
        """(B, I) scores of every item, as of ``now``. Dense: for evaluation and batches."""
        ...

    def scores_of(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(K,) the scores of some items for one history."""
        ...

    def top(
        self,
        history: Histories,
        k: int,
        now: int | None = None,
        *,
        exclude: Ints | None = None,
        allowed: Bools | None = None,
    ) -> tuple[Ints, Floats]:
        """The best ``k`` items of one history and their scores; equal scores by number.

        ``exclude``: item numbers that are not wanted; ``allowed`` (I,): those that are.
        Fewer come back when the form has no more to say.
        """
        ...

    def moments(self, histories: Histories, now: int | None = None) -> tuple[Doubles, Doubles]:
        """(B,) mean and (B,) standard deviation of a history's scores over the known items.

        Both NaN for a history of which it cannot say anything. Found without making the
        scores, where that can be had cheaply.
        """
        ...

    def baseline(
        self, items: Ints, history: Histories | None = None, now: int | None = None
    ) -> Floats:
        """(K,) what each item's score owes to no event of the history; NaN: unknown item.

        Without a history: what a guest's score is.
        """
        ...

    def evidence(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(T, K) what each event of one history adds to the score of each item.

        What goes when the event is taken away and all others are weighed as before: what
        a reason may cite.
        """
        ...

    def save(self, folder: Path, *, names: bool = True) -> None:
        """Write into an existing folder: arrays, JSON and ONNX, no pickle.

        Without ``names`` those of the items are left out: a blend's parts share theirs.
        """
        ...


Loader = Callable[[Path, Vocabulary | None], Form]
_LOADERS: dict[str, Loader] = {}


def register(name: str, load: Loader) -> None:
    """Let ``load_form`` open folders that hold ``<name>.json``."""
    _LOADERS[name] = load


def load_form(folder: Path, items: Vocabulary | None = None) -> Form:
    """Read what a form's ``save`` wrote, whichever form it is; its arrays stay on disk.

    ``items``: their names, where they are known already.
    """
    for name, load in _LOADERS.items():
        if (folder / f"{name}.json").is_file():
            return load(folder, items)
    raise Damaged(what=str(folder), problem="no form is in it", remedy="fit again")


def read_events(events: Iterable[Event], items: Vocabulary, strengths: Strengths) -> Histories:
    """One history from events in any order.

    Items that the vocabulary does not know become -1; events about no item and kinds
    that say nothing are left out.
    """
    kinds = strengths.kinds
    told = [e for e in events if e.item and e.kind in kinds and kinds[e.kind].weight]
    told.sort(key=lambda event: event.time)
    codes = np.array([strengths.names.index(e.kind) for e in told], np.int16)
    values = np.array([np.nan if e.value is None else e.value for e in told], np.float64)
    return Histories(
        items.numbers(e.item for e in told),
        codes,
        np.array([micros(e.time) for e in told], np.int64),
        strengths.of(codes, values),
        np.array([0, len(told)], np.int64),
        strengths.names,
    )
