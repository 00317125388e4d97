"""What is new or changed is described alone, as a run over everything would have done it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import ArtifactStore, Store
from zhiyin.pretrain import Newcomers, PretrainConfig, Understanding, pretrain, refresh, sources
from zhiyin.pretrain.align import AlignConfig


@pytest.fixture
def known(store: Store, images: Path, tmp_path: Path, words: Any, good: Any) -> Understanding:
    """Four hundred goods, understood: enough to whiten and to align."""
    for number in range(40, 400):
        (images / f"{number}.jpg").write_bytes((images / f"{number % 20}.jpg").read_bytes())
    store.catalogue.upsert([good(number) for number in range(40, 400)])
    artifacts = ArtifactStore(tmp_path / "artifacts")
    encoders = [words(), words("image")]
    config = PretrainConfig(align=AlignConfig(contrast=False))
    report = pretrain(store.catalogue, sources(encoders, images), artifacts, config=config)
    return Understanding(artifacts.open(report.artifact).path, report.artifact)


def test_an_item_described_alone_has_the_vectors_it_has_in_the_artifact(
    known: Understanding, images: Path, words: Any, good: Any
) -> None:
    newcomers = Newcomers(known, sources([words(), words("image")], images))
    found = newcomers.describe([good(7), good(123)])
    rows = [known.ids.index(id) for id in found.ids]
    for modality in ("text", "image"):
        assert np.allclose(found.vectors[modality], known.vectors(modality)[rows], atol=2e-3)
        joint = known.joint(modality)
        assert joint is not None
        assert np.allclose(found.joint[modality], joint[rows], atol=2e-3)


def test_only_what_changed_since_is_asked_for(
    known: Understanding, store: Store, images: Path, words: Any, good: Any
) -> None:
    encoder = words()
    by = sources([encoder], images)
    assert [*refresh(known, store.catalogue, by)] == []
    store.catalogue.upsert([replace(good(7), title="golden bell")])
    store.catalogue.delete(["i09"])
    (found,) = refresh(known, store.catalogue, by)
    assert (found.ids, found.gone, found.upto) == (("i07",), ("i09",), 402)
    assert {*encoder.asked} == {"golden bell\ntea", "golden bell"}
    assert found.vectors["text"].shape == (1, known.vectors("text").shape[1])
    assert [*refresh(known, store.catalogue, by, since=found.upto)] == []


def test_another_encoders_vectors_are_left_out(
    known: Understanding, images: Path, words: Any, good: Any
) -> None:
    newcomers = Newcomers(known, sources([words(name="words-2"), words("image")], images))
    assert {*newcomers.describe([good(1)]).vectors} == {"image"}


def test_what_cannot_be_described_is_told_and_has_a_row_of_nan(
    known: Understanding, images: Path, words: Any, good: Any
) -> None:
    told: list[Any] = []
    newcomers = Newcomers(known, sources([words("image")], images))
    found = newcomers.describe([replace(good(1), images=("none.jpg",)), good(2)], told.append)
    assert [each.item for each in told] == ["i01"]
    assert np.isnan(found.vectors["image"][0]).all()
    assert np.isfinite(found.vectors["image"][1]).all()
