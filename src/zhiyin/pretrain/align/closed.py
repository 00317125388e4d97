"""Alignment without a step of descent: canonical correlation, and regression either way.

    cca     Σ_tt^-½ · Σ_ti · Σ_ii^-½ = U · diag(ρ) · Vᵀ,  t ↦ (t − μ) Σ_tt^-½ U ρ^p,  i alike
    ridge   i ↦ (i − μ) (Σ_ii + λ)⁻¹ Σ_it,  t ↦ t − μ,    turned to t's principal axes;
            and the same from text to image

Each Σ of one modality has ``reg`` times its mean variance on the diagonal. Canonical
correlation: Hotelling, *Relations between two sets of variates*, 1936. The power p of the
correlations lets directions count by how far they can be trusted: Gong et al., *A
multi-view embedding space for modeling internet images, tags, and their semantics*, IJCV
2014. Where both modalities come from one image–text model the space is there already:
``identity`` is a candidate as well.
"""

from dataclasses import dataclass

import numpy as np

from zhiyin.pretrain.align.heads import Head
from zhiyin.pretrain.align.moments import Doubles, Floats, Moments, Spread

Heads = dict[str, Head]
_LEAST = 1e-12  # where all vectors are the same, nothing is divided by zero
MOST_AXES = 1280
"""On fashion goods 1,200 of 2,560 axes lose .001 of a reciprocal rank, and most of the time."""


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """One modality's principal axes, of D at most the largest ``MOST_AXES``."""

    mean: Doubles  # (D,)
    values: Doubles  # (A,) variances, falling
    vectors: Doubles  # (D, A) an axis a column
    size: float
    """The mean variance of all D columns."""

    @classmethod
    def of(cls, spread: Spread) -> "Axes":
        """The eigenvectors of its covariance."""
        values, vectors = np.linalg.eigh(spread.covariance)
        kept = np.maximum(values[::-1][:MOST_AXES], 0.0)
        return cls(spread.mean, kept, vectors[:, ::-1][:, :MOST_AXES], spread.size)

    def regularised(self, reg: float) -> Doubles:
        """(A,) variances with ``reg`` times the mean one added; above zero where any is."""
        found: Doubles = self.values + reg * self.size + _LEAST
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """The closed forms of one catalogue: axes are found once, settings are cheap then."""

    text: Axes
    image: Axes
    cross: Doubles  # (A of text, A of image) covariance of the pairs, axis by axis

    @classmethod
    def of(cls, moments: Moments) -> "Closed":
        """Turn everything to the principal axes of both modalities."""
        text, image = Axes.of(moments.text), Axes.of(moments.image)
        return cls(text, image, text.vectors.T @ moments.cross @ image.vectors)

    def canonical(self, text_reg: float, image_reg: float, width: int) -> "Canonical":
        """Solve for the ``width`` directions in which the pairs agree most."""
        left = 1 / np.sqrt(self.text.regularised(text_reg))
        right = 1 / np.sqrt(self.image.regularised(image_reg))
        u, sizes, v = np.linalg.svd(left[:, None] * self.cross * right, full_matrices=False)
        return Canonical(
            Head.linear(self.text.mean, self.text.vectors @ (left[:, None] * u[:, :width])),
            Head.linear(self.image.mean, self.image.vectors @ (right[:, None] * v.T[:, :width])),
            np.minimum(sizes[:width], 1.0),
        )

    def ridge(self, source: str, reg: float, width: int) -> Heads:
        """The source's vectors made into what the other's are likely to be."""
        from_text = source == "text"
        own, other = (self.text, self.image) if from_text else (self.image, self.text)
        cross = self.cross if from_text else self.cross.T  # (source, target)
        solved = cross[:, :width] / own.regularised(reg)[:, None]
        return {
            source: Head.linear(own.mean, own.vectors @ solved),
            "image" if from_text else "text": Head.linear(other.mean, other.vectors[:, :width]),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Canonical:
    """Canonical directions, of which fewer may be taken, and some may count for more."""

    text: Head
    image: Head
    correlations: Doubles  # (R,) falling

    def heads(self, width: int, power: float) -> Heads:
        """The first ``width`` directions, each counted by its correlation to ``power``."""
        weights = self.weights(width, power)
        return {
            name: Head(head.mean, head.matrix[:, :width] * weights)
            for name, head in (("text", self.text), ("image", self.image))
        }

    def weights(self, width: int, power: float) -> Floats:
        """(width,) what the directions count."""
        found: Floats = (self.correlations[:width] ** power).astype(np.float32)
        return found


def identity(width: int) -> Heads:
    """The vectors as they are: two encoders of one image–text model share a space already."""
    return {name: Head.linear(np.zeros(width), np.eye(width)) for name in ("text", "image")}
