"""Pages tell what the records say, and leave out what no record says."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")  # benchmarks name the models that they measure

ROOT = Path(__file__).parent.parent.parent
ALWAYS = ("newcomer", "ingest", "interactions")
FOUR = ("recall@10", "recall@20", "ndcg@10", "ndcg@20")


class Docs:
    """The files that write pages, reading records from a folder of the test."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        patch.syspath_prepend(str(ROOT))
        patch.syspath_prepend(str(ROOT / "docs"))
        import cited
        import compared
        import measured
        import records

        patch.setattr(records, "RESULTS", folder)
        self.folder = folder
        self.numbers, self.tables, self.papers = measured.numbers, compared.tables, cited.papers

    def write(self, name: str, record: dict[str, Any]) -> None:
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps({"commit": "abc1234", "when": "2026-01-02T03:04Z", **record}))


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docs:
    """With no record but those that have always been there."""
    for name in ALWAYS:
        kept = (ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(kept, encoding="utf-8")
    return Docs(tmp_path, monkeypatch)


def model(name: str, shop: str, seed: int, recall: float, *, part: str = "test") -> dict[str, Any]:
    """A row of models.json."""
    four = dict.fromkeys(FOUR, recall)
    costs = {"fit_cpu_s": 3.0, "rank_cpu_s": 1.0, "peak_bytes": 10**9, "form_bytes": 10**7}
    facts = {"shop": shop, "model": name, "sees": "behaviour", "seed": seed}
    return {**facts, **costs, part: four, "commit": "abc1234", "when": "2026-01-02T03:04Z"}


def champion(seed: int, recall: float, **more: Any) -> dict[str, Any]:
    """A run of champion-SHOP.json with one part."""
    judged = {"blend": dict.fromkeys(FOUR, recall), "smooth GF": dict.fromkeys(FOUR, 0.1)}
    against = {"difference": 0.01, "low": 0.005, "high": 0.015, "p": 0.0005}
    return {
        "seed": seed,
        "cpu_s": 100.0,
        "weights": {"smooth GF": 1.0},
        "parts": {"smooth GF": {"fit_cpu_s": 3.0}},
        "best_part": "smooth GF",
        "valid": judged,
        "test": judged,
        "rank_cpu_s": 5.0,
        "against_best_part": {"recall@20": against},
        "peak_bytes": 2 * 10**9,
        "commit": "abc1234",
        "when": "2026-01-02T03:04Z",
        **more,
    }


def lines(text: str, *words: str) -> list[str]:
    return [line for line in text.splitlines() if all(word in line for word in words)]


def test_what_was_never_measured_is_left_out(docs: Docs) -> None:
    for lang in ("en", "zh"):
        assert lines(docs.numbers(lang), "newcomer")
        assert not lines(docs.numbers(lang), "Amazon")
    assert set(docs.tables().values()) == {"Not measured yet.\n"}


def test_a_row_without_its_test_part_is_left_out(docs: Docs) -> None:
    rows = [model("EASE", "baby", 7, 0.08), model("SLIM", "baby", 7, 0.07, part="valid")]
    docs.write("models", {"results": rows})
    told = docs.tables()["baby"]
    assert lines(told, "| EASE |", "0.0800")
    assert not lines(told, "SLIM")


def test_several_seeds_are_told_as_mean_and_spread(docs: Docs) -> None:
    rows = [model("LightGCN", "baby", seed, value) for seed, value in ((7, 0.08), (8, 0.09))]
    docs.write("models", {"results": rows})
    assert lines(docs.tables()["baby"], "LightGCN (2 seeds)", "0.0850 ± 0.0071", "0.0754 / 0.0328")


def test_the_blend_stands_beside_its_limit_and_what_is_published(docs: Docs) -> None:
    docs.write("champion-baby", {"runs": [champion(0, 0.11), champion(1, 0.12)]})
    told = docs.tables()["champion"]
    assert lines(told, "**blend**", "0.1150 ± 0.0071", "100 ± 0")
    assert lines(told, "best published", "0.1096", "limit 300")
    assert lines(told, "recall@20 +0.0100", "p = 0.0005")
    assert "Sports" not in told
    assert lines(docs.numbers("zh"), "Baby", "0.1150 ± 0.0071", "0.1096")


def test_a_blend_whose_test_was_not_opened_is_not_told(docs: Docs) -> None:
    run = champion(0, 0.11)
    del run["test"]
    docs.write("champion-baby", {"runs": [run]})
    assert docs.tables()["champion"] == "Not measured yet.\n"
    assert not lines(docs.numbers("en"), "blend of")


def test_of_ials_those_settings_are_told_that_valid_chose(docs: Docs) -> None:
    def row(name: str, valid: float, test: float) -> dict[str, Any]:
        both = {"valid": dict.fromkeys(FOUR, valid), "test": dict.fromkeys(FOUR, test)}
        return {"shop": "baby", "model": name, "fit_cpu_s": 2.0, "rank_cpu_s": 1.0, **both}

    rows = [row("iALS width=64", 0.08, 0.09), row("iALS width=128", 0.09, 0.08)]
    theirs = [row("implicit ALS by default", 0.05, 0.099)]
    record = {"tried": {}, "results": [*rows, *theirs]}
    docs.write("implicit", {"opened_test": True, **record})
    assert lines(docs.numbers("en"), "iALS width=128", "0.0800", "0.0990")
    docs.write("implicit", {"opened_test": False, **record})
    assert lines(docs.numbers("en"), "iALS width=128", "(on valid)", "0.0900", "0.0500")


def test_papers_get_our_number_and_their_own_only(docs: Docs) -> None:
    rows = [model("LightGCN", "baby", 7, 0.08), model("smooth GF", "sports", 7, 0.11)]
    docs.write("models", {"results": rows})
    page = [
        "| He: *LightGCN* | `models/collaborative/lightgcn.py` | – | old | old |",
        "| none: smooth GF, after FREEDOM | `models/multimodal/smoothgf.py` | – | old | old |",
        "| Zhang: LATTICE | `models/multimodal/freedom.py` | – | old | old |",
    ]
    ours, spread, lattice = docs.papers("\n".join(page)).splitlines()
    assert ours.endswith("| Baby 0.0800 | Baby 0.0754 · Sports 0.0864 |")
    assert spread.endswith("| Sports 0.1100 | – |")
    assert lattice.endswith("| – | Baby 0.0850 · Sports 0.0953 |")
