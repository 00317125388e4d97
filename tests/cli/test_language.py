"""``zhiyin pretrain --language`` in a terminal: what is asked for wrongly is said at once."""

import sys
from pathlib import Path
from typing import Any

import pytest

from zhiyin.app import create_shop, open_shop
from zhiyin.core import Item


@pytest.fixture
def cups(tmp_path: Path) -> Path:
    """A shop of sixty cups whose pictures nobody encodes."""
    folder = tmp_path / "cups"
    create_shop(folder, encoders={"text": "words", "image": "none"})
    with open_shop(folder) as shop:
        shop.add_items([Item(f"i{n}", f"cup number {n}", f"a cup, the {n}th") for n in range(60)])
    return folder


def test_a_checkpoint_or_method_alone_names_the_missing_flag(run: Any, cups: Path) -> None:
    for words in (("--from", "somewhere"), ("--method", "lora")):
        told = run("pretrain", "--shop", cups, *words)
        assert told.status != 0
        assert "--language" in told.err


def test_a_method_without_a_checkpoint_names_the_other(run: Any, cups: Path) -> None:
    told = run("pretrain", "--shop", cups, "--language", "--method", "adapter")
    assert told.status != 0
    assert "--from" in told.err


def test_a_missing_extra_is_one_sentence(
    run: Any, cups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("zhiyin.pretrain.language.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "peft", None)
    told = run("pretrain", "--shop", cups, "--language")
    assert told.status != 0
    assert "pip install 'zhiyin[language]'" in " ".join(told.err.split())


@pytest.mark.slow
def test_what_was_learnt_is_told_and_that_it_is_not_used_yet(run: Any, cups: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("peft", reason="no peft: pip install 'zhiyin[language]'")
    told = run("pretrain", "--shop", cups, "--language")
    assert told.status == 0
    assert "the shop's language (scratch, 120 texts" in " ".join(told.out.split())
    assert '"use+shop"' in " ".join(told.err.split())
