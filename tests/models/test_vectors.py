"""Vectors: the same scores dense and for a top, evidence, mapped files, damaged ones refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import Damaged, Event, Histories, KindSettings, Vocabulary, micros
from zhiyin.data import Strengths
from zhiyin.models import Vectors, load_form, vectors
from zhiyin.models.leastsquares import Penalty
from zhiyin.models.readers import Ridge, Sum
from zhiyin.models.readers.sums import remember

KINDS = {
    "view": KindSettings(weight=1.0, half_life_days=10),
    "buy": KindSettings(weight=3.0),
    "dislike": KindSettings(weight=-2.0),
}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAN = np.nan
NAMES = "abcdefgh"


def form(rng: np.random.Generator, size: int, bias: np.ndarray, kind: str = "sum") -> Vectors:
    own = rng.normal(size=(size, 3)).astype(np.float32)
    own = (own @ np.linalg.eigh(own.T @ own)[1]).astype(np.float32)
    paid = Penalty((own**2).sum(axis=0), absent=0.1, reg=0.1, frequency=1.0, rows=size)
    reads = rng.normal(size=(size, 3)).astype(np.float32)
    reader = Sum(reads, power=0.5) if kind == "sum" else Ridge(own, paid)
    items = Vocabulary(NAMES[:size])
    return Vectors(items, own, bias.astype(np.float32), reader, Strengths(KINDS), micros(NOW))


def event(item: str, kind: str = "view", days: float = 0) -> Event:
    return Event("e", "s", kind, NOW - timedelta(days=days), item)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Vectors, Histories]:
    size = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    bias = rng.choice([0.0, 0.25, NAN], size) if draw(st.booleans()) else np.zeros(size)
    model = form(rng, size, bias, draw(st.sampled_from(["sum", "ridge"])))
    events = [
        event(NAMES[rng.integers(8)], str(rng.choice([*KINDS])), days)
        for days in range(draw(st.integers(0, 6)))
    ]
    return model, model.read(events)


def test_scores_by_hand() -> None:
    rng = np.random.default_rng(1)
    model = form(rng, 4, np.array([0.1, 0.2, 0.0, NAN]))
    history = model.read([event("a", days=10), event("b", "buy"), event("d"), event("zz")])
    # a was viewed a half-life ago: 0.5; d is unknown to the model, zz to the shop.
    reads = model.reader.reads  # type: ignore[attr-defined]
    shopper = (0.5 * reads[0] + 3 * reads[1]) / np.sqrt(3.5)
    expected = model.vectors @ shopper + model.bias
    np.testing.assert_allclose(model.score(history)[0], expected, rtol=1e-5)
    assert np.isnan(expected[3])


@given(worlds(), st.integers(0, 9), st.integers(1, 4))
def test_top_is_the_head_of_the_scores(made: tuple[Vectors, Histories], k: int, block: int) -> None:
    model, history = made
    scores = model.score(history)[0]
    allowed = np.arange(len(scores)) != 2
    unwanted = np.array([1, 0, 1])[: len(scores)] if len(scores) > 1 else np.array([0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "_BLOCK", block)
        items, told = model.top(history, k, exclude=unwanted, allowed=allowed)
    scores[unwanted] = NAN
    scores[~allowed] = NAN
    expected = -np.sort(-scores[~np.isnan(scores)])[:k]
    np.testing.assert_allclose(told, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(scores[items], told, rtol=1e-4, atol=1e-5)


@given(worlds())
def test_some_scores_and_the_moments_are_those_of_all(made: tuple[Vectors, Histories]) -> None:
    model, history = made
    scores = model.score(history)[0]
    some = np.arange(len(scores))[::-1]
    np.testing.assert_allclose(model.scores_of(history, some), scores[::-1], rtol=1e-4, atol=1e-5)
    (mean,), (spread,) = model.moments(history)
    said = scores[~np.isnan(scores)].astype(np.float64)
    if len(said):
        np.testing.assert_allclose([mean, spread], [said.mean(), said.std()], rtol=1e-4, atol=1e-5)
    else:
        assert np.isnan([mean, spread]).all()


@given(worlds())
def test_baseline_and_evidence_add_up_to_the_score(made: tuple[Vectors, Histories]) -> None:
    model, history = made
    items = np.arange(len(model.items))
    scores = model.score(history)[0]
    added = model.baseline(items, history) + model.evidence(history, items).sum(axis=0)
    said = ~np.isnan(scores)
    np.testing.assert_allclose(added[said], scores[said], rtol=1e-4, atol=1e-4)


def test_of_a_guest_the_bias_speaks_or_nobody() -> None:
    rng = np.random.default_rng(1)
    fame = form(rng, 4, np.array([0.1, 0.3, 0.2, NAN]))
    for events in ([], [event("d")], [event("zz")]):
        assert fame.top(fame.read(events), 4)[0].tolist() == [1, 2, 0]
    silent = form(rng, 4, np.array([0, 0, 0, NAN]))
    for events in ([], [event("d")], [event("zz")]):
        history = silent.read(events)
        assert np.isnan(silent.score(history)).all()
        assert np.isnan(silent.scores_of(history, np.array([0, 1]))).all()
        assert len(silent.top(history, 4)[0]) == 0
    assert (fame.abilities, silent.abilities) == ({"personal", "guests"}, {"personal"})


def test_equal_scores_come_by_number_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_BLOCK", 2)
    model = form(np.random.default_rng(1), 8, np.array([0.1, 0.2, 0.1, 0.2, 0.2, 0.1, 0.2, 0.1]))
    assert model.top(model.read([]), 5)[0].tolist() == [1, 3, 4, 6, 0]


def test_a_batch_is_scored_like_one_by_one() -> None:
    model = form(np.random.default_rng(1), 8, np.zeros(8), "ridge")
    parts = [model.read([event(n) for n in names]) for names in ("abcd", "", "ha", "b")]
    batch = Histories(
        np.concatenate([p.items for p in parts]),
        np.concatenate([p.kinds for p in parts]),
        np.concatenate([p.times for p in parts]),
        np.concatenate([p.weights for p in parts]),
        np.array([0, 4, 4, 6, 7]),
        parts[0].kind_names,
    )
    alone = np.concatenate([model.score(part) for part in parts])
    np.testing.assert_allclose(model.score(batch), alone, rtol=1e-4)


def remembering() -> Vectors:
    model = form(np.random.default_rng(1), 4, np.zeros(4))
    history = model.read([event("a"), event("b")])
    keys, remembered = remember(history, np.array([[5, 0, 0]], np.float32))
    reads = model.reader.reads  # type: ignore[attr-defined]
    reader = Sum(reads, 1.0, keys=keys, remembered=remembered)
    return Vectors(model.items, model.vectors, model.bias, reader, model.strengths, model.now)


@pytest.mark.parametrize("kind", ["sum", "ridge", "remembering"])
def test_what_is_loaded_is_mapped_and_the_same(tmp_path: Path, kind: str) -> None:
    bias = np.array([0.1, 0.2, 0.3, NAN])
    rng = np.random.default_rng(1)
    model = remembering() if kind == "remembering" else form(rng, 4, bias, kind)
    model.save(tmp_path)
    loaded = load_form(tmp_path)
    assert isinstance(loaded, Vectors)
    assert isinstance(loaded.vectors, np.memmap)
    assert (loaded.now, loaded.items.names) == (model.now, model.items.names)
    assert loaded.strengths.kinds == KINDS
    assert loaded.memory == model.memory
    for events in ([], [event("b", days=3), event("a", "buy")], [event("c")]):
        history = loaded.read(events)
        np.testing.assert_array_equal(loaded.score(history), model.score(history))
        np.testing.assert_array_equal(loaded.moments(history), model.moments(history))
        assert loaded.top(history, 2)[0].tolist() == model.top(history, 2)[0].tolist()


def test_vectors_of_other_items_are_refused() -> None:
    good = form(np.random.default_rng(1), 3, np.zeros(3))
    with pytest.raises(ValueError, match="4 items"):
        Vectors(Vocabulary("abcd"), good.vectors, good.bias, good.reader, good.strengths)


def changed(folder: Path, **facts: object) -> None:
    old = json.loads((folder / "vectors.json").read_text())
    (folder / "vectors.json").write_text(json.dumps({**old, **facts}))


def newer(folder: Path) -> None:
    changed(folder, format=99)


def stranger(folder: Path) -> None:
    changed(folder, reader={"name": "oracle"})


def unread(folder: Path) -> None:
    changed(folder, reader={"name": "sum"})


def forgetful(folder: Path) -> None:
    changed(folder, reader={"name": "sum", "power": 1.0, "remembers": True, "head": False})


def headless(folder: Path) -> None:
    changed(folder, reader={"name": "sum", "power": 1.0, "remembers": False, "head": True})


def babbling(folder: Path) -> None:
    headless(folder)
    (folder / "head.onnx").write_bytes(b"no network")


def pickled(folder: Path) -> None:
    np.save(folder / "bias.npy", np.array([{}]), allow_pickle=True)


def truncated(folder: Path) -> None:
    (folder / "vectors.npy").write_bytes((folder / "vectors.npy").read_bytes()[:-4])


def flat(folder: Path) -> None:
    np.save(folder / "reads.npy", np.zeros(12, np.float32))


def narrow(folder: Path) -> None:
    np.save(folder / "reads.npy", np.zeros((4, 2), np.float32))


def centreless(folder: Path) -> None:
    np.save(folder / "centre.npy", np.zeros(9))


def short(folder: Path) -> None:
    (folder / "items.json").write_text('["a"]')


def missing(folder: Path) -> None:
    (folder / "bias.npy").unlink()


HARMS = [
    newer, stranger, unread, forgetful, headless, babbling, pickled, truncated, flat, narrow,
    centreless, short, missing,
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_damaged_folder_is_refused_by_name(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    form(np.random.default_rng(1), 4, np.zeros(4)).save(tmp_path)
    harm(tmp_path)
    with pytest.raises(Damaged, match=tmp_path.name):
        load_form(tmp_path)
