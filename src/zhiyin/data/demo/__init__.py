"""The demo shop 云间集: goods, pictures and ninety days of shoppers, all made by code.

The same `DemoSize` gives the same shop, byte for byte. Goods are written from motifs,
crafts and colours in words and painted from the same; shoppers have hidden tastes, see
slates with known propensities, and click, buy and send back as people do. What is hidden
is written as truth beside the shop, for tests and evaluation only, and has no door.
"""

from zhiyin.data.demo.behaviour import demo_events
from zhiyin.data.demo.goods import demo_items
from zhiyin.data.demo.pictures import demo_contact_sheet, demo_pictures
from zhiyin.data.demo.shop import DemoReport, make_demo
from zhiyin.data.demo.size import DemoSize

__all__ = [
    "DemoReport",
    "DemoSize",
    "demo_contact_sheet",
    "demo_events",
    "demo_items",
    "demo_pictures",
    "make_demo",
]
