"""LoopConfig: how long, how fast and on what the loop runs."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from zhiyin.core import Config

Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class LoopConfig(Config):
    """Settings of the loop that are the same for every model."""

    epochs: PositiveInt = 100
    """Passes over the data; at most, where a watch stops earlier."""
    rate: PositiveFloat = 1e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 4096
    """Rows of a batch, for whoever makes the batches."""
    patience: PositiveInt = 20
    """Stop after so many epochs without a better metric."""
    every: PositiveInt = 5
    """Epochs from one look at the metric to the next."""
    decay: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """What the rate is multiplied by after every epoch."""
    warmup: NonNegativeInt = 0
    """Steps in which the rate rises from nothing."""
    cooldown: NonNegativeInt = 0
    """Last epochs in which the rate falls to nothing in a straight line."""
    clip: NonNegativeFloat = 0.0
    """Largest norm of the gradient; 0: as it comes."""
    average: Share = 0.0
    """Weight of the past in a moving average of the weights, which is what is kept; 0: none."""
    precision: Literal["full", "mixed"] = "full"
    """Mixed: bfloat16 where the device is a GPU; a CPU always computes in full."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Auto: the GPU where there is one."""
    save_seconds: NonNegativeFloat = 60.0
    """At least so long between two checkpoints, where a file for them is given."""
