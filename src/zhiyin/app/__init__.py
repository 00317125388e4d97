"""The front door: ``open_shop(folder)`` gives a ``Shop`` with all the verbs.

This is the one room that knows which store, which models and which importers there are.
Rooms are imported where they are used, so that a command pays only for what it does.
"""

from zhiyin.app.demo import draw_contact_sheet, make_demo
from zhiyin.app.doctor import Finding, examine
from zhiyin.app.opening import create_shop, open_shop
from zhiyin.app.shop import Shop

__all__ = [
    "Finding",
    "Shop",
    "create_shop",
    "draw_contact_sheet",
    "examine",
    "make_demo",
    "open_shop",
]
