"""The shoppers: hidden tastes as columns, drawn in blocks so that shopper n never changes.

Most shoppers have one of a few temperaments, which say what tends to be loved together;
the rest are mixtures of their own. Some 30 bytes each, so a million fit.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.core import derive
from zhiyin.data.demo.goods import WORDS
from zhiyin.data.demo.size import DemoSize

BLOCK = 4_096
LOVED = np.array([1.0, 0.72, 0.45], dtype=np.float32)
"""How strongly the first, second and third love of a shopper counts."""

_GUESTS, _ENGLISH, _JOINED_BEFORE, _OWN_MIND = 0.16, 0.07, 0.55, 0.18
_VISITS_A_DAY = 0.062

# Motifs, hue families, crafts and categories that go together; the budget, in log price
# against what such a ware usually costs; the share of shoppers.
_TEMPERAMENTS: tuple[tuple[str, str, str, str, float, float], ...] = (
    ("bamboo plum landscape ice_crackle", "cyan white grey", "celadon zisha woodblock "
     "handmade_paper incense_blending", "茶器 文房 香事", 0.25, 1.2),
    ("dragon_scale sea_cliff peony crane", "red yellow blue", "yun_brocade cloisonne filigree "
     "lacquer kesi", "首饰 服饰 瓷器陈设 包袋", 0.7, 0.8),
    ("peony lotus plum scrolling_vine", "red purple orange", "su_embroidery famille_rose relief "
     "digital_print", "美妆 丝巾披肩 服饰", 0.05, 1.5),
    ("caisson baoxiang cloud lotus", "orange brown cyan", "relief foil mother_of_pearl "
     "digital_print", "美妆 随身数码 文房 包袋", -0.2, 1.2),
    ("blue_and_white scrolling_vine ice_crackle cloud", "blue white", "blue_white_porcelain "
     "indigo_calico tie_dye batik", "家居布艺 茶器 包袋", -0.1, 1.1),
    ("ruyi coins tortoiseshell crane", "red brown yellow", "pastry_mould foil paper_cut lacquer",
     "茶点礼盒 灯饰 瓷器陈设", 0.1, 1.2),
    ("dragon_scale cloud key_fret sea_cliff", "black blue orange", "foil leather_carving "
     "mother_of_pearl digital_print", "随身数码 服饰 包袋", -0.35, 1.1),
    ("lotus bamboo tortoiseshell landscape", "green brown grey", "bamboo_weaving joinery "
     "handmade_paper white_porcelain", "家居布艺 灯饰 香事", 0.0, 1.1),
)  # fmt: skip

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Hidden tastes, one row per shopper."""

    motifs: npt.NDArray[np.uint8]  # (S, 3) most loved first
    families: npt.NDArray[np.uint8]  # (S, 2)
    crafts: npt.NDArray[np.uint8]  # (S, 2)
    categories: npt.NDArray[np.uint8]  # (S, 3)
    budget: npt.NDArray[np.float32]
    """Log price they like to pay, against what such a ware usually costs."""
    novelty: npt.NDArray[np.float32]
    """How much they look for what is new."""
    fashion: npt.NDArray[np.float32]
    """How much they go with what others buy."""
    activity: npt.NDArray[np.float32]
    """Visits on an ordinary day; heavy-tailed; 0 for guests, who come once."""
    joins: npt.NDArray[np.int16]
    """The day of the first visit; -1: known before the demo begins."""
    english: npt.NDArray[np.bool_]
    guest: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.budget)


def people(size: DemoSize) -> People:
    """The tastes of all shoppers."""
    blocks = [_block(size, number) for number in range(-(-size.shoppers // BLOCK))]
    return People(
        *(
            np.concatenate([getattr(block, column.name) for block in blocks])[: size.shoppers]
            for column in fields(People)
        )
    )


def shopper_ids(everyone: People) -> list[str]:
    """Names of the shoppers: s… for members, g… for guests."""
    return [f"{'g' if guest else 's'}{number:06d}" for number, guest in enumerate(everyone.guest)]


def _block(size: DemoSize, number: int) -> People:
    rng = derive(size.seed, "people", str(number))
    shares = np.array([row[-1] for row in _TEMPERAMENTS])
    temper = rng.choice(len(shares), BLOCK, p=shares / shares.sum())
    mind = rng.random((BLOCK, 4))
    guest = rng.random(BLOCK) < _GUESTS
    activity = np.exp(1.15 * rng.standard_normal(BLOCK)) * _VISITS_A_DAY
    arrives = np.floor(rng.random(BLOCK) * size.days)
    before = (rng.random(BLOCK) < _JOINED_BEFORE) & ~guest
    budget = np.array([row[4] for row in _TEMPERAMENTS])[temper]
    return People(
        motifs=_loves(rng, temper, 0, [one.key for one in WORDS.motifs], 3, mind[:, 0]),
        families=_loves(rng, temper, 1, list(WORDS.families), 2, mind[:, 1]),
        crafts=_loves(rng, temper, 2, [one.key for one in WORDS.crafts], 2, mind[:, 2]),
        categories=_loves(rng, temper, 3, list(WORDS.categories), 3, mind[:, 3]),
        budget=(budget + 0.35 * rng.standard_normal(BLOCK)).astype(np.float32),
        novelty=rng.beta(1.4, 3.0, BLOCK).astype(np.float32),
        fashion=rng.beta(1.4, 2.6, BLOCK).astype(np.float32),
        activity=np.where(guest, 0.0, np.minimum(activity, 2.5)).astype(np.float32),
        joins=np.where(before, -1, arrives).astype(np.int16),
        english=rng.random(BLOCK) < _ENGLISH,
        guest=guest,
    )


def _loves(
    rng: Generator,
    temper: npt.NDArray[np.int64],
    aspect: int,
    keys: list[str],
    k: int,
    mind: Floats,
) -> npt.NDArray[np.uint8]:
    """(S, k) what each loves, most first: their temperament's, or all their own."""
    table = np.full((len(_TEMPERAMENTS), len(keys)), 0.02)
    for row, temperament in enumerate(_TEMPERAMENTS):
        for key in str(temperament[aspect]).split():
            table[row, keys.index(key)] = 1.0
    weights = np.where(mind[:, None] < _OWN_MIND, 1.0, table[temper])
    # The k smallest waiting times are a draw without replacement by weight.
    waits = rng.exponential(size=weights.shape) / weights
    return np.argsort(waits, axis=1)[:, :k].astype(np.uint8)
