"""Ways to an index: a new one, or one that was saved."""

from pathlib import Path

from zhiyin.core import SILENT, Index, Progress
from zhiyin.index.files import read_arrays
from zhiyin.index.growing import GrowingIndex
from zhiyin.index.lists import Lists
from zhiyin.index.rows import Rows


def new_index(
    width: int, *, expecting: int = 0, seed: int = 0, progress: Progress = SILENT
) -> Index:
    """An empty index for vectors of a width.

    Whoever fills it with many batches says how many rows to expect, those of NaN included:
    lists are then made once, when nearly all were put, and not at every doubling on the way.
    """
    return GrowingIndex(width, expecting=expecting, seed=seed, progress=progress)


def open_index(
    folder: Path, *, check: bool = True, seed: int = 0, progress: Progress = SILENT
) -> Index:
    """The index that was saved in a folder, mapped into memory.

    Raises Damaged when its bytes are not those that were written. ``check=False`` leaves the
    hashes out, for a folder whose bytes were all compared a moment ago (an artifact).
    """
    width, arrays = read_arrays(folder, check=check)
    rows = Rows.of(arrays["keys"], arrays["vectors"])
    if "starts" not in arrays:
        return GrowingIndex(width, fresh=rows, seed=seed, progress=progress)
    lists = Lists(rows, arrays["centres"], arrays["starts"], arrays["reach"])
    return GrowingIndex(width, lists=lists, seed=seed, progress=progress)
