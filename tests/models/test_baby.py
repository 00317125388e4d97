"""Amazon Baby in MMRec's split, where it is there: a plausible answer from the whole chain."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import derive
from zhiyin.data import Split
from zhiyin.evaluation import evaluate
from zhiyin.models.collaborative import ItemKnn, Popularity, Slim, TurboCf


@pytest.fixture(scope="module")
def split(amazon: Callable[[str], Split]) -> Split:
    return amazon("baby")


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


def test_what_looks_or_reads_alike_is_bought_together_more_than_chance(split: Split) -> None:
    # Some public feature files are noise: a graph of those would be at chance.
    matrix = split.train.interactions.matrix(fade=False)
    matrix.data[:] = 1
    pairs = csr_array(matrix.T @ matrix)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    chance = pairs.nnz / (pairs.shape[0] * (pairs.shape[0] - 1))
    share = {
        modality: pairs.multiply(graph > 0).count_nonzero() / graph.nnz
        for modality, graph in split.train.graphs.items()
    }
    assert share["text"] > 4 * chance
    assert share["image"] > 1.8 * chance
    strangers = np.roll(np.arange(pairs.shape[0]), 1234)  # the same graph with names mixed up
    mixed = csr_array(split.train.graphs["text"][strangers])
    assert pairs.multiply(mixed > 0).count_nonzero() / mixed.nnz < 1.5 * chance
