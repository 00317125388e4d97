"""PretrainConfig: what describing a catalogue is told."""

from typing import Annotated

from pydantic import Field, PositiveInt

from zhiyin.core import Config


class PretrainConfig(Config):
    """How vectors are made short, and who counts as a neighbour."""

    width: PositiveInt = 256
    """Columns that a modality's vectors are cut to."""
    shrinkage: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    """0 whitens in full, 1 only turns and cuts."""
    neighbours: PositiveInt = 20
    """The nearest items of each that are kept in a graph."""
