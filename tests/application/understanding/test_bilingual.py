"""Bilingual: a shop's own titles teach what its values are called in another language."""

import numpy as np

from zhiyin.application.conditions import mask, read_condition
from zhiyin.application.shelf import Shelf
from zhiyin.application.understanding import Lexicon, learn_words, understand
from zhiyin.core import Item, Text, moment
from zhiyin.data.demo import DemoSize, demo_items
from zhiyin.data.stores import open_store

CRAFTS = {"苏绣": "Suzhou Embroidery", "青瓷": "Celadon", "竹编": "Woven Bamboo"}
WARES = {"茶壶": "Teapot", "团扇": "Round Fan", "盖碗": "Lidded Bowl"}


def bilingual(n: int) -> list[Item]:
    """Goods whose titles name their craft and their category in both languages."""
    rng = np.random.default_rng(3)
    goods = []
    for number in range(n):
        craft, ware = rng.choice([*CRAFTS]), rng.choice([*WARES])
        english = f"{CRAFTS[craft]} {WARES[ware]} with Fine Detail"
        goods.append(
            Item(
                f"item-{number}",
                title=f"{craft}{ware}",
                category=("器物", ware),
                attributes={"craft": craft} if number % 7 else {},  # shops forget some
                texts={"en": Text(english)},
            )
        )
    return goods


def test_names_in_titles_are_learnt_whole() -> None:
    learnt = learn_words(bilingual(120))
    assert learnt["attribute:craft", "苏绣"] == ("suzhou embroidery",)
    assert learnt["attribute:craft", "青瓷"] == ("celadon",)
    assert learnt["category", "团扇"] == ("round fan",)
    assert not any("detail" in phrase for phrases in learnt.values() for phrase in phrases)


def test_goods_without_a_second_language_teach_nothing() -> None:
    assert learn_words([Item("a", title="茶壶", category=("茶壶",))] * 9) == {}
    assert learn_words([]) == {}
    same = Item("a", title="Teapot", category=("茶壶",), texts={"en": Text("Teapot")})
    assert learn_words([same] * 9) == {}


def test_what_was_learnt_is_understood_and_shown() -> None:
    goods = bilingual(120)
    catalogue = open_store("memory://", "shop").catalogue
    catalogue.upsert(goods)
    view = Shelf.open(catalogue).view
    lexicon = Lexicon(view, learn_words(goods))
    chips = {chip.id: chip for chip in understand("teapot, no fine bamboo", Lexicon(view)).chips}
    assert set(chips) == {"category:茶壶"}  # that the table knows
    chips = {chip.id: chip for chip in understand("round fan, no woven bamboo", lexicon).chips}
    assert set(chips) == {"category:团扇", "not:craft:竹编"}
    found = mask(read_condition(chips["category:团扇"].where), view, moment(0))
    assert {goods[row].category[-1] for row in np.flatnonzero(found)} == {"团扇"}
    assert lexicon.label("attribute:craft", "苏绣") == ("suzhou embroidery", "苏绣")
    assert lexicon.label("brand", "nobody") == ("nobody", "nobody")


def test_the_demo_shop_teaches_its_colours_in_english() -> None:
    goods = [*demo_items(DemoSize(items=800))]
    learnt = learn_words(goods)
    for value, phrase in {"天青": "sky after rain", "月白": "moon white"}.items():
        assert learnt["attribute:colours", value] == (phrase,)
    assert learnt["attribute:motif", "仙鹤纹"] == ("crane",)
    assert len(learnt) > 60
