"""``zhiyin pretrain`` in a terminal: what was described, what was not, and going on."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from zhiyin.app import open_shop
from zhiyin.cli import goods, screen, words
from zhiyin.core import Item


@pytest.fixture
def tea(folder: Path) -> Path:
    """A shop of three goods: one is fine, one has a torn picture, one says nothing."""
    Image.new("RGB", (32, 32), "teal").save(folder / "images" / "pot.png")
    (folder / "images" / "cup.png").write_bytes(b"no picture")
    with open_shop(folder) as shop:
        shop.add_items(
            [
                Item("pot", "Clay teapot", images=("pot.png",)),
                Item("cup", "Porcelain cup", images=("cup.png",)),
                Item("bare"),
            ]
        )
    return folder


def test_a_table_says_what_was_described_and_what_was_not(run: Any, tea: Path) -> None:
    told = run("pretrain", "--shop", tea)
    assert told.status == 0
    words_row = next(line for line in told.out.splitlines() if line.strip().startswith("words"))
    pictures_row = next(line for line in told.out.splitlines() if "efficientnet" in line)
    assert words_row.split()[2:5] == ["2", "1", "0"]
    assert pictures_row.split()[2:5] == ["1", "1", "1"]
    assert "no_picture × 1, such as cup:" in told.out
    assert str(tea / "pretrain-report.jsonl").split("/")[-1] in told.out.replace("\n", "")
    assert "live now: understanding-" in told.out
    assert "aligning needs" in told.err


def test_the_second_time_everything_is_kept(run: Any, tea: Path) -> None:
    run("pretrain", "--shop", tea)
    told = run("pretrain", "--shop", tea, "--no-align")
    assert "100%" in next(line for line in told.out.splitlines() if "use-" in line)
    assert "aligning" not in told.err


def test_as_json_it_is_for_programs(run: Any, tea: Path) -> None:
    record = json.loads(run("pretrain", "--shop", tea, "--json").out)
    assert record["items"] == 3
    assert record["modalities"]["image"]["broken"] == {"no_picture": 1}
    assert record["modalities"]["image"]["examples"][0]["item"] == "cup"


def test_in_chinese_it_is_chinese(run: Any, tea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (words, screen, goods):
        monkeypatch.setattr(file, "LANG", "zh")
    told = run("pretrain", "--shop", tea)
    assert "已上线" in told.out
    assert "例如 cup" in told.out


def test_a_shop_without_goods_is_told_what_to_do(run: Any, folder: Path) -> None:
    told = run("pretrain", "--shop", folder)
    assert told.status == 2
    assert "zhiyin ingest" in told.err


def test_what_is_known_of_the_goods_is_live_in_the_list_and_can_be_rolled_back(
    run: Any, tea: Path
) -> None:
    first, second = (json.loads(run("pretrain", "-s", tea, "--json").out) for _ in range(2))
    marked = [line for line in run("artifacts", "-s", tea).out.splitlines() if "●" in line]
    assert [second["artifact"] in line for line in marked if "understanding" in line] == [True]
    assert first["artifact"] in run("rollback", "--role", "goods", "-s", tea).out
    assert run("rollback", "--role", "nonsense", "-s", tea).status == 2


def test_fit_says_in_one_line_that_the_goods_are_not_known(run: Any, fitted: Path) -> None:
    told = run("evaluate", "--shop", fitted, "--budget", "5s")
    assert "zhiyin pretrain" not in told.out
    assert told.err.replace("\n", " ").count("zhiyin pretrain") == 1


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_with_what_was_encoded(
    start: Any, zhiyin: Any, tea: Path
) -> None:
    with open_shop(tea) as shop:
        shop.add_items([Item(f"n{n}", f"Teapot number {n} of clay") for n in range(2_000)])
    killed = start("pretrain", "--shop", str(tea), "--no-align")
    files = [tea / "artifacts" / f"encoded.db{end}" for end in ("", "-wal")]
    while sum(file.stat().st_size for file in files if file.exists()) < 600_000:
        assert killed.poll() is None, "it was done before it could be killed"
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    assert [*(tea / "artifacts").glob("understanding-*")] == []
    told = zhiyin("pretrain", "--shop", str(tea), "--no-align", "--json")
    text = json.loads(told.stdout)["modalities"]["text"]
    assert text["encoded"] == 2_002
    assert text["kept"] > 50
