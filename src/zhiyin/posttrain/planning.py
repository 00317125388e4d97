"""Planning: which families a first round can afford, and in which order.

Families are admitted by what they typically gain per stated second and run cheapest
first, so that a fit that is stopped early has the most to show.
"""

from zhiyin.core import TooLarge
from zhiyin.posttrain.families import FAMILIES
from zhiyin.posttrain.ledger import PLANNED
from zhiyin.posttrain.recipes import Recipe, start
from zhiyin.posttrain.workbench import POPULARITY, Workbench

FIRST = 0.5
"""Share of the plan that the first round may spend; tuning and blending have the rest."""


def first_round(bench: Workbench) -> list[Recipe]:
    """Popularity, and every family that the first round affords; the others are refused."""
    wanted = []
    for family in FAMILIES.values():
        reason = family.missing(bench.data)
        if reason is not None:
            bench.refused[family.name] = reason
        elif family.name != POPULARITY.family:
            wanted.append(start(family))
    spent = bench.stated(POPULARITY)
    admitted = [POPULARITY]
    for recipe in sorted(wanted, key=lambda each: -each.kind.gain / bench.stated(each)):
        stated = bench.stated(recipe)
        if not bench.ledger.affords(spent + stated, FIRST):
            bench.refused[recipe.name] = _too_dear(recipe, spent, stated, bench.ledger.budget)
            continue
        spent += stated
        admitted.append(recipe)
    return sorted(admitted, key=bench.stated)


def _too_dear(recipe: Recipe, spent: float, stated: float, budget: float) -> TooLarge:
    left = max(0.0, FIRST * PLANNED * budget - spent)
    enough = (spent + stated) / (FIRST * PLANNED)
    told = f"{enough / 60:.0f}m" if enough >= 120 else f"{enough + 1:.0f}s"
    return TooLarge(
        what=f"trying {recipe.name}",
        what_zh=f"尝试 {recipe.name}",
        needs=f"about {stated:.1f} s",
        needs_zh=f"约 {stated:.1f} 秒",
        limit=f"{left:.1f} s of the first round",
        limit_zh=f"第一轮剩余的 {left:.1f} 秒",
        remedy=f"allow more time: --budget {told}",
        remedy_zh=f"请增加时间预算：--budget {told}",
    )
