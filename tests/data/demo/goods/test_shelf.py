"""The hidden facts of the goods."""

from dataclasses import fields, replace

import numpy as np

from zhiyin.data.demo import DemoSize
from zhiyin.data.demo.goods import NEVER, WORDS, Shelf, shelf


def same(one: Shelf, other: Shelf) -> bool:
    return all(
        np.array_equal(
            getattr(one, f.name), getattr(other, f.name), equal_nan=f.name == "fashion_day"
        )
        for f in fields(Shelf)
    )


def test_a_good_is_the_same_however_many_there_are(size: DemoSize) -> None:
    assert same(shelf(replace(size, items=37)), shelf(size, 0, 37))


def test_a_stretch_of_the_shelf_is_that_stretch_of_the_whole() -> None:
    size = DemoSize(items=3_000)
    part, whole = shelf(size, 1_000, 2_100), shelf(size)
    assert np.array_equal(part.price, whole.price[1_000:2_100])
    assert np.array_equal(part.ware, whole.ware[1_000:2_100])


def test_another_seed_is_another_shop(size: DemoSize) -> None:
    assert not same(shelf(size), shelf(replace(size, seed=8)))


def test_a_hundred_goods_already_show_every_category(size: DemoSize) -> None:
    first = {WORDS.wares[ware].path[0] for ware in shelf(size, 0, 100).ware}
    assert first == set(WORDS.categories)


def test_crafts_fit_wares_and_carry_their_motifs(size: DemoSize) -> None:
    rows = shelf(size)
    for ware, craft, motif in zip(rows.ware, rows.craft, rows.motif, strict=True):
        assert WORDS.crafts[craft].key in WORDS.wares[ware].crafts
        carried = WORDS.crafts[craft].motifs
        assert not carried or WORDS.motifs[motif].key in carried


def test_colours_are_those_the_craft_can_have(size: DemoSize) -> None:
    rows = shelf(size)
    for craft, palette in zip(rows.craft, rows.palette, strict=True):
        assert WORDS.crafts[craft].wears(WORDS.palettes[palette])


def test_blue_and_white_is_blue_on_white(size: DemoSize) -> None:
    rows = shelf(size)
    cobalt = [number for number, motif in enumerate(WORDS.motifs) if motif.key == "blue_and_white"]
    palettes = rows.palette[np.isin(rows.motif, cobalt)]
    assert len(palettes) > 10
    assert all(WORDS.palettes[palette].porcelain for palette in palettes)


def test_prices_have_a_long_tail(size: DemoSize) -> None:
    price = shelf(size).price
    assert price.min() > 5
    assert np.mean(price) > 1.3 * np.median(price)
    assert np.quantile(price, 0.99) > 8 * np.median(price)


def test_new_goods_arrive_through_all_of_the_time(size: DemoSize) -> None:
    rows = shelf(size)
    days = (rows.born[rows.born > 0] - size.start) / 86_400_000_000
    assert 0.2 < np.mean(rows.born > 0) < 0.4
    assert days.min() > 0
    assert days.max() < size.days
    assert np.ptp(np.histogram(days, bins=3)[0]) < 0.6 * len(days)


def test_what_is_gone_went_after_it_came_and_left_nothing(size: DemoSize) -> None:
    rows = shelf(size)
    went = rows.gone < NEVER
    assert went.any()
    assert (rows.gone[went] > np.maximum(rows.born, size.start)[went]).all()
    assert (rows.stock[went & (rows.gone < size.stop)] == 0).all()


def test_a_few_goods_are_described_wrongly(size: DemoSize) -> None:
    rows = shelf(size)
    wrong = (rows.motif != rows.told_motif) | (rows.palette != rows.told_palette)
    assert 0.004 < wrong.mean() < 0.04


def test_mooncakes_come_before_mid_autumn_and_go_after_it(size: DemoSize) -> None:
    rows = shelf(size)
    boxes = rows.ware == [ware.key for ware in WORDS.wares].index("mooncake_box")
    assert boxes.sum() > 10
    assert (rows.born[boxes] > 0).all()
    assert (rows.until[boxes] < size.stop).all()
