"""Artifacts: whole or not at all, damage found by name, pointers that move both ways."""

import json
from pathlib import Path

import pytest

from zhiyin.core import ArtifactStore, Damaged, NotFound


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def write(store: ArtifactStore, text: str = "hello", **about: object) -> str:
    with store.writing("recommender", "posttrain", **about) as draft:  # type: ignore[arg-type]
        (draft.path / "deep").mkdir()
        (draft.path / "deep" / "words.txt").write_text(text)
        draft.metrics["ndcg@10"] = 0.5
    return draft.id


def test_what_is_written_is_read_with_its_manifest(store: ArtifactStore) -> None:
    artifact = store.open(write(store, config={"k": 3}, cut=9, seed=4, data_hash="abc"))
    assert (artifact.path / "deep" / "words.txt").read_text() == "hello"
    manifest = artifact.manifest
    assert (manifest.config, manifest.cut, manifest.seed) == ({"k": 3}, 9, 4)
    assert manifest.metrics == {"ndcg@10": 0.5}
    assert list(manifest.files) == ["deep/words.txt"]


def test_a_failed_write_leaves_nothing(store: ArtifactStore) -> None:
    with (
        pytest.raises(RuntimeError),
        store.writing("recommender", "posttrain") as draft,
    ):
        (draft.path / "half").write_text("x")
        raise RuntimeError
    assert store.manifests() == []
    assert list(store.root.iterdir()) == []


def test_an_unfinished_folder_of_a_killed_process_is_not_an_artifact(store: ArtifactStore) -> None:
    write(store)
    (store.root / ".recommender-x.part").mkdir()
    assert len(store.manifests()) == 1


@pytest.mark.parametrize("harm", ["bytes", "size", "gone", "strange", "manifest"])
def test_a_damaged_artifact_is_refused_by_name(store: ArtifactStore, harm: str) -> None:
    name = write(store)
    file = store.root / name / "deep" / "words.txt"
    match harm:
        case "bytes":
            file.write_text("hellO")
        case "size":
            file.write_text("hello!")
        case "gone":
            file.unlink()
        case "strange":
            file.with_name("other.txt").write_text("")
        case "manifest":
            (store.root / name / "manifest.json").write_text("{")
    with pytest.raises(Damaged, match=name):
        store.open(name)


@pytest.mark.parametrize(("content", "seen"), [("hellO", False), ("hello!", True)])
def test_a_large_artifact_may_be_opened_by_sizes_alone(
    store: ArtifactStore, content: str, seen: bool
) -> None:
    name = write(store)
    (store.root / name / "deep" / "words.txt").write_text(content)
    if not seen:
        assert store.open(name, every_byte=False).id == name
        return
    with pytest.raises(Damaged, match=name):
        store.open(name, every_byte=False)


def test_a_damaged_artifact_cannot_be_promoted(store: ArtifactStore) -> None:
    name = write(store)
    (store.root / name / "deep" / "words.txt").write_text("hellO")
    with pytest.raises(Damaged):
        store.promote("recommend", name)
    assert store.live("recommend") is None


def test_promote_and_rollback_move_one_pointer(store: ArtifactStore) -> None:
    first, second = write(store, "1"), write(store, "2")
    store.promote("recommend", first)
    store.promote("recommend", second)
    store.promote("recommend", second)  # again: nothing more to undo
    assert store.live_id("recommend") == second
    assert store.rollback("recommend") == first
    with pytest.raises(NotFound, match="promote"):
        store.rollback("recommend")
    assert store.live_id("recommend") == first


def test_lineage_walks_over_parents(store: ArtifactStore) -> None:
    first = write(store)
    second = write(store, parents=(first,))
    third = write(store, parents=(second, first))
    assert [m.id for m in store.lineage(third)] == [third, second, first]


@pytest.mark.parametrize("name", ["../x", "nothing", ".hidden", "a/b", ""])
def test_a_name_that_is_no_artifact_is_not_found(store: ArtifactStore, name: str) -> None:
    write(store)
    with pytest.raises(NotFound):
        store.open(name)


def test_a_pointer_file_that_is_not_json_is_damaged(store: ArtifactStore) -> None:
    store.promote("recommend", write(store))
    (store.root / "live.json").write_text("{")
    with pytest.raises(Damaged, match=r"live\.json"):
        store.live_id("recommend")


def test_pointers_are_readable_by_people(store: ArtifactStore) -> None:
    name = write(store)
    store.promote("recommend", name)
    assert json.loads((store.root / "live.json").read_text())["recommend"]["now"] == name


def test_one_broken_manifest_does_not_hide_the_others(store: ArtifactStore) -> None:
    broken, sound = write(store), write(store)
    (store.root / broken / "manifest.json").write_text("{")
    assert [m.id for m in store.manifests()] == [sound]
