"""Ninety days of behaviour: what is promised of the log, and that tastes can be learnt from it."""

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse as sp

from zhiyin.core import DEFAULT_KINDS, EVENT_SCHEMA, Item, micros
from zhiyin.data.demo import DemoSize, demo_events
from zhiyin.data.demo.pools import queries

DAY = 86_400_000_000
ACTS = ["click", "view", "dwell", "favourite", "cart", "buy"]


def digest(size: DemoSize) -> str:
    sha = hashlib.sha256()
    for batch in demo_events(size):
        sha.update(repr(batch.to_pydict()).encode())
    return sha.hexdigest()


def test_the_same_size_plays_the_same_and_another_seed_does_not(small: DemoSize) -> None:
    assert digest(small) == digest(small)
    assert digest(small) != digest(replace(small, seed=8))


def test_batches_have_the_columns_of_events_and_are_bounded(small: DemoSize) -> None:
    batches = list(demo_events(small))
    assert all(batch.schema.equals(EVENT_SCHEMA) for batch in batches)
    assert max(batch.num_rows for batch in batches) <= 50_000


def test_one_good_and_one_shopper_for_one_day_are_a_shop_too() -> None:
    events = pa.Table.from_batches(
        demo_events(DemoSize(items=1, shoppers=1, days=1)), schema=EVENT_SCHEMA
    )
    assert events.num_rows < 500


def test_the_usual_shop_has_the_usual_volume(log: pd.DataFrame) -> None:
    assert 400_000 < len(log) < 900_000
    kinds = log["kind"].value_counts()
    assert kinds.index[0] == "impression"
    assert kinds["click"] > 40_000
    assert kinds["buy"] > 4_000


def test_every_kind_is_declared_and_every_kind_happens(log: pd.DataFrame) -> None:
    assert set(log["kind"]) == set(DEFAULT_KINDS)


def test_events_come_in_time_order_with_ids_of_their_own(log: pd.DataFrame, size: DemoSize) -> None:
    assert log["time"].is_monotonic_increasing
    assert log["id"].is_unique
    assert log["time"].between(size.start, size.stop, inclusive="left").all()


def test_only_what_needs_one_has_an_item_a_query_a_propensity(log: pd.DataFrame) -> None:
    search = log["kind"] == "search"
    assert (log["item"].isna() == search).all()
    assert (log["query"].notna() == search).all()
    shown = log["kind"] == "impression"
    assert log.loc[shown, "propensity"].between(0, 1, inclusive="right").all()
    assert log.loc[shown, "position"].between(0, 3).all()
    assert log.loc[shown, ["request", "session", "surface"]].notna().all(axis=None)


def test_values_mean_what_their_kind_says(log: pd.DataFrame) -> None:
    by_kind = log.groupby("kind")["value"]
    assert by_kind.get_group("buy").ge(1).all()
    assert by_kind.get_group("dwell").gt(0).all()
    assert set(by_kind.get_group("rate")) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    for kind in ("click", "view", "impression", "favourite", "search", "hide", "dislike"):
        assert by_kind.get_group(kind).isna().all()


def test_nothing_happens_to_goods_before_they_are_on_sale(
    log: pd.DataFrame, items: list[Item]
) -> None:
    born = {item.id: micros(item.available_from) for item in items if item.available_from}
    known = log[log["item"].isin(list(born))]
    assert len(known) > 10_000
    assert (known["time"] >= known["item"].map(born)).all()


def test_nothing_is_shown_opened_or_bought_once_it_is_gone(
    log: pd.DataFrame, truth: dict[str, pd.DataFrame]
) -> None:
    gone = truth["goods"].dropna(subset="sold_until").set_index("item")["sold_until"]
    late = log[log["item"].isin(gone.index) & log["kind"].isin([*ACTS, "impression"])]
    assert len(late) > 1_000
    assert (late["time"] < late["item"].map(gone)).all()


def test_a_click_is_about_something_its_page_showed(log: pd.DataFrame) -> None:
    keys = ["request", "item", "position", "propensity"]
    shown = log[log["kind"] == "impression"].set_index(["request", "item"])
    assert shown.index.is_unique
    clicks = log[log["kind"] == "click"].merge(
        shown.reset_index()[[*keys, "time"]], on=keys, suffixes=("", "_shown")
    )
    assert len(clicks) == (log["kind"] == "click").sum()
    assert (clicks["time"] > clicks["time_shown"]).all()


def test_goods_are_sent_back_and_rated_only_after_they_were_bought(log: pd.DataFrame) -> None:
    buys = log[log["kind"] == "buy"].groupby(["shopper", "item"], as_index=False)["time"].min()
    after = log[log["kind"].isin(["return", "rate"])]
    matched = after.merge(buys, on=["shopper", "item"], suffixes=("", "_buy"))
    assert len(matched) == len(after) > 500
    assert (matched["time"] > matched["time_buy"]).all()


def test_guests_have_one_session(log: pd.DataFrame) -> None:
    guests = log[log["shopper"].str.startswith("g") & log["request"].notna()]
    assert guests.groupby("shopper")["session"].nunique().max() == 1


def test_inverse_propensities_count_the_goods_on_sale(log: pd.DataFrame, items: list[Item]) -> None:
    """The mean of 1/p over what was shown at a place is the number of goods that could be."""
    day = log["time"] < log["time"].iloc[0] + 5 * DAY
    first = log[day & (log["surface"] == "for_you") & (log["kind"] == "impression")]
    top = first[first["position"] == 0]
    opening = log["time"].iloc[0]
    on_sale = sum(
        item.available_from is None or micros(item.available_from) < opening for item in items
    )
    assert abs((1 / top["propensity"]).mean() / on_sale - 1) < 0.12


def test_higher_places_are_clicked_more(log: pd.DataFrame) -> None:
    clicks = log[log["kind"] == "click"]["position"].value_counts()
    shown = log[log["kind"] == "impression"]["position"].value_counts()
    assert (clicks / shown).sort_index().is_monotonic_decreasing


def test_mid_autumn_is_a_peak_of_sweets(
    log: pd.DataFrame, items: list[Item], size: DemoSize
) -> None:
    sweets = {item.id for item in items if item.category[0] == "茶点礼盒"}
    buys = log[(log["kind"] == "buy") & log["item"].isin(sweets)]
    day = (buys["time"] - size.start) // DAY
    eve = 77  # Mid-Autumn is day 77 of the usual ninety
    assert day.between(eve - 8, eve).sum() / 9 > 3 * day.between(0, 40).sum() / 41


def test_sweets_are_bought_again(log: pd.DataFrame, items: list[Item]) -> None:
    sweets = {item.id for item in items if item.category[0] == "茶点礼盒"}
    buys = log[(log["kind"] == "buy") & log["item"].isin(sweets)]
    again = buys.groupby(["shopper", "item"]).size()
    assert (again > 1).mean() > 0.05


def test_searches_are_chinese_for_most_and_find_something_mostly(log: pd.DataFrame) -> None:
    search = log[log["kind"] == "search"]
    english = search["query"].str.isascii()
    assert 0.02 < english.mean() < 0.2
    shown = set(log.loc[log["kind"] == "impression", "request"])
    assert 0.8 < search["request"].isin(shown).mean() < 1


def test_what_is_typed_is_never_empty() -> None:
    assert all(query.strip() == query != "" for query in queries())


def test_clicks_follow_the_loved_motif(log: pd.DataFrame, truth: dict[str, pd.DataFrame]) -> None:
    motif = truth["goods"].set_index("item")["motif"]
    loved = truth["shoppers"].set_index("shopper")["motifs"].str[0]
    pages = log[(log["surface"] == "for_you") & log["kind"].isin(["impression", "click"])]
    match = pages["item"].map(motif) == pages["shopper"].map(loved)
    click = pages["kind"] == "click"
    rate = click[match].sum() / (~click[match]).sum(), click[~match].sum() / (~click[~match]).sum()
    assert rate[0] > 3 * rate[1]


def test_goods_that_look_unlike_their_words_come_back_more(
    log: pd.DataFrame, truth: dict[str, pd.DataFrame]
) -> None:
    wrong = set(truth["goods"].query("disagrees")["item"])
    about = log[log["item"].isin(wrong)]["kind"].value_counts()
    overall = log["kind"].value_counts()
    assert about["return"] / about["buy"] > 1.5 * overall["return"] / overall["buy"]


@pytest.mark.parametrize("kinds", [["click"], ["favourite", "cart", "buy"]])
def test_neighbours_beat_popularity_on_the_last_item(log: pd.DataFrame, kinds: list[str]) -> None:
    """Tastes can be learnt: item-kNN is far better, and popularity is not nothing."""
    popular, neighbours = leave_one_out(log[log["kind"].isin(kinds)])
    assert neighbours > 2 * popular
    assert popular > 0.01


def leave_one_out(acts: pd.DataFrame) -> tuple[float, float]:
    """NDCG@10 of popularity and of cosine item-kNN on each shopper's last new item."""
    pairs = acts.drop_duplicates(["shopper", "item"])
    pairs = pairs[pairs.groupby("shopper")["item"].transform("size") >= 4]
    last = ~pairs.duplicated("shopper", keep="last")
    shopper, item = pd.factorize(pairs["shopper"])[0], pd.factorize(pairs["item"])[0]
    shape = shopper.max() + 1, item.max() + 1
    train = ~last.to_numpy()
    seen = sp.csr_matrix((np.ones(train.sum()), (shopper[train], item[train])), shape=shape)
    often = np.asarray(seen.sum(axis=0)).ravel()
    scaled = seen @ sp.diags(1 / np.sqrt(np.maximum(often, 1)))
    near = (scaled.T @ scaled).toarray()
    together = (seen.T @ seen).toarray()
    near *= together / (together + 5)
    np.fill_diagonal(near, 0)
    held, target = shopper[~train], item[~train]
    known = seen[held].toarray() > 0
    return tuple(  # type: ignore[return-value]
        ndcg(np.where(known, -1, scores), target)
        for scores in (np.tile(often, (len(held), 1)), seen[held] @ near)
    )


def ndcg(scores: np.ndarray, target: np.ndarray) -> float:
    rank = (scores > scores[np.arange(len(target)), target][:, None]).sum(axis=1)
    return float(np.where(rank < 10, 1 / np.log2(rank + 2), 0).mean())
