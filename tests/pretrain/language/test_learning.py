"""learn_language: from a catalogue to an artifact that serves; what is missing is said."""

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft", reason="no peft: pip install 'zhiyin[language]'")

from zhiyin.core import ArtifactStore, BadRequest, Item, Store, Unavailable
from zhiyin.data.stores import open_store
from zhiyin.encoders import open_encoder
from zhiyin.pretrain.language import LanguageConfig, learn_language
from zhiyin.pretrain.language.texts import Lesson, gathered


@pytest.fixture
def catalogue(toy: list[Item]) -> Store:
    store = open_store("memory://", "language")
    store.catalogue.upsert(toy)
    return store


@pytest.mark.slow
def test_the_artifact_serves_and_tells_what_was_measured(
    catalogue: Store, small: LanguageConfig, tmp_path: Path
) -> None:
    artifacts = ArtifactStore(tmp_path)
    report = learn_language(catalogue.catalogue, artifacts, config=small, seed=5)
    found = artifacts.open(report.artifact)
    encoder = open_encoder(f"shop:{found.path}", "text")
    assert encoder.name == report.encoder
    assert found.manifest.metrics["guessed"] == round(report.guessed, 4) > 0.4
    assert found.manifest.config["method"] == "full"
    assert report.learnt == report.weights
    assert json.loads(json.dumps(report.record()))["texts"] == 6 * 5 * 4 * 3
    assert not (tmp_path / ".language").exists()  # checkpoints of a run that ended


@pytest.mark.slow
def test_what_was_learnt_is_itself_a_checkpoint(
    catalogue: Store, small: LanguageConfig, tmp_path: Path
) -> None:
    artifacts = ArtifactStore(tmp_path)
    first = learn_language(catalogue.catalogue, artifacts, config=small, seed=5)
    place = str(tmp_path / first.artifact / "checkpoint")
    few = small.model_copy(update={"epochs": 1, "pair_epochs": 1})
    second = learn_language(
        catalogue.catalogue, artifacts, config=few, checkpoint=place, method="lora", seed=5
    )
    assert second.found[0] == pytest.approx(first.found[1], abs=0.1)
    assert second.learnt < second.weights / 10
    assert (tmp_path / second.artifact / "learnt.safetensors").is_file()


def test_without_a_checkpoint_there_is_nothing_to_adapt(catalogue: Store, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="lora adapts a checkpoint"):
        learn_language(catalogue.catalogue, ArtifactStore(tmp_path), method="lora")


def test_too_few_texts_teach_nothing(tmp_path: Path) -> None:
    store = open_store("memory://", "few")
    store.catalogue.upsert([Item("a", "red cup"), Item("b"), Item("c", "red cup")])
    with pytest.raises(BadRequest, match="the goods say 1 different texts"):
        learn_language(store.catalogue, ArtifactStore(tmp_path))


@pytest.mark.parametrize("content", [None, "{", '{"model_type": "bert"}'])
def test_a_checkpoint_that_is_not_one_is_unavailable(
    catalogue: Store, tmp_path: Path, content: str | None
) -> None:
    place = tmp_path / "nothing"
    if content is not None:
        place.mkdir()
        (place / "config.json").write_text(content)
    with pytest.raises(Unavailable, match="give the path of a folder") as refused:
        learn_language(catalogue.catalogue, ArtifactStore(tmp_path / "a"), checkpoint=str(place))
    assert "检查点" in refused.value.text("zh")
    assert ArtifactStore(tmp_path / "a").manifests() == []


def test_a_missing_extra_is_one_sentence_with_the_command(
    catalogue: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("zhiyin.pretrain.language.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(
        Unavailable, match=r"peft is not installed.*pip install 'zhiyin\[language\]"
    ):
        learn_language(catalogue.catalogue, ArtifactStore(tmp_path))


def test_items_of_one_title_are_all_held_or_none(toy: list[Item]) -> None:
    lesson = Lesson.of(([item.title, f"{item.id} more"] for item in [*toy, *toy]), 0.3)
    sides = {own[0]: mark for own, mark in zip(lesson.items, lesson.held, strict=True)}
    assert all(sides[own[0]] == mark for own, mark in zip(lesson.items, lesson.held, strict=True))
    assert 0.15 < sum(lesson.held) / len(lesson.held) < 0.45
    assert not {*lesson.taught} & {*lesson.judging}


def test_of_a_large_catalogue_a_share_is_read_and_deleted_items_are_not(catalogue: Store) -> None:
    catalogue.catalogue.delete(["i000", "i001"])
    every = gathered(catalogue.catalogue, 1_000, 0.1)
    some = gathered(catalogue.catalogue, 60, 0.1)
    assert len(every.items) == 118
    assert 30 < len(some.items) < 90
    assert {*some.texts} < {*every.texts}
    assert some.key == gathered(catalogue.catalogue, 60, 0.1).key != every.key


@pytest.mark.slow
def test_hostile_texts_teach_without_a_stumble(
    small: LanguageConfig, tmp_path: Path, toy: list[Item]
) -> None:
    wicked = ("\x00", "[MASK] [SEP]", "\u200b", "Z" + "\u0351" * 300, "😀👗", "x" * 1_900)
    items = [Item(f"w{n}", text, description=text * 2) for n, text in enumerate(wicked * 3)]
    store = open_store("memory://", "wicked")
    store.catalogue.upsert([*toy[:60], *items])
    few = small.model_copy(update={"epochs": 2, "pair_epochs": 2})
    report = learn_language(store.catalogue, ArtifactStore(tmp_path), config=few, seed=1)
    assert report.surprise[1] < report.surprise[0]
