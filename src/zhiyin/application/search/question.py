"""Question: the words of a request as search uses them."""

from dataclasses import dataclass

from zhiyin.application.shelf import View
from zhiyin.core import Chip, Request


@dataclass(frozen=True, slots=True)
class Question:
    """What the words of a request mean."""

    text: str
    """The words to look for, without those of hard chips."""
    rest: str
    """Of these, the words that no chip stands for."""
    chips: tuple[Chip, ...]


def question(request: Request, view: View) -> Question:
    """The request's words, understood."""
    return Question(request.query.strip(), request.query.strip(), ())
