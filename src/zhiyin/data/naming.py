"""Names to numbers for millions of rows, without a Python object per name.

Arrow encodes each group of rows against a dictionary of its own. Dictionaries wait until
they hold more names than are known, and are then folded into the known ones in one
pass of Arrow's hash table, where the rows get their final numbers in place. So each name
is hashed a bounded number of times however long the log is.

Numbers follow the sorted names: the same events get the same numbers through whichever
store, file or order they came, and so the same model bytes. (First-seen order would be
a little cheaper, and would make two shops with equal events differ.)
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import Vocabulary

Int32s = npt.NDArray[np.int32]
FOLD = 1 << 20


class Names:
    """Gives every new name a number; ``in_order`` sorts the names at the end."""

    def __init__(self) -> None:
        self._known: pa.Array = pa.array([], pa.large_string())
        self._waiting: list[tuple[pa.Array, Int32s]] = []
        self._names_waiting = 0

    def number(self, column: pa.ChunkedArray) -> Int32s:
        """(E,) the number of each row's name; final, in this very array, once settled."""
        dictionary, rows = encoded(column)
        self._waiting.append((dictionary.cast(pa.large_string()), rows))
        self._names_waiting += len(dictionary)
        if self._names_waiting > max(FOLD, len(self._known)):
            self.settle()
        return rows

    def settle(self) -> None:
        """Make the waiting names known and their rows' numbers final, in place."""
        together = pa.concat_arrays([self._known, *(names for names, _ in self._waiting)])
        whole = together.dictionary_encode()
        numbers = whole.indices.to_numpy()
        start = len(self._known)  # these come first, and keep their numbers
        for names, rows in self._waiting:
            rows[:] = numbers[start : start + len(names)][rows]
            start += len(names)
        self._known = whole.dictionary
        self._waiting, self._names_waiting = [], 0

    def in_order(self) -> tuple[Vocabulary, Int32s]:
        """The sorted names, and the place there of each settled number."""
        order = pc.array_sort_indices(self._known)
        place = np.empty(len(order), np.int32)
        place[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
        names = self._known.take(order)
        self._known = names[:0]
        return Vocabulary(names.to_pylist()), place


class Known:
    """The numbers of a vocabulary that is given: names outside it are -1."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def number(self, column: pa.ChunkedArray) -> Int32s:
        """(E,) the number of each row's name, -1 for the unknown."""
        dictionary, rows = encoded(column)
        if len(rows):
            rows = self._vocabulary.numbers(dictionary.to_pylist()).astype(np.int32)[rows]
        return rows

    def settle(self) -> None:
        """Nothing waits."""

    def in_order(self) -> tuple[Vocabulary, None]:
        """The vocabulary as it was given."""
        return self._vocabulary, None


def encoded(column: pa.ChunkedArray) -> tuple[pa.Array, Int32s]:
    """The distinct names of a column, null among them, and (E,) which one each row has."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    whole = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return whole.dictionary, whole.indices.to_numpy().copy()  # Arrow's own may not be written
