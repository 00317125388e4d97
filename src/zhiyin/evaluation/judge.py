"""Full-ranking evaluation of anything that scores histories, in bounded memory."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.core import SILENT, BadRequest, Histories, Progress
from zhiyin.data import Exam
from zhiyin.evaluation.metrics import METRICS, Metric, Places
from zhiyin.evaluation.ranks import Ranking
from zhiyin.evaluation.report import Report

Score = Callable[[Histories], npt.NDArray[np.float32]]
"""(B, I) scores of B histories, larger is better, NaN is "cannot say"."""


def evaluate(
    score: Score,
    exam: Exam,
    ks: Sequence[int] = (5, 10, 20),
    *,
    metrics: Mapping[str, Metric] = METRICS,
    progress: Progress = SILENT,
    block_bytes: int = 1 << 23,
) -> Report:
    """Judge ``score`` on an exam: every shopper, the whole catalogue, no sampling.

    Only the items of a shopper's history are masked. Means are over the shoppers of the
    exam, who all have a target. ``coverage@k`` is the share of the catalogue that
    stands on at least one slate of k.
    Shoppers are ranked in blocks whose scores take ``block_bytes``; 8 MB stay in the
    cache and measured fastest (Baby: 0.64 CPU-seconds, against 1.1 with 64 MB).
    """
    _check(exam, ks)
    size = max(1, block_bytes // (4 * max(exam.items, 1)))
    found: list[npt.NDArray[np.float64]] = []
    covered = {k: np.zeros(exam.items, np.bool_) for k in ks}
    with progress.step("evaluate", len(exam), "shoppers") as step:
        for start in range(0, len(exam), size):
            part = exam.take(np.arange(start, min(start + size, len(exam))))
            ranking = Ranking.of(score(part.histories), part)
            found.append(ranking.places())
            slates = ranking.best(max(ks))
            for k, items in covered.items():
                items[slates[:, :k][slates[:, :k] >= 0]] = True
            step.advance(len(part))
    where = Places(np.concatenate(found), exam.offsets)
    each = {f"{name}@{k}": metric(where, k) for name, metric in metrics.items() for k in ks}
    shared = {f"coverage@{k}": float(items.mean()) for k, items in covered.items()}
    return Report(tuple(ks), exam.items, exam.shoppers, each, shared)


def _check(exam: Exam, ks: Sequence[int]) -> None:
    if not ks or min(ks) < 1:
        raise BadRequest(what=f"cut-offs {[*ks]}", remedy="give whole numbers of 1 or more")
    if not len(exam):
        raise BadRequest(
            what="the exam asks nobody: no shopper has a target in this part",
            remedy="keep more days (or a larger share) for it, or allow more target kinds",
        )
