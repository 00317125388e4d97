"""Pretraining from end to end: an artifact that tells the goods apart, and does so again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import ArtifactStore, BadRequest, Damaged, Store
from zhiyin.encoders import Kept
from zhiyin.pretrain import PretrainConfig, PretrainReport, Understanding, pretrain, sources
from zhiyin.pretrain.align import AlignConfig

CONFIG = PretrainConfig(width=16, neighbours=5, align=AlignConfig(contrast=False))


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def run(
    store: Store, images: Path, artifacts: ArtifactStore, *encoders: Any, **more: Any
) -> tuple[PretrainReport, Understanding]:
    report = pretrain(
        store.catalogue, sources(encoders, images), artifacts, config=CONFIG, seed=3, **more
    )
    return report, Understanding(artifacts.open(report.artifact).path, report.artifact)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "manifest.json"
    }


def test_neighbours_are_goods_of_the_same_kind_and_colour(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, good: Any
) -> None:
    report, known = run(store, images, artifacts, words(), words("image"), aligned=False)
    assert (report.items, report.broken) == (40, 0)
    assert known.modalities == ("image", "text")
    for modality in known.modalities:
        graph = known.graph(modality)
        assert graph.shape == (40, 40)
        assert np.diff(graph.indptr).max() <= 5
        rows, columns = graph.nonzero()
        alike = [
            bool({*good(a).title.split()} & {*good(b).title.split()})
            for a, b in zip(rows, columns, strict=True)
        ]
        assert np.mean(alike) > 0.95  # by chance 0.4


def test_a_query_finds_goods_through_the_same_whitening(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, good: Any
) -> None:
    _, known = run(store, images, artifacts, words(), aligned=False)
    query = known.project("text", words().encode(["blue vase"]).vectors)
    best = np.argsort(-(known.vectors("text").astype(np.float32) @ query[0]))[:2]
    assert {good(int(known.ids[row][1:])).title[:9] for row in best} == {"blue vase"}


def test_the_same_goods_give_the_same_bytes(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any
) -> None:
    one, two = (run(store, images, artifacts, words(), words("image"))[1] for _ in range(2))
    folders = [artifacts.root / each.version for each in (one, two)]
    assert contents(folders[0]) == contents(folders[1])


def test_only_what_changed_is_encoded_and_the_rest_is_as_in_a_first_run(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, good: Any, tmp_path: Path
) -> None:
    encoder = words()
    with Kept(encoder, tmp_path / "kept.db") as kept:
        run(store, images, artifacts, kept, aligned=False)
        encoder.asked.clear()
        store.catalogue.upsert([replace(good(7), title="golden bell")])
        store.catalogue.delete(["i08"])
        later, known = run(store, images, artifacts, kept, aligned=False)
    assert {*encoder.asked} == {"golden bell\ntea", "golden bell"}
    assert later.tallies["text"].contents - later.tallies["text"].kept == 2
    first, fresh = run(store, images, artifacts, words(), aligned=False)
    assert (later.items, first.items) == (39, 39)
    assert contents(artifacts.root / known.version) == contents(artifacts.root / fresh.version)


def test_words_and_pictures_come_into_one_space(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, good: Any
) -> None:
    store.catalogue.upsert([good(number) for number in range(40, 400)])
    for number in range(40, 400):
        (images / f"{number}.jpg").write_bytes((images / f"{number % 20}.jpg").read_bytes())
    report, known = run(store, images, artifacts, words(), words("image"))
    assert report.alignment is not None
    assert known.alignment is not None
    text, image = (known.joint(m).astype(np.float32) for m in ("text", "image"))  # type: ignore[union-attr]
    best = (text @ image.T).argmax(axis=1)
    told = [good(int(id[1:])).title.split()[:2] for id in known.ids]
    same = [told[a] == told[int(b)] for a, b in enumerate(best)]
    assert np.mean(same) > 0.9  # by chance 0.05


def test_too_few_pairs_leave_the_spaces_apart_and_say_so(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any
) -> None:
    report, known = run(store, images, artifacts, words(), words("image"))
    assert known.alignment is None
    assert known.joint("text") is None
    assert report.unaligned is not None
    assert "aligning needs" in str(report.unaligned)
    assert json.loads(json.dumps(report.record()))["alignment"] is None


def test_items_without_content_have_rows_of_nan_and_no_neighbours(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, good: Any
) -> None:
    (images / "3.jpg").unlink()
    store.catalogue.upsert([replace(good(5), images=())])
    told: list[Any] = []
    report, known = run(
        store, images, artifacts, words(), words("image"), aligned=False, tell=told.append
    )
    assert [each.item for each in told] == ["i03"]
    assert (report.tallies["image"].empty, report.tallies["image"].broken.total()) == (1, 1)
    for row in (3, 5):
        assert np.isnan(known.vectors("image")[row]).all()
        assert np.isfinite(known.vectors("text")[row]).all()
        assert known.graph("image")[[row]].nnz == 0
        assert known.graph("image")[:, [row]].nnz == 0


def test_a_modality_of_which_nobody_has_anything_is_left_out_and_named(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, good: Any
) -> None:
    store.catalogue.upsert([replace(good(number), images=()) for number in range(40)])
    report, known = run(store, images, artifacts, words(), words("image"))
    assert report.tallies["image"].empty == 40
    assert (known.modalities, {*known.facts.silent}) == (("text",), {"image"})
    assert known.alignment is None


def test_without_goods_or_encoders_there_is_nothing_to_do(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any
) -> None:
    with pytest.raises(BadRequest, match="no encoder"):
        pretrain(store.catalogue, {}, artifacts)
    store.catalogue.delete([f"i{number:02}" for number in range(40)])
    with pytest.raises(BadRequest, match="no goods"):
        run(store, images, artifacts, words())
    assert artifacts.manifests() == []


def test_whoever_interrupts_finds_no_artifact_and_goes_on_from_there(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, tmp_path: Path
) -> None:
    class Interrupted(words):
        left = 2

        def encode(self, contents: Any) -> Any:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return super().encode(contents)

    with (
        Kept(Interrupted(), tmp_path / "kept.db") as kept,
        pytest.raises(KeyboardInterrupt),
    ):
        run(store, images, artifacts, kept)
    assert [*artifacts.root.iterdir()] == []
    encoder = words()
    with Kept(encoder, tmp_path / "kept.db") as kept:
        report, _ = run(store, images, artifacts, kept)
    assert report.tallies["text"].kept == 64  # two groups of sixteen, two texts each
    assert report.items == 40


@pytest.mark.parametrize("name", ["understanding.json", "items.json", "text.npy", "text.turn.npy"])
@pytest.mark.parametrize("bytes_", [b"", b"{}", b"\x93NUMPY garbage", None])
def test_a_file_that_is_not_what_was_written_is_told(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, name: str, bytes_: Any
) -> None:
    _, known = run(store, images, artifacts, words(), aligned=False)
    file = artifacts.root / known.version / name
    file.unlink()
    if bytes_ is not None:
        file.write_bytes(bytes_)
    with pytest.raises(Damaged, match="zhiyin pretrain"):
        Understanding(file.parent, "x")


@pytest.mark.parametrize("part", ["starts", "near", "cosines"])
def test_a_graph_that_leads_out_of_the_goods_is_told(
    store: Store, images: Path, artifacts: ArtifactStore, words: Any, part: str
) -> None:
    _, known = run(store, images, artifacts, words(), aligned=False)
    file = artifacts.root / known.version / f"text.{part}.npy"
    array = np.load(file)
    np.save(file, array[:-1] if part == "cosines" else array + 1_000)
    with pytest.raises(Damaged):
        known.graph("text")
