"""PretrainConfig: what describing a catalogue is told."""

from typing import Annotated

from pydantic import Field, PositiveInt

from zhiyin.core import Config
from zhiyin.pretrain.align import AlignConfig


class PretrainConfig(Config):
    """How vectors are made short, who counts as a neighbour, and how spaces are joined."""

    width: PositiveInt = 256
    """Columns that a modality's vectors are cut to."""
    shrinkage: Annotated[float, Field(ge=0.0, le=1.0)] = 0.9
    """0 whitens in full, 1 only turns and cuts."""
    neighbours: PositiveInt = 20
    """The nearest items of each that are kept in a graph."""
    align: AlignConfig = AlignConfig()
    """How words and pictures come into one space."""
