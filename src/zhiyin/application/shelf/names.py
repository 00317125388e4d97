"""Names by number: brands, currencies, category paths and facts, each written down once.

All are append only, so an old view reads them while a newer one adds to them.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.application.shelf.folding import Value, fold

Numbers = tuple[int, ...]


class Names:
    """Texts by number; those that fold to the same are found together."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._alike: defaultdict[str, list[int]] = defaultdict(list)
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, text: str) -> int:
        """The number of ``text``, a new one for a new text."""
        number = self._numbers.get(text)
        if number is None:
            number = len(self.texts)
            self.texts.append(text)
            self._numbers[text] = number
            self._alike[fold(text)].append(number)
        return number

    def alike(self, text: str) -> Numbers:
        """The numbers of all that fold to the same."""
        return tuple(self._alike.get(fold(text), ()))


class Categories:
    """Category paths as a tree of numbered nodes; 0 is the root, of goods without a category."""

    def __init__(self, nodes: Iterable[tuple[int, str]] = ()) -> None:
        self.parents: list[int] = [0]
        self.names: list[str] = [""]
        self._children: dict[tuple[int, str], int] = {}
        for parent, name in nodes:
            self._child(parent, name)

    def __len__(self) -> int:
        return len(self.parents)

    def add(self, path: Sequence[str]) -> int:
        """The node of a path from the root, made where it is new."""
        node = 0
        for name in path:
            node = self._child(node, name)
        return node

    def path(self, node: int) -> tuple[str, ...]:
        """The names from the root to the node."""
        names = []
        while node:
            names.append(self.names[node])
            node = self.parents[node]
        return tuple(reversed(names))

    def at(self, path: Sequence[str]) -> Numbers:
        """The nodes whose path folds to the same."""
        found = [0]
        for name in path:
            wanted = fold(name)
            found = [
                child
                for (parent, own), child in [*self._children.items()]
                if parent in found and fold(own) == wanted
            ]
        return tuple(found)

    def under(self, nodes: Iterable[int]) -> npt.NDArray[np.bool_]:
        """(nodes,) True for the nodes and all below them."""
        parents = np.array(self.parents)
        inside = np.zeros(len(parents), bool)
        inside[[*nodes]] = True
        while True:
            wider = inside | inside[parents]
            wider[0] = inside[0]  # the root is its own parent, and no child of anything
            if (wider == inside).all():
                return inside
            inside = wider

    def _child(self, parent: int, name: str) -> int:
        node = self._children.get((parent, name))
        if node is None:
            node = len(self.parents)
            self.parents.append(parent)
            self.names.append(name)
            self._children[parent, name] = node
        return node


class Facts:
    """Pairs of a field and a value by number, such as ("attribute:craft", "苏绣")."""

    def __init__(self, pairs: Iterable[tuple[str, Value]] = ()) -> None:
        self.fields: list[str] = []
        self.values: list[Value] = []
        self._numbers: dict[tuple[str, type, Value], int] = {}
        self._alike: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._of: defaultdict[str, list[int]] = defaultdict(list)
        for field, value in pairs:
            self.add(field, value)

    def __len__(self) -> int:
        return len(self.values)

    def add(self, field: str, value: Value) -> int:
        """The number of the pair, a new one for a new pair."""
        key = (field, type(value), value)  # for Python 1, 1.0 and True are the same key
        number = self._numbers.get(key)
        if number is None:
            number = len(self.values)
            self.fields.append(field)
            self.values.append(value)
            self._numbers[key] = number
            self._alike[field, fold(value)].append(number)
            self._of[field].append(number)
        return number

    def alike(self, field: str, value: Value) -> Numbers:
        """The numbers of the field's values that fold to the same."""
        return tuple(self._alike.get((field, fold(value)), ()))

    def of(self, field: str) -> Numbers:
        """The numbers of all values of a field."""
        return tuple(self._of.get(field, ()))

    def all_fields(self) -> tuple[str, ...]:
        """Every field there is, in the order it was first met."""
        return tuple(self._of)

    def between(self, field: str, least: float, most: float) -> Numbers:
        """The numbers of a field's values that are numbers from ``least`` to ``most``."""
        return tuple(n for n in self.of(field) if least <= as_number(self.values[n]) <= most)


def as_number(value: Value) -> float:
    """A number as it is; NaN for text and truth, which have no size."""
    return math.nan if isinstance(value, bool | str) else float(value)


class AllNames:
    """Everything that the numbers in the columns of a shelf stand for."""

    def __init__(self) -> None:
        self.brands = Names()
        self.currencies = Names()
        self.categories = Categories()
        self.facts = Facts()

    def record(self) -> dict[str, Any]:
        """All of it as JSON."""
        tree, facts = self.categories, self.facts
        return {
            "brands": self.brands.texts,
            "currencies": self.currencies.texts,
            "categories": [*zip(tree.parents[1:], tree.names[1:], strict=True)],
            "facts": [*zip(facts.fields, facts.values, strict=True)],
        }

    @classmethod
    def read(cls, record: dict[str, Any]) -> "AllNames":
        """What ``record`` wrote."""
        names = cls()
        names.brands = Names(record["brands"])
        names.currencies = Names(record["currencies"])
        names.categories = Categories((int(p), str(n)) for p, n in record["categories"])
        names.facts = Facts((str(f), v) for f, v in record["facts"])
        return names
