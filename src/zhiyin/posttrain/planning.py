"""Planning: which families a first round can afford, and in which order.

Families are admitted by what they typically gain per stated second and run cheapest
first, so that a fit that is stopped early has the most to show.
"""

from math import ceil

from zhiyin.core import TooLarge
from zhiyin.posttrain.costs import judging
from zhiyin.posttrain.families import FAMILIES, Family
from zhiyin.posttrain.ledger import PLANNED
from zhiyin.posttrain.recipes import Recipe, start
from zhiyin.posttrain.workbench import POPULARITY, Workbench

FIRST = 0.5
"""Share of the plan that the first round may spend; tuning and blending have the rest."""


def first_round(bench: Workbench) -> list[Recipe]:
    """Popularity, and every family that the first round affords; the others are refused."""
    wanted: list[tuple[float, Family]] = []
    for family in FAMILIES.values():
        reason = family.missing(bench.data)
        if reason is not None:
            bench.refused[family.name] = reason
        elif family.name != POPULARITY.family:
            wanted.append((family.stated(bench.size) + judging(bench.size, bench.exam), family))
    spent = all_before = bench.stated(POPULARITY)
    admitted = [(spent, POPULARITY)]
    for stated, family in sorted(wanted, key=lambda each: -each[1].gain / each[0]):
        all_before += stated  # with more time, those before it are admitted first
        if not bench.ledger.affords(spent + stated, FIRST):
            left = max(0.0, bench.ledger.left(FIRST) - spent)
            bench.refused[family.name] = _too_dear(family.name, stated, left, all_before)
            continue
        spent += stated
        admitted.append((stated, start(family)))
    return [recipe for _, recipe in sorted(admitted, key=lambda each: each[0])]


def _too_dear(name: str, stated: float, left: float, enough: float) -> TooLarge:
    """``enough``: what a first round would have to afford until this is in it."""
    budget = enough / (FIRST * PLANNED)
    told = f"{ceil(budget / 60)}m" if budget >= 120 else f"{ceil(budget)}s"
    return TooLarge(
        what=f"trying {name}",
        what_zh=f"尝试 {name}",
        needs=f"about {stated:.1f} s",
        needs_zh=f"约 {stated:.1f} 秒",
        limit=f"{left:.1f} s of the first round",
        limit_zh=f"第一轮剩余的 {left:.1f} 秒",
        remedy=f"allow more time: --budget {told}",
        remedy_zh=f"请增加时间预算：--budget {told}",
    )
