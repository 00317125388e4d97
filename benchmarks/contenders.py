"""Who takes part in ``benchmarks.models``: every model, its settings, what it is held against.

One line per model. Settings were chosen on valid; docs/log.md says what else was tried.
``PUBLISHED`` are Recall@10, Recall@20, NDCG@10 and NDCG@20 as their authors (or those who
ran them again) report them on the same split with the standard features. Whether one of
ours may be compared with them depends on what it saw:

* ``behaviour``: pairs of shopper and item alone, as the published one: a fair comparison;
* ``graphs``: also the ten nearest of each item by the standard features, not the features
  themselves: less than the published one saw;
* ``stand-in``: features got back from those graphs (``zhiyin.models.graphs.spectral``),
  since the features are not at hand: other features than the published one saw.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from zhiyin.models.collaborative import (
    Bspm,
    Ease,
    GfCf,
    ItemKnn,
    Popularity,
    Slim,
    SparseEase,
    TurboCf,
    UserKnn,
)
from zhiyin.models.multimodal import ContentKnn, MmGf, SmoothEase, SmoothGf

Sees = Literal["behaviour", "graphs", "stand-in"]
Four = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Contender:
    """A model as it takes part."""

    name: str
    make: Callable[[str], Any]
    """From the name of the shop, since settings may differ."""
    sees: Sees = "behaviour"
    beside: str | None = None
    """The name in ``PUBLISHED`` of what it is held against."""
    random: bool = False
    """It learns otherwise with another seed."""


CONTENDERS: tuple[Contender, ...] = (
    Contender("popularity", lambda shop: Popularity()),
    Contender("item-kNN", lambda shop: ItemKnn()),
    Contender("item-kNN BM25", lambda shop: ItemKnn(ItemKnn.Config(weighting="bm25"))),
    Contender("user-kNN", lambda shop: UserKnn()),
    Contender("GF-CF", lambda shop: GfCf(GfCf.Config(smooth=0))),
    Contender("Turbo-CF", lambda shop: TurboCf()),
    Contender("BSPM", lambda shop: Bspm()),
    Contender("SLIM", lambda shop: Slim(Slim.Config(candidates=200))),
    Contender("sparse EASE", lambda shop: SparseEase(SparseEase.Config(candidates=200))),
    Contender("EASE", lambda shop: Ease()),
    Contender("content kNN", lambda shop: ContentKnn(), "graphs"),
    Contender("MM-GF", lambda shop: MmGf(), "graphs", "MM-GF (train only, run again)"),
    Contender("smooth GF", lambda shop: SmoothGf(), "graphs", "FREEDOM"),
    Contender(
        "smooth EASE",
        lambda shop: SmoothEase(SmoothEase.Config(max_items=8_000)),
        "graphs",
        "FREEDOM",
    ),
)

PUBLISHED: dict[str, dict[str, Four]] = {
    "baby": {
        "MF-BPR": (0.0357, 0.0575, 0.0192, 0.0249),
        "LightGCN": (0.0479, 0.0754, 0.0257, 0.0328),
        "VBPR": (0.0423, 0.0663, 0.0223, 0.0284),
        "SLMRec": (0.0529, 0.0775, 0.0290, 0.0353),
        "BM3": (0.0564, 0.0883, 0.0301, 0.0383),
        "FREEDOM": (0.0627, 0.0992, 0.0330, 0.0424),
        "MGCN": (0.0620, 0.0964, 0.0339, 0.0427),
        "LGMRec": (0.0644, 0.1002, 0.0349, 0.0440),
        "SMORE": (0.0680, 0.1035, 0.0365, 0.0457),
        "MSCA": (float("nan"), 0.1049, float("nan"), 0.0474),
        "MM-GF (train only, run again)": (float("nan"), 0.0976, float("nan"), 0.0451),
        "best published (DOGE)": (0.0718, 0.1096, 0.0391, 0.0482),
    },
    "sports": {
        "MF-BPR": (0.0432, 0.0653, 0.0241, 0.0298),
        "LightGCN": (0.0569, 0.0864, 0.0311, 0.0387),
        "VBPR": (0.0558, 0.0856, 0.0307, 0.0384),
        "SLMRec": (0.0663, 0.0990, 0.0365, 0.0450),
        "BM3": (0.0656, 0.0980, 0.0355, 0.0438),
        "FREEDOM": (0.0717, 0.1089, 0.0385, 0.0481),
        "MGCN": (0.0729, 0.1106, 0.0397, 0.0496),
        "LGMRec": (0.0720, 0.1068, 0.0390, 0.0480),
        "SMORE": (0.0762, 0.1142, 0.0408, 0.0506),
        "MSCA": (float("nan"), 0.1210, float("nan"), 0.0546),
        "best published (MSCA)": (float("nan"), 0.1210, float("nan"), 0.0546),
    },
}
