"""Judges any callable that scores histories; knows no model.

``evaluate(model.score, split.valid)`` ranks the whole catalogue for every shopper of an
exam and returns a ``Report``: means, every shopper's own numbers, a table. ``Goods``
tells it what the items are, for novelty, long tail and diversity of the slates;
``Candidates`` are frozen sets for the "1 + 100" protocol.
``compare`` and ``over_seeds`` tell a difference from luck.
``render_page`` shows reports side by side in one HTML file; behind it, the door
``zhiyin.evaluation.showing`` has the same for a terminal, and ``zhiyin.evaluation.leakage``
the guards against learning from what is asked.
"""

from zhiyin.evaluation.candidates import Candidates
from zhiyin.evaluation.comparison import compare, over_seeds
from zhiyin.evaluation.goods import Goods
from zhiyin.evaluation.judge import evaluate
from zhiyin.evaluation.report import Report
from zhiyin.evaluation.showing import render_page

__all__ = ["Candidates", "Goods", "Report", "compare", "evaluate", "over_seeds", "render_page"]
