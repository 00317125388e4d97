"""What a shape is: a name, its forms, and the ways a motif may be laid on it."""

from collections.abc import Callable
from dataclasses import dataclass

from zhiyin.data.demo.painting.easel import Form
from zhiyin.data.demo.painting.layout import Style


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of product and the function that draws its form."""

    zh: str
    en: str
    build: Callable[[int, int], Form]
    """Draws the form at a size, in one of its variants."""
    styles: tuple[tuple[Style, ...], ...]
    """For each variant the ways to lay a motif out on it; one listed twice comes twice as often."""

    @property
    def forms(self) -> int:
        """How many variants there are; a picture's seed chooses one."""
        return len(self.styles)
