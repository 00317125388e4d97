"""The twenty kinds of goods, by key."""

from collections.abc import Mapping
from types import MappingProxyType

from zhiyin.data.demo.painting.layout import (
    all_over,
    alone,
    banded,
    centred,
    disc,
    fine,
    framed,
    girdled,
    hemmed,
    placed,
    plate,
    roundel,
    scattered,
    small,
    veiled,
)
from zhiyin.data.demo.painting.shapes import garment, metal, paper, porcelain, textile
from zhiyin.data.demo.painting.shapes.shape import Shape

__all__ = ["SHAPES", "Shape"]

_SQUARE = (framed, centred, centred)
_ROUND = (roundel, roundel, disc, plate)
_VESSEL = (all_over, banded, girdled)
_PORTRAIT = (all_over, placed, veiled, alone)
_GARMENT = (hemmed, scattered, all_over)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "scarf": Shape("丝巾", "silk scarf", textile.scarf, (_SQUARE, _SQUARE, (all_over, placed))),
        "teapot": Shape("茶壶", "teapot", porcelain.teapot, (_VESSEL,) * 2),
        "cup": Shape("盖碗", "covered cup", porcelain.cup, ((all_over, banded),) * 2),
        "vase": Shape("瓷瓶", "vase", porcelain.vase, (_VESSEL, _VESSEL, _VESSEL[:2], _VESSEL)),
        "plate": Shape("瓷盘", "plate", porcelain.plate, ((plate, plate, disc),) * 2),
        "cushion": Shape(
            "靠枕", "cushion", textile.cushion, ((all_over, veiled, alone, framed), (disc, roundel))
        ),
        "quilt": Shape("被面", "quilt cover", textile.quilt, (_SQUARE,) * 2),
        "compact": Shape("粉盒", "powder compact", metal.compact, (_ROUND,) * 3),
        "lipstick": Shape("口红", "lipstick", metal.lipstick, ((small,),) * 2),
        "robe": Shape("汉服上衣", "robe", garment.robe, (_GARMENT,) * 2),
        "skirt": Shape("马面裙", "horse-face skirt", garment.skirt, ((hemmed, scattered),) * 2),
        "notebook": Shape("笔记本", "notebook", paper.notebook, (_PORTRAIT,) * 2),
        "fan": Shape("团扇", "palace fan", paper.fan, ((roundel, disc, all_over),) * 3),
        "pendant": Shape("吊坠", "pendant", metal.pendant, ((roundel, small),) * 3),
        "bracelet": Shape("手镯", "bracelet", metal.bracelet, ((small,), (fine,))),
        "pastry_box": Shape(
            "糕点礼盒", "cake box", paper.pastry_box, ((framed, centred, all_over), _ROUND)
        ),
        "bag": Shape("手袋", "bag", textile.bag, ((all_over, alone, placed), (all_over,))),
        "lantern": Shape("灯笼", "lantern", paper.lantern, (_VESSEL,) * 2),
        "incense": Shape("香炉", "censer", porcelain.incense, ((small,),) * 2),
        "phone_case": Shape("手机壳", "phone case", paper.phone_case, (_PORTRAIT,) * 2),
    }
)
"""Every kind of goods by its key."""
