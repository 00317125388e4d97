"""Pretraining at the front door: from a catalogue with pictures to what models learn from."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from zhiyin.app import create_shop, open_shop
from zhiyin.app.doctor import examine
from zhiyin.app.understanding import KEPT, REPORT
from zhiyin.core import BadRequest, BadSettings, Item

RED, BLUE = (200, 30, 40), (30, 40, 200)
GOODS = [
    Item("scarf-1", "Silk scarf", "Soft silk for the neck.", images=("scarf-1.png",)),
    Item("scarf-2", "Woollen scarf", "Warm wool for the neck.", images=("scarf-2.png",)),
    Item("scarf-3", "丝绸围巾", "柔软的丝绸。", images=("scarf-3.png",)),
    Item("pot-1", "Teapot", "A clay pot to brew tea in.", images=("pot-1.png",)),
    Item("pot-2", "Teapot with a lid", "A porcelain pot for green tea.", images=("gone.png",)),
    Item("pot-3", "紫砂茶壶", "泡茶用的壶。"),
]


@pytest.fixture
def shop_folder(folder: Path) -> Path:
    """A shop of six goods: three scarves in stripes, three pots of which one has a picture."""
    for number, item in enumerate(GOODS):
        if item.images and item.images[0] != "gone.png":
            picture = Image.new("RGB", (64, 64), RED if number % 2 else BLUE)
            picture.paste((255, 255, 255), (0, 16 * (number % 3), 64, 16 * (number % 3) + 8))
            picture.save(folder / "images" / item.images[0])
    with open_shop(folder) as shop:
        shop.add_items(GOODS)
    return folder


def test_the_goods_come_to_learning_with_features_and_neighbours(shop_folder: Path) -> None:
    with open_shop(shop_folder) as shop:
        before, _ = shop.dataset()
        assert (before.features, before.graphs) == ({}, {})
        report = shop.pretrain()
        assert (report.items, report.broken) == (6, 1)
        assert shop.artifacts.live_id("goods") == report.artifact
        data, _ = shop.dataset()
    assert {*data.features} == {*data.graphs} == {"text", "image"}
    names = [*data.items.names]
    has_picture = np.isfinite(data.features["image"]).all(axis=1)
    assert {name for name, has in zip(names, has_picture, strict=True) if not has} == {
        "pot-2",
        "pot-3",
    }
    text = data.graphs["text"].toarray()
    kinds = np.array([name[:3] for name in names])
    alike = kinds[:, None] == kinds[None, :]
    np.fill_diagonal(alike, False)
    assert text[alike].mean() > text[~alike].mean() + 0.1  # across languages too
    assert data.data_hash != before.data_hash


def test_what_could_not_be_described_is_written_down(shop_folder: Path) -> None:
    with open_shop(shop_folder) as shop:
        report = shop.pretrain()
    assert report.lines == shop_folder / REPORT
    (line,) = (shop_folder / REPORT).read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["item"], told["modality"], told["code"]) == ("pot-2", "image", "absent_picture")


def test_a_second_run_encodes_only_what_is_new(shop_folder: Path) -> None:
    with open_shop(shop_folder) as shop:
        shop.pretrain()
        shop.add_items([replace(GOODS[3], title="Iron kettle")])
        tally = shop.pretrain().tallies["text"]
        assert tally.contents - tally.kept == 2  # its title, and its facts
    assert (shop_folder / "artifacts" / KEPT).is_file()


def test_an_item_newer_than_the_artifact_is_known_to_be_unknown(shop_folder: Path) -> None:
    with open_shop(shop_folder) as shop:
        shop.pretrain()
        shop.add_items([Item("a-new-one", "New")])
        shop.store.catalogue.delete(["pot-1"])
        data, _ = shop.dataset()
    new = data.items.names.index("a-new-one")
    assert "pot-1" not in data.items.names
    assert np.isnan(data.features["text"][new]).all()
    assert data.graphs["text"][[new]].nnz == 0
    scarves = [data.items.names.index(f"scarf-{n}") for n in (1, 2)]
    assert data.graphs["text"].toarray()[tuple(scarves)] > 0.3


def said(shop_folder: Path) -> dict[str, tuple[str, str]]:
    return {each.what: (each.mark, each.en) for each in examine(shop_folder)}


def test_the_doctor_tells_encoders_and_how_fresh_what_is_known_is(shop_folder: Path) -> None:
    assert said(shop_folder)["encoders"][0] == "ok"
    assert "zhiyin pretrain" in said(shop_folder)["goods"][1]
    with open_shop(shop_folder) as shop:
        shop.pretrain()
    assert said(shop_folder)["goods"][0] == "ok"
    with open_shop(shop_folder) as shop:
        shop.add_items([Item("new")])
    assert said(shop_folder)["goods"][0] == "note"
    assert said(shop_folder)["goods"][1].startswith("1 goods changed")


@pytest.mark.parametrize("damage", [b"", None])
def test_damaged_knowledge_is_told_and_learning_goes_on_without(
    shop_folder: Path, damage: bytes | None
) -> None:
    with open_shop(shop_folder) as shop:
        report = shop.pretrain()
        file = shop_folder / "artifacts" / report.artifact / "text.npy"
        file.unlink()
        if damage is not None:
            file.write_bytes(damage)
        assert shop.dataset()[0].features == {}
        assert "damaged" in said(shop_folder)["goods"][1]
        assert shop.pretrain().artifact != report.artifact
        assert {*shop.dataset()[0].features} == {"text", "image"}


def settings(folder: Path, **encoders: str) -> None:
    lines = [f'{modality} = "{name}"' for modality, name in encoders.items()]
    with (folder / "zhiyin.toml").open("a") as file:
        file.write("[encoders]\n" + "\n".join(lines) + "\n")


def test_an_encoder_can_be_switched_off(shop_folder: Path) -> None:
    settings(shop_folder, image="none")
    with open_shop(shop_folder) as shop:
        assert {*shop.pretrain().tallies} == {"text"}
        assert {*shop.dataset()[0].features} == {"text"}


def test_with_all_encoders_off_there_is_nothing_to_do_and_nothing_to_say(
    shop_folder: Path,
) -> None:
    settings(shop_folder, image="none", text="none")
    with open_shop(shop_folder) as shop, pytest.raises(BadRequest, match="no encoder"):
        shop.pretrain()
    assert "goods" not in said(shop_folder)


def test_an_encoder_that_is_not_there_is_named(shop_folder: Path) -> None:
    settings(shop_folder, text="telepathy")
    with open_shop(shop_folder) as shop, pytest.raises(BadSettings, match="telepathy"):
        shop.pretrain()
    assert said(shop_folder)["encoders"][0] == "bad"
    assert not (shop_folder / "artifacts").exists()


def test_another_encoder_starts_over_and_the_artifact_says_which(shop_folder: Path) -> None:
    with open_shop(shop_folder) as shop:
        first = shop.pretrain()
    settings(shop_folder, image="palette")
    with open_shop(shop_folder) as shop:
        assert "another encoder" in shop_told(shop_folder)
        second = shop.pretrain()
        assert second.tallies["image"].kept == 0
        assert second.tallies["text"].kept == second.tallies["text"].contents
        config: Any = shop.artifacts.open(second.artifact).manifest.config
        assert config["encoders"]["image"] == second.tallies["image"].encoder
    assert first.tallies["image"].encoder != second.tallies["image"].encoder


def shop_told(shop_folder: Path) -> str:
    return said(shop_folder)["goods"][1]


def test_promoting_and_rolling_back_what_is_known_leaves_recommending_alone(
    shop_folder: Path,
) -> None:
    with open_shop(shop_folder) as shop:
        first, second = shop.pretrain().artifact, shop.pretrain().artifact
        assert shop.rollback("goods") == first
        shop.promote(second)
        assert shop.artifacts.live_id("goods") == second
        assert shop.live() is None


def test_what_is_learnt_from_the_goods_names_them_as_its_parents(tmp_path: Path) -> None:
    create_shop(tmp_path / "shop", store="memory://")
    with open_shop(tmp_path / "shop") as shop:
        shop.add_items([Item(f"i{n}", f"{'scarf' if n % 2 else 'teapot'} {n}") for n in range(24)])
        rows = [
            {
                "shopper": f"s{person}",
                "item": f"i{(person % 2) + 2 * (step // 2)}",
                "kind": "view",
                "time": 1_770_000_000 + step * 86_400 + person * 977,
            }
            for person in range(30)
            for step in range(24)
        ]
        shop.ingest(rows, into="events")
        unknown = shop.fit()
        assert ["zhiyin pretrain" in told.en for told in unknown.told] == [True]
        known = shop.pretrain()
        fitted = shop.fit()
        assert fitted.told == ()
        assert {row.name for row in fitted.rows} - {row.name for row in unknown.rows}
        assert fitted.artifact is not None
        lineage = shop.artifacts.lineage(fitted.artifact)
        assert [each.id for each in lineage] == [fitted.artifact, known.artifact]
