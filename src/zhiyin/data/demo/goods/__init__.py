"""The goods of the demo shop: hidden facts as columns, and items written from them.

`shelf` gives the facts (what a good truly is), `demo_items` the products a shop would
list: words, prices, variants, some of it left out or wrong as in life.
"""

from zhiyin.data.demo.goods.items import demo_items, item_id
from zhiyin.data.demo.goods.shelf import NEVER, Shelf, shelf
from zhiyin.data.demo.goods.words import WORDS, Words

__all__ = ["NEVER", "WORDS", "Shelf", "Words", "demo_items", "item_id", "shelf"]
