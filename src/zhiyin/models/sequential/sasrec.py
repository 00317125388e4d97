"""SASRec: each item of a history attends to those before it and tells what comes next.

    x_t = √D · e_{i_t} + p_{n - t},        n the length of the history
    x   ← x + W_o Attention(LN(x)),        each position sees itself and those before it
    x   ← x + W_2 relu(W_1 LN(x)),         both ``blocks`` times
    score(j) = ⟨LN(x_n), e_j⟩ + b_j

Kang and McAuley, *Self-attentive sequential recommendation*, ICDM 2018. It learns at
every position of every history which item came next.

How we depart: normalisation before each half of a block; a bias per item, which starts
at log popularity and lets vectors tell taste from fame; places counted from the newest
item; and above all the objective. The paper's binary cross-entropy with one negative is
``objective="bce"``; the default compares with ``negatives`` items drawn uniformly, the
same for all positions of a batch, in one softmax (Klenitskiy and Vasilev, RecSys 2023),
"gbce" is Petrov and Macdonald's (RecSys 2023), "full" compares with the whole catalogue.
Batches hold histories of like length, so hardly anything is padded.

A negative event is not in the sequence; it pushes the vector away from its item (see
``readers.Sequence``). A history of nothing positive hears the bias.

Memory of ``fit``: 4 bytes · 7 per parameter (weights, gradient, Adam's two, the best, the
form, a spare), 4 · width · (24 · blocks + 8) per item of a batch, 4 · 3 · width per item
compared with, and 4 · 8 per event.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
import numpy.typing as npt
import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.core import SILENT, Config, Histories, NotFitted, Progress, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import known_items, refuse_beyond
from zhiyin.models.readers import Sequence
from zhiyin.models.readers.graph import Graph
from zhiyin.models.sequential.comparing import Rule, compare, gbce, softmax
from zhiyin.models.sequential.export import Sketch
from zhiyin.models.sequential.sequences import Sequences
from zhiyin.models.vectors import Vectors
from zhiyin.training import LoopConfig, Task, Trajectory, train

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]
Score = Callable[[Histories], Floats]
Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class SasRecConfig(Config):
    """How large the network is, what it is asked, and how long it learns."""

    width: PositiveInt = 64
    """Of the vectors of items and histories."""
    blocks: PositiveInt = 1
    """Attention and what follows it, so many times; two cost a third more and gain nothing."""
    heads: PositiveInt = 1
    """Each attends by itself, with its share of the width."""
    length: PositiveInt = 50
    """Newest items of a history that are read."""
    dropout: Share = 0.3
    """Of the inputs and of what each half of a block adds."""
    objective: Literal["softmax", "gbce", "bce", "full"] = "softmax"
    """What the next item is compared with, and how."""
    shuffled: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    """Share of histories that are read in an order drawn anew in every epoch."""
    negatives: PositiveInt = 2048
    """Items drawn for a batch to compare with; "full" compares with all."""
    calibration: Annotated[float, Field(ge=0.0, le=1.0)] = 0.75
    """Of "gbce": 0 is "bce", 1 makes scores true probabilities."""
    epochs: PositiveInt = 12
    """Passes over the data; at most, where a watch stops earlier."""
    rate: PositiveFloat = 2e-3
    """Learning rate of Adam at its highest; it falls to nothing towards the last epoch."""
    tokens: PositiveInt = 2048
    """Items read in a batch."""
    warmup: PositiveInt = 100
    """Steps in which the rate rises; at most a tenth of all."""
    average: Share = 0.0
    """Weight of the past in a moving average of the weights; 0: none."""
    patience: PositiveInt = 6
    """Epochs without a better metric after which a watched run ends."""
    every: PositiveInt = 2
    """Epochs from one look of the watch to the next."""
    push: NonNegativeFloat = 1.0
    """How far a dislike moves a history away from its item."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} cannot be shared by {self.heads} heads")
        return self

    def loop(self, steps: int) -> LoopConfig:
        """The settings of the loop for epochs of so many steps."""
        return LoopConfig(
            epochs=self.epochs,
            rate=self.rate,
            warmup=min(self.warmup, steps * self.epochs // 10),
            cooldown=self.epochs - 1,
            average=self.average,
            patience=self.patience,
            every=self.every,
        )


class SasRec:
    """Self-attention over the newest items of a history."""

    Config = SasRecConfig

    def __init__(self, config: SasRecConfig = SasRecConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Vectors | None = None
        self._trajectory: Trajectory | None = None

    @property
    def trajectory(self) -> Trajectory:
        """What happened while it learnt."""
        if self._trajectory is None:
            raise NotFitted(what="SASRec")
        return self._trajectory

    def fit(
        self,
        data: Dataset,
        rng: Generator,
        *,
        watch: Callable[[Score], float] | None = None,
        progress: Progress = SILENT,
        checkpoint: Path | None = None,
    ) -> Self:
        """Learn what came next; ``watch`` judges scores now and then and ends it early.

        ``checkpoint``: a file from which the same fit, cut off, goes on as if it had not been.
        """
        remedy = "lower width, tokens or negatives, or raise max_bytes"
        refuse_beyond(self.config.max_bytes, self.memory_needed(data), "fitting SASRec", remedy)
        known = known_items(data)
        network = self._network(data, rng)
        sequences = Sequences(data.interactions.histories, self.config.length)
        task = Task(
            "SASRec",
            network,
            self._batches(sequences, np.flatnonzero(known)),
            self._loss(network, int(known.sum())),
            key="" if checkpoint is None else data.data_hash,
        )
        if sequences.tokens:
            look = None
            if watch is not None:
                look = lambda: watch(self._compiled(network, data, known).score)  # noqa: E731
            loop = self.config.loop(-(-sequences.tokens // self.config.tokens))
            self._trajectory = train(
                task, loop, rng=rng, watch=look, progress=progress, checkpoint=checkpoint
            )
        else:  # nobody came twice: fame is all there is to learn
            self._trajectory = Trajectory((), 0, "epochs")
        self._form = self._compiled(network.eval(), data, known)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event."""
        return self.compile().score(histories)

    def compile(self) -> Vectors:
        """Item vectors, and the network as a graph over them."""
        if self._form is None:
            raise NotFitted(what="SASRec")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 28 per parameter, what a batch holds, 32 per event; see above."""
        config, items = self.config, len(data.items)
        compared = items if config.objective == "full" else config.negatives
        parameters = (items + config.length) * config.width + items
        parameters += 6 * config.blocks * config.width * (config.width + 2)
        batch = config.tokens * (24 * config.blocks + 8) * config.width
        batch += 3 * compared * config.width
        return 4 * (7 * parameters + batch) + 32 * len(data.interactions)

    def _network(self, data: Dataset, rng: Generator) -> "Network":
        """Fresh weights from ``rng``, and the bias at log popularity."""
        events = data.interactions.histories
        counts = np.bincount(events.items[events.weights > 0], minlength=len(data.items)) + 0.5
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**62)))
            network = Network(len(data.items), self.config)
        with torch.no_grad():
            network.bias.copy_(torch.from_numpy(np.log(counts / counts.sum())))
        return network

    def _batches(
        self, sequences: Sequences, known: npt.NDArray[np.int64]
    ) -> Callable[[int, Generator], Iterator[Mapping[str, Any]]]:
        """Per epoch: what was read, where something is asked, and the items to compare with."""

        def batches(epoch: int, rng: Generator) -> Iterator[Mapping[str, Any]]:
            for batch in sequences.batches(self.config.tokens, rng, self.config.shuffled):
                others = known
                if self.config.objective != "full":
                    others = known[rng.integers(0, len(known), self.config.negatives)]
                if len(batch.places):
                    yield {
                        "items": batch.items,
                        "lengths": batch.lengths,
                        "places": batch.places,
                        "liked": batch.following,
                        "others": others,
                    }

        return batches

    def _loss(
        self, network: "Network", items: int
    ) -> Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]:
        rules: dict[str, Rule] = {
            "softmax": softmax(),
            "full": softmax(),
            "gbce": gbce(items, self.config.calibration),
            "bce": gbce(items, 0.0),
        }
        rule = rules[self.config.objective]

        def loss(batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
            read, liked, others = batch["items"], batch["liked"], batch["others"]
            # One look-up for all that is needed: each would make a gradient as large as the table.
            wanted = torch.cat([read.clamp(min=0).ravel(), liked, others])
            rows, bias = network.table[wanted], network.bias[wanted[read.numel() :]]
            before = network(rows[: read.numel()].view(*read.shape, -1), batch["lengths"])
            asked = before.flatten(0, 1)[batch["places"]]  # (P, D)
            found = compare(asked, rows[read.numel() :], bias, liked, others, rule)
            return {self.config.objective: found}

        return loss

    def _compiled(self, network: "Network", data: Dataset, known: npt.NDArray[np.bool_]) -> Vectors:
        table = _array(network.table).copy()  # what is served stays as it is
        bias = np.where(known, _array(network.bias), np.nan).astype(np.float32)
        reader = Sequence(table, Graph(network.graph()), self.config.length, self.config.push)
        interactions = data.interactions
        return Vectors(data.items, table, bias, reader, interactions.strengths, interactions.newest)


class Network(nn.Module):
    """The item vectors and the blocks over them."""

    def __init__(self, items: int, config: SasRecConfig) -> None:
        super().__init__()
        self.config = config
        self.table = nn.Parameter(torch.randn(items, config.width) * _START)
        self.bias = nn.Parameter(torch.zeros(items))
        self.places = nn.Parameter(torch.randn(config.length, config.width) * _START)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)

    def forward(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, D) what is known after each item, from their vectors (B, T, D)."""
        steps = torch.arange(rows.shape[1], device=rows.device)
        left = (lengths[:, None] - 1 - steps).clamp(min=0)  # (B, T) items that follow
        x = rows * math.sqrt(self.config.width) + self.places[left]
        x = F.dropout(x, self.config.dropout, self.training)
        for block in self.blocks:
            x = block(x)
        found: Tensor = self.norm(x)
        return found

    def graph(self) -> bytes:
        """The network as an ONNX graph: "rows" (B, T, D), "lengths" (B,) → (B, D)."""
        add = Sketch()
        scale = add.constant(math.sqrt(self.config.width))
        count = add("Gather", add("Shape", "rows"), add.whole(1), axis=0)  # T
        steps = add("Range", add.whole(0), count, add.whole(1))
        newest = add("Sub", add("Unsqueeze", "lengths", add.whole([1])), add.whole(1))  # (B, 1)
        left = add("Max", add("Sub", newest, steps), add.whole(0))
        places = add("Gather", add.constant(_array(self.places)), left, axis=0)
        x = add("Add", add("Mul", "rows", scale), places)
        later = add("Greater", steps, add("Unsqueeze", steps, add.whole([1])))  # (T, T)
        mask = add("Where", later, add.constant(-1e9), add.constant(0.0))
        for block in self.blocks:
            x = block.draw(add, x, mask)  # type: ignore[operator]
        x = _drawn_norm(add, self.norm, x)
        return add.encoder(add("GatherND", x, newest, batch_dims=1), self.config.width)


class Block(nn.Module):
    """Attention to what came before, then a layer for each position by itself."""

    def __init__(self, config: SasRecConfig) -> None:
        super().__init__()
        self.heads, self.dropout = config.heads, config.dropout
        self.first, self.second = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.asks = nn.Linear(config.width, 3 * config.width)  # queries, keys, values
        self.joins = nn.Linear(config.width, config.width)
        self.widens = nn.Linear(config.width, config.width)
        self.narrows = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) from (B, T, D)."""
        b, t, d = x.shape
        parts = self.asks(self.first(x)).view(b, t, 3, self.heads, d // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # (B, H, T, D / H)
        # What is padded stands behind: being causal hides it.
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        seen = self.joins(seen.transpose(1, 2).reshape(b, t, d))
        x = x + F.dropout(seen, self.dropout, self.training)
        thought = self.narrows(F.relu(self.widens(self.second(x))))
        return x + F.dropout(thought, self.dropout, self.training)

    def draw(self, add: Sketch, x: str, mask: str) -> str:
        """The same as nodes of a graph."""
        width = self.joins.in_features
        size = width // self.heads
        parts = _drawn_linear(add, self.asks, _drawn_norm(add, self.first, x))
        split = add("Reshape", parts, add.whole([0, 0, 3 * self.heads, size]))
        turned = add("Transpose", split, perm=[0, 2, 1, 3])  # (B, 3 H, T, D / H)
        query, key, value = add("Split", turned, outputs=3, axis=1, num_outputs=3)
        alike = add("MatMul", query, add("Transpose", key, perm=[0, 1, 3, 2]))
        alike = add("Add", add("Mul", alike, add.constant(size**-0.5)), mask)
        seen = add("MatMul", add("Softmax", alike, axis=-1), value)
        seen = add("Reshape", add("Transpose", seen, perm=[0, 2, 1, 3]), add.whole([0, 0, width]))
        x = add("Add", x, _drawn_linear(add, self.joins, seen))
        thought = add("Relu", _drawn_linear(add, self.widens, _drawn_norm(add, self.second, x)))
        drawn: str = add("Add", x, _drawn_linear(add, self.narrows, thought))
        return drawn


_START = 0.02
"""Spread of the first item vectors: small beside what they grow to."""


def _drawn_norm(add: Sketch, norm: nn.LayerNorm, x: str) -> str:
    weight, bias = add.constant(_array(norm.weight)), add.constant(_array(norm.bias))
    name: str = add("LayerNormalization", x, weight, bias, epsilon=norm.eps)
    return name


def _drawn_linear(add: Sketch, layer: nn.Linear, x: str) -> str:
    weight = add.constant(_array(layer.weight).T)
    name: str = add("Add", add("MatMul", x, weight), add.constant(_array(layer.bias)))
    return name


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.detach().cpu().numpy()
    return array
