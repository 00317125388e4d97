"""The contract of models: what a ``Recommender`` keeps, whichever algorithm it is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from zhiyin.core import Histories, NotFitted, Vocabulary, derive
from zhiyin.data import Dataset, Split
from zhiyin.models import Recommender, load_form
from zhiyin.testing.worlds import HOUR, START, two_tribes, world

Floats = npt.NDArray[np.float32]
SIZE = 20


class ModelContract:
    """Subclass, say how to make your model, inherit the checks.

    ``abilities`` declares what the model can do; what it cannot is checked as well, so
    nothing is skipped:

    * "personal": different histories get different scores; without it all get the same.
    * "guests": an empty history gets what many like; without it, nothing (NaN).
    * "exact": items numbered otherwise get the same scores: nothing is left to chance, and
      nothing hangs on the order of work. Checked only where it is declared; what is trained
      from random numbers still has to find the tribes, however the items are numbered.
    """

    abilities: frozenset[str] = frozenset({"personal", "guests"})
    tolerance = 1e-5
    """How far scores that should be equal may be apart, as a share of the largest."""

    def make(self) -> Recommender:
        """A fresh model, configured so that it can learn from a few dozen events."""
        raise NotImplementedError

    def fitted(self, data: Dataset) -> Recommender:
        return self.make().fit(self.told(data), derive(7, "contract"))

    def told(self, data: Dataset) -> Dataset:
        """What the model learns from; a suite may add what is known of the goods."""
        return data

    def test_it_learns_the_tribes_or_has_said_that_it_cannot(self) -> None:
        seen, hidden = two_tribes(SIZE)
        data = world(seen)
        scores = self.fitted(data).score(data.interactions.histories)
        assert scores.shape == (SIZE, SIZE)
        assert scores.dtype == np.float32
        if "personal" in self.abilities:
            unseen = np.where(seen > 0, -np.inf, scores)
            assert (unseen.argmax(axis=1) == hidden).mean() > 0.9
        else:
            assert np.array_equal(scores, np.tile(scores[0], (SIZE, 1)), equal_nan=True)

    def test_a_guest_hears_what_many_like_or_nothing(self) -> None:
        likes = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [1, 1, 0]], np.float64)
        data = world(likes)
        nobody = data.interactions.where(np.zeros(len(data.interactions), np.bool_))
        scores = self.fitted(data).score(nobody.histories.take([0]))[0]
        if "guests" in self.abilities:
            assert scores.argsort()[::-1].tolist() == [0, 1, 2]
        else:
            assert np.isnan(scores).all()

    def test_items_numbered_otherwise_get_the_same_answer(self) -> None:
        seen, hidden = two_tribes(SIZE)
        data = world(seen)
        order = derive(7, "order").permutation(SIZE)
        shuffled = renumbered(data, order)
        scores = self.fitted(shuffled).score(shuffled.interactions.histories)
        back = np.empty_like(scores)
        back[:, order] = scores  # item order[n] was called n
        if "personal" in self.abilities:
            unseen = np.where(seen > 0, -np.inf, back)
            assert (unseen.argmax(axis=1) == hidden).mean() > 0.9
        if "exact" in self.abilities:
            self.same(back, self.fitted(data).score(data.interactions.histories))

    def test_a_shopper_whom_it_never_met_is_answered(self) -> None:
        seen, _ = two_tribes(SIZE)
        model = self.fitted(world(seen))
        likes = np.zeros((2, SIZE))
        likes[0, [1, 3, 4]] = 1.0  # two odd things and one even one
        likes[1, [2]] = 1.0
        scores = model.score(world(likes).interactions.histories)
        assert not np.isnan(scores).any()
        if "personal" in self.abilities:
            odd, even = np.arange(1, SIZE, 2), np.arange(0, SIZE, 2)
            rest = np.setdiff1d(np.arange(SIZE), [1, 2, 3, 4])
            ours, others = np.intersect1d(odd, rest), np.intersect1d(even, rest)
            assert scores[0, ours].mean() > scores[0, others].mean()
            assert scores[1, others].min() > scores[1, ours].max()

    def test_a_batch_is_scored_like_one_by_one(self) -> None:
        data = mixed_world()
        histories, model = data.interactions.histories, self.fitted(data)
        together = model.score(histories)
        alone = [model.score(histories.take([row]))[0] for row in range(len(histories))]
        self.same(together, np.stack(alone))

    def test_an_item_that_nobody_touched_is_unknown(self) -> None:
        seen, _ = two_tribes(6)
        data = world(seen, extra_items=1)
        scores = self.fitted(data).score(data.interactions.histories)
        assert np.isnan(scores[:, -1]).all()
        assert not np.isnan(scores[:, :-1]).any()

    def test_an_unknown_item_in_a_history_changes_nothing(self) -> None:
        data = mixed_world()
        model, histories = self.fitted(data), data.interactions.histories.take([0])
        stranger = Histories(
            np.append(histories.items, -1),
            np.append(histories.kinds, histories.kinds[-1]),
            np.append(histories.times, histories.times[-1]),
            np.append(histories.weights, np.float32(1)),
            histories.offsets + np.array([0, 1]),
            histories.kind_names,
        )
        self.same(model.score(stranger), model.score(histories))

    def test_fitted_twice_is_fitted_once(self) -> None:
        other, data = world(two_tribes(8)[0]), mixed_world()
        twice = self.fitted(other).fit(self.told(data), derive(7, "contract"))
        once = self.fitted(data)
        histories = data.interactions.histories
        np.testing.assert_array_equal(twice.score(histories), once.score(histories))

    def test_what_comes_after_the_cut_does_not_leak(self) -> None:
        seen, _ = two_tribes(12)
        changed = seen.copy()
        changed[:, -3:] = np.roll(seen, 1, axis=0)[:, -3:]  # the last items change their tribe
        cut = START + HOUR * int(np.count_nonzero(seen[:, :-3]))
        parts = [Split.by_time(world(w), valid_from=cut, test_from=cut) for w in (seen, changed)]
        histories = parts[0].train.interactions.histories
        one, other = (self.fitted(part.train).score(histories) for part in parts)
        np.testing.assert_array_equal(one, other)

    def test_the_compiled_form_gives_the_same_scores(self) -> None:
        data = mixed_world()
        model, histories = self.fitted(data), data.interactions.histories
        self.same(model.compile().score(histories), model.score(histories))

    def test_the_compiled_form_can_do_what_is_declared(self) -> None:
        form = self.fitted(mixed_world()).compile()
        assert form.abilities == self.abilities & {"personal", "guests"}

    def test_saved_and_loaded_is_the_same(self, tmp_path: Path) -> None:
        data = mixed_world()
        form, histories = self.fitted(data).compile(), data.interactions.histories
        form.save(tmp_path)
        loaded = load_form(tmp_path)
        assert (loaded.name, loaded.items.names) == (form.name, form.items.names)
        np.testing.assert_array_equal(loaded.score(histories), form.score(histories))

    def test_the_top_is_the_top_of_the_scores(self) -> None:
        data = mixed_world()
        form, histories = self.fitted(data).compile(), data.interactions.histories
        for row in range(len(histories)):
            one = histories.take([row])
            items, scores = form.top(one, 3, exclude=one.items.astype(np.int64))
            everything = form.score(one)[0]
            self.same(form.scores_of(one, items), everything[items])
            everything[one.items] = np.nan
            best = -np.sort(-everything[~np.isnan(everything)])[: len(items)]
            self.same(scores, best)
            self.same(everything[items], scores)

    def test_the_moments_are_those_of_the_scores(self) -> None:
        data = mixed_world()
        form, histories = self.fitted(data).compile(), data.interactions.histories
        scores = form.score(histories).astype(np.float64)
        mean, spread = form.moments(histories)
        self.same(mean, np.nanmean(scores, axis=1))
        self.same(spread, np.nanstd(scores, axis=1))

    def same(self, some: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> None:
        """Equal but for rounding."""
        most = float(np.nanmax(np.abs(wanted), initial=0.0))
        np.testing.assert_allclose(some, wanted, rtol=1e-5, atol=self.tolerance * max(most, 1.0))

    def test_a_dislike_never_lifts_its_like(self) -> None:
        seen, _ = two_tribes(10)
        model = self.fitted(world(seen))
        likes = np.zeros((2, 10))
        likes[:, 1], likes[1, 2] = 1, -1  # both like an odd thing; one dislikes an even one
        before, after = model.score(world(likes).interactions.histories)
        even = [4, 6, 8]
        assert (after[even] <= before[even]).all()
        if "personal" in self.abilities:
            assert (after[even] < before[even]).all()

    def test_before_it_learns_it_says_so(self) -> None:
        with pytest.raises(NotFitted):
            self.make().score(mixed_world().interactions.histories)

    def test_it_says_how_much_memory_it_needs(self) -> None:
        small, large = world(two_tribes(6)[0]), world(two_tribes(30)[0])
        model = self.make()
        assert 0 < model.memory_needed(small) < model.memory_needed(large)


def renumbered(data: Dataset, order: npt.NDArray[np.int64]) -> Dataset:
    """The same events where the item that was called order[n] is called n."""
    old = data.interactions
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    histories = replace(old.histories, items=places[old.histories.items])
    names = Vocabulary(data.items.names[n] for n in order)
    return replace(data, interactions=replace(old, items=names, histories=histories))


def mixed_world() -> Dataset:
    """Twelve shoppers, nine items, likes and dislikes without a plan."""
    rng = derive(7, "mixed world")
    likes = rng.choice([-1.0, 0.0, 0.0, 1.0, 1.0], (12, 9))
    likes[:, 0] = 1.0  # everybody has a history
    return world(likes)
