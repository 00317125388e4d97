"""Texture: of what lines, repeats and figures the surface of goods is made, not in what colours.

Four kinds of measures, all of the goods alone (``subject``), cut out and brought to one
size, in the one direction of colour in which they change most, evened out in contrast:

*Orientation and frequency.* The mean of |x ∗ ψ| for log-Gabor waves ψ of seven lengths and
six directions.
*What stands beside what.* Means of ||x ∗ ψ₁| ∗ ψ₂| over the mean of |x ∗ ψ₁|, ψ₂ at least
twice as long: the second order of the scattering transform (Bruna and Mallat: *Invariant
Scattering Convolution Networks*, PAMI 2013), which tells a scale from a scroll.
*Rotational symmetry.* The share of each n, to 8, in the power of x ∗ hₙ for rings hₙ of
n-fold phase and four sizes: its mean, and what the best tenth and hundredth of places
reach. In the middle of a plum blossom all power is in five.
*Translation and mirror symmetry.* The autocorrelation of the goods along 24 distances:
its strongest value, and how it turns with direction; a lattice comes back to itself.

The modulus takes away the sign, so light on dark is like dark on light. Each measure is
told as the logarithm of how it compares with what is usual: with that of dead leaves,
discs of all sizes thrown over each other, whose edges and frequencies are those of most
photographs (Lee, Mumford and Huang: *Occlusion Models for Natural Images*, IJCV 2001).

Departures: waves are sampled no finer than their band is wide, by moving the band to the
middle of the spectrum first, which the modulus does not see; it makes it five times faster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

from zhiyin.core import Encoded, Modality, derive
from zhiyin.encoders.oklab import oklab
from zhiyin.encoders.seeing import seen
from zhiyin.encoders.subject import subject

Floats = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]
Ints = npt.NDArray[np.int64]

_SIDE = 224
_LENGTHS = tuple(4 * 2 ** (step / 2) for step in range(7))
_DIRECTIONS = 6
_SPREAD, _TURN = 0.35, 1.2
_RINGS = ((8, 2), (13, 2), (20, 4), (32, 4))
"""Radius in pixels, and how much coarser it is looked at."""
_FOLDS = range(1, 9)
_FAR = np.geomspace(4, 80, 24)
_ROUND = np.arange(48) / 48 * np.pi
_TURNS = 6
_SMALLEST = 1e-4
_THROWS, _LEAVES = 4, 1_500
# Found on 600 painted goods, for nearest neighbours of another kind and another colour.
_WEIGHTS = {"first": 0.7, "second": 2.0, "rings": 0.5, "repeats": 3.0}


@dataclass(frozen=True, slots=True, eq=False)
class _Wave:
    """One band of the spectrum: where it is and how much of it counts."""

    rows: Ints  # (m, 1) frequencies, which any spectrum may be asked for modulo its size
    columns: Ints  # (1, m)
    shares: Floats  # (m, m)

    def modulus(self, spectrum: Spectrum) -> Floats:
        """(m, m) |x ∗ ψ| of the picture with this spectrum."""
        size, side = spectrum.shape[-1], len(self.shares)
        band = spectrum[..., self.rows % size, self.columns % size] * self.shares
        found: Floats = np.abs(np.fft.ifft2(band)) * np.float32((side / size) ** 2)
        return found


def measures(picture: Image.Image) -> dict[str, Floats]:
    """All that is measured of a picture, by kind."""
    return _measured(*_evened(*_cut_out(picture)))


def _measured(surface: Floats, mask: Floats) -> dict[str, Floats]:
    spectrum = np.fft.fft2(surface).astype(np.complex64)
    first, second = _scattered(spectrum, mask)
    rings, repeats = _rings(spectrum, mask), _repeats(spectrum, mask)
    return {"first": first, "second": second, "rings": rings, "repeats": repeats}


def _cut_out(picture: Image.Image) -> tuple[Floats, Floats]:
    """(H, W, 3) OKLab of the goods alone, their longer edge _SIDE, and (H, W) where they are."""
    small = picture.copy()
    small.thumbnail((96, 96))
    rows, columns = np.nonzero(subject(oklab(np.asarray(small))) == 1.0)
    if not len(rows):
        rows, columns = np.array([0, small.height - 1]), np.array([0, small.width - 1])
    across, down = picture.width / small.width, picture.height / small.height
    margin = 2  # of the small copy's pixels: the rim must be background again
    left, right = max(0, columns.min() - margin), min(small.width, columns.max() + 1 + margin)
    top, bottom = max(0, rows.min() - margin), min(small.height, rows.max() + 1 + margin)
    box = (left * across, top * down, right * across, bottom * down)
    scale = _SIDE / max(box[2] - box[0], box[3] - box[1])
    width, height = (max(8, round(scale * edge)) for edge in (box[2] - box[0], box[3] - box[1]))
    cut = picture.resize((width, height), Image.Resampling.BICUBIC, box=box)
    lab = oklab(np.asarray(cut))
    inside = ndimage.binary_fill_holes(subject(lab) == 1.0)
    # Without its outline, which says what the goods are and not what is on them.
    inner = ndimage.binary_erosion(inside, iterations=4, border_value=1)
    return lab, (inner if inner.mean() > 0.02 else inside).astype(np.float32)


def _evened(lab: Floats, mask: Floats) -> tuple[Floats, Floats]:
    """(_SIDE, _SIDE) one channel of mean 0 and spread 1 all over the goods, 0 beside them."""
    steps = np.concatenate([np.gradient(lab, axis=axis)[mask > 0] for axis in (0, 1)])
    _, axes = np.linalg.eigh(steps.T @ steps)
    height, width = mask.shape
    channel = np.zeros((_SIDE, _SIDE), np.float32)
    channel[:height, :width] = lab @ axes[:, -1]
    whole = np.zeros((_SIDE, _SIDE), np.float32)
    whole[:height, :width] = mask
    near = _blurred(whole, 40) + np.float32(1e-3)
    channel = (channel - _blurred(channel * whole, 40) / near) * whole
    spread = np.sqrt(np.maximum(_blurred(channel**2, 64), 0) / (_blurred(whole, 64) + 1e-3))
    return (channel / (spread + 0.01)).astype(np.float32), whole


def _blurred(values: Floats, size: int) -> Floats:
    """Two boxes, one after the other: nearly a bell."""
    for _ in range(2):
        values = ndimage.uniform_filter(values, size // 2, mode="constant")
    return values


def _scattered(spectrum: Spectrum, mask: Floats) -> tuple[Floats, Floats]:
    """First order (lengths, directions) and second (pairs, directions, directions)."""
    first, second = [], []
    for number, length in enumerate(_LENGTHS):
        responses = np.stack([wave.modulus(spectrum) for wave in _waves(number)])
        weights = _coarse(mask, responses.shape[-1])
        means = (responses * weights).sum(axis=(1, 2))
        first.append(means)
        rest = (responses - means[:, None, None]) * (weights / max(weights.max(), _SMALLEST))
        spectra = np.fft.fft2(rest).astype(np.complex64)
        for longer in range(number + 1, len(_LENGTHS)):
            if _LENGTHS[longer] >= 1.9 * length:
                second.append(_beside(spectra, longer, mask) / (means[:, None] + _SMALLEST))
    return np.stack(first), np.stack(second)


def _beside(spectra: Spectrum, longer: int, mask: Floats) -> Floats:
    """(directions, directions) mean responses of longer waves to each of the first order."""
    found = []
    for wave in _waves(longer):
        responses = wave.modulus(spectra)
        found.append((responses * _coarse(mask, responses.shape[-1])).sum(axis=(1, 2)))
    return np.stack(found, axis=1)


def _rings(spectrum: Spectrum, mask: Floats) -> Floats:
    """(3, rings, folds) mean, 90th and 99th percentile of the share of n-fold rings."""
    found = []
    for number, (_, coarser) in enumerate(_RINGS):
        side = _SIDE // coarser
        wanted = np.fft.fftfreq(side, 1 / side).astype(np.int64) % _SIDE
        band = spectrum[np.ix_(wanted, wanted)] * _ring_filters(number)
        power = np.square(np.abs(np.fft.ifft2(band)))
        inside = _coarse(mask, side) > 0
        own = power[:, inside] if inside.any() else power.reshape(len(power), -1)
        all_folds = own.sum(axis=0)
        own = own / (all_folds + all_folds.mean() + _SMALLEST)  # faint places say nothing
        found.append([own.mean(axis=1), *np.quantile(own, (0.9, 0.99), axis=1)])
    return np.array(found, np.float32).transpose(1, 0, 2)


def _repeats(spectrum: Spectrum, mask: Floats) -> Floats:
    """(distances, 1 + turns) the autocorrelation's strongest value and its turning, by distance."""
    side = _SIDE // 2
    wanted = np.fft.fftfreq(side, 1 / side).astype(np.int64) % _SIDE
    place = np.ix_(wanted, wanted)
    along = np.fft.ifft2(np.abs(spectrum[place]) ** 2).real
    shared = np.fft.ifft2(np.abs(np.fft.fft2(mask)[place]) ** 2).real
    # Where hardly anything lies on anything, chance would speak.
    enough = shared > 0.1 * shared[0, 0]
    found = np.where(enough, along / np.where(enough, shared, 1.0), 0.0)
    found = np.fft.fftshift(found / max(found[0, 0], _SMALLEST))
    away = _FAR[:, None] / 2
    at = [side / 2 + away * np.sin(_ROUND), side / 2 + away * np.cos(_ROUND)]
    values = ndimage.map_coordinates(found, at, order=1)
    turning = np.abs(np.fft.rfft(values, axis=1))[:, :_TURNS] / len(_ROUND)
    return np.concatenate([values.max(axis=1, keepdims=True), turning], axis=1).astype(np.float32)


def _coarse(mask: Floats, side: int) -> Floats:
    """(side, side) the mask where waves are sampled, its sum 1."""
    places = np.arange(side) * _SIDE // side
    found = mask[np.ix_(places, places)]
    return found / max(float(found.sum()), _SMALLEST)


@cache
def _waves(number: int) -> tuple[_Wave, ...]:
    """The waves of one length, one for each direction."""
    centre = _SIDE / _LENGTHS[number]
    side = 2 * round(centre)
    around = np.fft.fftfreq(side, 1 / side).astype(np.int64)
    found = []
    for direction in range(_DIRECTIONS):
        angle = np.pi * direction / _DIRECTIONS
        rows = around + round(centre * np.sin(angle))
        columns = around + round(centre * np.cos(angle))
        away = np.hypot(rows[:, None], columns[None, :])
        turned = np.arctan2(rows[:, None], columns[None, :]) - angle
        turned = np.abs(np.angle(np.exp(1j * turned)))
        lengths = np.log(np.maximum(away, 1e-3) / centre) / _SPREAD
        directions = turned * _DIRECTIONS * _TURN / np.pi
        shares = np.exp(-(lengths**2 + directions**2) / 2).astype(np.float32)
        found.append(_Wave(rows[:, None], columns[None, :], shares))
    return tuple(found)


@cache
def _ring_filters(number: int) -> Spectrum:
    """(folds, side, side) spectra of r² e^{−r²} e^{inθ}, sampled coarsely, of power 1."""
    radius, coarser = _RINGS[number]
    side = _SIDE // coarser
    steps = np.fft.fftfreq(side, 1 / side) * coarser
    away = np.hypot(steps[:, None], steps[None, :]) / radius
    angle = np.arctan2(steps[:, None], steps[None, :])
    rings = [away**2 * np.exp(-(away**2)) * np.exp(1j * fold * angle) for fold in _FOLDS]
    scaled = [ring / np.sqrt(np.square(np.abs(ring)).sum()) for ring in rings]
    return np.fft.fft2(np.stack(scaled)).astype(np.complex64)


@cache
def _usual() -> dict[str, Floats]:
    """What is measured of dead leaves, on average, as it is told."""
    rng = derive(7, "texture")
    found = [_told(_measured(*_evened(_leaves(rng), _whole()))) for _ in range(_THROWS)]
    return {kind: np.mean([own[kind] for own in found], axis=0) for kind in found[0]}


def _whole() -> Floats:
    return np.ones((_SIDE, _SIDE), np.float32)


def _leaves(rng: np.random.Generator) -> Floats:
    """(_SIDE, _SIDE, 3) OKLab of grey discs over each other, areas by the inverse of their size."""
    image = Image.new("L", (_SIDE, _SIDE))
    pen = ImageDraw.Draw(image)
    radii = 3 / np.sqrt(1 - rng.random(_LEAVES) * (1 - (3 / 70) ** 2))
    places = rng.uniform(-40, _SIDE + 40, (_LEAVES, 2))
    for (x, y), r, grey in zip(places, radii, rng.integers(0, 256, _LEAVES), strict=True):
        pen.ellipse((x - r, y - r, x + r, y + r), fill=int(grey))
    return oklab(np.asarray(image.convert("RGB")))


def _told(found: dict[str, Floats]) -> dict[str, Floats]:
    """Logarithms, but for correlations."""
    return {
        kind: values if kind == "repeats" else np.log(values + np.float32(0.01))
        for kind, values in found.items()
    }


def _compared(found: dict[str, Floats]) -> Floats:
    """(width,) how what is measured differs from what is usual, each kind with its weight."""
    told, usual = _told(found), _usual()
    parts = [
        _WEIGHTS[kind] / np.sqrt(values.size) * (values - usual[kind]).ravel()
        for kind, values in told.items()
    ]
    return np.concatenate(parts).astype(np.float32)


class TextureEncoder:
    """Pictures → unit vectors of what the surface of the goods is made of, blind to colours."""

    modality: Modality = "image"
    name = "texture/1"

    @property
    def width(self) -> int:
        return sum(values.size for values in _usual().values())

    def encode(self, contents: Sequence[bytes]) -> Encoded:
        return seen(contents, self.width, 2 * _SIDE, lambda picture: _compared(measures(picture)))
