"""Lesson: what aligning learns from, checked; items without words or without a picture too."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.pretrain.align.config import AlignConfig
from zhiyin.pretrain.align.moments import Bools, Floats, known

_LEAST_VALID = 50
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The texts word by word: each word's vector once, and which words a text has."""

    vectors: Floats  # (V, D of text)
    texts: npt.NDArray[np.integer]  # (I, T) rows of ``vectors``; -1 past a text's last word


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """I items, and which of them teach and which of them judge."""

    text: Floats  # (I, D of text)
    image: Floats  # (I, D of image)
    pairs: Ints  # rows that have both and teach
    valid: Ints  # rows that have both and judge
    own: Bools  # (I,) rows whose vectors may be looked at: all but those that judge
    labels: Ints | None = None  # (I,) -1: none
    regions: Floats | None = None  # (I, R, D of image)
    words: Words | None = None

    @classmethod
    def of(
        cls,
        text: Floats,
        image: Floats,
        config: AlignConfig,
        rng: Generator,
        *,
        valid: Bools | None = None,
        labels: npt.NDArray[np.integer] | None = None,
        regions: Floats | None = None,
        words: Words | None = None,
    ) -> Self:
        """Check the shapes and part the pairs; ``valid`` (I,) says which judge, else a draw."""
        _check(text, image, labels, regions, words)
        both = np.flatnonzero(known(text) & known(image))
        if valid is None:
            # Of few pairs a larger share: a score over a dozen would be chance.
            fair = max(round(config.valid_share * len(both)), min(_LEAST_VALID, len(both) // 3))
            count = min(fair, config.valid_most)
            chosen = np.sort(rng.permutation(both)[:count])
        else:
            chosen = both[valid[both]]
        own = np.ones(len(text), np.bool_)
        own[chosen] = False
        if valid is not None:
            own &= ~valid
        marks = None if labels is None else labels.astype(np.int64)
        return cls(text, image, both[own[both]], chosen, own, marks, regions, words)


def _check(
    text: Floats,
    image: Floats,
    labels: npt.NDArray[np.integer] | None,
    regions: Floats | None,
    words: Words | None,
) -> None:
    items = len(text)
    if text.ndim != 2 or image.ndim != 2 or len(image) != items:
        raise ValueError(f"text {text.shape} and image {image.shape} are not of the same items")
    if labels is not None and labels.shape != (items,):
        raise ValueError(f"labels are {labels.shape}, not ({items},)")
    if regions is not None and (len(regions), regions.shape[-1]) != image.shape:
        raise ValueError(f"regions are {regions.shape}, not ({items}, R, {image.shape[1]})")
    if words is not None:
        if words.vectors.ndim != 2 or words.vectors.shape[1] != text.shape[1]:
            raise ValueError(f"word vectors are {words.vectors.shape}, not (V, {text.shape[1]})")
        if len(words.texts) != items or words.texts.max(initial=-1) >= len(words.vectors):
            raise ValueError(f"words are of {len(words.texts)} texts, or beyond their vectors")
