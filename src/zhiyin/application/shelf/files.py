"""A shelf in a folder: one array per file, mapped when it is opened, and the names as JSON."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.application.shelf.columns import SCALARS, Columns, Postings, absent
from zhiyin.application.shelf.ids import Ids
from zhiyin.application.shelf.names import AllNames
from zhiyin.application.shelf.view import Base, KeptMasks, View
from zhiyin.core import Damaged

_FORMAT = 1
_HEAD = "shelf.json"
_DTYPES = {name: getattr(absent(0), name).dtype for name in (*SCALARS, "starts", "facts")}


def write(view: View, folder: Path) -> None:
    """Write a view whose rows all stand in the base."""
    folder.mkdir(parents=True, exist_ok=True)
    columns, ids = view.base.columns, view.ids
    arrays = {name: getattr(columns, name) for name in _DTYPES}
    if columns.postings is not None:
        arrays |= {"fact_starts": columns.postings.starts, "fact_rows": columns.postings.rows}
    arrays |= {
        "id_text": ids.text,
        "id_starts": ids.starts,
        "id_hashes": ids.hashes,
        "id_rows": ids.rows,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    head = {
        "format": _FORMAT,
        "size": view.size,
        "number": view.number,
        "currency": view.currency,
        "names": view.names.record(),
    }
    text = json.dumps(head, ensure_ascii=False)
    (folder / _HEAD).write_text(text, encoding="utf-8", errors="surrogatepass")


def read(folder: Path) -> View:
    """The view that ``write`` wrote, its arrays mapped and not read."""
    try:
        text = (folder / _HEAD).read_text(encoding="utf-8", errors="surrogatepass")
        head = json.loads(text)
        if head["format"] != _FORMAT:
            raise _damaged(folder, f"its format is {head['format']!r}, not {_FORMAT}")
        view = _view(folder, head)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise _damaged(folder, f"{type(error).__name__}: {error}") from error
    _check(view, folder)
    return view


def _view(folder: Path, head: dict[str, Any]) -> View:
    arrays = {name: _array(folder, name, dtype) for name, dtype in _DTYPES.items()}
    wide, small = np.dtype(np.int64), np.dtype(np.int32)
    postings = Postings(_array(folder, "fact_starts", wide), _array(folder, "fact_rows", small))
    columns = Columns(**arrays, postings=postings)
    ids = Ids(
        _array(folder, "id_text", np.dtype(np.uint8)),
        *(_array(folder, name, wide) for name in ("id_starts", "id_hashes", "id_rows")),
    )
    return View(
        Base(columns, KeptMasks()),
        np.zeros(0, np.int64),
        absent(0),
        int(head["size"]),
        ids,
        AllNames.read(head["names"]),
        str(head["currency"]),
        int(head["number"]),
    )


def _array(folder: Path, name: str, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    file = folder / f"{name}.npy"
    array: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    if array.ndim != 1 or array.dtype != dtype:
        raise ValueError(f"{file.name} holds {array.dtype} in {array.ndim} dimensions")
    return array


def _check(view: View, folder: Path) -> None:
    """Refuse columns that disagree: a number past its table would answer with another's."""
    columns, names, size = view.base.columns, view.names, view.size
    for name in SCALARS:
        if len(getattr(columns, name)) != size:
            raise _damaged(folder, f"{name} has {len(getattr(columns, name))} rows, not {size}")
    postings = columns.postings
    tables = {
        "category": len(names.categories),
        "brand": len(names.brands),
        "currency": len(names.currencies),
        "facts": len(names.facts),
    }
    fine = postings is not None and (
        len(view.ids) == size == len(columns.starts) - 1 == len(view.ids.starts) - 1
        and len(view.ids.hashes) == size
        and columns.starts[0] == 0
        and columns.starts[-1] == len(columns.facts) == len(postings.rows) == postings.starts[-1]
        and len(postings.starts) == len(names.facts) + 1
        and len(view.ids.text) == view.ids.starts[-1]
        and all(_top(getattr(columns, name)) < top for name, top in tables.items())
    )
    if not fine:
        raise _damaged(folder, "its columns, ids and facts disagree")


def _top(array: npt.NDArray[Any]) -> int:
    return int(array.max(initial=-1))


def _damaged(folder: Path, problem: str) -> Damaged:
    return Damaged(
        what=f"the shelf in {folder}",
        what_zh=f"货架 {folder}",
        problem=problem,
        problem_zh="文件与保存时不符",
        remedy="build it again from the catalogue",
        remedy_zh="请从商品目录重新建立",
    )
