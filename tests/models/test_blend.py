"""Blends: parts as loud as their weights say, whatever the size of their scores."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from zhiyin.core import Damaged, Event, Histories, KindSettings, Vocabulary, micros
from zhiyin.data import Strengths
from zhiyin.models import Blend, Neighbours, blend, load_form

KINDS = {
    "view": KindSettings(weight=1.0, half_life_days=10),
    "buy": KindSettings(weight=3.0),
    "dislike": KindSettings(weight=-2.0),
}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAN = np.nan
NAMES = "abcdefgh"


def table(rows: np.ndarray, prior: np.ndarray) -> Neighbours:
    items = Vocabulary(NAMES[: len(prior)])
    sparse = csr_array(np.asarray(rows, np.float32))
    return Neighbours(items, sparse, np.asarray(prior, np.float32), Strengths(KINDS), micros(NOW))


def event(item: str, kind: str = "view", days: float = 0) -> Event:
    return Event("e", "s", kind, NOW - timedelta(days=days), item)


CHAIN = np.array([[0, 4, 0, 0], [0, 0, 2, 0], [0, 0, 0, 8], [0, 0, 0, 0]]) / 8


def plain(parts: list[Neighbours], weights: np.ndarray, history: Histories) -> np.ndarray:
    """The formula of the docstring, item by item."""
    total, silent = np.zeros(len(parts[0].items)), np.ones(len(parts[0].items), bool)
    for part, weight in zip(parts, weights, strict=True):
        scores = part.score(history)[0].astype(np.float64)
        said = ~np.isnan(scores)
        if weight and said.any():
            mean, spread = scores[said].mean(), scores[said].std()
            if spread > 1e-6 * abs(mean):
                total += weight / spread * np.where(said, scores, mean)
            silent &= ~said
    return np.where(silent, NAN, total)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Blend, Histories]:
    size = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        rows = rng.choice([0.0, 0.0, 1.0, 0.5, -0.5], (size, size)) * rng.choice([1e-3, 1, 50])
        prior = rng.choice([0.0, 0.25, NAN], size) if rng.random() < 0.5 else np.zeros(size)
        parts.append(table(rows, prior))
    weights = rng.choice([0.0, 0.5, 1.0, 2.0], len(parts))
    events = [
        event(NAMES[rng.integers(8)], str(rng.choice([*KINDS])), days)
        for days in range(draw(st.integers(0, 6)))
    ]
    form = Blend(parts, weights)
    return form, form.read(events)


@given(worlds())
def test_scores_are_the_formula(made: tuple[Blend, Histories]) -> None:
    form, history = made
    expected = plain(list(form.parts), form.weights[0], history)  # type: ignore[arg-type]
    np.testing.assert_allclose(form.score(history)[0], expected, rtol=1e-4, atol=1e-4)
    some = np.arange(len(form.items))[::-1]
    found = form.scores_of(history, some)
    np.testing.assert_allclose(found, expected[::-1], rtol=1e-4, atol=1e-4)


@given(worlds())
def test_baseline_and_evidence_add_up_to_the_score(made: tuple[Blend, Histories]) -> None:
    form, history = made
    items = np.arange(len(form.items))
    scores = form.score(history)[0]
    added = form.baseline(items, history) + form.evidence(history, items).sum(axis=0)
    said = ~np.isnan(scores)
    np.testing.assert_allclose(added[said], scores[said], rtol=1e-4, atol=1e-4)


@given(worlds(), st.integers(1, 9), st.booleans())
def test_the_top_is_exact_also_from_what_the_parts_name(
    made: tuple[Blend, Histories], k: int, large: bool
) -> None:
    form, history = made
    scores = form.score(history)[0]
    scores[0] = NAN
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(blend, "_DENSE", 0)
            patch.setattr(blend, "_LEAST", 1)
            patch.setattr(blend, "_WIDE", 1)
        items, told = form.top(history, k, exclude=np.array([0]))
    expected = -np.sort(-scores[~np.isnan(scores)])[:k]
    np.testing.assert_allclose(told, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(scores[items], told, rtol=1e-4, atol=1e-4)


def test_a_part_is_not_louder_for_its_larger_numbers() -> None:
    fame = table(np.zeros((4, 4)), np.array([3, 2, 1, 0]))
    history = fame.read([event("a"), event("b")])
    one = Blend([table(CHAIN, np.zeros(4)), fame], [1, 1])
    other = Blend([table(CHAIN * 1000, np.zeros(4)), fame], [1, 1])
    np.testing.assert_allclose(one.score(history), other.score(history), rtol=1e-5)


def test_who_cannot_say_leaves_it_to_the_others() -> None:
    fame = table(np.zeros((4, 4)), np.array([0.3, 0.1, NAN, 0.2]))
    form = Blend([table(CHAIN, np.array([0, 0, 0, NAN])), fame], [1, 1])
    nobody = form.read([])
    assert form.top(nobody, 4)[0].tolist() == [0, 3, 1]  # the table says nothing of a guest
    assert np.isnan(form.score(nobody)[0, 2])
    assert form.abilities == {"personal", "guests"}
    assert Blend([form.parts[0]], [1]).abilities == {"personal"}


def test_a_short_history_may_be_weighed_otherwise() -> None:
    fame = table(np.zeros((4, 4)), np.array([0.3, 0.1, 0.0, 0.2]))
    form = Blend([table(CHAIN, np.zeros(4)), fame], [[0, 1], [1, 0]], bounds=[2])
    short, long = form.read([event("a")]), form.read([event("a"), event("b")])
    stranger = form.read([event("a"), event("nobody knows it")])
    assert form.top(short, 2)[0].tolist() == form.top(stranger, 2)[0].tolist() == [0, 3]
    assert form.top(long, 2)[0].tolist() == [1, 2]
    both = Histories(
        np.array([0, 0, 1]), np.zeros(3, np.int16), np.zeros(3, np.int64), np.ones(3, np.float32),
        np.array([0, 1, 3]), ("view",),
    )  # fmt: skip
    np.testing.assert_allclose(form.score(both)[0], form.score(short)[0], rtol=1e-6)
    np.testing.assert_allclose(form.score(both)[1], form.score(long)[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("weights", "bounds", "problem"),
    [
        ([1], [], "weights are"),
        ([1, -1], [], "below zero"),
        ([1, NAN], [], "finite"),
        ([[1, 1], [1, 1], [1, 1]], [3, 2], "do not rise"),
    ],
)
def test_weights_that_mean_nothing_are_refused(
    weights: list[float], bounds: list[int], problem: str
) -> None:
    parts = [table(CHAIN, np.zeros(4)), table(CHAIN, np.ones(4))]
    with pytest.raises(ValueError, match=problem):
        Blend(parts, weights, bounds)


def test_parts_that_do_not_fit_together_are_refused() -> None:
    one, two = table(CHAIN, np.zeros(4)), table(CHAIN[:3, :3], np.zeros(3))
    with pytest.raises(ValueError, match="other items"):
        Blend([one, two], [1, 1])
    other = Neighbours(one.items, one.table, one.prior, Strengths({}), 0)
    with pytest.raises(ValueError, match="weigh events differently"):
        Blend([one, other], [1, 1])


def test_what_is_loaded_is_the_same_and_names_are_stored_once(tmp_path: Path) -> None:
    fame = table(np.zeros((4, 4)), np.array([0.3, 0.1, NAN, 0.2]))
    inner = Blend([table(CHAIN, np.zeros(4)), fame], [1, 0.5])
    form = Blend([inner, fame], [[1, 1], [2, 0.1]], bounds=[2])
    form.save(tmp_path)
    loaded = load_form(tmp_path)
    assert isinstance(loaded, Blend)
    assert (loaded.now, loaded.bounds, loaded.memory) == (form.now, (2,), form.memory)
    for events in ([], [event("a", days=3)], [event("b"), event("a", "buy", 2)]):
        history = loaded.read(events)
        np.testing.assert_array_equal(loaded.score(history), form.score(history))
    assert [file.parent for file in tmp_path.rglob("items.json")] == [tmp_path]
    assert all(part.items is loaded.items for part in loaded.parts)


def newer(folder: Path) -> None:
    facts = json.loads((folder / "blend.json").read_text())
    (folder / "blend.json").write_text(json.dumps({**facts, "format": 99}))


def lost(folder: Path) -> None:
    (folder / "part-1" / "neighbours.json").unlink()


def harmed(folder: Path) -> None:
    (folder / "part-0" / "prior.npy").write_bytes(b"")


def unweighed(folder: Path) -> None:
    facts = json.loads((folder / "blend.json").read_text())
    (folder / "blend.json").write_text(json.dumps({**facts, "weights": ["a", None]}))


def short(folder: Path) -> None:
    (folder / "items.json").write_text('["a"]')


@pytest.mark.parametrize("harm", [newer, lost, harmed, unweighed, short], ids=lambda h: h.__name__)
def test_a_damaged_folder_is_refused_by_name(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    Blend([table(CHAIN, np.zeros(4)), table(CHAIN, np.ones(4))], [1, 1]).save(tmp_path)
    harm(tmp_path)
    with pytest.raises(Damaged, match=tmp_path.name):
        load_form(tmp_path)


def test_a_folder_without_a_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="no form is in it"):
        load_form(tmp_path)
