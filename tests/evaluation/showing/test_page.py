"""The page: one well-formed file that fetches nothing and says what the reports say."""

import importlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import BadRequest
from zhiyin.data import Exam, Split
from zhiyin.evaluation import (
    Candidates,
    Goods,
    Report,
    compare,
    evaluate,
    over_seeds,
    render_page,
)
from zhiyin.testing import two_tribes, world

WORDS = importlib.import_module("zhiyin.evaluation.showing.words").WORDS
METRICS = importlib.import_module("zhiyin.evaluation.showing.words").METRICS
ticks = importlib.import_module("zhiyin.evaluation.showing.plots").ticks

OPEN = {"meta"}


class Reader(HTMLParser):
    """Checks that what is opened is closed, and gathers what there is."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in OPEN:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def split() -> Split:
    return Split.by_ratio(world(two_tribes(20)[0]), valid=0.2, test=0.2)


def random_scores(exam: Exam, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((len(exam), exam.items), dtype=np.float32)


@pytest.fixture(scope="module")
def reports(split: Split) -> dict[str, Report]:
    goods = Goods.of(split.train)
    rows = {name: random_scores(split.valid, n) for n, name in enumerate(("knn", "ease"))}
    return {
        name: evaluate(lambda h, own=own: own, split.valid, (5, 10), goods=goods)
        for name, own in rows.items()
    }


@pytest.mark.parametrize(("lang", "title"), [("en", "Evaluation"), ("zh-CN", "评估报告")])
def test_the_page_is_whole_in_both_languages(
    reports: dict[str, Report], lang: str, title: str
) -> None:
    found = Reader(render_page(reports, costs={"knn": 0.5, "ease": 30}, lang=lang))
    assert title in found.text
    assert found.tags.count("svg") == 2  # for wide screens and for narrow ones
    assert found.tags.count("table") == 2  # one per cut-off
    for report in reports.values():
        assert f"{report['recall@10']:.4f}" in found.text
    chinese = re.search("[\u4e00-\u9fff]", "".join(found.text))
    assert bool(chinese) == (lang == "zh-CN")


def test_all_words_are_there_in_both_languages() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh"])
    for name, sentence in WORDS["en"].items():
        assert re.findall(r"{\w+}", sentence) == re.findall(r"{\w+}", WORDS["zh"][name]), name
    metrics = importlib.import_module("zhiyin.evaluation.metrics").METRICS
    slates = {"novelty", "tail", "variety", "diversity", "coverage", "gini"}
    assert set(METRICS) == set(metrics) | slates


def test_a_heading_and_a_line_about_it_are_shown(reports: dict[str, Report]) -> None:
    found = Reader(render_page(reports, title="Spring <1>", about="a & b"))
    assert {"Spring <1>", "a & b"} <= set(found.text)


def test_who_is_compared_with_whom_is_said(reports: dict[str, Report]) -> None:
    better, other = sorted(reports, key=lambda name: -reports[name]["ndcg@10"])
    found = compare(reports[better], reports[other], "ndcg@10")
    assert found.difference > 0
    said = "".join(Reader(render_page(reports, metric="ndcg@10")).text)
    assert said.index(better) < said.index(other)
    assert f"−{found.difference:.4f}, p {found.p:.3f}" in said
    turned = "".join(Reader(render_page(reports, metric="ndcg@10", against=other)).text)
    assert f"+{found.difference:.4f}, p {found.p:.3f}" in turned


def test_runs_of_one_model_are_shown_as_mean_and_spread(reports: dict[str, Report]) -> None:
    one, two = reports.values()
    found = Reader(render_page({"model": [one, two], "other": one}))
    spread = over_seeds([one, two])["ndcg@10"]
    assert f"{spread.mean:.4f}" in found.text
    assert f"± {spread.sd:.4f}" in found.text


def test_which_leaks_were_looked_for_is_said(split: Split) -> None:
    own = random_scores(split.valid, 0)
    report = evaluate(lambda h: own, split.valid, learnt_from=split.train)
    assert "Leaks looked for" in Reader(render_page({"one": report})).text
    assert "泄漏检查" in Reader(render_page({"one": report}, lang="zh")).text


def test_it_fetches_nothing(reports: dict[str, Report]) -> None:
    page = render_page(reports, costs={"knn": 0.5})
    found = Reader(page)
    assert not {"script", "link", "img", "iframe", "object", "use"} & set(found.tags)
    assert not {"src", "href"} & {name for name, _ in found.attributes}
    assert not {"url(", "@import", "http://", "https://"} & set(page.split())
    assert "url(" not in page
    assert "://" not in page
    assert "default-src 'none'" in page


def test_names_are_shown_and_not_obeyed(reports: dict[str, Report]) -> None:
    name = '<script>alert("&")</script>'
    page = render_page({name: reports["knn"]}, costs={name: 1.0})
    assert "<script" not in page
    assert name in "".join(Reader(page).text)


def test_frozen_candidates_are_written_on_the_page(split: Split) -> None:
    drawn = Candidates.draw(split.valid, 3)
    own = random_scores(split.valid, 0)
    page = render_page({"knn": evaluate(lambda h: own, split.valid, (1, 2), candidates=drawn)})
    assert drawn.digest in page
    said = "".join(Reader(page).text)
    assert "Segments" in said
    assert "Coverage" not in said  # nobody is shown a slate


@settings(max_examples=25)
@given(st.lists(st.floats(1e-4, 1e6), min_size=1, max_size=9), st.integers(1, 3))
def test_any_costs_and_any_number_of_models_can_be_drawn(
    reports: dict[str, Report], costs: list[float], quality: int
) -> None:
    same = {f"model {n}": reports["knn"] for n in range(len(costs))}
    spent = {f"model {n}": cost for n, cost in enumerate(costs)}
    page = render_page(same, costs=spent, metric=("ndcg@5", "gini@10", "novelty@5")[quality - 1])
    found = Reader(page)
    assert found.tags.count("circle") == 2 * len(costs)
    for name, most in (("cx", 960), ("cy", 360)):
        places = [float(value or 0) for key, value in found.attributes if key == name]
        assert all(0 <= place <= most for place in places)
    styles = " ".join(value or "" for key, value in found.attributes if key == "style")
    assert all(0 <= float(part) <= 100 for part in re.findall(r"([\d.-]+)%", styles))


def labels(page: str) -> list[tuple[float, float, float, float]]:
    """The boxes of the names in the wide drawing of quality against cost."""
    drawing = page[page.index("<svg") : page.index("</svg>")]
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">(\d[^<]*)<', drawing)
    boxes = []
    for x, y, anchor, words in found:
        left = float(x) - (0 if anchor == "start" else 7 * len(words))
        boxes.append((left, float(y) - 10, left + 7 * len(words), float(y) + 2))
    return boxes


@pytest.mark.parametrize("models", [2, 6, 12])
def test_models_at_one_spot_have_labels_that_do_not_cover_each_other(
    reports: dict[str, Report], models: int
) -> None:
    names = [f"a model with a long name {n}" for n in range(models)]
    page = render_page(dict.fromkeys(names, reports["knn"]), costs=dict.fromkeys(names, 1.0))
    boxes = labels(page)
    assert len(boxes) == models
    for n, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= 960
        for other in boxes[:n]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]


def test_one_model_is_compared_with_nobody(reports: dict[str, Report]) -> None:
    said = "".join(Reader(render_page({"knn": reports["knn"]})).text)
    assert "paired bootstrap" not in said
    assert "Bold" not in said


@given(st.floats(-5, 5), st.floats(1e-6, 1e3), st.integers(2, 8))
def test_ticks_are_round_and_between(low: float, wide: float, most: int) -> None:
    found = ticks(low, low + wide, most)
    assert len(found) <= most + 1
    assert len(set(found.values())) == len(found)
    assert all(low - 1e-6 * wide <= value <= low + wide + 1e-6 * wide for value in found)


def test_what_has_no_value_is_a_dash(reports: dict[str, Report]) -> None:
    own = {"recall@5": np.array([np.nan])}
    empty = Report((5,), 3, np.array([0]), own, {})
    assert "–" in Reader(render_page({"silent": empty})).text


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"metric": "joy@5"}, "choose one of"),
        ({"costs": {"nobody": 1.0}}, "nobody"),
        ({"costs": {"knn": 0.0}}, "above 0"),
        ({"costs": {"knn": float("nan")}}, "above 0"),
        ({"against": "nobody"}, "choose one of"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    reports: dict[str, Report], more: dict[str, object], problem: str
) -> None:
    with pytest.raises(BadRequest, match=problem):
        render_page(reports, **more)  # type: ignore[arg-type]


def test_reports_that_cannot_stand_side_by_side_are_refused(reports: dict[str, Report]) -> None:
    with pytest.raises(BadRequest, match="no reports"):
        render_page({})
    other = replace(reports["knn"], protocol="targets + 100 uniform")
    with pytest.raises(BadRequest, match="another protocol"):
        render_page({"knn": reports["knn"], "other": other})
