"""Encoders: content becomes unit vectors, near in space where it is near in meaning.

``TextEncoder`` and ``ImageEncoder`` need no download; ``open_encoder`` opens them and others
by name. ``read_picture`` makes a picture of bytes that anybody may have sent.
"""

from zhiyin.encoders.image import ImageEncoder
from zhiyin.encoders.opening import open_encoder
from zhiyin.encoders.pictures import read_picture
from zhiyin.encoders.text import TextEncoder

__all__ = ["ImageEncoder", "TextEncoder", "open_encoder", "read_picture"]
