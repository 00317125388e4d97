"""Stage 2, what people want: try recipes, judge them, keep the best as an artifact.

``fit`` learns from a data set and writes a compiled recommender; ``judge`` does the same
without writing. ``Limits`` say how much time and memory that may take; a ``FitReport``
shows everything that was tried.
"""

from zhiyin.posttrain.fitting import fit, judge
from zhiyin.posttrain.limits import Limits
from zhiyin.posttrain.report import FitReport, Trial

__all__ = ["FitReport", "Limits", "Trial", "fit", "judge"]
