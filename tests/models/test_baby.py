"""Amazon Baby in MMRec's split, where it is there: a plausible answer from the whole chain."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from zhiyin.core import DEFAULT_KINDS, derive
from zhiyin.data import Dataset, Interactions, Split
from zhiyin.evaluation import evaluate
from zhiyin.models.collaborative import ItemKnn, Popularity, Slim, TurboCf

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("ZHIYIN_TEST_DATA", ROOT.parent / "shared" / "data"))
FILE = FOLDER / "amazon" / "baby" / "baby.inter"


@pytest.fixture(scope="module")
def split() -> Split:
    if not FILE.is_file():
        pytest.skip("Amazon Baby is not here; ZHIYIN_TEST_DATA names the folder of amazon/baby")
    table = pa.csv.read_csv(FILE, parse_options=pa.csv.ParseOptions(delimiter="\t"))
    rows = table.num_rows
    events = pa.table(
        {
            "shopper": table["userID"].cast(pa.string()),
            "item": table["itemID"].cast(pa.string()),
            "kind": pa.array(["buy"] * rows),
            "time": pa.array(np.arange(rows)),
            "value": pa.nulls(rows, pa.float64()),
            "surface": pa.array([f"split:{label}" for label in table["x_label"].to_pylist()]),
        }
    )
    data = Interactions.from_events(events.to_batches(), DEFAULT_KINDS, labelled=True)
    return Split.by_labels(Dataset(data))


def test_the_parts_are_those_that_mmrec_counts(split: Split) -> None:
    record = split.record()
    assert (record["train"], record["valid"], record["test"]) == (118_551, 20_559, 21_682)
    assert (len(split.train.shoppers), len(split.train.items)) == (19_445, 7_050)


def test_neighbours_find_what_is_bought_next(split: Split) -> None:
    rng = derive(7, "baby")
    knn = evaluate(ItemKnn().fit(split.train, rng).score, split.valid)
    fame = evaluate(Popularity().fit(split.train, rng).score, split.valid)
    assert knn["recall@20"] > 0.06
    assert 0.02 < fame["recall@20"] < knn["recall@20"]


def test_the_other_tables_find_it_too(split: Split) -> None:
    rng = derive(7, "baby")
    slim = evaluate(Slim().fit(split.train, rng).score, split.valid)
    filtered = TurboCf(TurboCf.Config(shopper_power=0.89, power=0.67)).fit(split.train, rng)
    assert slim["recall@20"] > 0.075
    assert evaluate(filtered.score, split.valid)["recall@20"] > 0.065
