"""Contrastive heads: from the closed form on, by steps of descent; needs torch.

    s_xy = ⟨picture_x, words_y⟩ / τ,   τ learnt
    L = −½ mean_x [ log exp s_xx / Σ_y exp s_xy  +  log exp s_xx / Σ_y exp s_yx ]

over the batch and, with ``hard``, over x's hard negatives as well. To that may be added

    style   −mean_x mean_{y: label_y = label_x} log exp s_xy / Σ_y exp s_xy, both ways, over
            everything that has a label, items of one modality too
    fine    L with s_xy the mean over the words of y of the best region of x
    pull    the squares of what the heads have become beside the closed form

Radford et al., *Learning transferable visual models from natural language supervision*,
ICML 2021 (the loss); Khosla et al., *Supervised contrastive learning*, NeurIPS 2020 (style);
Yao et al., *FILIP*, ICLR 2022 (fine: late interaction). Departures: encoders stay frozen and
the heads start as the closed form, so that a shop with hundreds of pairs can learn too;
"style consistency" is named in the survey without a formula, and is made so here.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numpy.random import Generator
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.core import Progress
from zhiyin.pretrain.align.closed import Heads
from zhiyin.pretrain.align.config import AlignConfig
from zhiyin.pretrain.align.heads import Bend, Head
from zhiyin.pretrain.align.judging import GOAL, agreement, judged
from zhiyin.pretrain.align.lesson import Ints, Lesson
from zhiyin.pretrain.align.moments import Floats, known
from zhiyin.pretrain.align.negatives import hard
from zhiyin.training import LoopConfig, Task, Trajectory, blocks, seeded, train

Batch = Mapping[str, Tensor]
_COLDEST = 0.01
"""No temperature below: a single pair would outweigh all others."""
_FINE_ROWS = 128
"""Pairs of a batch that are compared region by word: that costs R · T times as much."""
_STYLE_ROWS = 512
"""Pictures and texts that a step compares by label."""


def contrasted(
    lesson: Lesson, start: Heads, config: AlignConfig, rng: Generator, progress: Progress
) -> tuple[Heads, Trajectory]:
    """The heads that descent makes of the closed form's, best epoch on the valid pairs.

    With ``style`` the best epoch is that with the best mean of reciprocal rank and agreement
    of labels, weighted as the losses are: else it would be one from before style was learnt.
    """
    begun = {name: head.scaled(getattr(lesson, name)) for name, head in start.items()}
    with seeded(rng):
        module = _Contrast(lesson, begun, config)
    valid = torch.from_numpy(lesson.valid)

    def watch() -> float:
        text, image = (module.view(name, valid).cpu().numpy() for name in ("text", "image"))
        pairs = judged(text, image)[GOAL]
        if not module.styled or lesson.labels is None:
            return pairs
        alike = agreement(text, image, lesson.labels[lesson.valid])
        return (pairs + config.style * alike) / (1 + config.style)

    task = Task("alignment", module, module.batches, module.loss)
    loop = LoopConfig.model_validate(
        config.model_dump(include={"epochs", "rate", "batch", "patience", "every", "average"})
    )
    told = train(task, loop, rng=rng, watch=watch, progress=progress)
    return {name: module.heads[name].after(head) for name, head in begun.items()}, told


class _Bent(nn.Module):
    """One head, in the coordinates of the closed form; it starts as no change at all."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.turn = nn.Parameter(torch.zeros(width, width))
        self.inner = nn.Parameter(torch.randn(width, hidden) / math.sqrt(width))
        self.bias = nn.Parameter(torch.zeros(hidden))
        self.outer = nn.Parameter(torch.zeros(hidden, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, z: Tensor) -> Tensor:
        """(…, d) in closed-form coordinates → (…, d) of length 1."""
        z = self.dropout(z)
        z = z + z @ self.turn
        bent = F.relu(z @ self.inner + self.bias)
        return F.normalize(z + self.dropout(bent) @ self.outer, dim=-1)

    def change(self) -> Tensor:
        """How far it is from the closed form."""
        return self.turn.square().sum() + self.outer.square().sum()

    def after(self, head: Head) -> Head:
        """The closed form's ``head`` and this in one, on raw vectors."""
        parts = (self.turn, self.inner, self.bias, self.outer)
        turn, inner, bias, outer = (part.detach().cpu().numpy() for part in parts)
        bend = Bend(inner, bias, outer) if len(bias) else None
        return Head(head.mean, head.matrix + head.matrix @ turn, bend)


class _Contrast(nn.Module):
    """Two heads, the temperatures, and what they look at."""

    text: Tensor  # (I, d) in closed-form coordinates, as all that follows
    image: Tensor  # (I, d)
    labels: Tensor  # (I,)
    regions: Tensor  # (I, R, d)
    words: Tensor  # (V, d)
    texts: Tensor  # (I, T) words of each text

    def __init__(self, lesson: Lesson, start: Heads, config: AlignConfig) -> None:
        super().__init__()
        self.config, self.pairs = config, lesson.pairs
        width = start["text"].matrix.shape[1]
        self.text_head = _Bent(width, config.hidden, config.dropout)
        self.image_head = _Bent(width, config.hidden, config.dropout)
        # One for whole pictures and texts, one for regions and words.
        self.sharpness = nn.Parameter(torch.full((2,), -math.log(config.temperature)))
        self._hold("text", start["text"].flat(lesson.text))
        self._hold("image", start["image"].flat(lesson.image))
        self.hard = _hard(lesson, config)
        self.styled = _styled(lesson) if config.style else {}
        if self.styled and lesson.labels is not None:
            self._hold("labels", lesson.labels)
        self.fine = False
        if config.fine and lesson.regions is not None and lesson.words is not None:
            self.fine = True
            self._hold("regions", start["image"].flat(lesson.regions))
            self._hold("words", start["text"].flat(lesson.words.vectors))
            self._hold("texts", lesson.words.texts.astype(np.int64))

    @property
    def heads(self) -> dict[str, _Bent]:
        """Modality → its head."""
        return {"text": self.text_head, "image": self.image_head}

    def view(self, modality: str, rows: Tensor) -> Tensor:
        """(…) rows of the lesson → (…, d) where a head puts them."""
        held: Tensor = getattr(self, modality)
        found: Tensor = self.heads[modality](held[rows.to(held.device)])
        return found

    def batches(self, epoch: int, rng: Generator) -> Iterator[dict[str, Ints]]:
        """Shuffled pairs with their hard negatives, and rows that have labels."""
        for some in blocks(len(self.pairs), self.config.batch, rng):
            batch = {"rows": self.pairs[some]}
            batch |= {f"hard {name}": rows[some] for name, rows in self.hard.items()}
            for name, rows in self.styled.items():
                batch[f"style {name}"] = rng.choice(
                    rows, min(_STYLE_ROWS, len(rows)), replace=False
                )
            yield batch

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """The named terms of the docstring."""
        config, rows = self.config, batch["rows"]
        terms = {"pairs": self._pairs(batch)}
        if self.styled:
            terms["style"] = config.style * self._style(batch["style text"], batch["style image"])
        if self.fine:
            terms["fine"] = config.fine * self._fine(rows[:_FINE_ROWS])
        if config.pull:
            change = torch.stack([head.change() for head in self.heads.values()])
            terms["pull"] = config.pull * change.sum()
        return terms

    def _pairs(self, batch: Batch) -> Tensor:
        words, pictures = (self.view(name, batch["rows"]) for name in ("text", "image"))
        alike = pictures @ words.T * self._scale(0)  # (B, B)
        others = {
            "text": self._hardest(pictures, "text", batch),
            "image": self._hardest(words, "image", batch),
        }
        return (_softmax(alike, others["text"]) + _softmax(alike.T, others["image"])) / 2

    def _hardest(self, anchors: Tensor, modality: str, batch: Batch) -> Tensor | None:
        """(B, h) how near each anchor is to its hard negatives; −∞ where it has fewer."""
        rows = batch.get(f"hard {modality}")
        if rows is None:
            return None
        near = (anchors[:, None] * self.view(modality, rows.clamp(min=0))).sum(dim=-1)
        return (near * self._scale(0)).masked_fill(rows < 0, -torch.inf)

    def _style(self, text: Tensor, image: Tensor) -> Tensor:
        alike = self.view("image", image) @ self.view("text", text).T * self._scale(0)
        same = self.labels[image][:, None] == self.labels[text][None, :]
        return (_supervised(alike, same) + _supervised(alike.T, same.T)) / 2

    def _fine(self, rows: Tensor) -> Tensor:
        texts = self.texts[rows]  # (B, T)
        told = texts >= 0
        regions = self.heads["image"](self.regions[rows])  # (B, R, d)
        words = self.heads["text"](self.words[texts.clamp(min=0)])  # (B, T, d)
        near = torch.einsum("xrd,ytd->xytr", regions, words).amax(dim=-1)  # (B, B, T)
        mean = (near * told).sum(dim=-1) / told.sum(dim=-1).clamp(min=1)
        alike = mean * self._scale(1)
        return (_softmax(alike) + _softmax(alike.T)) / 2

    def _scale(self, which: int) -> Tensor:
        return self.sharpness[which].exp().clamp(max=1 / _COLDEST)

    def _hold(self, name: str, rows: npt.NDArray[Any]) -> None:
        # Moves with the weights to where they are learnt, and is not saved with them.
        self.register_buffer(name, torch.from_numpy(rows), persistent=False)


def _hard(lesson: Lesson, config: AlignConfig) -> dict[str, Ints]:
    """Modality → (P, h) rows of the lesson whose words, or pictures, are hard for each pair."""
    if not config.hard:
        return {}
    unit = {name: _unit(getattr(lesson, name)[lesson.pairs]) for name in ("text", "image")}
    found = {
        "text": hard(unit["image"], unit["text"], config.hard, config.hard_alike),
        "image": hard(unit["text"], unit["image"], config.hard, config.hard_alike),
    }
    return {name: np.where(at < 0, -1, lesson.pairs[at]) for name, at in found.items()}


def _styled(lesson: Lesson) -> dict[str, Ints]:
    """Modality → rows that have it and a label; empty where no two could be compared."""
    if lesson.labels is None:
        return {}
    labelled = lesson.own & (lesson.labels >= 0)
    found = {
        name: np.flatnonzero(labelled & known(getattr(lesson, name))) for name in ("text", "image")
    }
    return found if all(len(rows) for rows in found.values()) else {}


def _unit(rows: Floats) -> Floats:
    away = rows - rows.mean(axis=0)
    found: Floats = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-12)
    return found


def _softmax(alike: Tensor, others: Tensor | None = None) -> Tensor:
    """−mean_x log [exp s_xx / (Σ_y exp s_xy + Σ exp other)]; (B, B) and (B, h) logits."""
    every = alike if others is None else torch.cat([alike, others], dim=1)
    return (torch.logsumexp(every, dim=1) - alike.diagonal()).mean()


def _supervised(alike: Tensor, same: Tensor) -> Tensor:
    """−mean_x mean_{y: same} log softmax s_xy, over the rows x that have any such y."""
    logs = torch.log_softmax(alike, dim=1)
    counts = same.sum(dim=1)
    each = -(logs * same).sum(dim=1) / counts.clamp(min=1)
    return (each * (counts > 0)).sum() / (counts > 0).sum().clamp(min=1)
