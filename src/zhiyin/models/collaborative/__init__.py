"""Models that learn from behaviour alone: what the many did tells what goes with what."""

from zhiyin.models.collaborative.itemknn import ItemKnn, ItemKnnConfig
from zhiyin.models.collaborative.popularity import Popularity, PopularityConfig

__all__ = ["ItemKnn", "ItemKnnConfig", "Popularity", "PopularityConfig"]
