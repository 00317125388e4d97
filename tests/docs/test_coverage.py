"""Everything that people can name is told somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import zhiyin
import zhiyin.app as door
from zhiyin.cli import app
from zhiyin.core import DEFAULT_KINDS, SENTENCES, Config, KindSettings, Settings

ROOT = Path(zhiyin.__file__).parent.parent.parent


@pytest.fixture
def written(all_pages: list[Any]) -> str:
    """What people wrote: without the generated reference."""
    return "\n".join(page.text for page in all_pages if "docs/reference" not in page.name)


def untold(names: list[str], text: str) -> list[str]:
    """The names that stand nowhere as whole words."""
    words = [(name, r"(?<!\w)" if name[0].isalnum() else "") for name in names]
    return [
        name for name, start in words if not re.search(start + rf"{re.escape(name)}(?!\w)", text)
    ]


def test_every_command_is_told(written: str) -> None:
    assert not untold([f"zhiyin {name}" for name in _commands(get_command(app))], written)


def _commands(group: Any) -> Iterator[str]:
    """Whole names, such as "key create"."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from (f"{name} {below}" for below in _commands(command))
        else:
            yield name


def test_every_name_of_the_doors_is_told(written: str) -> None:
    assert not untold([*zhiyin.__all__, *door.__all__], written)


def test_every_verb_of_a_shop_is_told(written: str) -> None:
    verbs = [name for name in vars(door.Shop) if not name.startswith("_")]
    assert not untold([f".{verb}" for verb in verbs], written)


def test_every_setting_is_told(all_pages: list[Any]) -> None:
    text = "\n".join(page.text for page in all_pages)
    defaults = [field.default for field in Settings.model_fields.values()]
    sections = [type(each) for each in defaults if isinstance(each, Config)]
    names = [name for model in (Settings, KindSettings, *sections) for name in model.model_fields]
    assert len(sections) > 1
    assert not untold([f"`{name}`" for name in names], text)


def test_every_kind_and_every_refusal_is_told(all_pages: list[Any]) -> None:
    text = "\n".join(page.text for page in all_pages)
    assert not untold([f"`{name}`" for name in (*DEFAULT_KINDS, *SENTENCES)], text)


def test_every_importer_is_told(written: str) -> None:
    names = [each.name for each in door.Shop.importers()]
    assert not untold([f"zhiyin import {name}" for name in names], written)


def test_what_is_generated_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
