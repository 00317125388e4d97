"""Evaluation of anything that scores histories, in bounded memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.core import SILENT, BadRequest, Histories, Progress
from zhiyin.data import Dataset, Exam
from zhiyin.evaluation.candidates import Candidates
from zhiyin.evaluation.goods import Goods
from zhiyin.evaluation.leakage import refuse_leaks
from zhiyin.evaluation.metrics import METRICS, Doubles, Metric, Places
from zhiyin.evaluation.ranks import Ranking
from zhiyin.evaluation.report import FULL, Report
from zhiyin.evaluation.segments import by_history, by_popularity
from zhiyin.evaluation.slates import Exposure, slate_metrics

Score = Callable[[Histories], npt.NDArray[np.float32]]
"""(B, I) scores of B histories, larger is better, NaN is "cannot say"."""


def evaluate(
    score: Score,
    exam: Exam,
    ks: Sequence[int] = (5, 10, 20),
    *,
    metrics: Mapping[str, Metric] = METRICS,
    goods: Goods | None = None,
    candidates: Candidates | None = None,
    learnt_from: Dataset | None = None,
    progress: Progress = SILENT,
    block_bytes: int = 1 << 23,
) -> Report:
    """Judge ``score`` on an exam: every shopper and, without ``candidates``, every item.

    Only the items of a shopper's history are masked. Means are over the shoppers of the
    exam, who all have a target. ``coverage@k`` is the share of the catalogue that
    stands on at least one slate of k, ``gini@k`` how unequally it does. ``goods`` adds
    novelty, tail share, variety (by categories) and diversity (by features) of the slates,
    and the segments head and tail. ``candidates`` ranks each one's targets among those
    alone; what slates look like is then not told, as nobody is shown such a slate.
    ``learnt_from`` is what the scorer learnt from: an exam whose answers stand in it is
    refused, and the report says what was looked for.

    Shoppers are ranked in blocks whose scores take ``block_bytes``; 8 MB stay in the
    cache and measured fastest (Baby: 0.64 CPU-seconds, against 1.1 with 64 MB).
    """
    _check(exam, ks, goods, candidates)
    checks = () if learnt_from is None else refuse_leaks(learnt_from, exam)
    watched = {} if goods is None or candidates is not None else slate_metrics(goods)
    found: list[Doubles] = []
    seen: dict[str, list[Doubles]] = {f"{name}@{k}": [] for name in watched for k in ks}
    exposure = Exposure(exam.items, ks)
    for start, ranking in _rankings(score, exam, block_bytes, progress):
        if candidates is not None:
            rows = slice(start, start + len(ranking.exam))
            found.append(ranking.among(candidates.items[rows]).places())
            continue
        found.append(ranking.places())
        slates = ranking.best(max(ks))
        exposure.add(slates)
        for name, metric in watched.items():
            for k, own in metric(slates, ks).items():
                seen[f"{name}@{k}"].append(own)
    where = Places(np.concatenate(found), exam.offsets)
    each = {f"{name}@{k}": metric(where, k) for name, metric in metrics.items() for k in ks}
    segments = by_history(exam, each)
    if goods is not None:
        segments |= by_popularity(exam, where, goods.head, metrics, ks)
    each |= {name: np.concatenate(parts) for name, parts in seen.items()}
    shared = exposure.metrics() if candidates is None else {}
    protocol = FULL if candidates is None else candidates.protocol
    return Report(tuple(ks), exam.items, exam.shoppers, each, shared, segments, protocol, checks)


def _rankings(
    score: Score, exam: Exam, block_bytes: int, progress: Progress
) -> Iterator[tuple[int, Ranking]]:
    """The exam a few shoppers at a time: the place of the first of them, and their ranking."""
    size = max(1, block_bytes // (4 * max(exam.items, 1)))
    with progress.step("evaluate", len(exam), "shoppers") as step:
        for start in range(0, len(exam), size):
            part = exam.take(np.arange(start, min(start + size, len(exam))))
            yield start, Ranking.of(score(part.histories), part)
            step.advance(len(part))


def _check(
    exam: Exam, ks: Sequence[int], goods: Goods | None, candidates: Candidates | None
) -> None:
    if not ks or min(ks) < 1:
        raise BadRequest(what=f"cut-offs {[*ks]}", remedy="give whole numbers of 1 or more")
    if not len(exam):
        raise BadRequest(
            what="the exam asks nobody: no shopper has a target in this part",
            remedy="keep more days (or a larger share) for it, or allow more target kinds",
        )
    if goods is not None and len(goods.popularity) != exam.items:
        raise ValueError(f"goods of {len(goods.popularity)} items, not {exam.items}")
    if candidates is not None:
        candidates.check(exam)
