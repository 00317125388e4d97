"""Encoders: content becomes unit vectors, near in space where it is near in meaning.

``TextEncoder`` and ``ImageEncoder`` need no download; ``open_encoder`` opens them and others
by name. ``Kept`` remembers on disk what an encoder made. ``read_picture`` makes a picture of
bytes that anybody may have sent, ``colours`` names the colours of the goods in it.
"""

from zhiyin.encoders.image import ImageEncoder
from zhiyin.encoders.keeping import Kept
from zhiyin.encoders.opening import open_encoder
from zhiyin.encoders.palette import colours
from zhiyin.encoders.pictures import read_picture
from zhiyin.encoders.text import TextEncoder

__all__ = [
    "ImageEncoder",
    "Kept",
    "TextEncoder",
    "colours",
    "open_encoder",
    "read_picture",
]
