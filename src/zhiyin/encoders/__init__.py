"""Encoders: content becomes unit vectors, near in space where it is near in meaning.

``TextEncoder`` and ``ImageEncoder`` need no download; ``open_encoder`` opens them and others
by name. ``Kept`` remembers on disk what an encoder made, ``encode_stream`` drives one over
any number of contents. ``read_picture`` makes a picture of bytes that anybody may have sent,
``colours`` names the colours of the goods in it.
"""

from zhiyin.encoders.image import ImageEncoder
from zhiyin.encoders.keeping import Kept
from zhiyin.encoders.opening import open_encoder
from zhiyin.encoders.palette import colours
from zhiyin.encoders.pictures import read_picture
from zhiyin.encoders.streaming import encode_stream
from zhiyin.encoders.text import TextEncoder

__all__ = [
    "ImageEncoder",
    "Kept",
    "TextEncoder",
    "colours",
    "encode_stream",
    "open_encoder",
    "read_picture",
]
