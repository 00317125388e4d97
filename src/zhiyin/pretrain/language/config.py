"""LanguageConfig: what learning a shop's language is told."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from zhiyin.core import Config

Share = Annotated[float, Field(ge=0.0, lt=1.0)]
Method = Literal["lora", "adapter", "full"]


class LanguageConfig(Config):
    """Settings of ``learn_language``; the size counts where no checkpoint is given."""

    vocabulary: PositiveInt = 8_000
    """Pieces of words and Chinese characters that are told apart, at most."""
    width: PositiveInt = 128
    """Columns of a vector."""
    layers: PositiveInt = 2
    """Layers of the transformer."""
    heads: PositiveInt = 4
    """Heads of attention; they share the width."""
    longest: Annotated[int, Field(ge=8, le=512)] = 96
    """Pieces that are read at once; a longer text is read in windows."""
    dropout: Share = 0.1
    """Share of the numbers that a training step does not see."""
    masked: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.15
    """Share of the pieces that are to be guessed."""
    items: PositiveInt = 50_000
    """Items whose texts are read, at most; of more, a share drawn by their ids."""
    tokens: PositiveInt = 1_500_000
    """Pieces that are read in either step, all epochs together, at most: this bounds the time."""
    epochs: PositiveInt = 60
    """Passes over the texts while guessing, at most."""
    pair_epochs: NonNegativeInt = 20
    """Passes over the items while texts of one item are drawn together, at most; 0: not done."""
    rate: PositiveFloat = 1e-3
    """Learning rate of Adam."""
    full_rate: PositiveFloat = 5e-5
    """The same where all weights of a checkpoint are learnt: faster, it forgets what it knew."""
    batch: PositiveInt = 1_024
    """Pieces of a batch while guessing; a text longer than that is a batch alone."""
    pairs: PositiveInt = 32
    """Items of a batch while drawing together; each is the others' negative. Steps count more."""
    temperature: PositiveFloat = 0.05
    """By what cosines are divided; smaller looks only at what is nearest."""
    held: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.1
    """Share of the items that only judge: they end the training."""
    patience: PositiveInt = 4
    """Stop after so many epochs in which the held items were not told better."""
    rank: PositiveInt = 8
    """LoRA: the rank of what is added to a matrix."""
    bottleneck: PositiveInt = 32
    """Adapter: units between the two matrices."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Auto: the GPU where there is one."""
