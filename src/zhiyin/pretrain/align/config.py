"""AlignConfig: what aligning is told; every switch of contrast is one line of the ablation."""

from typing import Annotated

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from zhiyin.core import Config

Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class AlignConfig(Config):
    """Settings of ``align``; a term of weight 0 is off."""

    width: PositiveInt = 256
    """The most that the shared space may be wide; fewer where fewer are better on valid."""
    valid_share: Share = 0.1
    """Share of the pairs that choose settings and stop the descent, where none are given; of
    few pairs more: 50, but at most a third."""
    valid_most: PositiveInt = 1000
    """But no more pairs than this."""
    contrast: bool = True
    """Try contrastive heads after the closed forms, where the extra ``train`` is installed."""
    contrast_pairs: PositiveInt = 200
    """With fewer pairs the closed form is what there is."""
    hidden: NonNegativeInt = 0
    """Units of the part of a head that is not linear; 0: linear heads, as good on fashion."""
    dropout: Share = 0.3
    """Share of the numbers that a training step does not see."""
    temperature: PositiveFloat = 0.07
    """Where the learnt temperature starts."""
    hard: NonNegativeInt = 0
    """Hard negatives of each pair and way: what looks alike and is told otherwise; the reverse.
    Off: in batches this large they cost three times as much and gave nothing on fashion."""
    hard_alike: Share = 0.8
    """Above this cosine of the other modality a neighbour is no negative but nearly the same."""
    style: NonNegativeFloat = 0.0
    """Weight of style consistency: pictures and words of one label pull together."""
    fine: NonNegativeFloat = 0.0
    """Weight of the fine-grained level: words of a text against regions of a picture."""
    pull: NonNegativeFloat = 0.0
    """L2 weight that holds the heads near the closed form they start from."""
    epochs: PositiveInt = 60
    """Passes over the pairs; at most."""
    rate: PositiveFloat = 1e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 1024
    """Pairs of a batch; each is the others' negative."""
    patience: PositiveInt = 10
    """Stop after so many epochs without a better valid reciprocal rank."""
    every: PositiveInt = 2
    """Epochs from one look at the valid pairs to the next."""
    average: Share = 0.0
    """Weight of the past in a moving average of the weights, which is what is kept; 0: none."""
