"""Losses: what training makes small, each one formula.

B rows of a batch, N others that a row is compared with, D width. Every loss is a mean
over the rows, so a weight means the same whatever the batch; scores are logits.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def bpr(liked: Tensor, others: Tensor) -> Tensor:
    """−mean log σ(liked − other): who is liked stands before who is not.

    ``liked`` (B,), ``others`` (B,) or (B, N). Rendle et al., *BPR*, UAI 2009.

    >>> round(bpr(torch.tensor([0.0]), torch.tensor([0.0])).item(), 4)  # log 2
    0.6931

    Relations: ``sampled_softmax`` with one other and no correction is the same number.
    """
    margin = liked.reshape(-1, *[1] * (others.dim() - 1)) - others
    return F.softplus(-margin).mean()


def gbce(liked: Tensor, others: Tensor, items: int, t: float) -> Tensor:
    """−mean [β · log σ(liked) + Σ log σ(−other)] / (N + 1), β = α·(t·(1 − 1/α) + 1/α).

    ``liked`` (B,), ``others`` (B, N); α = N / (items − 1) is the share of the catalogue
    that was drawn. t=0 is ``bce``; t=1 makes the scores true probabilities in spite of
    the drawing. Petrov and Macdonald, *gSASRec*, RecSys 2023.

    >>> liked, others = torch.zeros(1), torch.zeros(1, 3)
    >>> round(gbce(liked, others, items=13, t=1.0).item(), 4)  # (1/4 + 3) / 4 · log 2
    0.5632
    """
    n = others.shape[-1]
    drawn = n / max(items - 1, 1)
    beta = drawn * (t * (1 - 1 / drawn) + 1 / drawn)
    each = beta * F.softplus(-liked) + F.softplus(others).sum(dim=-1)
    return each.mean() / (n + 1)


def bce(liked: Tensor, others: Tensor) -> Tensor:
    """−mean [log σ(liked) + Σ log σ(−other)] / (N + 1): each score is right by itself.

    ``liked`` (B,), ``others`` (B, N).

    >>> round(bce(torch.zeros(2), torch.zeros(2, 5)).item(), 4)  # log 2
    0.6931

    Relations: ``gbce`` with t=0.
    """
    return gbce(liked, others, items=2, t=0.0)


def sampled_softmax(liked: Tensor, others: Tensor, items: int | None = None) -> Tensor:
    """−mean log [exp(liked) / (exp(liked) + c · Σ exp(other))], c = (items − 1) / N.

    ``liked`` (B,), ``others`` (B, N) drawn uniformly; c makes up for those not drawn
    (1 without ``items``). An other of −∞ is not compared with: so a row hides those that
    are its own.

    >>> liked, others = torch.zeros(1), torch.zeros(1, 2)
    >>> round(sampled_softmax(liked, others).item(), 4)  # log 3
    1.0986
    >>> round(sampled_softmax(liked, others, items=9).item(), 4)  # log 9
    2.1972

    Relations: with every other item of the catalogue it is the full cross-entropy.
    """
    correction = 0.0 if items is None else math.log(max(items - 1, 1) / others.shape[-1])
    rest = torch.logsumexp(others, dim=-1) + correction
    return F.softplus(rest - liked).mean()


def cosine(a: Tensor, b: Tensor) -> Tensor:
    """mean (1 − cos(a, b)), row by row; (B, D) both. BM3's loss, which needs no negatives.

    >>> cosine(torch.eye(2), 3 * torch.eye(2)).item()
    0.0
    """
    return (1 - F.cosine_similarity(a, b, dim=-1)).mean()


def nce(a: Tensor, b: Tensor, temperature: float, names: Tensor | None = None) -> Tensor:
    """−mean log [exp(cos(a_x, b_x)/τ) / Σ_y exp(cos(a_x, b_y)/τ)], y the rows of the batch.

    ``a`` and ``b`` (B, D): two views of the same things. ``names`` (B,): what each row
    is; a thing that comes twice is not its own negative.

    >>> views = torch.eye(3)
    >>> round(nce(views, views, 1.0).item(), 4)  # log(e + 2) − 1
    0.5514
    >>> twice = torch.cat([views, views])
    >>> round(nce(twice, twice, 1.0, torch.arange(3).repeat(2)).item(), 4)  # log(e + 4) − 1
    0.9048

    Relations: a full softmax over the batch; its negatives are the other rows.
    """
    alike = F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T / temperature  # (B, B)
    liked = alike.diagonal()
    if names is not None:
        same = names[:, None] == names[None, :]
        same.fill_diagonal_(False)
        alike = alike.masked_fill(same, -math.inf)
    return (torch.logsumexp(alike, dim=-1) - liked).mean()


def l2(*rows: Tensor) -> Tensor:
    """Σ ‖row‖² / B over all that are given, each (B, …): the rows a batch looked up.

    >>> l2(torch.ones(2, 3), torch.zeros(2, 3)).item()
    3.0
    """
    total = rows[0].square().sum()
    for each in rows[1:]:
        total = total + each.square().sum()
    return total / max(len(rows[0]), 1)
