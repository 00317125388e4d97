"""Content kNN: what looks or reads alike, whether or not anybody bought it."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import TooLarge, derive
from zhiyin.data import Dataset
from zhiyin.models.multimodal import ContentKnn
from zhiyin.testing import ModelContract, described, two_tribes, world

RNG = derive(1, "none")
CHAIN = csr_array(np.array([[0, 1, 0], [0, 0, 0.5], [0, 0, 0]], np.float32))


class TestContentKnn(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> ContentKnn:
        return ContentKnn()

    def told(self, data: Dataset) -> Dataset:
        return described(data)


def test_scores_by_hand() -> None:
    data = Dataset(world(np.array([[1.0, 0, 0]])).interactions, graphs={"text": CHAIN})
    form = ContentKnn().fit(data, RNG).compile()
    # Rows 1, 1.5 and 0.5 once both directions count: a mean of 1.
    np.testing.assert_allclose(form.table.toarray(), [[0, 1, 0], [1, 0, 0.5], [0, 0.5, 0]])
    buy = data.interactions.strengths.kinds["buy"].weight
    np.testing.assert_allclose(form.score(data.interactions.histories), [[0, buy, 0]])


def test_a_thing_that_nobody_bought_is_known_by_its_words() -> None:
    likes = np.array([[1.0, 0, 0], [1, 0, 0]])
    data = Dataset(world(likes, extra_items=1).interactions)
    data = Dataset(data.interactions, {"text": np.array([[1, 0], [1, 0.1], [0, 1], [np.nan] * 2])})
    scores = ContentKnn().fit(data, RNG).score(data.interactions.histories)
    assert scores[0, 1] > scores[0, 2] >= 0  # nobody bought either
    assert np.isnan(scores[:, 3]).all()  # nor is anything known of the last


def test_pictures_count_less_than_words_unless_told_otherwise() -> None:
    likes = np.array([[1.0, 0, 0]])
    words, pictures = (csr_array(([1.0], ([0], [j])), shape=(3, 3)) for j in (1, 2))
    data = Dataset(world(likes).interactions, graphs={"text": words, "image": pictures})
    plain = ContentKnn().fit(data, RNG).score(data.interactions.histories)[0]
    visual = ContentKnn(ContentKnn.Config(text=0.1, image=1.0)).fit(data, RNG)
    assert plain[1] > plain[2] > 0
    assert visual.score(data.interactions.histories)[0, 2] > plain[2]


def test_without_content_it_says_nothing_and_says_so() -> None:
    data = world(two_tribes(6)[0])
    model = ContentKnn().fit(data, RNG)
    assert np.isnan(model.score(data.interactions.histories)).all()
    assert len(model.notes) == 3
    assert "recommends nothing" in model.notes[-1]
    assert ContentKnn().fit(described(data), RNG).notes == ()


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting content kNN needs .* lower neighbours"):
        ContentKnn(ContentKnn.Config(max_bytes=1_000)).fit(described(world(np.ones((9, 9)))), RNG)
