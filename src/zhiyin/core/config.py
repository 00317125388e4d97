"""The base of every configuration object: frozen, documented, unknown keys refused."""

from pydantic import BaseModel, ConfigDict


class Config(BaseModel):
    """One object per thing that can be configured; every default in one place."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
