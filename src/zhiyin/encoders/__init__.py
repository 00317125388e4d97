"""Encoders: content becomes unit vectors, near in space where it is near in meaning.

``TextEncoder`` needs no download; ``open_encoder`` opens it and others by name.
"""

from zhiyin.encoders.opening import open_encoder
from zhiyin.encoders.text import TextEncoder

__all__ = ["TextEncoder", "open_encoder"]
