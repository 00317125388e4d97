"""The verbs of a shop from end to end: in, learnt, live, answered, taken back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhiyin.app import create_shop, make_demo, open_shop
from zhiyin.core import BadInput, Conflict, Damaged, Event, Item, NotFitted, NotFound
from zhiyin.models.collaborative import ItemKnn, Popularity
from zhiyin.posttrain.recipes import Recipe

ITEMS = "id,title,price,stock\nscarf,Cloud scarf,399,3\ncup,Crackle cup,128,0\nfan,Fan,59,9\n"
EVENTS = (
    "shopper,item,kind,time\n"
    "ann,scarf,view,2026-03-01T08:00:00Z\n"
    "ann,cup,buy,2026-03-01T09:00:00Z\n"
    "bob,fan,cart,2026-03-02T09:00:00Z\n"
    "bob,fan,teleport,2026-03-02T09:30:00Z\n"
)


def files(place: Path) -> tuple[Path, Path]:
    (place / "items.csv").write_text(ITEMS)
    (place / "events.csv").write_text(EVENTS)
    return place / "items.csv", place / "events.csv"


def test_files_go_in_and_bad_rows_are_written_down(folder: Path, tmp_path: Path) -> None:
    goods, events = files(tmp_path)
    with open_shop(folder) as shop:
        assert shop.ingest(goods).new == 3
        report = shop.ingest(events)
        assert (report.new, report.refused) == (3, {"unknown_kind": 1})
        assert shop.store.catalogue.count() == 3
        assert [event.item for event in shop.store.events.recent("ann")] == ["cup", "scarf"]
    (refused,) = (folder / "rejects.jsonl").read_text().splitlines()
    assert json.loads(refused)["value"] == "teleport"


def test_the_same_file_again_adds_nothing(folder: Path, tmp_path: Path) -> None:
    _, events = files(tmp_path)
    with open_shop(folder) as shop:
        shop.ingest(events)
        again = shop.ingest(events, resume=False)
        assert (again.new, again.seen) == (0, 3)


def test_checking_stores_nothing(folder: Path, tmp_path: Path) -> None:
    goods, _ = files(tmp_path)
    with open_shop(folder) as shop:
        assert shop.ingest(goods, check=True).new == 3
        assert shop.store.catalogue.count() == 0
    assert not (folder / "rejects.jsonl").exists()


def test_words_of_a_mapping_say_what_the_rows_are(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "strange.csv"
    file.write_text("sku,label,cost\nx,Scarf,12\n")
    with open_shop(folder) as shop:
        shop.ingest(file, fields={"id": "sku", "title": "label", "price": "cost"})
        (item,) = shop.store.catalogue.get(["x"])
    assert item is not None
    assert (item.title, str(item.price)) == ("Scarf", "12")


def test_a_word_that_no_mapping_has_is_named(folder: Path, tmp_path: Path) -> None:
    goods, _ = files(tmp_path)
    with open_shop(folder) as shop:
        with pytest.raises(BadInput, match="the mapping's colour"):
            shop.ingest(goods, colour="red")
        with pytest.raises(BadInput, match="'colour' is no field of items"):
            shop.ingest(goods, into="items", fields={"colour": "red"})


def test_items_and_events_may_be_given_as_objects(folder: Path) -> None:
    with open_shop(folder) as shop:
        assert shop.add_items([Item(id="a"), Item(id="b")]).new == 2
        event = Event("1", "ann", "view", datetime(2026, 3, 1, tzinfo=UTC), "a")
        assert shop.add_events([event]).new == 1
        assert shop.add_events([event]).seen == 1
        assert list(shop.items(["b", "nothing", "a"])) == ["b", "a"]


def test_what_another_system_exported_is_imported_by_name(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml" / "u.data").write_text("1\t10\t5\t874965758\n2\t10\t3\t876893171\n")
    with open_shop(folder) as shop:
        names = [importer.name for importer in shop.importers()]
        assert {"movielens", "gorse", "ubi"} <= set(names)
        assert shop.import_from("movielens", tmp_path / "ml").new == 2
        with pytest.raises(NotFound, match="did you mean movielens"):
            shop.import_from("movielense", tmp_path / "ml")


def test_before_the_first_fit_there_is_no_answer(folder: Path) -> None:
    with open_shop(folder) as shop, pytest.raises(NotFitted, match="fit"):
        shop.recommend("ann")


def test_evaluating_writes_nothing(fitted: Path) -> None:
    with open_shop(fitted) as shop:
        before = shop.artifacts.manifests()
        report = shop.evaluate()
        assert report.artifact is None
        assert report.rows
        assert shop.artifacts.manifests() == before


def test_a_fitted_shop_answers_members_guests_and_viewers(fitted: Path) -> None:
    with open_shop(fitted) as shop:
        live = shop.live()
        assert live is not None
        assert live.cut == shop.store.events.cut()
        shopper = next(shop.store.events.read())["shopper"][0].as_py()
        for slate in (shop.recommend(shopper, k=5), shop.recommend(k=5)):
            assert len(slate.items) == 5
            assert slate.artifacts == (live.id,)
            assert len(shop.items(slate.items)) == 5
        seen = shop.recommend(k=1).items[0]
        after = shop.recommend(after=[seen], k=5, exclude=["yj000001"])
        assert not {seen, "yj000001"} & set(after.items)


def test_an_item_that_is_not_there_cannot_have_been_viewed(fitted: Path) -> None:
    with open_shop(fitted) as shop, pytest.raises(NotFound, match="no item named 'nonsense'"):
        shop.recommend(after=["nonsense"])


def test_a_shop_without_a_catalogue_learns_and_answers(tmp_path: Path) -> None:
    create_shop(tmp_path / "shop", store="memory://")
    with open_shop(tmp_path / "shop") as shop:
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
        assert shop.fit().promoted
        assert shop.recommend(k=3).items
        assert shop.recommend(after=["i0"], k=3).items


def other(shop: Any) -> str:
    """Another artifact than the live one, made of nothing but popularity or neighbours."""
    data, _ = shop.dataset()
    live = shop.live()
    assert live is not None
    plain = live.config["recipe"] == "item-knn"
    recipe = (
        Recipe("popularity", Popularity.Config()) if plain else Recipe("item-knn", ItemKnn.Config())
    )
    with shop.artifacts.writing("recommender", "posttrain", config=recipe.record()) as draft:
        recipe.compiled(recipe.fit(data, 7), data, 7).save(draft.path)
    return str(draft.id)


def test_promoting_changes_the_answers_and_rolling_back_brings_them_back(demo: Path) -> None:
    with open_shop(demo) as shop:
        live = shop.live()
        assert live is not None
        new = other(shop)
        seen = shop.recommend(k=1).items[0]
        before = shop.recommend(after=[seen])
        shop.promote(new)
        between = shop.recommend(after=[seen])
        assert between.artifacts == (new,)
        assert between.scores.tolist() != before.scores.tolist()
        assert shop.rollback() == live.id
        after = shop.recommend(after=[seen])
    assert (after.items, after.scores.tolist()) == (before.items, before.scores.tolist())


def test_what_another_process_promotes_reaches_an_open_shop(demo: Path) -> None:
    with open_shop(demo) as serving, open_shop(demo) as working:
        serving.recommend()
        new = other(working)
        working.promote(new)
        assert serving.recommend().artifacts == (new,)


def test_rolling_back_without_a_past_is_refused(demo: Path) -> None:
    with open_shop(demo) as shop, pytest.raises(NotFound, match="earlier artifact"):
        shop.rollback()


@pytest.mark.parametrize("id", ["nothing", "../../etc", ""])
def test_only_an_artifact_of_the_shop_can_be_promoted(demo: Path, id: str) -> None:
    with open_shop(demo) as shop:
        live = shop.live()
        with pytest.raises(NotFound, match="zhiyin artifacts"):
            shop.promote(id)
        assert shop.live() == live


def test_a_damaged_artifact_answers_nobody_until_fitted_again(demo: Path) -> None:
    with open_shop(demo) as shop:
        live = shop.live()
        assert live is not None
        file = demo / "artifacts" / live.id / "prior.npy"
        file.write_bytes(file.read_bytes()[:-1] + b"!")
        with pytest.raises(Damaged, match=f"{live.id}.*prior.npy has other bytes"):
            shop.recommend()
        assert shop.fit().promoted
        assert shop.recommend().items


def test_the_demo_is_made_once_and_reused(fitted: Path) -> None:
    with open_shop(fitted) as shop:
        before = shop.store.events.cut()
    report = make_demo(fitted, items=60, shoppers=200, days=21, pictures="none")
    with open_shop(fitted) as shop:
        assert shop.store.events.cut() == before == report.events


def test_the_demo_does_not_mix_with_a_merchants_own_goods(folder: Path) -> None:
    with open_shop(folder) as shop:
        shop.add_items([Item(id="mine")])
    with pytest.raises(Conflict, match="make the demo in another folder"):
        make_demo(folder, items=5, shoppers=5, days=2, pictures="none")
    with open_shop(folder) as shop:
        assert shop.store.catalogue.count() == 1


def test_another_size_in_the_same_folder_is_refused(fitted: Path) -> None:
    with pytest.raises(Conflict, match="another folder"):
        make_demo(fitted, items=61, shoppers=200, days=21, pictures="none")


def test_the_goods_come_to_learning_with_their_categories(demo: Path) -> None:
    with open_shop(demo) as shop:
        shop.add_items([Item("zz-bare", title="of no category")])
        data, _ = shop.dataset()
        found = shop.items(data.items.names)
    assert data.categories is not None
    assert data.categories[data.items.numbers(["zz-bare"])[0]] == -1
    by_number: dict[int, set[tuple[str, ...]]] = {}
    for name, number in zip(data.items.names, data.categories.tolist(), strict=True):
        by_number.setdefault(number, set()).add(tuple(found[name].category))
    assert len(by_number) > 2
    assert all(len(paths) == 1 for paths in by_number.values())


def test_a_shop_without_categories_says_that_it_has_none(folder: Path) -> None:
    with open_shop(folder) as shop:
        shop.add_items([Item("a"), Item("b")])
        assert shop.dataset()[0].categories is None
