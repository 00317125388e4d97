"""Facts turned round: from the facts of each row to the rows of each fact."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from zhiyin.application.shelf.columns import Columns, Postings, Small, Truth


def with_postings(columns: Columns, facts: int) -> Columns:
    """The same columns, in which the rows of a fact are found without reading them all."""
    ones = np.ones(len(columns.facts), np.int8)
    shape = (len(columns), facts)
    turned = csr_array((ones, columns.facts, columns.starts), shape=shape).tocsc()
    postings = Postings(turned.indptr.astype(np.int64), turned.indices.astype(np.int32))
    return replace(columns, postings=postings)


def having(columns: Columns, facts: Small) -> Truth:
    """(N,) True for the rows that have any of the facts."""
    found = np.zeros(len(columns), bool)
    if columns.postings is None:
        wanted = np.zeros(max(columns.facts.max(initial=-1), facts.max(initial=-1)) + 1, bool)
        wanted[facts] = True  # a table: np.isin costs more than all else for a few rows
        places = np.flatnonzero(wanted[columns.facts])
        found[np.searchsorted(columns.starts, places, side="right") - 1] = True
        return found
    starts = columns.postings.starts
    for fact in facts[facts < len(starts) - 1]:  # newer facts are not in the base
        found[columns.postings.rows[starts[fact] : starts[fact + 1]]] = True
    return found
