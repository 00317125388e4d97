"""The picture of an item: its main image, read from the shop's image folder and nowhere else.

Paths come from files that anybody may have written, so what they lead to must lie inside
the folder, links followed, and be an ordinary file of a sane size. An address on the web is
not fetched: a catalogue must not make its owner's machine call others.
"""

import os
import re
import stat
from pathlib import Path

from zhiyin.core import Item, Refusal, shorten

LARGEST = 64 << 20
"""Bytes of a picture file; more is a mistake or an attack."""
_WEB = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class PictureFolder:
    """The folder that image paths are relative to; it need not exist."""

    def __init__(self, folder: Path) -> None:
        self._root = Path(os.path.realpath(folder))

    def picture_of(self, item: Item) -> bytes | Refusal | None:
        """The bytes of the first image that is a path; why there are none; None: no image."""
        if not item.images:
            return None
        paths = [image for image in item.images if not _WEB.match(image)]
        if not paths:
            return _refused("web_picture", item.images[0])
        try:
            return self._read(paths[0])
        except FileNotFoundError:
            return _refused("absent_picture", paths[0])
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            reason = getattr(error, "strerror", None) or str(error)
            return _refused("unreadable_picture", paths[0], expected=reason)

    def _read(self, path: str) -> bytes | Refusal:
        place = Path(os.path.realpath(self._root / path))
        if not place.is_relative_to(self._root):
            return _refused("outside_folder", path)
        # Not blocking: the path may lead to a pipe that nobody writes into.
        handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                return _refused("unreadable_picture", path, expected="not an ordinary file")
            if facts.st_size > LARGEST:
                return _refused("too_long", path, expected=f"{LARGEST >> 20} MiB")
            return file.read() or _refused("unreadable_picture", path, expected="it is empty")


def _refused(code: str, path: str, expected: str | None = None) -> Refusal:
    return Refusal(code, 1, "image", shorten(path), expected)
