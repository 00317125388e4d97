"""The files under benchmarks/results, and what their numbers look like on a page."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"


def load(name: str) -> dict[str, Any]:
    """A record; empty where it was not measured yet."""
    file = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Markdown; the columns from ``left`` on lean to the right."""
    rule = ["---"] * left + ["--:"] * (len(heads) - left)
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *rows)) + "\n"


def spread(values: Iterable[float], digits: int = 4) -> str:
    """The mean, and the standard deviation where there are several."""
    found = list(values)
    mean = f"{fmean(found):.{digits}f}"
    return mean if len(found) == 1 else f"{mean} ± {stdev(found):.{digits}f}"
