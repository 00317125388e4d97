"""Text as it comes from catalogues and shoppers, made fit for any encoder.

Halves of surrogate pairs, control characters and NULs come out of broken exports; an
encoder must not stumble over them, nor read them.
"""

import re
from collections.abc import Sequence

LONGEST = 100_000
"""Characters that are read of one text: as many as a description may have."""
# Controls, broken halves and numbers that are no character: each stands for a gap.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd\ufff9-\uffff]+")
# What has no width and turns the text's direction: it would split a word that looks whole.
_ZERO_WIDTH = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]+")
_SEEN = re.compile(r"[^\s\u200c\u200d\ufe0e\ufe0f]")


def cleaned(text: str) -> str:
    """The text without what cannot be read; empty where nothing is left."""
    text = text[:LONGEST]
    if not text.isascii():
        # Two halves that belong together are joined, a lone one becomes U+FFFD.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text = _ZERO_WIDTH.sub("", text)
    text = _UNSEEN.sub(" ", text).strip()
    return text if _SEEN.search(text) else ""


def nonempty(contents: Sequence[str]) -> tuple[list[int], list[str]]:
    """The places and the cleaned texts of those contents that have any."""
    texts = [cleaned(content) for content in contents]
    places = [place for place, text in enumerate(texts) if text]
    return places, [texts[place] for place in places]
