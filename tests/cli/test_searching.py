"""Searching in a terminal: what it prints, refuses and hands on."""

import json
from pathlib import Path
from typing import Any

import pytest

ITEMS = (
    "id,title,price,brand,category,stock\n"
    "scarf,红色真丝方巾 [red] silk scarf,399,岫云坊,丝巾,3\n"
    "plain,blue silk scarf,120,岫云坊,丝巾,5\n"
    "cup,Crackle cup,128,青峦器作,茶器,0\n"
    "pot,clay teapot,88,青峦器作,茶器,2\n"
)


@pytest.fixture
def tea(run: Any, folder: Path) -> Path:
    """A shop of four goods, without any artifact."""
    (folder / "items.csv").write_text(ITEMS, encoding="utf-8")
    assert run("ingest", folder / "items.csv", "--shop", folder).status == 0
    return folder


def test_a_search_prints_titles_prices_and_what_they_owe_their_place_to(
    run: Any, tea: Path
) -> None:
    told = run("search", "silk scarf", "--shop", tea)
    assert told.status == 0
    assert "2 found" in told.out
    assert "红色真丝方巾 [red] silk scarf" in told.out  # brackets are no markup
    assert "399" in told.out
    assert "words" in told.out
    assert "Brand: 岫云坊 2" in told.out


def test_chips_are_shown_with_the_flag_that_takes_them_away(run: Any, tea: Path) -> None:
    told = run("search", "silk scarf under 200", "--shop", tea)
    assert "scarf " not in [line.split("  ")[0] for line in told.out.splitlines()]
    assert "1 found" in told.out
    assert "[up to 200 CNY]! --without price:..200" in told.out
    assert (
        "2 found"
        in run("search", "silk scarf under 200", "--without", "price:..200", "--shop", tea).out
    )


def test_what_was_given_up_is_told_beside_the_result(run: Any, tea: Path) -> None:
    told = run("search", "silk teapot", "--shop", tea)
    assert "any of them is enough" in told.err
    assert "pot" in told.out


def test_why_tells_the_trace(run: Any, tea: Path) -> None:
    told = run("search", "scarf", "--why", "--shop", tea)
    assert "understood: " in told.out
    assert "words (words of the query): 2 put in order" in told.out
    assert "zhiyin pretrain makes them" in told.out


def test_json_holds_all_of_it(run: Any, tea: Path) -> None:
    told = run("search", "scarf", "--json", "--k", "1", "--shop", tea)
    found = json.loads(told.out)
    assert (found["total"], len(found["items"])) == (2, 1)
    assert found["items"][0]["title"]
    page = run("search", "scarf", "--json", "--k", "1", "--page", found["next"], "--shop", tea)
    assert json.loads(page.out)["items"][0]["id"] != found["items"][0]["id"]


def test_the_next_page_can_be_asked_for_as_printed(run: Any, tea: Path) -> None:
    first = run("search", "--k", "2", "--sort", "price_up", "--shop", tea)
    cursor = first.out.split("--page ")[1].split()[0]
    second = run("search", "--k", "2", "--sort", "price_up", "--page", cursor, "--shop", tea)
    assert "pot" in first.out
    assert "plain" in first.out
    assert "scarf" in second.out
    assert "--page" not in second.out


def test_a_filter_is_json_and_its_mistakes_are_named(run: Any, tea: Path) -> None:
    told = run("search", "--where", '{"brand": "青峦器作"}', "--shop", tea)
    assert "1 found" in told.out  # the cup is sold out
    for words, sentence in (
        ("{", "not JSON"),
        ("[1]", "not JSON"),
        ('{"brnd": "x"}', "where.brnd"),
    ):
        refused = run("search", "--where", words, "--shop", tea)
        assert (refused.status, refused.out) == (2, "")
        assert sentence in refused.err


def test_what_cannot_be_used_is_refused(run: Any, tea: Path) -> None:
    for words, sentence in (
        (("--sort", "best"), "sort 'best'"),
        (("--page", "abc"), "cursor is not one"),
        (("--picture", tea / "none.jpg"), "there is no picture"),
        (("--like", "nobody"), "no item named 'nobody'"),
    ):
        refused = run("search", *words, "--shop", tea)
        assert refused.status == 2
        assert sentence in refused.err


def test_completions_are_lines_or_json(run: Any, tea: Path) -> None:
    assert "岫云坊" in run("suggest", "xiu", "--shop", tea).out.splitlines()
    assert "岫云坊" in json.loads(run("suggest", "岫", "--json", "--shop", tea).out)


def test_it_speaks_chinese(zhiyin: Any, tea: Path) -> None:
    done = zhiyin("search", "silk scarf", "--lang", "zh", "--shop", str(tea))
    assert "共 2 件" in done.stdout
    assert done.returncode == 0
