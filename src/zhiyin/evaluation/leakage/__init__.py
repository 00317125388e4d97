"""Guards against learning from what is asked.

``look_for_leaks(train, exam)`` counts what can be seen in the arrays and tells it in
rows; ``refuse_leaks`` raises at the first that leaks. ``sees_the_future`` sees what
arrays do not show: it changes everything that training may not know, lets the scorer
learn again, and compares what it says.
"""

from zhiyin.evaluation.leakage.checks import Check, look_for_leaks, refuse_leaks
from zhiyin.evaluation.leakage.future import Foresight, sees_the_future

__all__ = ["Check", "Foresight", "look_for_leaks", "refuse_leaks", "sees_the_future"]
