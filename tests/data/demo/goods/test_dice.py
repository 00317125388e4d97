"""Numbers already thrown."""

from zhiyin.data.demo.goods.dice import Dice


def test_the_same_throws_pick_the_same() -> None:
    one, two = Dice([0.1, 0.9, 0.4]), Dice([0.1, 0.9, 0.4])
    assert [one.pick("abcd") for _ in range(9)] == [two.pick("abcd") for _ in range(9)]


def test_a_pick_is_always_one_of_the_choices() -> None:
    dice = Dice([0.0, 0.999999999999, 0.5])
    assert {dice.pick((1, 2, 3)) for _ in range(30)} <= {1, 2, 3}


def test_throws_past_the_last_are_not_the_first_again() -> None:
    dice = Dice([0.1, 0.2])
    assert dice.throw() != (dice.throw(), dice.throw())[1]


def test_chance_follows_the_throw() -> None:
    dice = Dice([0.29, 0.31])
    assert dice.chance(0.3)
    assert not dice.chance(0.3)
