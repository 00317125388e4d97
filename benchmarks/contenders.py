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
    Ials,
    ItemKnn,
    LightGcn,
    MfBpr,
    Popularity,
    Slim,
    SparseEase,
    TurboCf,
    UserKnn,
)
from zhiyin.models.multimodal import (
    Bm3,
    ContentKnn,
    Freedom,
    LgmRec,
    Mgcn,
    MmGf,
    Msca,
    SlmRec,
    SmoothEase,
    SmoothGf,
    Smore,
    Vbpr,
)

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


# What the paper learns by, but for the features' part of its loss, in larger batches.
FREEDOM_AS_PUBLISHED = {
    "objective": "bpr",
    "spread": 0.0,
    "keep": 0.2,
    "dropout": 0.0,
    "reg": 0.0,
    "average": 0.0,
    "rate": 2e-3,
    "batch": 2048,
    "epochs": 100,
    "every": 10,
    "patience": 20,
}

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
    Contender("smooth EASE", lambda shop: SmoothEase(), "graphs", "FREEDOM"),
    Contender("iALS", lambda shop: Ials(), random=True),
    Contender("MF-BPR", lambda shop: MfBpr(), "behaviour", "MF-BPR", random=True),
    Contender("LightGCN", lambda shop: LightGcn(), "behaviour", "LightGCN", random=True),
    Contender("VBPR", lambda shop: Vbpr(Vbpr.Config(epochs=60)), "stand-in", "VBPR", random=True),
    Contender(
        "FREEDOM as published",
        lambda shop: Freedom(Freedom.Config.model_validate(FREEDOM_AS_PUBLISHED)),
        "graphs",
        "FREEDOM",
        random=True,
    ),
    Contender(
        "LATTICE by FREEDOM",
        lambda shop: Freedom(
            Freedom.Config.model_validate({**FREEDOM_AS_PUBLISHED, "learned": 0.1, "keep": 1.0})
        ),
        "stand-in",
        "LATTICE",
        random=True,
    ),
    Contender("FREEDOM", lambda shop: Freedom(), "graphs", "FREEDOM", random=True),
    Contender("BM3", lambda shop: Bm3(), "stand-in", "BM3", random=True),
    Contender("MGCN", lambda shop: Mgcn(), "stand-in", "MGCN", random=True),
    Contender(
        "SLMRec", lambda shop: SlmRec(SlmRec.Config(epochs=60)), "stand-in", "SLMRec", random=True
    ),
    Contender(
        "LGMRec", lambda shop: LgmRec(LgmRec.Config(epochs=60)), "stand-in", "LGMRec", random=True
    ),
    Contender("SMORE", lambda shop: Smore(), "stand-in", "SMORE", random=True),
    Contender("MSCA", lambda shop: Msca(), "stand-in", "MSCA", random=True),
)

PUBLISHED: dict[str, dict[str, Four]] = {
    "baby": {
        "MF-BPR": (0.0357, 0.0575, 0.0192, 0.0249),
        "LightGCN": (0.0479, 0.0754, 0.0257, 0.0328),
        "VBPR": (0.0423, 0.0663, 0.0223, 0.0284),
        "LATTICE": (0.0547, 0.0850, 0.0292, 0.0370),
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
        "LATTICE": (0.0620, 0.0953, 0.0335, 0.0421),
        "SLMRec": (0.0663, 0.0990, 0.0365, 0.0450),
        "BM3": (0.0656, 0.0980, 0.0355, 0.0438),
        "FREEDOM": (0.0717, 0.1089, 0.0385, 0.0481),
        "MGCN": (0.0729, 0.1106, 0.0397, 0.0496),
        "LGMRec": (0.0720, 0.1068, 0.0390, 0.0480),
        "SMORE": (0.0762, 0.1142, 0.0408, 0.0506),
        "MSCA": (float("nan"), 0.1210, float("nan"), 0.0546),
        "best published recall (MSCA)": (float("nan"), 0.1210, float("nan"), 0.0546),
        "best published NDCG (DANCE)": (0.0832, 0.1198, 0.0465, 0.0559),
    },
}
