"""What a query comes to: groups of alternatives that are looked for, and what adds to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a word of the query: all of its terms must be there."""

    text: str
    """As it is shown."""
    terms: tuple[str, ...]
    weight: float = 1.0
    offsets: tuple[int, ...] | None = None
    """Places of the terms among each other, where they must stand like that: a phrase."""


@dataclass(frozen=True, slots=True)
class Group:
    """One word of the query; any of its alternatives will do, the best one counts."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A query as it is carried out."""

    groups: tuple[Group, ...] = ()
    extras: tuple[tuple[str, float], ...] = ()
    """Terms that add to the score, each with its weight, and need not be there."""
    corrected: str | None = None
    """The query with typing errors mended; None where nothing was."""

    @property
    def told(self) -> tuple[str, ...]:
        """The alternatives as they are shown, each once."""
        texts = (one.text for group in self.groups for one in group.alternatives)
        return tuple(dict.fromkeys(texts))
