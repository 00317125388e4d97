"""Goods and events in any store, and from there to the arrays that models learn from.

``Interactions.from_events(log.read(columns=COLUMNS), kinds)`` reads a log;
``Dataset`` adds what is known of the goods; ``Split`` cuts it and owns the cut;
``Exam`` is one side of a cut, to be judged on; ``Strengths`` says what an event counts.
Stores, ingest, importers and the demo shop have doors of their own behind this one.
"""

from zhiyin.data.dataset import Dataset
from zhiyin.data.encoding import COLUMNS, LABELLED
from zhiyin.data.interactions import Interactions
from zhiyin.data.splits import Exam, Split
from zhiyin.data.strengths import Strengths

__all__ = ["COLUMNS", "LABELLED", "Dataset", "Exam", "Interactions", "Split", "Strengths"]
