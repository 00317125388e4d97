"""Trajectory: what happened while something was trained, epoch by epoch."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the data."""

    losses: Mapping[str, float]
    """Each named term: the mean over the batches."""
    metric: float = math.nan
    """What the watch said after it; NaN: nobody looked."""
    seconds: float = 0.0
    """Of learning; the watch's own time is not counted."""

    @property
    def loss(self) -> float:
        """The sum of the terms."""
        return sum(self.losses.values())


@dataclass(frozen=True, slots=True)
class Trajectory:
    """All epochs that ran, and which one's weights were kept."""

    epochs: tuple[Epoch, ...]
    best: int
    """How many epochs had run when the kept weights were reached."""
    stopped: Literal["epochs", "patience"]
    """Why it ended: all epochs ran, or none of the last ones was better."""

    @property
    def metric(self) -> float:
        """The metric of the kept weights; NaN: nobody looked."""
        return self.epochs[self.best - 1].metric if self.best else math.nan

    @property
    def seconds(self) -> float:
        """Of learning, all epochs together."""
        return sum(epoch.seconds for epoch in self.epochs)

    def record(self) -> dict[str, Any]:
        """As plain JSON: a metric that is not there is null."""
        epochs = [
            {**asdict(epoch), "metric": None if math.isnan(epoch.metric) else epoch.metric}
            for epoch in self.epochs
        ]
        return {"best": self.best, "stopped": self.stopped, "epochs": epochs}
