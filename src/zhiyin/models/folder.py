"""What compiled forms look like on disk: JSON and plain arrays, no pickle.

``<form>.json`` holds the format's number and a few facts, ``items.json`` the names in
order, ``<name>.npy`` one array each. Arrays are read as memory maps: a process that
serves shares their pages with the others and starts at once.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from zhiyin.core import Damaged, KindSettings, Vocabulary

FORMAT = 1
Arrays = Mapping[str, npt.NDArray[Any]]


def write(
    folder: Path, form: str, facts: dict[str, Any], items: Vocabulary | None, arrays: Arrays
) -> None:
    """Write a form into an existing folder; the names of its items where ``items`` is given."""
    head = {"format": FORMAT, **facts}
    (folder / f"{form}.json").write_text(json.dumps(head, indent=2), encoding="utf-8")
    if items is not None:
        names = json.dumps([*items.names], ensure_ascii=False)
        (folder / "items.json").write_text(names, encoding="utf-8")
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def read(
    folder: Path, form: str, wanted: Mapping[str, str], items: Vocabulary | None = None
) -> tuple[dict[str, Any], Vocabulary, Arrays]:
    """Facts, items and mapped arrays; the items are read unless they are given.

    ``wanted`` says name and kind of each array: "i", "u" or "f", "f2" with two axes.
    """
    with damage(folder):
        facts = head(folder, form)
        if items is None:
            items = Vocabulary(json.loads((folder / "items.json").read_text(encoding="utf-8")))
        return facts, items, mapped(folder, wanted)


def head(folder: Path, form: str) -> dict[str, Any]:
    """What ``<form>.json`` says, if this version can read it."""
    facts: dict[str, Any] = json.loads((folder / f"{form}.json").read_text(encoding="utf-8"))
    if facts["format"] != FORMAT:
        raise ValueError(f"format {facts['format']} is newer than this version reads")
    return facts


def mapped(folder: Path, wanted: Mapping[str, str]) -> Arrays:
    """The arrays ``wanted``, each of its kind."""
    return {name: _mapped(folder / f"{name}.npy", kind) for name, kind in wanted.items()}


def kinds(facts: Mapping[str, Any]) -> dict[str, KindSettings]:
    """The declared kinds as they were when the form was written."""
    return {name: KindSettings.model_validate(kind) for name, kind in facts.items()}


@contextmanager
def damage(folder: Path) -> Iterator[None]:
    """Whatever cannot be read in this block is told as a damaged folder."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, EOFError, ValidationError) as error:
        raise Damaged(
            what=str(folder), problem=str(error) or type(error).__name__, remedy="fit again"
        ) from error


def _mapped(file: Path, kind: str) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    if array.dtype.kind != kind[0] or array.ndim != int(kind[1:] or 1):
        raise ValueError(f"{file.name} holds {array.dtype} of shape {array.shape}")
    return array
