"""align: closed form first, contrast where it is better, and honest about what there is."""

import sys

import numpy as np
import pytest

from zhiyin.core import BadRequest, derive
from zhiyin.pretrain.align import AlignConfig, Alignment, align, judged

World = tuple[np.ndarray, np.ndarray]
CLOSED = AlignConfig(contrast=False)
QUICK = AlignConfig(epochs=8, hidden=32, width=16, batch=128, hard=0)


def aligned(
    world: World, config: AlignConfig = CLOSED, seed: int = 1, **given: object
) -> Alignment:
    return align(*world, config=config, rng=derive(seed, "align"), **given)  # type: ignore[arg-type]


def projections(found: Alignment, world: World) -> tuple[np.ndarray, np.ndarray]:
    return found.project("text", world[0]), found.project("image", world[1])


def test_pairs_that_share_traits_find_each_other(world: World) -> None:
    teaching = world[0][:320], world[1][:320]
    views = projections(aligned(teaching), (world[0][320:], world[1][320:]))
    assert judged(*views)["mrr"] > 0.5  # of 80 by chance 0.06


def test_shuffled_pairs_teach_nothing(world: World) -> None:
    text, image = world[0][:320], derive(1, "shuffle").permutation(world[1][:320])
    views = projections(aligned((text, image)), (world[0][320:], world[1][320:]))
    assert judged(*views)["mrr"] < 0.15


def test_what_is_missing_stays_missing_and_still_helps(world: World) -> None:
    text, image = world[0].copy(), world[1].copy()
    text[:60], image[60:120] = np.nan, np.nan
    found = aligned((text, image))
    words, pictures = projections(found, (text, image))
    assert np.flatnonzero(np.isnan(words).any(axis=1)).tolist() == [*range(60)]
    assert np.flatnonzero(np.isnan(pictures).any(axis=1)).tolist() == [*range(60, 120)]
    assert found.facts.pairs + found.facts.valid_pairs == 280
    alone = aligned((text[120:], image[120:]))
    # The same pairs, but without the others: other axes, so another alignment.
    assert not np.array_equal(alone.text.mean, found.text.mean)


def test_the_same_seed_gives_the_same_bytes(world: World) -> None:
    for config in (CLOSED, QUICK):
        one, other = (projections(aligned(world, config), world) for _ in range(2))
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


def test_what_judges_does_not_teach(world: World) -> None:
    valid = np.arange(len(world[0])) % 5 == 0
    spoilt = world[0].copy(), world[1].copy()
    spoilt[1][valid] = derive(2, "noise").standard_normal(spoilt[1][valid].shape)
    one, other = (aligned(w, valid=valid) for w in (world, spoilt))
    np.testing.assert_array_equal(one.image.mean, other.image.mean)
    assert one.facts.valid_pairs == valid.sum()


def test_contrast_is_kept_only_where_it_is_better(world: World) -> None:
    found = aligned(world, QUICK)
    worths = {name: told["mrr"] for name, told in found.facts.tried.items()}
    assert set(worths) == {"cca", "ridge to text", "ridge to image", "contrastive"}
    assert worths[found.facts.method] == max(worths.values())
    views = projections(found, world)
    assert np.isfinite(views[0]).all()


def test_one_model_for_both_may_stay_as_it_is() -> None:
    rng = derive(4, "shared")
    rows = rng.standard_normal((120, 64)).astype(np.float32)
    near = rows + 0.3 * rng.standard_normal(rows.shape).astype(np.float32)
    name = {"text": "clip", "image": "clip"}
    found = aligned((rows, near), encoders=name)
    assert found.facts.method == "identity"
    assert "identity" not in aligned((rows, near), encoders={"text": "a", "image": "b"}).facts.tried


def test_too_few_pairs_are_said_to_be_too_few(world: World) -> None:
    with pytest.raises(BadRequest, match="40 items have both") as error:
        aligned((world[0][:40], world[1][:40]))
    assert "对齐至少需要 50 件" in error.value.text("zh")
    image = np.full_like(world[1], np.nan)
    with pytest.raises(BadRequest, match="0 items have both"):
        aligned((world[0], image))
    with pytest.raises(BadRequest, match="of which 0 may judge"):
        aligned(world, valid=np.zeros(len(world[0]), bool))


def test_a_small_catalogue_stays_in_closed_form(world: World) -> None:
    found = aligned((world[0][:150], world[1][:150]), QUICK)
    assert "contrastive" not in found.facts.tried


def test_without_torch_the_closed_form_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [
        n
        for n in sys.modules
        if n.startswith(("zhiyin.training", "zhiyin.pretrain.align.contrast"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    found = aligned(world, QUICK)
    assert found.facts.method == "cca" or found.facts.method.startswith("ridge")


def test_rows_that_do_not_belong_together_are_refused(world: World) -> None:
    with pytest.raises(ValueError, match="not of the same items"):
        aligned((world[0], world[1][:-1]))
    with pytest.raises(ValueError, match="labels are"):
        aligned(world, labels=np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="regions are"):
        aligned(world, regions=np.zeros((400, 2, 3), np.float32))


@pytest.mark.parametrize("modality", [0, 1])
def test_a_catalogue_that_says_one_thing_of_everything_is_survived(
    world: World, modality: int
) -> None:
    same = [part.copy() for part in world]
    same[modality][:] = same[modality][0]
    found = aligned((same[0], same[1]), QUICK)
    views = projections(found, world)
    assert judged(*(view[::10] for view in views))["mrr"] < 0.3


def test_descent_that_diverges_leaves_the_closed_form(world: World) -> None:
    far = QUICK.model_copy(update={"rate": 1e30})
    found = aligned(world, far)
    assert "contrastive" not in found.facts.tried
    assert found.facts.method == "cca" or found.facts.method.startswith("ridge")
