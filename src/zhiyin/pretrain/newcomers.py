"""Newcomers: items that are new or changed, described alone, as the whole catalogue was.

Nothing is learnt from them: the whitening and the alignment of an understanding are used as
they are, so their vectors are comparable with those that are there. The next pretraining
finds what was encoded here in the encoders' memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhiyin.core import Catalogue, Item
from zhiyin.pretrain.contents import Floats, Source, Tally, Tell
from zhiyin.pretrain.encode import pages
from zhiyin.pretrain.understanding import Understanding


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Some items as an understanding sees them."""

    ids: tuple[str, ...]
    vectors: Mapping[str, Floats]
    """Modality → (N, W) comparable with ``Understanding.vectors``; NaN: it has none."""
    joint: Mapping[str, Floats]
    """Modality → (N, d) comparable with ``Understanding.joint``; empty without alignment."""
    gone: tuple[str, ...] = ()
    """Items that were deleted."""
    upto: int = 0
    """Number of the newest change that is in it."""


class Newcomers:
    """Describes items by one understanding.

    A modality whose encoder is another than the understanding's is left out: its vectors
    could not be compared.
    """

    def __init__(self, understanding: Understanding, sources: Mapping[str, Source]) -> None:
        encoders = understanding.facts.encoders
        self.sources = {
            name: source
            for name, source in sources.items()
            if encoders.get(name) == source.encoder.name
        }
        self._understanding = understanding

    def describe(self, items: Sequence[Item], tell: Tell = lambda trouble: None) -> Described:
        """The vectors of these items; ``tell`` is called with what could not be encoded."""
        own = self._understanding
        raw = {
            name: source.rows(items, Tally(source.encoder.name), tell)
            for name, source in self.sources.items()
        }
        joint = {} if own.alignment is None else {n: own.alignment.project(n, raw[n]) for n in raw}
        return Described(
            tuple(item.id for item in items),
            {name: own.project(name, rows) for name, rows in raw.items()},
            joint,
        )


def refresh(
    understanding: Understanding,
    catalogue: Catalogue,
    sources: Mapping[str, Source],
    *,
    since: int | None = None,
    tell: Tell = lambda trouble: None,
) -> Iterator[Described]:
    """What changed in the catalogue, page by page; memory does not grow with it.

    Args:
        since: Number of the newest change that is known; None: the understanding's own.
    """
    newcomers = Newcomers(understanding, sources)
    for page in pages(catalogue, understanding.facts.catalogue if since is None else since):
        found = newcomers.describe([each.item for each in page if each.item is not None], tell)
        yield Described(
            found.ids,
            found.vectors,
            found.joint,
            gone=tuple(each.id for each in page if each.item is None),
            upto=page[-1].number,
        )
