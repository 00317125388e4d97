"""The served form: the same scores sparse and dense, evidence that adds up, safe files."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from zhiyin.core import Damaged, Event, Histories, KindSettings, Vocabulary, micros
from zhiyin.data import Strengths
from zhiyin.models import Neighbours

KINDS = {
    "view": KindSettings(weight=1.0, half_life_days=10),
    "buy": KindSettings(weight=3.0, value="quantity"),
    "dislike": KindSettings(weight=-2.0),
    "search": KindSettings(weight=0.0),
}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAN = np.nan


def form(table: list[list[float]], prior: list[float]) -> Neighbours:
    items = Vocabulary("abcdefgh"[: len(prior)])
    sparse = csr_array(np.array(table, np.float32))
    return Neighbours(items, sparse, np.array(prior, np.float32), Strengths(KINDS), micros(NOW))


def event(
    item: str | None, kind: str = "view", days: float = 0, value: float | None = None
) -> Event:
    return Event("e", "s", kind, NOW - timedelta(days=days), item, value)


CHAIN = [[0, 0.5, 0, 0], [0, 0, 0.25, 0], [0, 0, 0, 1.0], [0, 0, 0, 0]]


def test_scores_by_hand() -> None:
    model = form(CHAIN, [0.1, 0.2, 0.3, NAN])
    history = model.read([event("a", days=10), event("b", "buy"), event("b", "dislike")])
    # a was viewed a half-life ago: 0.5; b was bought and disliked: 3 - 2.
    expected = [[0.1, 0.2 + 0.5 * 0.5, 0.3 + 0.25 * (3 - 2), NAN]]
    np.testing.assert_allclose(model.score(history), expected, rtol=1e-6)


def test_a_history_is_read_oldest_first_and_without_what_says_nothing() -> None:
    model = form(CHAIN, [0, 0, 0, 0])
    told = [
        event("b", "buy", 1, 2.0),
        event("zz", days=5),
        event(None, "search"),
        event("a", "search"),
    ]
    history = model.read([*told, event("a", "wave")])
    assert history.items.tolist() == [-1, 1]
    assert history.weights.tolist() == [1.0, 6.0]
    assert [history.kind_names[k] for k in history.kinds] == ["view", "buy"]


def test_an_empty_history_gets_the_prior() -> None:
    model = form(CHAIN, [0.1, 0.3, 0.2, NAN])
    assert model.top(model.read([]), 2)[0].tolist() == [1, 2]
    np.testing.assert_array_equal(model.score(model.read([])), model.prior[None])


def test_without_a_prior_and_a_known_item_nothing_is_said() -> None:
    model = form(CHAIN, [0, 0, 0, 0])
    for events in ([], [event("zz")], [event("d")]):  # d has no neighbours
        assert np.isnan(model.score(model.read(events))).all()
        assert len(model.top(model.read(events), 3)[0]) == 0


def test_without_a_prior_only_what_the_history_speaks_for_is_named() -> None:
    model = form(CHAIN, [0, 0, 0, 0])
    assert model.top(model.read([event("a"), event("b", "dislike")]), 4)[0].tolist() == [1]


def test_what_is_excluded_or_not_allowed_is_not_named() -> None:
    model = form(CHAIN, [0.4, 0.3, 0.2, 0.1])
    history = model.read([event("a")])
    assert model.top(history, 4)[0].tolist() == [1, 0, 2, 3]
    assert model.top(history, 4, exclude=np.array([1, 0]))[0].tolist() == [2, 3]
    allowed = np.array([True, False, False, True])
    assert model.top(history, 4, allowed=allowed)[0].tolist() == [0, 3]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Neighbours, Histories]:
    size = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    table = rng.choice([0.0, 0.0, 1.0, 0.5, -0.5], (size, size))
    prior = rng.choice([0.0, 0.25, NAN], size) if draw(st.booleans()) else np.zeros(size)
    model = form(table.tolist(), prior.tolist())
    events = [
        event("abcdefgh"[rng.integers(8)], str(rng.choice(["view", "buy", "dislike"])), days)
        for days in range(draw(st.integers(0, 6)))
    ]
    return model, model.read(events)


@given(worlds(), st.integers(1, 9))
def test_top_is_the_head_of_the_scores(made: tuple[Neighbours, Histories], k: int) -> None:
    model, history = made
    items, scores = model.top(history, k)
    everything = model.score(history)[0]
    order = np.lexsort((np.arange(len(everything)), -np.nan_to_num(everything, nan=-np.inf)))
    spoken = [i for i in order if not np.isnan(everything[i])]
    if not np.nan_to_num(model.prior).any():
        spoken = [i for i in spoken if everything[i] > 0]
    assert items.tolist() == spoken[:k]
    np.testing.assert_allclose(scores, everything[items], rtol=1e-5)


@given(worlds())
def test_evidence_adds_up_to_the_score(made: tuple[Neighbours, Histories]) -> None:
    model, history = made
    items = np.arange(len(model.items))
    parts = model.evidence(history, items)
    assert parts.shape == (len(history.items), len(items))
    scores = model.score(history)[0]
    said = ~np.isnan(scores)
    np.testing.assert_allclose((parts.sum(axis=0) + model.prior)[said], scores[said], atol=1e-5)


@given(worlds())
def test_evidence_is_what_goes_when_the_event_is_taken_away(
    made: tuple[Neighbours, Histories],
) -> None:
    model, history = made
    assume(len(history.items) > 0)
    items = np.arange(len(model.items))
    weights = history.weights.copy()
    weights[0] = 0
    gone = model.score(history)[0] - model.score(replace(history, weights=weights))[0]
    said = ~np.isnan(gone)
    np.testing.assert_allclose(model.evidence(history, items)[0][said], gone[said], atol=1e-5)


def test_a_blend_is_the_sum_of_its_parts() -> None:
    table, fame = form(CHAIN, [0, 0, 0, NAN]), form([[0] * 4] * 4, [1, NAN, 0.5, NAN])
    both = Neighbours.blend([(table, 2.0), (fame, 0.1)])
    history = table.read([event("a")])
    expected = [[0.1, 1.0, 0.05, NAN]]
    np.testing.assert_allclose(both.score(history), expected, rtol=1e-6)
    assert both.top(history, 1)[0].tolist() == [1]


def test_a_table_of_other_items_is_refused() -> None:
    with pytest.raises(ValueError, match="3 items"):
        Neighbours(Vocabulary("abc"), csr_array((4, 4)), np.zeros(3, np.float32), Strengths(KINDS))
    with pytest.raises(ValueError, match="other items"):
        Neighbours.blend([(form([[0]], [1]), 1.0), (form([[0] * 2] * 2, [1, 1]), 1.0)])


def test_what_is_loaded_is_mapped_and_the_same(tmp_path: Path) -> None:
    model = form(CHAIN, [0.1, 0.2, 0.3, NAN])
    model.save(tmp_path)
    loaded = Neighbours.load(tmp_path)
    assert isinstance(loaded.prior, np.memmap)
    assert (loaded.now, loaded.items.names) == (model.now, model.items.names)
    assert loaded.strengths.kinds == KINDS
    history = loaded.read([event("a", days=3), event("b", "buy", 1, 2.0)])
    np.testing.assert_array_equal(loaded.score(history), model.score(history))
    assert loaded.top(history, 2)[0].tolist() == model.top(history, 2)[0].tolist()
    assert loaded.memory == model.memory


def test_what_the_first_format_wrote_is_still_read() -> None:
    loaded = Neighbours.load(Path(__file__).parent / "golden" / "neighbours-1")
    history = loaded.read([event("a", days=10), event("b", "buy", 1, 2.0)])
    now = form(CHAIN, [0.1, 0.2, 0.3, NAN])
    np.testing.assert_array_equal(loaded.score(history), now.score(history))


def newer(folder: Path) -> None:
    facts = json.loads((folder / "neighbours.json").read_text())
    (folder / "neighbours.json").write_text(json.dumps({**facts, "format": 99}))


def pickled(folder: Path) -> None:
    np.save(folder / "prior.npy", np.array([{}]), allow_pickle=True)


def truncated(folder: Path) -> None:
    (folder / "likeness.npy").write_bytes((folder / "likeness.npy").read_bytes()[:-4])


def empty(folder: Path) -> None:
    (folder / "neighbours.npy").write_bytes(b"")


def strange(folder: Path) -> None:
    np.save(folder / "neighbours.npy", np.array([9, 2, 3], np.int32))


def short(folder: Path) -> None:
    (folder / "items.json").write_text('["a"]')


def kindless(folder: Path) -> None:
    facts = json.loads((folder / "neighbours.json").read_text())
    (folder / "neighbours.json").write_text(json.dumps({**facts, "kinds": {"view": {"wait": 1}}}))


def missing(folder: Path) -> None:
    (folder / "starts.npy").unlink()


HARMS = [newer, pickled, truncated, empty, strange, short, kindless, missing]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_damaged_folder_is_refused_by_name(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    form(CHAIN, [0.1, 0.2, 0.3, NAN]).save(tmp_path)
    harm(tmp_path)
    with pytest.raises(Damaged, match=tmp_path.name):
        Neighbours.load(tmp_path)
