"""The shoppers' hidden tastes."""

from dataclasses import replace

import numpy as np

from zhiyin.data.demo import DemoSize
from zhiyin.data.demo.people import people, shopper_ids


def test_a_shopper_is_the_same_however_many_there_are(size: DemoSize) -> None:
    few, many = people(replace(size, shoppers=33)), people(size)
    assert np.array_equal(few.motifs, many.motifs[:33])
    assert np.array_equal(few.budget, many.budget[:33])


def test_nobody_loves_the_same_motif_twice(size: DemoSize) -> None:
    who = people(size)
    assert all(len(set(loves)) == 3 for loves in who.motifs.tolist())


def test_a_few_shoppers_do_much_of_the_visiting(size: DemoSize) -> None:
    activity = np.sort(people(size).activity)
    assert activity[-len(activity) // 10 :].sum() > 0.3 * activity.sum()


def test_guests_have_other_names_and_come_only_once(size: DemoSize) -> None:
    who = people(size)
    names = shopper_ids(who)
    assert len(set(names)) == size.shoppers
    assert 0.1 < who.guest.mean() < 0.25
    assert all(name.startswith("g") == guest for name, guest in zip(names, who.guest, strict=True))
    assert (who.activity[who.guest] == 0).all()


def test_new_shoppers_come_on_every_day(size: DemoSize) -> None:
    joins = people(size).joins
    assert (joins == -1).any()
    assert set(range(size.days)) <= set(joins.tolist())
