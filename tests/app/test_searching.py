"""Search at the front door: its artifact, what is live, and whatever is missing."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhiyin.app import Shop, create_shop, open_shop, searching
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
