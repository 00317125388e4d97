"""The newest value of every field of every item, whatever the order of the news."""

from hypothesis import given
from hypothesis import strategies as st

from zhiyin.data.importers.latest import latest

NEWS = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["price", "title"]), st.integers(0, 9), st.integers()
)


@given(st.lists(NEWS, max_size=30))
def test_the_newest_wins_and_among_equals_the_last(news) -> None:
    expected: dict[str, dict[str, int]] = {}
    for item, field, _, value in sorted(news, key=lambda told: told[2]):
        expected.setdefault(item, {})[field] = value
    assert dict(latest(news)) == expected


def test_values_come_back_as_they_went_in() -> None:
    value = {"path": ["茶器", "盖碗"], "sale": True, "price": 1.5, "none": None}
    assert list(latest([("a", "x", 1, value)])) == [("a", {"x": value})]
