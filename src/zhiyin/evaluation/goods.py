"""Goods: what a judge knows of the items beside their scores, for metrics of whole slates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.data import Dataset

HEAD_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """How popular the I items were in training and, if wanted, what they are like."""

    popularity: npt.NDArray[np.int64]
    """(I,) how many shoppers turned to each in training."""
    shoppers: int
    """How many shoppers training had."""
    categories: npt.NDArray[np.int64] | None = None
    """(I,) the number of each item's category; -1: it has none."""
    features: npt.NDArray[np.float32] | None = None
    """(I, D) vectors of any length; a row of NaN or of zeros: the item has none."""

    def __post_init__(self) -> None:
        for name in ("categories", "features"):
            column = getattr(self, name)
            if column is not None and len(column) != len(self.popularity):
                raise ValueError(f"{name} of {len(column)} items, not {len(self.popularity)}")

    @classmethod
    def of(
        cls,
        train: Dataset,
        *,
        modality: str | None = None,
        categories: npt.NDArray[np.int64] | None = None,
    ) -> "Goods":
        """Popularity from the training side of a split, and one modality if named."""
        past = train.interactions.histories
        known = past.items >= 0
        pairs = np.stack([past.rows()[known], past.items[known].astype(np.int64)], axis=1)
        size = max(len(train.items), 1)
        distinct = np.unique(pairs[:, 0] * size + pairs[:, 1]) % size
        popularity = np.bincount(distinct, minlength=len(train.items)).astype(np.int64)
        features = None if modality is None else train.features[modality]
        return cls(popularity, int((np.diff(past.offsets) > 0).sum()), categories, features)

    @property
    def head(self) -> npt.NDArray[np.bool_]:
        """(I,) the most popular fifth; whoever ties with the first outside is tail."""
        if not len(self.popularity):
            return np.zeros(0, np.bool_)
        outside = int(len(self.popularity) * HEAD_SHARE)
        limit = np.partition(self.popularity, -1 - outside)[-1 - outside]
        head: npt.NDArray[np.bool_] = self.popularity > limit
        return head

    @property
    def surprise(self) -> npt.NDArray[np.float64]:
        """(I,) bits of news in meeting each item: −log2 (popularity + 1)/(shoppers + 1)."""
        bits: npt.NDArray[np.float64] = np.log2((self.shoppers + 1) / (self.popularity + 1))
        return np.maximum(bits, 0.0)
