"""The shop's own language at the front door: learnt, promoted, and used where it is named."""

from pathlib import Path

import pytest

from zhiyin.app import create_shop, open_shop
from zhiyin.core import BadRequest, Item, NotFound

COLOURS = ("red", "blue", "green", "white", "black")


@pytest.fixture
def stocked(tmp_path: Path) -> Path:
    """Sixty goods that say two things each, and settings that name the shop's own encoder."""
    folder = tmp_path / "own"
    create_shop(folder, encoders={"text": "words+shop", "image": "none"})
    with open_shop(folder) as shop:
        shop.add_items(
            [
                Item(f"i{n}", f"{COLOURS[n % 5]} cup number {n}", f"a cup that is {COLOURS[n % 5]}")
                for n in range(60)
            ]
        )
    return folder


def test_before_it_is_learnt_the_command_is_named(stocked: Path) -> None:
    with open_shop(stocked) as shop, pytest.raises(NotFound, match="zhiyin pretrain --language"):
        shop.pretrain()


def test_a_checkpoint_without_a_language_to_learn_is_refused(stocked: Path) -> None:
    with open_shop(stocked) as shop, pytest.raises(BadRequest, match="--language"):
        shop.pretrain(checkpoint="somewhere")


@pytest.mark.slow
def test_it_is_learnt_used_and_found_with(stocked: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("peft", reason="no peft: pip install 'zhiyin[language]'")
    with open_shop(stocked) as shop:
        report = shop.pretrain(language=True)
        assert report.language is not None
        assert not any("use+shop" in told.text("en") for told in report.language.told)
        assert shop.artifacts.live_id("language") == report.language.artifact
        known = shop.understanding()
        assert known is not None
        assert known.facts.encoders["text"].endswith(report.language.encoder)
        assert len(shop.search("blue cup").slate.items)
        again = shop.pretrain()
        assert again.language is None
        assert again.tallies["text"].kept == again.tallies["text"].contents
