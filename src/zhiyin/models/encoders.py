"""Small learnt parts that models of goods are made of: tables, gates, filters, attention.

Each is a few lines with one formula. A width of D goes in and comes out unless said
otherwise; linear maps start as torch makes them (``seeded`` in ``zhiyin.training`` says
from which randomness).
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor, nn
from torch.nn import functional as F


def table(rows: int, width: int, rng: Generator) -> nn.Parameter:
    """(rows, D) uniform within ±√(6 / (rows + D)): Glorot and Bengio, AISTATS 2010."""
    bound = math.sqrt(6.0 / max(rows + width, 1))
    values = rng.uniform(-bound, bound, (rows, width))
    return nn.Parameter(torch.from_numpy(values.astype(np.float32)))


class Gate(nn.Module):
    """x ⊙ σ(W₂·(W₁·f)): content f (n, C) lets through what fits it of x (n, D).

    The purifier of MGCN (Yu et al., MM 2023); without ``content`` the gate sees a vector
    that is D wide already: x ⊙ σ(W₂·f).
    """

    def __init__(self, width: int, content: int | None = None) -> None:
        super().__init__()
        self.inner = nn.Identity() if content is None else nn.Linear(content, width)
        self.outer = nn.Linear(width, width)

    def forward(self, content: Tensor, x: Tensor) -> Tensor:
        """(n, D) from content (n, C) and x (n, D)."""
        return x * torch.sigmoid(self.outer(self.inner(content)))


class Filter(nn.Module):
    """irfft(rfft(x) ⊙ w), w complex and learnt: which frequencies of x are noise (SMORE).

    Several inputs are multiplied in the spectrum first, which convolves them.
    """

    def __init__(self, width: int, rng: Generator) -> None:
        super().__init__()
        bins = rng.normal(0.0, 1.0 / math.sqrt(width), (width // 2 + 1, 2))
        self.weight = nn.Parameter(torch.from_numpy(bins.astype(np.float32)))
        self.width = width

    def forward(self, *views: Tensor) -> Tensor:
        """(n, D) from one or more of (n, D)."""
        spectrum = torch.view_as_complex(self.weight)
        for view in views:
            spectrum = spectrum * torch.fft.rfft(view, dim=-1, norm="ortho")
        found: Tensor = torch.fft.irfft(spectrum, n=self.width, dim=-1, norm="ortho")
        return found


class Attend(nn.Module):
    """Σ_k s_k z_k, s = softmax over the views k of wᵀ tanh(W z_k): what views have in common.

    ``forward`` gives the common part (n, D) and the weights (n, views). MGCN and MSCA
    take it from each view, so that what is told twice counts once.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Sequential(
            nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1, bias=False)
        )

    def forward(self, views: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Common part (n, D) and weights (n, views) of views (n, D) each."""
        stacked = torch.stack([*views], dim=1)  # (n, views, D)
        weights = torch.softmax(self.score(stacked), dim=1)
        return (weights * stacked).sum(dim=1), weights[..., 0]


class Hyper(nn.Module):
    """Goods and shoppers meet in K hidden attributes, as LGMRec (Guo et al., AAAI 2024) does.

    H = softmax((x·V + g) / τ) with Gumbel noise g while training: how much each good (or
    shopper) has of each attribute. ``forward`` passes vectors to the attributes and back:
    goods H·(Hᵀ·e), shoppers H_u·(Hᵀ·e).
    """

    def __init__(self, content: int, attributes: int, temperature: float, keep: float) -> None:
        super().__init__()
        self.edges = nn.Linear(content, attributes, bias=False)
        self.temperature, self.drop = temperature, 1.0 - keep

    def belongs(self, content: Tensor) -> Tensor:
        """(n, K) from content (n, C): shares that add up to 1."""
        logits = self.edges(content)
        if self.training:
            return F.gumbel_softmax(logits, tau=self.temperature, dim=-1)
        return torch.softmax(logits / self.temperature, dim=-1)

    def forward(self, goods: Tensor, shoppers: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """Shoppers (U, D) and goods (I, D) from memberships (I, K), (U, K) and x (I, D)."""
        goods = F.dropout(goods, self.drop, self.training)
        held = goods.T @ x  # (K, D)
        return F.dropout(shoppers, self.drop, self.training) @ held, goods @ held
