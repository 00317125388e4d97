"""zhiyin 知音: a recommender for shops.

Example:
    with zhiyin.open_shop("my-shop") as shop:
        shop.ingest("products.csv", into="items")
        shop.ingest("events.csv")
        shop.fit()
        slate = shop.recommend("shopper-1", k=10)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhiyin.app import Shop, create_shop, open_shop

__all__ = ["Shop", "create_shop", "open_shop"]


def __getattr__(name: str) -> Any:
    # Late, so that a room imported alone does not bring the whole house with it.
    if name in __all__:
        return getattr(import_module("zhiyin.app"), name)
    raise AttributeError(f"module 'zhiyin' has no attribute {name!r}")
