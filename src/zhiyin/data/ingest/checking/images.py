"""Images: paths that stay inside the shop's image folder, and URLs."""

import os
import re
from pathlib import Path

# A scheme or a drive, a backslash, a NUL: none of them belongs into a relative path.
_STRANGE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:|[\\\0]")
_WEB = re.compile(r"https?://[^/\s]+", re.IGNORECASE)


class Outside(ValueError):
    """An image path that leaves the image folder, or is no path at all."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


class ImageFolder:
    """The folder that image paths are relative to; it need not exist."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self._root = os.path.realpath(folder)
        self._prefix = prefix
        self._sound: dict[str, bool] = {}

    def checked(self, image: str) -> str:
        """The path as it is stored, or the URL.

        Raises:
            Outside: the path is absolute, climbs out, follows a link out, or is a URL
                of another kind than http and https.
        """
        if _WEB.match(image):
            return image
        path = self._prefix + image
        steps = path.split("/")
        if path[:1] in ("/", "~", "") or ".." in steps or _STRANGE.search(path):
            raise Outside(image)
        kept = "/".join(step for step in steps if step not in ("", "."))
        if not self._inside(kept):
            raise Outside(image)
        return kept

    def _inside(self, path: str) -> bool:
        """Whether links on the way stay inside; folders are looked at once."""
        folder = path.rpartition("/")[0]
        if folder not in self._sound:
            if len(self._sound) > 10_000:
                self._sound.clear()
            self._sound[folder] = self._stays(f"{self._root}/{folder}")
        place = f"{self._root}/{path}"
        return self._sound[folder] and (not os.path.islink(place) or self._stays(place))

    def _stays(self, place: str) -> bool:
        try:
            found = os.path.realpath(place, strict=False)
        except OSError:
            return False
        # A link that points at itself is left unresolved: it leads nowhere.
        inside = found == self._root or found.startswith(self._root.rstrip("/") + "/")
        return inside and not os.path.islink(found)
