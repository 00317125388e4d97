"""Fusion: hand-worked cases, and what holds for any lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.application.search.fusion import Ranked, fuse


def ranked(source: str, *found: tuple[int, float]) -> Ranked:
    keys, scores = zip(*found, strict=True) if found else ((), ())
    return Ranked(source, np.array(keys, np.int64), np.array(scores, np.float32))


WORDS = ranked("words", (7, 9.0), (3, 5.0), (1, 1.0))
DENSE = ranked("text", (3, 0.8), (9, 0.4))


def test_scores_are_stretched_from_worst_to_best_of_each_source() -> None:
    fused = fuse([WORDS, DENSE], {"words": 1.0, "text": 0.5})
    assert fused.keys.tolist() == [3, 7, 1, 9]
    # 3: half of the way in words, the best of text; 7: the best of words; 1 and 9: the worst.
    assert fused.scores.tolist() == pytest.approx([5 / 8 + 1 / 2, 1, 1 / 4, 1 / 6])


def test_ranks_count_by_their_reciprocal_scaled_to_one() -> None:
    fused = fuse([WORDS, DENSE], {"words": 1.0, "text": 1.0}, way="ranks", constant=1.0)
    parts = dict(zip(fused.keys.tolist(), fused.scores.tolist(), strict=True))
    assert parts == pytest.approx({7: 1.0, 3: 2 / 3 + 1.0, 1: 2 / 4, 9: 2 / 3})


def test_the_parts_tell_who_found_what_and_add_up() -> None:
    fused = fuse([WORDS, DENSE], {"words": 1.0, "text": 0.5})
    assert fused.sources == ("words", "text")
    assert np.isnan(fused.parts[1, fused.keys.tolist().index(7)])
    assert np.nansum(fused.parts, axis=0).tolist() == pytest.approx(fused.scores.tolist())


def test_a_source_of_no_weight_changes_nothing_and_brings_nothing() -> None:
    fused = fuse([WORDS, DENSE], {"words": 1.0, "text": 0.0})
    assert fused.keys.tolist() == [7, 3, 1]
    assert fused.sources == ("words",)


def test_equal_scores_stand_in_the_order_of_their_keys() -> None:
    fused = fuse([ranked("words", (9, 2.0), (4, 2.0), (5, 2.0))], {"words": 1.0})
    assert fused.keys.tolist() == [4, 5, 9]
    assert fused.scores.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("way", ["scores", "ranks"])
def test_nothing_found_is_nothing(way: str) -> None:
    fused = fuse([ranked("words"), ranked("text")], {"words": 1, "text": 1}, way=way)  # type: ignore[arg-type]
    assert len(fused.keys) == len(fused.scores) == fused.parts.shape[1] == 0


@given(
    st.dictionaries(st.integers(0, 30), st.floats(-5, 5, width=32), max_size=12),
    st.dictionaries(st.integers(0, 30), st.floats(-5, 5, width=32), max_size=12),
    st.sampled_from(["scores", "ranks"]),
)
def test_all_that_was_found_is_there_once_and_in_order(
    first: dict[int, float], second: dict[int, float], way: str
) -> None:
    lists = [
        ranked(name, *sorted(found.items(), key=lambda pair: -pair[1]))
        for name, found in (("words", first), ("text", second))
    ]
    fused = fuse(lists, {"words": 1.0, "text": 0.7}, way=way)  # type: ignore[arg-type]
    assert sorted(fused.keys.tolist()) == sorted({*first, *second})
    assert np.all(np.diff(fused.scores) <= 0)
    turned = fuse(lists[::-1], {"words": 1.0, "text": 0.7}, way=way)  # type: ignore[arg-type]
    assert turned.scores.tolist() == pytest.approx(fused.scores.tolist())
