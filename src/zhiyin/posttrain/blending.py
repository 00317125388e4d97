"""Blending: which learnt forms to add up, and how loud each is, found on the valid days.

Forward selection: the best form alone, then again and again the one that helps most, at
the weight at which it does (Caruana et al.: *Ensemble selection from libraries of
models*, ICML 2004). A form's scores count as a ``Blend`` counts them: per shopper, less
their mean, over their spread.

Where we are careful: weights are chosen on one half of the shoppers, and every step must
also help the other half, or it is not taken; different weights for quiet and busy
shoppers must help that half beyond luck (paired bootstrap, p < 0.05). The scores of a
bounded number of shoppers are made once and held, so that a try costs one ranking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.core import Histories, TooLarge, derive, get_logger
from zhiyin.data import Exam
from zhiyin.evaluation import Report, compare, evaluate
from zhiyin.models import Blend, Form
from zhiyin.posttrain.costs import judging
from zhiyin.posttrain.recipes import Blended, Recipe
from zhiyin.posttrain.report import METRIC
from zhiyin.posttrain.workbench import Learnt, Workbench

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Shares = tuple[float, ...]

MOST = 4
"""Parts of a blend; each makes every request dearer."""
POOL = 7
SHOPPERS = 5_000
LEAST = 100
"""Shoppers of either half, and of a bucket: fewer cannot tell anything."""
STEPS = (0.1, 0.3, 1.0)
"""Weights tried for a newcomer, beside 1 for the first part."""
GUESTS = 0.02
"""Weight of popularity where only guests would miss it."""
FACTORS = (0.5, 0.7, 1.4, 2.0)
CERTAIN = 0.05
_TRIES = 80  # rankings that a blend takes, about
_CALL = 0.002  # seconds of one ranking, however few shoppers
_HELD = 5  # bytes per score: a number, and whether it is there


def blended(bench: Workbench) -> Learnt | None:
    """The best blend of what the bench holds; None where none is better than its parts."""
    pool = _pool(bench)
    if len(pool) < 2 or len(bench.exam) < 2 * LEAST:
        return None
    rows = _rows(bench, len(pool))
    if rows < 2 * LEAST:
        bench.refused["blend"] = _too_dear(bench, len(pool))
        return None
    picked = np.linspace(0, len(bench.exam) - 1, rows).astype(np.int64)
    forms = [learnt.form for learnt in pool]
    bench.ledger.promise(judging(bench.size, bench.exam) * len(pool) * rows / len(bench.exam))
    sheet = Sheet.of(bench.exam.take(picked), forms)
    order = derive(bench.seed, "halves").permutation(rows)
    choosing, checking = sheet.take(order[::2]), sheet.take(order[1::2])
    shares = _selected(bench, choosing, checking)
    found = []
    if sum(share > 0 for share in shares) > 1:
        found.append(_assembled(bench, pool, [shares], ()))
    bounds, by_bucket = _bucketed(bench, choosing, checking, shares)
    if bounds:
        found.append(_assembled(bench, pool, by_bucket, bounds))
    return max(found, key=lambda learnt: learnt.quality, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Some shoppers of an exam and their scores by several forms, ready to be added up."""

    exam: Exam
    scores: Sequence[Floats]  # per form (B, I); each row of mean 0 and spread 1, unsaid: 0
    silent: Sequence[Bools]  # per form (B, I) where it cannot say
    events: Ints  # (B,) events with known items, by which buckets go

    @classmethod
    def of(cls, exam: Exam, forms: Sequence[Form]) -> "Sheet":
        """Ask every form once."""
        known = np.concatenate([[0], np.cumsum(exam.histories.items >= 0)])
        events = np.diff(known[exam.histories.offsets])
        made = [_standard(form, exam.histories) for form in forms]
        return cls(exam, [own for own, _ in made], [quiet for _, quiet in made], events)

    def take(self, rows: Ints) -> "Sheet":
        """Some of its shoppers."""
        return Sheet(
            self.exam.take(rows),
            [own[rows] for own in self.scores],
            [quiet[rows] for quiet in self.silent],
            self.events[rows],
        )

    def judge(
        self, weights: Sequence[Shares], bounds: Sequence[int] = (), ks: Sequence[int] = (10,)
    ) -> Report:
        """What the blend with these weights would be worth to these shoppers."""
        own = np.asarray(weights, np.float32)[np.searchsorted(bounds, self.events, side="right")]
        used = [int(number) for number in np.flatnonzero(own.any(axis=0))]
        place = 0

        def next_rows(histories: Histories) -> Floats:
            # ``evaluate`` asks for the exam's shoppers in order, some at a time.
            nonlocal place
            rows = slice(place, place + len(histories))
            place = rows.stop
            total = np.zeros((len(histories), self.exam.items), np.float32)
            unsaid = np.ones(total.shape, np.bool_)
            for number in used:
                total += own[rows, number, None] * self.scores[number][rows]
                unsaid &= self.silent[number][rows]
            total[unsaid] = np.nan
            return total

        return evaluate(next_rows, self.exam, ks)

    def worth(self, shares: Shares) -> float:
        """The metric of one row of weights for all."""
        return self.judge([shares])[METRIC]


def _standard(form: Form, histories: Histories) -> tuple[Floats, Bools]:
    """(B, I) scores less their mean over their spread, and where there are none."""
    scores = form.score(histories)
    silent = np.isnan(scores)
    mean, spread = form.moments(histories)
    mean, spread = np.nan_to_num(mean), np.nan_to_num(spread)
    told = spread > 1e-6 * np.abs(mean)  # what is less is rounding
    loud = np.divide(1.0, spread, out=np.zeros_like(spread), where=told)
    scores -= mean[:, None].astype(np.float32)
    scores *= loud[:, None].astype(np.float32)
    scores[silent] = 0.0
    return scores, silent


def _pool(bench: Workbench) -> list[Learnt]:
    """The best of each family; popularity among them, for guests."""
    best = bench.best_of_families()
    popular = [learnt for learnt in best if learnt.recipe.family == "popularity"]
    return [learnt for learnt in best if learnt not in popular][: POOL - 1] + popular


def _rows(bench: Workbench, forms: int) -> int:
    """How many shoppers' scores may be held, and be ranked as often as it takes."""
    items = max(bench.size.items, 1)
    held = bench.limits.blended_bytes // (_HELD * items * forms * 2)  # twice: the halves
    afforded = int(max(0.0, bench.ledger.left() - _TRIES * _CALL) / _row_seconds(items, forms))
    return min(SHOPPERS, len(bench.exam), held, afforded)


def _row_seconds(items: int, forms: int) -> float:
    """Stated seconds for one more shopper: scores made once, then half of the tries."""
    return items * (forms * 1e-8 + _TRIES / 2 * _per_score(MOST))


def _per_score(parts: int) -> float:
    return 8e-9 + 2e-9 * parts


def _ranking(sheet: "Sheet", shares: Shares) -> float:
    """Stated seconds to add up and rank once."""
    parts = sum(share > 0 for share in shares)
    return _CALL + len(sheet.exam) * sheet.exam.items * _per_score(parts)


def _selected(bench: Workbench, choosing: Sheet, checking: Sheet) -> Shares:
    """Weights of the pool's forms; zero for most."""
    forms = len(choosing.scores)
    shares: Shares = (1.0, *[0.0] * (forms - 1))
    worth, checked = choosing.worth(shares), checking.worth(shares)
    while sum(share > 0 for share in shares) < MOST:
        options = [
            _with(shares, number, step)
            for number in range(forms)
            if not shares[number]
            for step in STEPS
        ]
        best, gained = _best(bench, choosing, options)
        if gained <= worth or (other := checking.worth(best)) <= checked:
            break
        shares, worth, checked = best, gained, other
    polished = _polished(bench, choosing, shares, worth)
    return polished if checking.worth(polished) >= checked else shares


def _polished(bench: Workbench, sheet: Sheet, shares: Shares, worth: float) -> Shares:
    """The weights, each made louder or quieter as long as that helps, at most twice over."""
    for _ in range(2):
        before = worth
        for number in np.flatnonzero(shares)[1:]:
            options = [_with(shares, number, shares[number] * factor) for factor in FACTORS]
            best, gained = _best(bench, sheet, options)
            if gained > worth:
                shares, worth = best, gained
        if worth == before:
            break
    return shares


def _best(bench: Workbench, sheet: Sheet, options: Sequence[Shares]) -> tuple[Shares, float]:
    """The best of some weights, and its metric; -1 where none can be afforded any more."""
    found, most = options[0] if options else (), -1.0
    for shares in options:
        stated = _ranking(sheet, shares)
        if not bench.ledger.affords(stated) or not bench.ledger.in_time(stated):
            break
        bench.ledger.promise(stated)
        worth = sheet.worth(shares)
        if worth > most:
            found, most = shares, worth
    return found, most


def _bucketed(
    bench: Workbench, choosing: Sheet, checking: Sheet, shares: Shares
) -> tuple[tuple[int, ...], list[Shares]]:
    """Bounds and weights by activity, where the half that did not choose them is better off.

    A bucket selects its own forms, within the choosing half alone, so that the other half
    is a fair judge of all buckets together.
    """
    for parts in (3, 2):
        cuts = np.quantile(choosing.events, np.arange(1, parts) / parts, method="higher")
        bounds = tuple(sorted({int(cut) for cut in cuts}))
        buckets = [choosing.take(_of_bucket(choosing, bounds, n)) for n in range(len(bounds) + 1)]
        if len(buckets) < 2 or min(len(own.exam) for own in buckets) < LEAST:
            continue
        weights = [
            _selected(bench, own.take(rows[::2]), own.take(rows[1::2]))
            for own in buckets
            for rows in [np.arange(len(own.exam))]
        ]
        if all(row == shares for row in weights):
            continue
        told = compare(
            checking.judge(weights, bounds), checking.judge([shares]), METRIC, seed=bench.seed
        )
        log.info("buckets tried", bounds=bounds, gain=round(told.difference, 5), p=told.p)
        if told.difference > 0 and told.p < CERTAIN:
            return bounds, weights
    return (), []


def _of_bucket(sheet: Sheet, bounds: Sequence[int], number: int) -> Ints:
    return np.flatnonzero(np.searchsorted(bounds, sheet.events, side="right") == number)


def _assembled(
    bench: Workbench, pool: Sequence[Learnt], weights: Sequence[Shares], bounds: tuple[int, ...]
) -> Learnt:
    """The blend as it would serve, judged on all of the valid days."""
    used = [n for n in range(len(pool)) if any(row[n] for row in weights)]
    if not any("guests" in pool[n].form.abilities for n in used):
        used.append(len(pool) - 1)  # the last of the pool is popularity
        weights = [_with(row, used[-1], GUESTS) for row in weights]
    parts = [pool[n] for n in used]
    rows = tuple(_normal([row[n] for n in used]) for row in weights)
    recipe = Blended(tuple(_recipe(part) for part in parts), rows, bounds)
    return bench.assemble(recipe, Blend([part.form for part in parts], rows, bounds), parts)


def _normal(row: Sequence[float]) -> Shares:
    total = sum(row)
    return tuple(round(share / total, 4) for share in row)


def _with(shares: Shares, number: int, share: float) -> Shares:
    return (*shares[:number], share, *shares[number + 1 :])


def _recipe(learnt: Learnt) -> Recipe:
    assert isinstance(learnt.recipe, Recipe)  # parts of a blend are no blends
    return learnt.recipe


def _too_dear(bench: Workbench, forms: int) -> TooLarge:
    items = max(bench.size.items, 1)
    needs = _TRIES * _CALL + 2 * LEAST * _row_seconds(items, forms)
    held = 2 * LEAST * _HELD * items * forms * 2
    return TooLarge(
        what="blending",
        what_zh="混合",
        needs=f"{needs:.1f} s and {held / 1e9:.1f} GB",
        needs_zh=f"{needs:.1f} 秒与 {held / 1e9:.1f} GB",
        limit=f"{max(0.0, bench.ledger.left()):.1f} s of the plan and "
        f"{bench.limits.blended_bytes / 1e9:.1f} GB",
        limit_zh=f"计划中的 {max(0.0, bench.ledger.left()):.1f} 秒与 "
        f"{bench.limits.blended_bytes / 1e9:.1f} GB",
        remedy="allow more time, or raise blended_bytes",
        remedy_zh="请增加时间预算，或调大 blended_bytes",
    )
