"""The twenty kinds of goods, by key."""

from collections.abc import Mapping
from types import MappingProxyType

from zhiyin.data.demo.painting.layout import (
    all_over,
    alone,
    banded,
    centred,
    disc,
    framed,
    girdled,
    hemmed,
    placed,
    plate,
    roundel,
    scattered,
    veiled,
)
from zhiyin.data.demo.painting.shapes import metal, paper, porcelain, textile
from zhiyin.data.demo.painting.shapes.shape import Shape

__all__ = ["SHAPES", "Shape"]

_SQUARE = (framed, centred, centred)
_PORTRAIT = (all_over, placed, veiled, alone)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "scarf": Shape("丝巾", "silk scarf", textile.scarf, 3, (framed, centred, framed)),
        "teapot": Shape("茶壶", "teapot", porcelain.teapot, 2, (all_over, banded, girdled)),
        "cup": Shape("盖碗", "covered cup", porcelain.cup, 2, (all_over, banded)),
        "vase": Shape("瓷瓶", "vase", porcelain.vase, 4, (all_over, banded, girdled)),
        "plate": Shape("瓷盘", "plate", porcelain.plate, 2, (plate, plate, disc)),
        "cushion": Shape("靠枕", "cushion", textile.cushion, 2, (all_over, veiled, alone)),
        "quilt": Shape("被面", "quilt cover", textile.quilt, 2, _SQUARE),
        "compact": Shape("粉盒", "powder compact", metal.compact, 3, (roundel, disc, plate)),
        "lipstick": Shape("口红", "lipstick", metal.lipstick, 2, (all_over,)),
        "robe": Shape("汉服上衣", "robe", textile.robe, 2, (hemmed, scattered, all_over)),
        "skirt": Shape("马面裙", "horse-face skirt", textile.skirt, 2, (hemmed, scattered, hemmed)),
        "notebook": Shape("笔记本", "notebook", paper.notebook, 2, _PORTRAIT),
        "fan": Shape("团扇", "palace fan", paper.fan, 3, (roundel, roundel, disc, all_over)),
        "pendant": Shape("吊坠", "pendant", metal.pendant, 3, (roundel, all_over)),
        "bracelet": Shape("手镯", "bracelet", metal.bracelet, 2, (all_over,)),
        "pastry_box": Shape("糕点礼盒", "cake box", paper.pastry_box, 2, (framed, centred, all_over)),
        "bag": Shape("手袋", "bag", textile.bag, 2, (all_over, alone, placed)),
        "lantern": Shape("灯笼", "lantern", paper.lantern, 2, (all_over, girdled, banded)),
        "incense": Shape("香炉", "censer", porcelain.incense, 2, (all_over,)),
        "phone_case": Shape("手机壳", "phone case", paper.phone_case, 2, _PORTRAIT),
    }
)
"""Every kind of goods by its key."""
