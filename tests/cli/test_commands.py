"""The commands one by one: what they print, refuse and leave behind."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from zhiyin.app import open_shop

ITEMS = "id,title,price,stock\nscarf,Cloud scarf,399,3\ncup,[red]Crackle[/] cup,128,0\n"
EVENTS = (
    "shopper,item,kind,time\n"
    "ann,scarf,view,2026-03-01T08:00:00Z\n"
    "bob,cup,teleport,2026-03-02T09:30:00Z\n"
)


def written(place: Path, text: str) -> Path:
    place.write_text(text, encoding="utf-8")
    return place


def counts(folder: Path) -> tuple[int, int]:
    with open_shop(folder) as shop:
        return shop.store.catalogue.count(), shop.store.events.count()


# -- init, ingest, import ---------------------------------------------------------------


def test_init_writes_settings_and_names_the_next_command(run: Any, tmp_path: Path) -> None:
    told = run("init", tmp_path / "[bold]tea", "--currency", "USD", "--timezone", "Asia/Shanghai")
    assert told.status == 0
    assert "next: zhiyin ingest FILE" in told.out
    assert "[bold]tea" in told.out
    assert 'currency = "USD"' in (tmp_path / "[bold]tea" / "zhiyin.toml").read_text()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--timezone", "Mars"), "bad_settings"),
        (("--name", "a/b"), "bad_settings"),
        (("--currency", "yuan"), "bad_settings"),
    ],
)
def test_init_refuses_what_makes_no_sense(
    run: Any, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    told = run("init", tmp_path / "tea", *words)
    assert (told.status, told.out) == (2, "")
    assert told.err.startswith(code + " ")
    assert not (tmp_path / "tea").exists()


def test_init_keeps_a_shop_that_is_there(run: Any, folder: Path) -> None:
    told = run("init", folder)
    assert told.status == 2
    assert told.err.startswith("conflict ")


def test_ingest_finds_out_what_the_rows_are(run: Any, folder: Path, tmp_path: Path) -> None:
    assert run("ingest", written(tmp_path / "a.csv", ITEMS), "--shop", folder).status == 0
    told = run("ingest", written(tmp_path / "b.csv", EVENTS), "--shop", folder)
    assert told.status == 0
    assert "unknown_kind × 1" in told.out
    assert "rejects.jsonl" in told.out
    assert counts(folder) == (2, 1)


def test_ingest_maps_columns_kinds_and_constants(run: Any, folder: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "x.csv", "who;what;did\nann;scarf;pv\n")
    told = run(
        "ingest", file, "-s", folder, "--map", "shopper=who", "--map", "item=what",
        "--map", "kind=did", "--kind", "pv=buy", "--set", "time=2026-03-01T00:00:00Z",
        "--delimiter", ";",
    )  # fmt: skip
    assert told.status == 0, told.err
    with open_shop(folder) as shop:
        assert [event.kind for event in shop.store.events.recent("ann")] == ["buy"]


def test_ingest_takes_a_file_without_header(run: Any, folder: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "x.csv", "ann,scarf,view,1772000000\nbob,cup,buy,1772000001\n")
    told = run("ingest", file, "-s", folder, "--columns", "shopper,item,kind,time")
    assert told.status == 0, told.err
    assert counts(folder) == (0, 2)


def test_ingest_takes_items_by_the_fields_that_are_named(
    run: Any, folder: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / "x.csv", "sku,label\nscarf,Scarf\n")
    told = run("ingest", file, "-s", folder, "--map", "id=sku", "--map", "title=label")
    assert told.status == 0, told.err
    assert counts(folder) == (1, 0)


def test_ingest_checks_without_storing(run: Any, folder: Path, tmp_path: Path) -> None:
    told = run("ingest", written(tmp_path / "a.csv", ITEMS), "--shop", folder, "--check")
    assert told.status == 0
    assert "would be stored" in told.out
    assert counts(folder) == (0, 0)


def test_a_file_taken_in_before_is_told_and_read_again_only_afresh(
    run: Any, folder: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / "b.csv", EVENTS)
    run("ingest", file, "-s", folder)
    assert "--afresh reads it again" in run("ingest", file, "-s", folder).err
    again = run("ingest", file, "-s", folder, "--afresh")
    assert again.status == 0
    assert "--afresh" not in again.err
    assert counts(folder) == (0, 1)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("nowhere.csv",), 2, "not_found"),
        (("empty.csv",), 2, "bad_input"),
        (("broken.csv.gz",), 1, "damaged"),
        (("good.csv", "--into", "things"), 2, "bad_request"),
        (("good.csv", "--map", "shopper"), 2, "bad_request"),
        (("good.csv", "--set", "colour=red"), 2, "bad_input"),
        (("good.csv", "--map", "shopper=nobody"), 2, "bad_input"),
        (("good.csv", "--encoding", "klingon"), 2, "bad_input"),
        (("good.csv", "--delimiter", "--"), 2, "bad_input"),
        (("good.csv", "--mapping", "nowhere.toml"), 2, "not_found"),
    ],
)
def test_ingest_refuses_in_one_sentence(
    run: Any,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    status: int,
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "good.csv", EVENTS)
    written(tmp_path / "empty.csv", "")
    (tmp_path / "broken.csv.gz").write_bytes(gzip.compress(EVENTS.encode() * 50)[:40])
    told = run("ingest", *words, "--shop", folder)
    (line,) = told.err.splitlines()
    assert (told.status, line.split()[0]) == (status, code), line
    assert counts(folder) == (0, 0)


def test_import_without_a_name_lists_what_there_is(run: Any) -> None:
    told = run("import")
    assert told.status == 0
    for name in ("amazon", "movielens", "gorse", "ubi", "userbehavior"):
        assert name in told.out


def test_import_takes_a_known_layout_in(run: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    written(tmp_path / "ml" / "u.data", "1\t10\t5\t874965758\n")
    told = run("import", "movielens", tmp_path / "ml", "--shop", folder)
    assert told.status == 0, told.err
    assert counts(folder)[1] == 1


def test_import_of_an_unknown_name_offers_near_ones(run: Any, folder: Path) -> None:
    told = run("import", "movielense", "x", "--shop", folder)
    assert told.status == 2
    assert "did you mean movielens" in told.err


# -- learning ---------------------------------------------------------------------------


def test_evaluate_shows_every_recipe_and_writes_nothing(run: Any, fitted: Path) -> None:
    before = sorted((fitted / "artifacts").iterdir())
    told = run("evaluate", "--shop", fitted)
    assert told.status == 0
    assert "popularity" in told.out
    assert "item-knn" in told.out
    assert "●" in told.out
    assert sorted((fitted / "artifacts").iterdir()) == before


def test_evaluate_gives_json(run: Any, fitted: Path) -> None:
    record = json.loads(run("evaluate", "--shop", fitted, "--json").out)
    assert record["artifact"] is None
    assert {"recipe", "valid", "test"} <= set(record["trials"][0])


def test_what_was_tried_is_told_with_its_time_and_memory(run: Any, fitted: Path) -> None:
    told = run("evaluate", "--shop", fitted, "--budget", "20s", "--memory", "2GB")
    assert told.status == 0, told.err
    assert "needs, MB" in told.out
    assert "of a budget of 20 s" in told.out
    assert "one model may hold 2.0 GB" in told.out
    record = json.loads(run("evaluate", "-s", fitted, "--memory", "150MB", "--json").out)
    assert (record["budget_s"], record["memory_bytes"]) == (300.0, 150_000_000)
    assert "item-knn" in record["refused"], "its block alone takes 268 MB"
    assert "0.15 GB is allowed" in record["refused"]["item-knn"]


def test_a_page_that_could_not_be_written_is_refused_before_the_work(
    run: Any, fitted: Path, tmp_path: Path
) -> None:
    for place in (tmp_path / "nowhere" / "report.html", tmp_path):
        told = run("evaluate", "--shop", fitted, "--page", place)
        assert told.status == 2
        assert "no page can be written" in told.err
        assert not told.out


def test_the_comparison_is_written_as_a_page(run: Any, fitted: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    told = run("evaluate", "--shop", fitted, "--budget", "20s", "--page", page)
    assert told.status == 0, told.err
    assert str(page) in told.out
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "popularity" in text


@pytest.mark.parametrize("command", ["fit", "evaluate"])
@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--budget", "soon"),
        ("--budget", "0"),
        ("--budget", "-5m"),
        ("--budget", "5 fortnights"),
        ("--memory", "much"),
        ("--memory", "0GB"),
        ("--allowed-loss", "1.5"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_in_one_sentence(
    run: Any, fitted: Path, command: str, flag: str, value: str
) -> None:
    told = run(command, "--shop", fitted, flag, value)
    (line,) = told.err.strip().splitlines()
    assert (told.status, line.split()[0]) == (2, "bad_request"), told.err
    assert told.out == ""


def test_fit_promote_and_rollback_go_round(run: Any, fitted: Path, tmp_path: Path) -> None:
    shop = Path(shutil.copytree(fitted, tmp_path / "copy"))
    first = json.loads(run("artifacts", "--shop", shop, "--json").out)
    fit = json.loads(run("fit", "--shop", shop, "--json").out)
    assert fit["promoted"] is True
    assert [each["id"] for each in first] + [fit["artifact"]] == [
        each["id"] for each in json.loads(run("artifacts", "--shop", shop, "--json").out)
    ]
    (old,) = (each["id"] for each in first)
    assert old in run("rollback", "--shop", shop).out
    assert fit["artifact"] in run("promote", fit["artifact"], "--shop", shop).out
    slate = json.loads(run("recommend", "--shop", shop, "--json").out)
    assert slate["artifacts"] == [fit["artifact"]]
    assert "●" in run("artifacts", "--shop", shop).out


def test_artifacts_of_an_empty_shop_names_the_command(run: Any, folder: Path) -> None:
    assert "none yet: zhiyin fit" in run("artifacts", "--shop", folder).out
    assert json.loads(run("artifacts", "--shop", folder, "--json").out) == []


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("fit",), 2, "bad_request"),
        (("evaluate",), 2, "bad_request"),
        (("recommend",), 1, "not_fitted"),
        (("promote", "nothing"), 2, "not_found"),
        (("rollback",), 2, "not_found"),
    ],
)
def test_an_empty_shop_refuses_in_one_sentence(
    run: Any, folder: Path, words: tuple[str, ...], status: int, code: str
) -> None:
    told = run(*words, "--shop", folder)
    line = told.err.strip().splitlines()[-1]
    assert (told.status, line.split()[0]) == (status, code), told.err
    assert told.out == ""


# -- answering --------------------------------------------------------------------------


def test_recommend_shows_titles_prices_and_true_reasons(run: Any, fitted: Path) -> None:
    told = run("recommend", "s000001", "--shop", fitted, "-k", "4", "--why")
    assert told.status == 0
    assert "for s000001" in told.out
    assert "because" in told.out
    assert "history:" in told.out
    assert told.out.count("yj0000") >= 4


def test_recommend_gives_json_that_says_everything(run: Any, fitted: Path) -> None:
    slate = json.loads(run("recommend", "--shop", fitted, "-k", "3", "--json").out)
    assert len(slate["items"]) == 3
    assert {"id", "title", "score", "propensity", "reasons"} <= set(slate["items"][0])
    assert slate["request_id"]
    assert slate["trace"]


def test_recommend_after_an_item_leaves_it_out(run: Any, fitted: Path) -> None:
    words = ("recommend", "--shop", fitted, "--json")
    first = json.loads(run(*words).out)["items"][0]["id"]
    after = json.loads(run(*words, "--after", first).out)
    assert first not in [item["id"] for item in after["items"]]
    told = run("recommend", "--shop", fitted, "--after", "nonsense")
    assert told.status == 2
    assert "no item named 'nonsense'" in told.err


def test_what_a_shop_calls_its_goods_is_not_read_as_markup(
    run: Any, fitted: Path, tmp_path: Path
) -> None:
    shop = Path(shutil.copytree(fitted, tmp_path / "copy"))
    best = json.loads(run("recommend", "--shop", shop, "--json").out)["items"][0]["id"]
    row = json.dumps({"id": best, "title": "[red]Sale[/] :cat:"})
    run("ingest", written(tmp_path / "x.jsonl", row + "\n"), "-s", shop, "--into", "items")
    assert "[red]Sale[/] :cat:" in run("recommend", "[b]ann[/b]", "--shop", shop).out
    assert "for [b]ann[/b]" in run("recommend", "[b]ann[/b]", "--shop", shop).out


@pytest.mark.parametrize("k", ["0", "-1", "1001", "many"])
def test_a_senseless_size_is_refused(run: Any, fitted: Path, k: str) -> None:
    assert run("recommend", "--shop", fitted, "-k", k).status == 2


# -- demo and doctor --------------------------------------------------------------------


def test_the_demo_is_made_shown_and_the_second_time_reused(run: Any, tmp_path: Path) -> None:
    words = (
        "demo", "--once", "--shop", tmp_path / "demo", "--items", 12, "--shoppers", 120,
        "--days", 20, "--contact-sheet", tmp_path / "sheet.png",
    )  # fmt: skip
    first = run(*words)
    assert first.status == 0, first.err
    assert "12 goods" in first.out
    assert "in all" in first.out
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    pictures = {file: file.stat().st_mtime_ns for file in (tmp_path / "demo").rglob("*.webp")}
    before = counts(tmp_path / "demo")
    assert run(*words).status == 0
    assert counts(tmp_path / "demo") == before
    assert {f: f.stat().st_mtime_ns for f in (tmp_path / "demo").rglob("*.webp")} == pictures


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--pictures", "few"), "bad_request"),
        (("--seed", "-1"), "bad_request"),
        (("--items", "99000000"), "bad_request"),
    ],
)
def test_a_senseless_demo_is_refused_before_anything_is_made(
    run: Any, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    told = run("demo", "--once", "--shop", tmp_path / "demo", *words)
    assert told.status == 2
    assert told.err.startswith(code)
    assert not (tmp_path / "demo").exists()


def test_doctor_ends_well_where_nothing_is_wrong(run: Any, fitted: Path) -> None:
    told = run("doctor", "--shop", fitted)
    assert told.status == 0
    assert "events behind" in told.out
    findings = json.loads(run("doctor", "--shop", fitted, "--json").out)
    assert {finding["mark"] for finding in findings} <= {"ok", "note"}


def test_doctor_ends_badly_where_something_is_wrong(run: Any, folder: Path) -> None:
    with (folder / "zhiyin.toml").open("a") as file:
        file.write("curency = 'USD'\n")
    told = run("doctor", "--shop", folder)
    assert told.status == 1
    assert "did you mean" in told.out
    findings = json.loads(run("doctor", "--shop", folder, "--json").out)
    assert "bad" in {finding["mark"] for finding in findings}


def test_doctor_without_a_shop_looks_at_the_machine(run: Any, tmp_path: Path) -> None:
    told = run("doctor", "--shop", tmp_path)
    assert told.status == 0
    assert "zhiyin init" in told.out
