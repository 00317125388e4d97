"""Fit: the best recipe is chosen fairly, written whole, and live only when not worse."""

import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from zhiyin.core import ArtifactStore, BadRequest, Histories, Vocabulary
from zhiyin.data import Dataset, Interactions
from zhiyin.models import Neighbours, load_form
from zhiyin.models.collaborative import ItemKnn, Popularity
from zhiyin.posttrain import FitReport, Limits, fit, judge
from zhiyin.posttrain.recipes import Blended, Recipe, recall
from zhiyin.testing import two_tribes, world
from zhiyin.testing.worlds import HOUR, START

POPULAR = Recipe("popularity", Popularity.Config())
NEAREST = Recipe("item-knn", ItemKnn.Config(shrink=1))
ROLE = "recommend"
SHORT = Limits(budget=4.0)  # as of ``judged``


def still() -> float:
    """A clock at which no time passes, so that a busy machine stops nothing."""
    return 0.0


def at_times(data: Dataset, times: npt.NDArray[np.int64]) -> Dataset:
    """The same events, each at its new time."""
    old, events = data.interactions, data.interactions.histories
    order = np.lexsort((times, events.rows()))
    histories = Histories(
        events.items[order],
        events.kinds[order],
        times[order],
        events.weights[order],
        events.offsets,
        events.kind_names,
    )
    return data.learning_from(Interactions(old.shoppers, old.items, histories, old.strengths))


def tribes_in_time(size: int = 24) -> Dataset:
    """Two tribes whose members turn to the tribe's items in an order of their own.

    Popularity cannot tell the tribes apart; neighbours can.
    """
    data = world(np.add.outer(np.arange(size), np.arange(size)) % 2)
    return at_times(data, START + HOUR * np.random.default_rng(3).permutation(size * size // 2))


def permuted_after(data: Dataset, moment: int) -> Dataset:
    """The same events with the items of those from ``moment`` on dealt out anew."""
    old, events = data.interactions, data.interactions.histories
    late = np.flatnonzero(events.times >= moment)
    items = events.items.copy()
    items[late] = np.random.default_rng(1).permutation(items[late])
    histories = Histories(
        items, events.kinds, events.times, events.weights, events.offsets, events.kind_names
    )
    return data.learning_from(Interactions(old.shoppers, old.items, histories, old.strengths))


def files_of(artifacts: ArtifactStore, id: str | None) -> dict[str, bytes]:
    assert id is not None
    artifact = artifacts.open(id)
    return {name: (artifact.path / name).read_bytes() for name in artifact.manifest.files}


def test_who_tells_shoppers_apart_beats_popularity_where_tribes_differ(
    artifacts: ArtifactStore,
) -> None:
    report = fit(tribes_in_time(), artifacts, cut=3)
    by_name = {trial.name: trial for trial in report.rows}
    best = by_name[report.best]
    assert best.recipe.family != "popularity"
    assert best.valid["ndcg@10"] > by_name["popularity"].valid["ndcg@10"] + 0.1
    assert best.metrics["ndcg@10"] > by_name["popularity"].metrics["ndcg@10"] + 0.1


def test_the_best_recipe_beats_popularity_in_the_demo_shop(judged: FitReport) -> None:
    report = judged
    by_name = {trial.name: trial for trial in report.rows}
    best, plain = by_name[report.best], by_name["popularity"]
    assert best.recipe.family != "popularity"
    assert best.valid["ndcg@10"] > plain.valid["ndcg@10"]
    assert best.metrics["ndcg@10"] > plain.metrics["ndcg@10"]


def test_popularity_is_added_to_neighbours_even_where_popularity_alone_leads(
    demo: tuple[Dataset, int],
) -> None:
    weak = Recipe("item-knn", ItemKnn.Config(shrink=1e6, neighbours=1))
    report = judge(demo[0], recipes=[POPULAR, weak])
    by_name = {trial.name: trial for trial in report.rows}
    assert by_name["popularity"].valid["ndcg@10"] > by_name[weak.name].valid["ndcg@10"]
    assert any(isinstance(t.recipe, Recipe) and t.recipe.prior for t in report.rows)


def test_the_report_tells_every_trial_and_how_the_time_was_cut(
    demo: tuple[Dataset, int], judged: FitReport
) -> None:
    report = judged
    record = report.record()
    names = [trial.name for trial in report.rows]
    assert len(set(names)) == len(names) >= 4
    assert report.best in names
    assert (report.artifact, report.promoted) == (None, False)
    assert record["split"]["how"] == "time"
    assert record["split"]["test_opened"] is True
    parts = [record["split"][part] for part in ("train", "valid", "test")]
    assert sum(parts) == len(demo[0].interactions)
    assert min(parts) > 0
    assert record["split"]["target_kinds"]
    assert len(record["trials"]) + len(record["tuning"]) == len(report.rows)
    assert {trial["name"] for trial in record["trials"]} == set(report.reports)
    for trial in report.judged:
        assert set(report.metric_names) <= set(trial.metrics)
    for trial in report.rows:
        assert all(0 <= value <= 1 for value in (*trial.valid.values(), *trial.metrics.values()))
        assert trial.seconds >= 0
        assert trial.stated > 0
        assert trial.needed > 0


def test_compiling_a_table_costs_no_quality(judged: FitReport) -> None:
    assert [trial.compile_cost for trial in judged.rows if trial.compile_cost] == []


def test_the_manifest_says_where_the_artifact_comes_from(
    demo: tuple[Dataset, int], artifacts: ArtifactStore
) -> None:
    data, cut = demo
    report = fit(data, artifacts, cut=cut, seed=7, limits=SHORT, clock=still)
    live = artifacts.live(ROLE)
    assert live is not None
    manifest = live.manifest
    assert manifest.id == report.artifact
    assert (manifest.kind, manifest.stage) == ("recommender", "posttrain")
    assert (manifest.data_hash, manifest.cut, manifest.seed) == (data.data_hash, cut, 7)
    best = next(trial for trial in report.rows if trial.name == report.best)
    assert recall(manifest.config) == best.recipe
    assert manifest.metrics["test ndcg@10"] == best.metrics["ndcg@10"]
    assert manifest.metrics["valid ndcg@10"] == best.valid["ndcg@10"]


def test_the_artifact_learnt_from_everything_that_was_there(
    demo: tuple[Dataset, int], artifacts: ArtifactStore
) -> None:
    data, cut = demo
    fit(data, artifacts, cut=cut, recipes=[POPULAR, NEAREST])
    live = artifacts.live(ROLE)
    assert live is not None
    assert load_form(live.path).now == data.interactions.newest


def test_fitted_twice_gives_the_same_bytes_and_the_same_numbers(
    demo: tuple[Dataset, int], tmp_path: Path
) -> None:
    data, cut = demo
    stores = [ArtifactStore(tmp_path / name) for name in ("one", "two")]
    one, two = (fit(data, store, cut=cut, seed=7, limits=SHORT, clock=still) for store in stores)
    assert files_of(stores[0], one.artifact) == files_of(stores[1], two.artifact)
    assert one.best == two.best
    assert [(t.name, t.valid, t.metrics) for t in one.rows] == [
        (t.name, t.valid, t.metrics) for t in two.rows
    ]


def test_an_artifact_holds_arrays_and_json_and_no_pickle(artifacts: ArtifactStore) -> None:
    report = fit(tribes_in_time(), artifacts, cut=1)
    files = files_of(artifacts, report.artifact)
    assert {Path(name).suffix for name in files} == {".npy", ".json"}
    for name, content in files.items():
        if name.endswith(".npy"):
            assert b"'|O'" not in content[:200], f"{name} holds Python objects"


def test_the_test_days_do_not_change_what_is_chosen(
    demo: tuple[Dataset, int], judged: FitReport
) -> None:
    report, late = judged, round(judged.cut.timestamp() * 1e6)
    other = judge(permuted_after(demo[0], late), seed=7, limits=SHORT, clock=still)
    assert other.best == report.best
    assert [t.valid for t in other.rows] == [t.valid for t in report.rows]
    assert [t.metrics for t in other.rows] != [t.metrics for t in report.rows]


def test_a_worse_recipe_does_not_take_the_place_of_a_better_live_one(
    artifacts: ArtifactStore,
) -> None:
    data = tribes_in_time()
    first = fit(data, artifacts, cut=1, recipes=[NEAREST])
    live = artifacts.live(ROLE)
    assert live is not None
    better = recall(live.manifest.config)
    second = fit(data, artifacts, cut=1, recipes=[POPULAR])
    now = artifacts.live(ROLE)
    assert now is not None
    assert second.promoted
    assert recall(now.manifest.config) == better
    assert files_of(artifacts, first.artifact) == files_of(artifacts, second.artifact)


def test_a_better_recipe_takes_the_place_of_a_worse_live_one(artifacts: ArtifactStore) -> None:
    data = tribes_in_time()
    fit(data, artifacts, cut=1, recipes=[POPULAR])
    report = fit(data, artifacts, cut=1, recipes=[NEAREST])
    assert report.promoted
    assert artifacts.live_id(ROLE) == report.artifact
    assert report.best.startswith("item-knn")


def test_a_live_recipe_that_is_unknown_here_stays_until_a_person_decides(
    artifacts: ArtifactStore,
) -> None:
    with artifacts.writing("recommender", "posttrain", config={"recipe": "of tomorrow"}) as draft:
        (draft.path / "words.json").write_text("{}")
    artifacts.promote(ROLE, draft.id)
    report = fit(tribes_in_time(), artifacts, cut=1)
    assert not report.promoted
    assert artifacts.live_id(ROLE) == draft.id
    assert report.artifact is not None
    assert f"zhiyin promote {report.artifact}" in report.why
    assert f"zhiyin promote {report.artifact}" in report.why_zh


@pytest.mark.parametrize("harm", ["bytes", "manifest", "folder"])
def test_fitting_again_is_the_way_out_of_a_damaged_live_artifact(
    artifacts: ArtifactStore, harm: str
) -> None:
    data = tribes_in_time()
    first = fit(data, artifacts, cut=1)
    assert first.artifact is not None
    folder = artifacts.root / first.artifact
    match harm:
        case "bytes":
            (folder / "prior.npy").write_bytes(b"x")
        case "manifest":
            (folder / "manifest.json").write_text("{")
        case "folder":
            shutil.rmtree(folder)
    second = fit(data, artifacts, cut=1)
    assert second.promoted
    live = artifacts.live(ROLE)
    assert live is not None
    assert live.id == second.artifact


@pytest.mark.parametrize("failure", [RuntimeError("the disk is full"), KeyboardInterrupt()])
def test_nothing_is_left_when_learning_fails_or_is_interrupted(
    artifacts: ArtifactStore, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fails(self: Neighbours, folder: Path, **_: object) -> None:
        (folder / "half.npy").write_bytes(b"half")
        raise failure

    monkeypatch.setattr(Neighbours, "save", fails)
    with pytest.raises(type(failure)):
        fit(tribes_in_time(), artifacts, cut=1)
    assert artifacts.manifests() == []
    assert artifacts.live_id(ROLE) is None
    assert [*artifacts.root.rglob("half.npy")] == []


def all_at_once() -> Dataset:
    data = tribes_in_time(8)
    return at_times(data, np.full(len(data.interactions), START))


def returns_with_nothing_new() -> Dataset:
    """All come back until the end, for the item they had at the beginning."""
    data = world(np.full((12, 1), 20.0))
    return at_times(data, START + HOUR * np.tile(np.arange(20), 12))


def test_where_too_few_come_back_everybodys_last_choice_is_the_test() -> None:
    report = judge(all_at_once())
    assert report.split["how"] == "leave-one-out"
    assert report.shoppers == 8


def test_what_goes_live_has_an_answer_for_a_guest() -> None:
    report = judge(all_at_once())
    recipe = report.chosen.recipe
    families = [part.family for part in recipe.parts] if isinstance(recipe, Blended) else []
    prior = isinstance(recipe, Recipe) and recipe.prior > 0
    assert prior or "popularity" in [recipe.family, *families]


def test_where_nobody_comes_back_for_something_new_it_is_said() -> None:
    with pytest.raises(BadRequest, match="nobody came back in the last days") as caught:
        judge(returns_with_nothing_new())
    assert "longer time" in str(caught.value)
    assert "没有顾客回来" in caught.value.text("zh")


def only_valid_has_targets() -> Dataset:
    """Twelve shoppers; in the test days only dislikes."""
    likes = np.ones((12, 20))
    likes[:, -2:] = -1
    return world(likes)


def test_test_days_that_ask_nobody_are_told_like_valid_ones() -> None:
    with pytest.raises(BadRequest, match="nobody came back in the last days"):
        judge(only_valid_has_targets())


def test_too_few_events_are_told_with_their_number(artifacts: ArtifactStore) -> None:
    with pytest.raises(BadRequest, match=r"^3 events are too few .*zhiyin ingest FILE") as caught:
        fit(world(np.eye(3)), artifacts, cut=0)
    assert "只有 3 条" in caught.value.text("zh")
    assert artifacts.manifests() == []


def test_a_catalogue_without_events_is_told() -> None:
    empty = Interactions.from_events([], {}, items=Vocabulary(["a", "b"]))
    with pytest.raises(BadRequest, match=r"^0 events are too few"):
        judge(Dataset(empty))


def test_events_about_unknown_items_are_told_as_left_out() -> None:
    known = world(np.eye(4)).interactions
    stranger = Interactions(
        known.shoppers,
        known.items,
        known.histories,
        known.strengths,
        skipped={"items not in the catalogue": 2_000},
    )
    with pytest.raises(BadRequest, match="2,000 items not in the catalogue"):
        judge(Dataset(stranger))


def test_without_carts_and_buys_every_turn_to_an_item_is_asked_for(
    demo: tuple[Dataset, int],
) -> None:
    seen, _ = two_tribes(24)
    assert judge(world(seen, kind="view")).split["target_kinds"] == ["view"]


class Watcher:
    """Someone who watches, and remembers the steps."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}

    def step(self, name: str, total: int | None = None, unit: str = "") -> "Watcher":
        self.now = name
        self.steps[name] = 0
        return self

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(self, *_: object) -> None: ...

    def advance(self, amount: int = 1, **notes: object) -> None:
        self.steps[self.now] += amount


def test_long_work_shows_progress(artifacts: ArtifactStore) -> None:
    watcher = Watcher()
    report = fit(tribes_in_time(), artifacts, cut=1, progress=watcher)  # type: ignore[arg-type]
    assert watcher.steps == {"fit and judge": len(report.rows), "learn from everything": 1}
