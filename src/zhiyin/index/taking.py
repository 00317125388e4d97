"""What an index takes in: keys, vectors and queries, checked before anything is changed."""

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadInput, Keys, Mask, Unit

_LENGTH = 1e-2
"""How far from 1 a vector's length may be: encoders that count in halves come within 1e-3."""
_LARGEST = 2**63 - 1


def taken_keys(keys: Keys) -> Keys:
    """The keys as 64-bit numbers; refused when they are not whole, or below zero."""
    given = np.asarray(keys)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise BadInput(
            what="the index",
            what_zh="索引",
            problem=f"keys are {given.dtype} of shape {given.shape}",
            problem_zh=f"键的类型为 {given.dtype}，形状为 {given.shape}",
            remedy="give whole numbers in a row",
            remedy_zh="请给出一行整数",
        )
    for key in (given.min(), given.max()) if given.size else ():
        if not 0 <= int(key) <= _LARGEST:
            raise BadInput(
                what="the index",
                what_zh="索引",
                problem=f"there is a key {key}",
                problem_zh=f"键 {key} 不合适",
                remedy="give keys from 0 to 2^63 - 1",
                remedy_zh="键须在 0 与 2^63 - 1 之间",
            )
    return given.astype(np.int64)


def taken_rows(keys: Keys, vectors: Unit, width: int) -> tuple[Keys, Unit]:
    """Distinct keys and their vectors; the last of a key that comes twice.

    A row with anything but numbers in it is all NaN: its key is to be taken out.
    """
    whole, given = taken_keys(keys), _matrix(vectors, width)
    if len(whole) != len(given):
        raise BadInput(
            what="the index",
            what_zh="索引",
            problem=f"there are {len(whole)} keys and {len(given)} vectors",
            problem_zh=f"有 {len(whole)} 个键和 {len(given)} 个向量",
            remedy="give one vector per key",
            remedy_zh="每个键请给一个向量",
        )
    _, last = np.unique(whole[::-1], return_index=True)
    chosen = np.sort(len(whole) - 1 - last)
    whole, given = whole[chosen], given[chosen]
    lengths = _lengths(given)
    wrong = np.flatnonzero(np.isfinite(lengths) & (np.abs(lengths - 1) > _LENGTH))
    if wrong.size:
        key, length = whole[wrong[0]], lengths[wrong[0]]
        raise BadInput(
            what="the index",
            what_zh="索引",
            problem=f"the vector of key {key} has length {length:.4g}",
            problem_zh=f"键 {key} 的向量长度为 {length:.4g}",
            remedy="divide it by its length; a row of NaN takes a key out",
            remedy_zh="请除以其长度；整行为 NaN 则表示移除该键",
        )
    given[~np.isfinite(lengths)] = np.nan
    return whole, given


def taken_queries(queries: Unit, width: int) -> Unit:
    """(B, D) queries of length 1; one without a direction is NaN and finds nothing."""
    given = _matrix(queries, width)
    lengths = _lengths(given)
    lengths[~(np.isfinite(lengths) & (lengths > 0))] = np.nan
    with np.errstate(invalid="ignore"):
        found: Unit = (given / lengths[:, None]).astype(np.float32)
    return found


def taken_mask(among: Mask | None) -> Mask | None:
    """The filter, one truth value per key."""
    given = None if among is None else np.asarray(among)
    if given is not None and (given.ndim != 1 or given.dtype != np.bool_):
        raise BadInput(
            what="the index",
            what_zh="索引",
            problem=f"the filter is {given.dtype} of shape {given.shape}",
            problem_zh=f"筛选的类型为 {given.dtype}，形状为 {given.shape}",
            remedy="give one True or False per key",
            remedy_zh="每个键请给一个 True 或 False",
        )
    return given


def taken_count(k: int) -> int:
    """How many to find: one or more."""
    if k < 1:
        raise BadInput(
            what="the index",
            what_zh="索引",
            problem=f"{k} are asked for",
            problem_zh=f"所求数量为 {k}",
            remedy="ask for one or more",
            remedy_zh="请至少要一个",
        )
    return k


def _matrix(values: npt.ArrayLike, width: int) -> Unit:
    """A copy, as callers keep theirs."""
    given = np.array(values, np.float32)
    if given.ndim != 2 or given.shape[1] != width:
        raise BadInput(
            what="the index",
            what_zh="索引",
            problem=f"vectors have shape {given.shape}",
            problem_zh=f"向量的形状为 {given.shape}",
            remedy=f"give rows of {width} numbers",
            remedy_zh=f"请给出每行 {width} 个数的矩阵",
        )
    return given


def _lengths(vectors: Unit) -> npt.NDArray[np.float64]:
    """In double precision, where no square of a number is too large."""
    with np.errstate(invalid="ignore"):
        squares = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64)
    lengths: npt.NDArray[np.float64] = np.sqrt(squares)
    return lengths
