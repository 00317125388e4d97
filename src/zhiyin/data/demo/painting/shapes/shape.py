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
    forms: int
    """How many variants there are; a picture's seed chooses one."""
    styles: tuple[Style, ...]
    """Ways to lay a motif out on it; a style listed twice is chosen twice as often."""
