"""Judges any callable that scores histories; knows no model.

``evaluate(model.score, split.valid)`` ranks the whole catalogue for every shopper of an
exam and returns a ``Report``: means, every shopper's own numbers, a table.
"""

from zhiyin.evaluation.judge import evaluate
from zhiyin.evaluation.report import Report

__all__ = ["Report", "evaluate"]
