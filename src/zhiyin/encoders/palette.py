"""The colours of the goods in a picture, and what they are called.

Pixels become OKLab and are gathered by weighted k-means. Background counts nothing
(``subject``), and pixels on edges count little, being mixtures of what lies beside them.
Lightness counts for less than hue, since light and shade are not dye. The centres start at
the pixel that stands for most and then, again and again, at the one that is heaviest and
farthest from those there are; nothing is drawn by lot, so the same picture has the same
colours. Centres that look alike are one, and small ones are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from zhiyin.core import Encoded, Modality, Refusal
from zhiyin.encoders.oklab import oklab, srgb
from zhiyin.encoders.pictures import read_picture
from zhiyin.encoders.seeing import seen
from zhiyin.encoders.subject import subject
from zhiyin.encoders.traditional import WORDS, everyday, nearest

Floats = npt.NDArray[np.float32]

MOST = 5
"""Colours told of one picture."""
_EDGE = 144
_CENTRES = 8
_ROUNDS = 12
_SCALE = np.array([0.6, 1.0, 1.0], np.float32)
"""Lightness, a, b: what counts as far apart."""
_SAME = 0.05
_SMALL = 0.04
_BINS = (6, 9, 9)
_LOW, _HIGH = np.array([0.0, -0.24, -0.24]), np.array([1.0, 0.24, 0.24])


@dataclass(frozen=True, slots=True)
class NamedColour:
    """One colour of the goods."""

    value: str
    """Six hexadecimal digits of sRGB."""
    share: float
    """Of the goods, between 0 and 1."""
    name: str
    """The nearest traditional colour, such as 朱砂."""
    pinyin: str
    english: str
    distance: float
    """How far that name is, in OKLab × 100: 2 is just to be seen, past 10 it is another."""
    word: str
    """The everyday word: red, pink, orange …"""
    word_zh: str


def colours(content: bytes, most: int = MOST) -> tuple[NamedColour, ...] | Refusal:
    """The colours of the goods in a picture, the largest share first; or why there are none."""
    picture = read_picture(content, least=_EDGE)
    if isinstance(picture, Refusal):
        return picture
    lab, weights = pixels(picture)
    centres, shares = dominant(lab, weights)
    return tuple(_named(*each) for each in zip(centres[:most], shares[:most], strict=True))


def _named(lab: Floats, share: float) -> NamedColour:
    (known, distance), word = nearest(lab), everyday(lab)
    value = bytes(srgb(lab)).hex().upper()
    told = (known.name, known.pinyin, known.english, round(distance, 2))
    return NamedColour(value, round(float(share), 4), *told, word, WORDS[word])


def pixels(picture: Image.Image) -> tuple[Floats, Floats]:
    """(N, 3) OKLab of a small copy, and (N,) what each pixel counts."""
    small = picture.copy()
    small.thumbnail((_EDGE, _EDGE), Image.Resampling.BOX)
    lab = oklab(np.asarray(small))
    weights = subject(lab) / (1.0 + (_steps(lab) / _SAME) ** 2)
    return lab.reshape(-1, 3), weights.ravel()


def _steps(lab: Floats) -> Floats:
    """(H, W) how far a pixel is from its neighbours at most."""
    found = np.zeros(lab.shape[:2], np.float32)
    down = np.linalg.norm(np.diff(lab, axis=0), axis=2)
    across = np.linalg.norm(np.diff(lab, axis=1), axis=2)
    for steps, part in ((down, found[1:]), (down, found[:-1])):
        np.maximum(part, steps, out=part)
    for steps, part in ((across, found[:, 1:]), (across, found[:, :-1])):
        np.maximum(part, steps, out=part)
    return found


def dominant(lab: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """(K, 3) centres and (K,) shares, the largest first, of pixels (N, 3) that count (N,)."""
    used = weights > 0
    points, weights = lab[used] * _SCALE, weights[used] / weights[used].sum()
    centres = _starts(points, weights)
    for _ in range(_ROUNDS):
        own = _owners(points, centres)
        centres, shares = _means(points, weights, own, len(centres))
    centres, shares = _merged(centres, shares)
    order = np.argsort(-shares, kind="stable")
    large = order[(shares[order] >= _SMALL) | (np.arange(len(order)) == 0)]
    return centres[large] / _SCALE, shares[large] / shares[large].sum()


def _starts(points: Floats, weights: Floats) -> Floats:
    """The centre of the fullest cell, then what is heaviest and farthest from those there are."""
    cells = np.round(points / _SAME).astype(np.int64)
    _, own = np.unique(cells, axis=0, return_inverse=True)
    means, masses = _means(points, weights, own.ravel(), int(own.max()) + 1)
    chosen = [int(masses.argmax())]
    away = np.full(len(means), np.inf, np.float32)
    for _ in range(min(_CENTRES, len(means)) - 1):
        away = np.minimum(away, np.linalg.norm(means - means[chosen[-1]], axis=1))
        chosen.append(int((masses * away**2).argmax()))
    return means[np.unique(chosen)]


def _owners(points: Floats, centres: Floats) -> npt.NDArray[np.int64]:
    """(N,) the nearest centre of each point."""
    # |p - c|² without |p|², which is the same for all centres
    away = np.square(centres).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(away.argmin(axis=1), np.int64)


def _means(
    points: Floats, weights: Floats, own: npt.NDArray[np.int64], count: int
) -> tuple[Floats, Floats]:
    """(K, 3) weighted means and (K,) weights of those groups that are not empty."""
    masses = np.bincount(own, weights, count)
    sums = np.stack([np.bincount(own, weights * axis, count) for axis in points.T], axis=1)
    there = masses > 0
    means = sums[there] / masses[there, None]
    return means.astype(np.float32), masses[there].astype(np.float32)


def _merged(centres: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """The nearest pair made one, until no two look alike."""
    while len(centres) > 1:
        away = np.linalg.norm(centres[:, None] - centres[None], axis=2)
        np.fill_diagonal(away, np.inf)
        one, other = np.unravel_index(int(away.argmin()), away.shape)
        if away[one, other] >= _SAME:
            break
        own = np.arange(len(centres))
        own[other] = one
        centres, shares = _means(centres, shares, own, len(centres))
    return centres, shares


class PaletteEncoder:
    """Pictures → unit vectors of how much of which colour the goods have.

    A histogram over cells of OKLab, each pixel shared among the eight cells around it; the
    vector is the root of the shares, so that its length is 1 and small shares are not lost.
    """

    modality: Modality = "image"
    width = _BINS[0] * _BINS[1] * _BINS[2]
    name = "palette/1"

    def encode(self, contents: Sequence[bytes]) -> Encoded:
        return seen(
            contents, self.width, _EDGE, lambda picture: np.sqrt(_histogram(*pixels(picture)))
        )


def _histogram(lab: Floats, weights: Floats) -> Floats:
    """(width,) what lies in each cell."""
    sizes = np.array(_BINS)
    place = np.clip((lab - _LOW) / (_HIGH - _LOW), 0, 1) * (sizes - 1)
    low = np.minimum(place.astype(np.int64), sizes - 2)
    part = place - low
    found = np.zeros(int(sizes.prod()))
    for corner in np.ndindex(2, 2, 2):
        share = np.where(corner, part, 1 - part).prod(axis=1) * weights
        cell = np.ravel_multi_index(tuple((low + corner).T), _BINS)
        found += np.bincount(cell, share, len(found))
    return found.astype(np.float32)
