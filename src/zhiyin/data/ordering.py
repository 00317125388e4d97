"""Sorting events by shopper and time without the temporaries of a full argsort.

A stable counting sort by shopper (two passes over the rows, 32-bit places), then only
the shoppers whose events did not arrive in time order are put in order, a bounded
number of rows at a time. Linear in the events; a log read in order needs no sorting.
"""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from zhiyin.core import TooLarge
from zhiyin.data.encoding import Int64s
from zhiyin.data.naming import Int32s

_BLOCK = 1 << 16


def by_shopper(shopper: Int32s, shoppers: int) -> tuple[Int32s, Int64s]:
    """The places of each shopper's events end to end, in their old order, and offsets."""
    events = len(shopper)
    if events >= np.iinfo(np.int32).max:
        raise TooLarge(
            what="learning from one event log",
            needs=f"{events:,} events at once",
            limit=f"{np.iinfo(np.int32).max:,}",
            remedy="read a shorter cut of the log",
        )
    # One row per event with one entry, in the column of its shopper. Turning rows into
    # columns is scipy's counting sort, and it is stable.
    one_each = csr_array(
        (np.ones(events, np.int8), shopper, np.arange(events + 1, dtype=np.int32)),
        shape=(events, shoppers),
    )
    columns = one_each.tocsc()
    return columns.indices, columns.indptr.astype(np.int64)


def late_shoppers(times: Int64s, offsets: Int64s) -> Int64s:
    """The shoppers whose events are not in time order."""
    if len(times) < 2:
        return np.empty(0, np.int64)
    steps_back = np.flatnonzero(times[1:] < times[:-1]) + 1
    owners = np.searchsorted(offsets, steps_back, side="right") - 1
    within = offsets[owners] < steps_back  # not the first event of the next shopper
    late: Int64s = np.unique(owners[within])
    return late


def in_time(order: Int32s, times: Int64s, offsets: Int64s) -> None:
    """Put the places of late shoppers' events in time order, in place.

    ``times`` belongs to the unsorted rows; ties keep the order of arrival.
    """
    late = late_shoppers(times[order], offsets)
    starts, lengths = offsets[late], offsets[late + 1] - offsets[late]
    blocks = np.cumsum(lengths) // _BLOCK
    edges = [0, *(np.flatnonzero(np.diff(blocks)) + 1), len(late)]
    for first, last in pairwise(edges):
        mine = slice(first, last)
        rows = places(starts[mine], lengths[mine])
        if not len(rows):
            continue
        owners = np.repeat(np.arange(last - first), lengths[mine])
        chosen = order[rows]
        order[rows] = chosen[_sorted(owners, times[chosen])]


def _sorted(owners: Int64s, times: Int64s) -> Int64s:
    """The order by owner, then time, ties as they are; owners are in order already."""
    span = int(times.max() - times.min()) + 1
    if span < 2**62 // (int(owners[-1]) + 1):
        # One number for both. Most events did arrive in order, and a stable sort of one
        # key gains from that: a sixth of the time of sorting by two.
        return np.argsort(owners * span + (times - times.min()), kind="stable")
    return np.lexsort((times, owners))


def places(starts: Int64s, lengths: Int64s) -> Int64s:
    """start, start + 1, … for each stretch, end to end."""
    before = np.cumsum(lengths) - lengths
    found: Int64s = np.arange(lengths.sum(), dtype=np.int64) + np.repeat(starts - before, lengths)
    return found
