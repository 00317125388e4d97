"""The page: one well-formed file that fetches nothing and says what the reports say."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import BadRequest
from zhiyin.data import Exam, Split
from zhiyin.evaluation import Candidates, Goods, Report, evaluate, render_page
from zhiyin.testing import two_tribes, world

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
    assert found.tags.count("svg") == 3
    assert found.tags.count("table") == 2
    for report in reports.values():
        assert f"{report['recall@10']:.4f}" in found.text


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
    assert Reader(page).tags.count("svg") == 1  # segments; there is no coverage


@settings(max_examples=25)
@given(st.lists(st.floats(1e-4, 1e6), min_size=1, max_size=9), st.integers(1, 3))
def test_any_costs_and_any_number_of_models_can_be_drawn(
    reports: dict[str, Report], costs: list[float], quality: int
) -> None:
    same = {f"model {n}": reports["knn"] for n in range(len(costs))}
    spent = {f"model {n}": cost for n, cost in enumerate(costs)}
    page = render_page(same, costs=spent, metric=("ndcg@5", "gini@10", "novelty@5")[quality - 1])
    found = Reader(page)
    assert found.tags.count("circle") == len(costs)
    places = [float(value or 0) for name, value in found.attributes if name in {"cx", "cy"}]
    assert all(0 <= place <= 640 for place in places)


def test_models_at_one_spot_have_labels_that_do_not_cover_each_other(
    reports: dict[str, Report],
) -> None:
    page = render_page({"one": reports["knn"], "two": reports["knn"]}, costs={"one": 1, "two": 1})
    heights = [
        float(re.search(rf'y="([\d.]+)" text-anchor="start">{name}<', page)[1])  # type: ignore[index]
        for name in ("one", "two")
    ]
    assert abs(heights[0] - heights[1]) >= 12


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
