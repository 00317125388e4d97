"""SASRec: each item of a history attends to those before it and tells what comes next."""

import numpy as np
import numpy.typing as npt
import pytest

torch = pytest.importorskip("torch")

from zhiyin.core import Histories, TooLarge, derive  # noqa: E402 - only where torch is
from zhiyin.data import Dataset  # noqa: E402
from zhiyin.models.readers.graph import Graph  # noqa: E402
from zhiyin.models.sequential import SasRec  # noqa: E402
from zhiyin.models.sequential.sasrec import Network  # noqa: E402
from zhiyin.testing import ModelContract, two_tribes, world  # noqa: E402

SMALL = SasRec.Config(
    width=16,
    blocks=1,
    dropout=0.2,
    shuffled=0.5,
    negatives=16,
    epochs=12,
    rate=1e-2,
    warmup=2,
    tokens=128,
)


class TestSasRec(ModelContract):
    abilities = frozenset({"personal", "guests"})

    def make(self) -> SasRec:
        return SasRec(SMALL)

    def test_a_shopper_whom_it_never_met_is_answered(self) -> None:
        """The newest events tell most: here, unlike in the suite, they are of the majority."""
        model = self.fitted(world(two_tribes(20)[0]))
        likes = np.zeros((2, 20))
        likes[0, [2, 3, 5]] = 1.0  # an even thing, then two odd ones
        likes[1, [2]] = 1.0
        scores = model.score(world(likes).interactions.histories)
        assert not np.isnan(scores).any()
        assert scores[0, 7::2].mean() > scores[0, 6::2].mean()
        assert scores[1, 6::2].mean() > scores[1, 7::2].mean()


def small(**changes: object) -> SasRec:
    return SasRec(SMALL.model_copy(update=changes))


def circle(items: int = 12, shoppers: int = 60, steps: int = 6) -> Dataset:
    """Each shopper starts somewhere and goes on to the next number, round and round."""
    starts = derive(3, "circle").integers(0, items, shoppers)
    path = (starts[:, None] + np.arange(steps)) % items  # (U, T)
    data = world(np.ones((shoppers, items)))  # for its vocabularies and kinds
    offsets = np.arange(shoppers + 1) * steps
    old = data.interactions.histories
    histories = Histories(
        path.ravel().astype(np.int32),
        np.full(path.size, old.kinds[0]),
        old.times[0] + np.tile(np.arange(steps), shoppers) * 3_600_000_000,
        np.full(path.size, old.weights[0]),
        offsets,
        old.kind_names,
    )
    interactions = type(data.interactions)(
        data.shoppers, data.items, histories, data.interactions.strengths
    )
    return data.learning_from(interactions)


def network(**changes: object) -> Network:
    """With weights far from their start, so that every part matters."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        made = Network(9, SMALL.model_copy(update=changes))
        for parameter in made.parameters():
            parameter.data += 0.3 * torch.randn_like(parameter)
    return made.eval()


def rows_of(made: Network, items: npt.ArrayLike) -> "torch.Tensor":
    return made.table[torch.as_tensor(items)]


def test_it_learns_what_comes_next_and_not_only_what_goes_together() -> None:
    data = circle()
    model = small(shuffled=0.0, epochs=40).fit(data, derive(1, "fit"))
    histories = data.interactions.histories
    last = histories.items[histories.offsets[1:] - 1]
    guessed = model.score(histories).argmax(axis=1)
    assert (guessed == (last + 1) % 12).mean() > 0.95


@pytest.mark.parametrize("objective", ["softmax", "gbce", "bce", "full"])
def test_every_objective_learns_what_comes_next(objective: str) -> None:
    data = circle()
    # One probability at a time is a slower teacher than the choice among all.
    epochs = 120 if "bce" in objective else 40
    model = small(shuffled=0.0, epochs=epochs, objective=objective).fit(data, derive(1, "fit"))
    histories = data.interactions.histories
    last = histories.items[histories.offsets[1:] - 1]
    assert (model.score(histories).argmax(axis=1) == (last + 1) % 12).mean() > 0.9


def test_what_comes_later_changes_nothing_before() -> None:
    made = network(blocks=2, heads=2)
    one, other = rows_of(made, [[0, 1, 2, 3, 4]]), rows_of(made, [[0, 1, 2, 7, 8]])
    lengths = torch.tensor([5])
    before, changed = made(one, lengths), made(other, lengths)
    torch.testing.assert_close(before[:, :3], changed[:, :3])
    assert (before[:, 3:] - changed[:, 3:]).abs().max() > 1e-2


def test_padding_changes_nothing() -> None:
    made = network(blocks=2)
    alone = made(rows_of(made, [[3, 1, 4]]), torch.tensor([3]))
    padded = made(rows_of(made, [[3, 1, 4, 8, 8], [0, 1, 2, 3, 4]]), torch.tensor([3, 5]))
    torch.testing.assert_close(padded[:1, :3], alone)


def test_places_are_counted_from_the_newest() -> None:
    made, lengths = network(), torch.tensor([2])
    before = made(rows_of(made, [[3, 1]]), lengths)
    made.places.data[2:] = 7.0  # a history of two has no such places
    torch.testing.assert_close(made(rows_of(made, [[3, 1]]), lengths), before)
    made.places.data[0] = torch.randn(16, generator=torch.Generator().manual_seed(1))
    after = made(rows_of(made, [[3, 1]]), lengths)
    torch.testing.assert_close(after[:, 0], before[:, 0])
    assert (after[:, 1] - before[:, 1]).abs().max() > 0.1


@pytest.mark.parametrize(("blocks", "heads"), [(1, 1), (2, 1), (2, 4)])
def test_the_graph_gives_what_torch_gives(blocks: int, heads: int) -> None:
    made = network(blocks=blocks, heads=heads)
    graph = Graph(made.graph())
    rng = derive(2, "graph")
    for batch, longest in ((1, 1), (1, 7), (5, 3), (3, 50)):
        lengths = rng.integers(1, longest + 1, batch)
        lengths[0] = longest
        items = rng.integers(0, 9, (batch, longest))
        rows = rows_of(made, items).detach().clone()
        rows[torch.arange(longest) >= torch.as_tensor(lengths)[:, None]] = 0.0
        wanted = made(rows, torch.as_tensor(lengths))[range(batch), lengths - 1]
        found = graph.run(rows=rows.numpy(), lengths=lengths)
        np.testing.assert_allclose(found, wanted.detach().numpy(), atol=1e-4)


def test_the_served_scores_are_those_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Network] = []
    monkeypatch.setattr(
        "zhiyin.models.sequential.sasrec.Network",
        lambda *arguments: made.append(Network(*arguments)) or made[-1],
    )
    data = circle()
    form = small(epochs=2, blocks=2, heads=2).fit(data, derive(1, "fit")).compile()
    histories = data.interactions.histories
    items = torch.from_numpy(histories.items.reshape(-1, 6).astype(np.int64))
    vectors = made[0](made[0].table[items], torch.full((len(items),), 6))[:, -1]
    wanted = (vectors @ made[0].table.T + made[0].bias).detach().numpy()
    np.testing.assert_allclose(form.score(histories), wanted, atol=1e-4)


def test_the_same_seed_gives_the_same_bytes() -> None:
    data = circle()
    forms = [small(epochs=2).fit(data, derive(1, "fit")).compile() for _ in range(2)]
    other = small(epochs=2).fit(data, derive(2, "fit")).compile()
    assert forms[0].vectors.tobytes() == forms[1].vectors.tobytes()
    assert forms[0].bias.tobytes() == forms[1].bias.tobytes()
    assert forms[0].vectors.tobytes() != other.vectors.tobytes()


def test_a_fit_leaves_the_global_randomness_as_it_was() -> None:
    state = torch.random.get_rng_state()
    small(epochs=1).fit(circle(), derive(1, "fit"))
    assert torch.equal(state, torch.random.get_rng_state())


def test_a_watch_ends_it_early_and_keeps_the_best() -> None:
    data, told = circle(), iter([0.1, 0.5, 0.4, 0.3, 0.2])
    histories, shapes = data.interactions.histories, []

    def watch(score: object) -> float:
        shapes.append(score(histories).shape)  # type: ignore[operator]
        return next(told)

    model = small(epochs=40, every=1, patience=2).fit(data, derive(1, "fit"), watch=watch)
    assert model.trajectory.stopped == "patience"
    assert model.trajectory.best == 2
    assert len(model.trajectory.epochs) == 4
    assert set(shapes) == {(60, 12)}


def test_where_nobody_came_twice_fame_is_all_that_is_learnt() -> None:
    likes = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0]], np.float64)
    data = world(likes)
    model = small().fit(data, derive(1, "fit"))
    scores = model.score(data.interactions.histories)
    assert (np.nan_to_num(scores, nan=-np.inf).argmax(axis=1) == 0).all()
    assert np.isnan(scores[:, 2:]).all()
    assert model.trajectory.epochs == ()


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting SASRec needs .* lower width"):
        small(max_bytes=1_000).fit(world(two_tribes(6)[0]), derive(1, "fit"))


def test_heads_share_the_width_or_it_is_refused() -> None:
    with pytest.raises(ValueError, match="width 16 cannot be shared by 3 heads"):
        SasRec.Config(width=16, heads=3)


def test_few_steps_are_not_all_spent_on_warming_up() -> None:
    assert SasRec.Config(epochs=20, warmup=100).loop(steps=2).warmup == 4
    assert SasRec.Config(epochs=20, warmup=100).loop(steps=90).warmup == 100
