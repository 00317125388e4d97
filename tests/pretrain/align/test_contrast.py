"""Contrastive heads: what descent adds to the closed form, term by term."""

import numpy as np
import torch

from zhiyin.core import SILENT, derive
from zhiyin.pretrain.align import AlignConfig, Words, judged
from zhiyin.pretrain.align.choosing import closed_forms
from zhiyin.pretrain.align.contrast import _softmax, _supervised, contrasted
from zhiyin.pretrain.align.judging import agreement
from zhiyin.pretrain.align.lesson import Lesson

CONFIG = AlignConfig(epochs=30, hidden=64, width=16, batch=128, hard=0, every=2, dropout=0.1)


def bent_world(size: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Words tell traits, pictures the sizes of traits: no linear map takes one to the other."""
    rng = derive(5, "bent")
    hidden = rng.standard_normal((size, 4))
    text = hidden @ rng.standard_normal((4, 8))
    image = np.hstack([np.abs(hidden), hidden[:, :1]])
    text, image = (x + 0.05 * rng.standard_normal(x.shape) for x in (text, image))
    return text.astype(np.float32), image.astype(np.float32)


def lesson(config: AlignConfig = CONFIG, **given: object) -> Lesson:
    return Lesson.of(*bent_world(), config, derive(1, "lesson"), **given)  # type: ignore[arg-type]


def learnt(config: AlignConfig, taught: Lesson) -> tuple[float, float]:
    """Valid reciprocal ranks of the closed form and of what descent made of it."""
    start = closed_forms(taught, config, shared=False)[0]
    heads, trajectory = contrasted(taught, start.heads, config, derive(1, "descent"), SILENT)
    views = (heads[name](getattr(taught, name)[taught.valid]) for name in ("text", "image"))
    told = judged(*views)["mrr"]
    best = max(epoch.metric for epoch in trajectory.epochs if not np.isnan(epoch.metric))
    # The numpy head is what the module was.
    assert abs(told - best) < 1e-3
    return start.worth, told


def test_descent_finds_what_no_linear_map_does() -> None:
    closed, contrast = learnt(CONFIG, lesson())
    assert contrast > closed + 0.05


def test_shuffled_pairs_teach_descent_nothing() -> None:
    taught = lesson()
    image = taught.image.copy()
    image[taught.pairs] = derive(1, "shuffle").permutation(image[taught.pairs])
    spoilt = Lesson(taught.text, image, taught.pairs, taught.valid, taught.own)
    assert learnt(CONFIG, spoilt)[1] < learnt(CONFIG, taught)[1] / 2


def test_hard_negatives_regions_and_a_pull_learn_too() -> None:
    text, image = bent_world()
    regions = np.stack([image, np.full_like(image, np.nan)], axis=1)
    texts = np.stack([np.arange(500), np.full(500, -1)], axis=1)
    taught = lesson(regions=regions, words=Words(text, texts))
    for change in ({"hard": 3}, {"fine": 0.5}, {"pull": 1e-3}, {"hidden": 0}):
        closed, contrast = learnt(CONFIG.model_copy(update=change), taught)
        assert contrast > closed, change


def test_style_brings_one_label_together() -> None:
    # A root that eight kinds of goods share, faint beside everything else there is to see.
    rng = derive(6, "roots")
    labels = rng.integers(0, 8, 500)
    faint = [0.5 * np.eye(8)[labels] + 0.2 * rng.standard_normal((500, 8)) for _ in range(2)]
    text, image = (
        np.hstack(views).astype(np.float32) for views in zip(bent_world(), faint, strict=True)
    )
    told = np.where(np.arange(500) % 3, labels, -1)
    config = CONFIG.model_copy(update={"rate": 5e-3, "epochs": 40, "patience": 40})
    taught = Lesson.of(text, image, config, derive(1, "lesson"), labels=told)
    start = closed_forms(taught, config, shared=False)[0]

    def agreed(style: float) -> float:
        own = config.model_copy(update={"style": style})
        heads = contrasted(taught, start.heads, own, derive(1, "d"), SILENT)[0]
        words, pictures = (heads[name](getattr(taught, name)) for name in ("text", "image"))
        return agreement(words[taught.valid], pictures[taught.valid], labels[taught.valid])

    assert agreed(1.0) > agreed(0.0) + 0.05


def test_items_without_a_partner_are_pulled_by_their_label() -> None:
    text, image = bent_world()
    text[:100], image[100:200] = np.nan, np.nan
    config = CONFIG.model_copy(update={"style": 1.0, "epochs": 2})

    def matrix(labels: np.ndarray) -> np.ndarray:
        taught = Lesson.of(text, image, config, derive(1, "lesson"), labels=labels)
        start = closed_forms(taught, config, shared=False)[0]
        return contrasted(taught, start.heads, config, derive(1, "d"), SILENT)[0]["text"].matrix

    everything = np.arange(500) % 3
    partners = np.where(np.arange(500) < 200, -1, everything)
    assert np.isfinite(matrix(everything)).all()
    assert not np.allclose(matrix(everything), matrix(partners))


def test_the_softmax_of_pairs_by_hand() -> None:
    assert abs(_softmax(torch.zeros(4, 4)).item() - np.log(4)) < 1e-6
    hard = torch.tensor([[0.0, 0.0], [0.0, -torch.inf]])
    found = _softmax(torch.zeros(2, 2), hard).item()
    assert abs(found - (np.log(4) + np.log(3)) / 2) < 1e-6


def test_rows_without_a_likeness_do_not_count() -> None:
    same = torch.tensor([[True, True], [False, False]])
    assert abs(_supervised(torch.zeros(2, 2), same).item() - np.log(2)) < 1e-6
    assert _supervised(torch.zeros(2, 2), torch.zeros(2, 2, dtype=torch.bool)).item() == 0
