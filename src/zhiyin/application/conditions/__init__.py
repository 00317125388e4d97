"""Conditions: what goods must be, as JSON; the one language of shoppers' filters and of rules.

``read_condition`` checks JSON and says what is wrong where; ``mask`` works it out for a
whole shelf; ``holds`` says it of one item, slowly and plainly, and is what ``mask`` is
tested against.
"""

from zhiyin.application.conditions.condition import (
    ANYTHING,
    Condition,
    all_of,
    read_condition,
)
from zhiyin.application.conditions.holding import holds
from zhiyin.application.conditions.masks import holding_rows, mask

__all__ = ["ANYTHING", "Condition", "all_of", "holding_rows", "holds", "mask", "read_condition"]
