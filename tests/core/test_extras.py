"""What is said where an optional part is not installed."""

import importlib

import pytest

from zhiyin.core import Unavailable, extra


def test_a_missing_part_is_told_with_the_command_that_installs_it() -> None:
    told = pytest.raises(Unavailable, match=r"LightGCN .*pip install 'zhiyin\[train\]'")
    with told, extra("train", "LightGCN"):
        importlib.import_module("no_such_part_of_anything")


def test_a_mistake_of_ours_is_not_told_as_a_missing_part() -> None:
    with pytest.raises(ModuleNotFoundError), extra("train", "LightGCN"):
        importlib.import_module("zhiyin.no_such_room")
