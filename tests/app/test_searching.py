"""Search at the front door: its artifact, what is live, and whatever is missing."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhiyin.app import Shop, create_shop, make_demo, open_shop, searching
from zhiyin.core import BadRequest, Found, Item, Text, Unavailable

GOODS = [
    Item(
        id="scarf",
        title="红色真丝方巾",
        category=("丝巾",),
        price=Decimal(120),
        images=("scarf.jpg",),
        texts={"en": Text("Red silk scarf")},
    ),
    Item(id="cup", title="青花瓷茶杯", category=("茶器",), price=Decimal(80)),
    Item(id="lamp", title="纸灯笼", category=("灯饰",), price=Decimal(200)),
]


def trace(found: Found) -> str:
    return "\n".join(told.en for told in found.slate.trace)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of three goods that was pretrained with its words alone; to be read only."""
    place = tmp_path_factory.mktemp("described") / "shop"
    create_shop(place, encoders={"text": "use", "image": "none"}, search={"patience_seconds": 20})
    with open_shop(place) as shop:
        shop.add_items(GOODS)
        shop.pretrain()
    return place


@pytest.fixture
def shop(described: Path, tmp_path: Path) -> Iterator[Shop]:
    place = Path(shutil.copytree(described, tmp_path / "shop"))
    with open_shop(place) as opened:
        yield opened


def test_pretraining_builds_the_search_artifact_with_its_parent(shop: Shop) -> None:
    live = shop.artifacts.live("search")
    assert live is not None
    assert live.manifest.parents == (shop.artifacts.live_id("goods"),)
    assert live.manifest.metrics == {"items": 3.0}


def test_words_meaning_and_the_artifact_answer(shop: Shop) -> None:
    found = shop.search("red scarf")
    assert found.slate.items[0] == "scarf"
    assert {reason.kind for reason in found.slate.reasons[0]} >= {"words", "meaning"}
    assert found.slate.artifacts == (shop.artifacts.live_id("search"),)


def test_a_meaning_in_another_language_is_found_without_any_word(shop: Shop) -> None:
    found = shop.search("porcelain for drinking tea")
    assert found.slate.items[0] == "cup"
    assert found.relaxed


def test_changes_after_the_artifact_are_found_by_words_and_by_meaning(shop: Shop) -> None:
    shop.add_items([Item(id="bag", title="刺绣手提包", price=Decimal(300))])
    shop.store.catalogue.delete(["lamp"])
    assert shop.search("刺绣手提包").slate.items[0] == "bag"
    assert shop.search("an embroidered handbag").slate.items[0] == "bag"
    assert "lamp" not in shop.search(k=10).slate.items
    with open_shop(shop.folder) as again:  # another process, which opens the old artifact
        assert again.search("刺绣手提包").slate.items[0] == "bag"
        assert again.search("an embroidered handbag").slate.items[0] == "bag"


def test_without_an_artifact_a_small_shop_is_read_into_memory(tmp_path: Path) -> None:
    create_shop(tmp_path / "shop")
    with open_shop(tmp_path / "shop") as shop:
        assert shop.search("方巾").slate.items == ()
        shop.add_items(GOODS)
        found = shop.search("方巾")
        assert found.slate.items[0] == "scarf"
        assert "zhiyin pretrain makes them" in trace(found)


def test_a_large_shop_without_an_artifact_is_told_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SMALL", 2)
    create_shop(tmp_path / "shop")
    with open_shop(tmp_path / "shop") as shop:
        shop.add_items(GOODS)
        with pytest.raises(Unavailable, match="3 goods are not indexed yet; run: zhiyin pretrain"):
            shop.search("方巾")


@pytest.mark.parametrize("file", ["search.json", "words", "shelf/shelf.json", "meaning"])
def test_a_damaged_artifact_is_told_and_search_goes_on(shop: Shop, file: str) -> None:
    live = shop.artifacts.live("search")
    assert live is not None
    path = live.path / file
    path = next(path.iterdir()) if path.is_dir() else path
    path.write_bytes(path.read_bytes()[:-1])
    found = shop.search("方巾")
    assert found.slate.items[0] == "scarf"
    assert f"artifact {live.id} is damaged" in trace(found)


def test_a_new_artifact_is_searched_without_opening_the_shop_again(shop: Shop) -> None:
    first = shop.search("方巾").slate.artifacts
    with open_shop(shop.folder) as other:
        other.pretrain()
    second = shop.search("方巾").slate.artifacts
    assert first != second == (shop.artifacts.live_id("search"),)


def test_an_encoder_that_did_not_make_the_vectors_is_not_asked(shop: Shop) -> None:
    text = (shop.folder / "zhiyin.toml").read_text(encoding="utf-8")
    (shop.folder / "zhiyin.toml").write_text(
        text.replace('"text" = "use"', '"text" = "none"'), encoding="utf-8"
    )
    with open_shop(shop.folder) as other:
        found = other.search("方巾")
    assert found.slate.items[0] == "scarf"
    assert "meaning: left out, the text encoder is not there" in trace(found)


# -- synonyms ---------------------------------------------------------------------------


def test_synonyms_of_the_shop_are_read_and_read_again_when_they_change(shop: Shop) -> None:
    import os

    def found(query: str) -> Any:
        reasons = shop.search(query, k=1).slate.reasons[0]
        return next((r.weight for r in reasons if r.kind == "words"), 0.0)

    assert found("grmbl") == 0.0
    file = shop.folder / "synonyms.txt"
    file.write_text("grmbl, 方巾\n", encoding="utf-8")
    assert found("grmbl") > 0
    file.write_text("grmbl, 茶杯\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert shop.search("grmbl", k=1).slate.items == ("cup",)


def test_synonyms_that_cannot_be_read_are_told_and_search_goes_on(shop: Shop) -> None:
    (shop.folder / "synonyms.txt").write_text("=> 方巾\n", encoding="utf-8")
    found = shop.search("方巾")
    assert found.slate.items[0] == "scarf"
    assert "synonyms.txt" in trace(found)


# -- pages, pictures, completions -------------------------------------------------------


def test_pages_follow_each_other(shop: Shop) -> None:
    first = shop.search(k=2)
    second = shop.search(k=2, cursor=first.next)
    assert sorted(first.slate.items + second.slate.items) == ["cup", "lamp", "scarf"]


def test_a_picture_where_no_picture_is_understood_is_told(shop: Shop) -> None:
    found = shop.search(picture=b"anything")
    assert "alike cannot be told" in found.relaxed[0].en
    assert found.slate.items


def test_a_record_is_plain_json(shop: Shop) -> None:
    import json

    record = json.loads(json.dumps(shop.search("red scarf under 200").record()))
    assert record["items"][0]["id"] == "scarf"
    assert {chip["kind"] for chip in record["chips"]} >= {"price"}
    assert {"facets", "relaxed", "trace", "next", "total"} <= {*record}


def test_completions_come_from_the_goods(shop: Shop) -> None:
    assert "青花瓷茶杯" in shop.suggest("青花")


def test_a_page_of_nothing_is_refused(shop: Shop) -> None:
    with pytest.raises(BadRequest, match="a page of 0 items"):
        shop.search("方巾", k=0)


# -- pictures of the demo ---------------------------------------------------------------


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop with its pictures, pretrained; to be read only."""
    place = tmp_path_factory.mktemp("pictured") / "shop"
    make_demo(place, items=260, shoppers=20, days=2, pictures="all")
    with open_shop(place) as shop:
        for change in [*shop.store.catalogue.changes()]:
            assert change.item is not None
            always = {"stock": None, "variants": (), "available_from": None}
            shop.add_items([replace(change.item, **always, available_until=None)])
        shop.pretrain()
    return place


@pytest.mark.slow
def test_pictures_words_and_both_find_goods_of_the_demo(pictured: Path) -> None:
    with open_shop(pictured) as shop:
        goods = [change.item for change in shop.store.catalogue.changes() if change.item]
        shown = [item for item in goods if item.images][:12]
        first = []
        for item in shown:
            picture = (shop.folder / shop.settings.images / item.images[0]).read_bytes()
            found = shop.search(picture=picture, k=3)
            assert {reason.kind for reason in found.slate.reasons[0]} >= {"looks", "joint"}
            first.append(found.slate.items[0] == item.id)
        assert sum(first) >= 11  # two may be drawn alike

        red = next(item for item in shown if "朱砂" in item.attributes.get("colours", ()))
        picture = (shop.folder / shop.settings.images / red.images[0]).read_bytes()
        blue = shop.search("this, but in blue", picture=picture, k=5)
        assert [chip.id for chip in blue.chips] == ["colour:blue"]
        (wish,) = [chip for chip in blue.chips if chip.kind == "colour"]
        met = {*shop.search(where=wish.where, k=1_000).slate.items}
        assert len({*blue.slate.items} & met) >= 4
        assert "joint" in {r.kind for r in shop.search("红色").slate.reasons[0]} | {
            r.kind for why in shop.search("红色丝巾").slate.reasons for r in why
        }

        like = shop.search(like=red.id, k=5)
        assert red.id not in like.slate.items
        assert {r.kind for r in like.slate.reasons[0]} >= {"looks", "meaning"}


@pytest.mark.slow
def test_a_hostile_upload_is_answered_with_a_sentence(pictured: Path) -> None:
    with open_shop(pictured) as shop:
        for upload in (
            b"",
            b"MZ\x90\0",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\x89PNG\r",
        ):
            with pytest.raises(BadRequest, match="the picture: "):
                shop.search(picture=upload)
