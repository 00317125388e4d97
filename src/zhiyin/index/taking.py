"""What an index takes in: keys, vectors and queries, checked before anything is changed."""

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadInput, Keys, Mask, Unit

_LENGTH = 1e-2
"""How far from 1 a vector's length may be: encoders that count in halves come within 1e-3."""


def taken_keys(keys: Keys) -> Keys:
    """The keys as 64-bit numbers; refused when they are not whole, or below zero."""
    given = np.asarray(keys)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise _refused(
            f"keys are {given.dtype} of shape {given.shape}", "give whole numbers in a row"
        )
    if given.size and int(given.max()) > np.iinfo(np.int64).max:
        raise _refused(f"key {given.max()} is too large", "give keys below 2^63")
    whole = given.astype(np.int64)
    if whole.size and int(whole.min()) < 0:
        raise _refused(f"key {whole.min()} is below zero", "give keys of zero or more")
    return whole


def taken_rows(keys: Keys, vectors: Unit, width: int) -> tuple[Keys, Unit]:
    """Distinct keys and their vectors; the last of a key that comes twice.

    A row without a number anywhere is kept as NaN: its key is to be taken out.
    """
    whole, given = taken_keys(keys), _matrix(vectors, width, "vectors")
    if len(whole) != len(given):
        raise _refused(f"{len(whole)} keys, {len(given)} vectors", "give one vector per key")
    _, last = np.unique(whole[::-1], return_index=True)
    chosen = np.sort(len(whole) - 1 - last)
    whole, given = whole[chosen], given[chosen]
    lengths = np.linalg.norm(given, axis=1)
    wrong = np.flatnonzero(np.isfinite(lengths) & (np.abs(lengths - 1) > _LENGTH))
    if wrong.size:
        row = wrong[0]
        raise _refused(
            f"the vector of key {whole[row]} has length {lengths[row]:.4g}",
            "divide each vector by its length; a row of NaN takes a key out",
        )
    given[~np.isfinite(lengths)] = np.nan
    return whole, given


def taken_queries(queries: Unit, width: int) -> Unit:
    """(B, D) queries; a row with anything but numbers in it is NaN and finds nothing."""
    given = _matrix(queries, width, "queries")
    given[~np.isfinite(given).all(axis=1)] = np.nan
    return given


def taken_mask(among: Mask | None) -> Mask | None:
    """The filter, one truth value per key."""
    if among is None:
        return None
    given = np.asarray(among)
    if given.ndim != 1 or given.dtype != np.bool_:
        raise _refused(
            f"the filter is {given.dtype} of shape {given.shape}", "give one True or False per key"
        )
    return given


def taken_count(k: int) -> int:
    """How many to find: one or more."""
    if k < 1:
        raise _refused(f"k is {k}", "ask for one or more")
    return k


def _matrix(values: npt.ArrayLike, width: int, what: str) -> Unit:
    given = np.array(values, np.float32)  # a copy: callers keep theirs
    if given.ndim != 2 or given.shape[1] != width:
        raise _refused(f"{what} have shape {given.shape}", f"give rows of {width} numbers")
    return given


def _refused(problem: str, remedy: str) -> BadInput:
    return BadInput(what="the index", problem=problem, remedy=remedy)
