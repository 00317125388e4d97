"""Guessing hidden pieces: masked-language-model training on the shop's texts.

    L = −mean over hidden places p of log P(piece_p | the rest of the text)

Of each text a share of the pieces is hidden, at least one, drawn anew in every epoch: 80 %
become the mask, 10 % another piece, 10 % stay (Devlin et al., BERT, 2019; drawn anew: Liu et
al., RoBERTa, 2019). The held texts are hidden in one way, drawn once, so that their losses
can be compared from epoch to epoch.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from zhiyin.pretrain.language.network import Reader
from zhiyin.pretrain.language.vocabulary import Pieces, Vocabulary
from zhiyin.training import by_length

Batch = dict[str, Pieces]
_ROWS, _JUDGING = 64, 600
"""Windows of held texts that judge, at most."""


@dataclass(frozen=True, slots=True)
class Guessing:
    """The batches and the loss; windows carry begin and end."""

    reader: Reader
    vocabulary: Vocabulary
    windows: Sequence[Pieces]
    share: float
    size: int
    """Pieces of a batch."""

    def batches(self, epoch: int, rng: Generator) -> Iterator[Batch]:
        """All windows in a new order, hidden in a new way."""
        lengths = np.array([len(window) for window in self.windows])
        for rows in by_length(lengths, self.size, rng):
            yield self.hide([self.windows[row] for row in rows], rng)

    def loss(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The mean over all hidden places."""
        return {"guessing": F.cross_entropy(self._scores(batch), batch["wanted"])}

    def hide(self, windows: Sequence[Pieces], rng: Generator) -> Batch:
        """Windows with holes: ``tokens`` (B, T), and per hole its ``place`` and what is wanted."""
        words = self.vocabulary
        tokens = words.padded(windows)
        inner = (tokens != words.pad) & (tokens != words.begin) & (tokens != words.end)
        drawn = np.where(inner, rng.random(tokens.shape), 2.0)
        holes = drawn < self.share
        # The smallest draw of a row is always a hole: a short text teaches as well.
        holes[np.arange(len(tokens)), drawn.argmin(axis=1)] = True
        holes &= inner
        wanted = tokens[holes]
        ways = rng.random(len(wanted))
        others = rng.integers(len(words), size=len(wanted))
        tokens[holes] = np.where(ways < 0.8, words.mask, np.where(ways < 0.9, others, wanted))
        return {"tokens": tokens, "places": np.flatnonzero(holes), "wanted": wanted}

    def held(self, windows: Sequence[Pieces], rng: Generator) -> list[Batch]:
        """The same holes in held windows at every look."""
        drawn = rng.permutation(len(windows))[:_JUDGING].tolist()
        rows = sorted((windows[n] for n in drawn), key=len)  # alike long together: less filling
        return [self.hide(rows[at : at + _ROWS], rng) for at in range(0, len(rows), _ROWS)]

    def judged(self, batches: Sequence[Batch]) -> tuple[float, float]:
        """The mean loss over the holes, and the share of them that is guessed right."""
        place = next(self.reader.parameters()).device
        losses, right, count = 0.0, 0, 0
        with torch.no_grad():
            for batch in batches:
                own = {name: torch.from_numpy(rows).to(place) for name, rows in batch.items()}
                scores = self._scores(own)
                losses += float(F.cross_entropy(scores, own["wanted"], reduction="sum"))
                right += int((scores.argmax(dim=1) == own["wanted"]).sum())
                count += len(scores)
        return (losses / count, right / count) if count else (math.nan, math.nan)

    def _scores(self, batch: Mapping[str, Tensor]) -> Tensor:
        # Only hidden places are scored: scores of all would be most of the work.
        rows = self.reader.hidden(batch["tokens"]).flatten(0, 1)
        return self.reader.guesses(rows[batch["places"]])
