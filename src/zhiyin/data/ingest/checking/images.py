"""Images: paths that stay inside the shop's image folder, and URLs."""

import re
from pathlib import Path, PurePosixPath

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^/\s]+", re.IGNORECASE)


class Outside(ValueError):
    """An image path that leaves the image folder, or is no path at all."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


class ImageFolder:
    """The folder that image paths are relative to; it need not exist."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self._root = folder.resolve()
        self._prefix = prefix
        self._sound: dict[PurePosixPath, bool] = {}

    def checked(self, image: str) -> str:
        """The path as it is stored, or the URL.

        Raises:
            Outside: the path is absolute, climbs out, follows a link out, or is a URL
                of another kind than http and https.
        """
        if _WEB.match(image):
            return image
        path = self._prefix + image
        pure = PurePosixPath(path)
        climbs = ".." in pure.parts or pure.is_absolute() or path.startswith("~")
        if _SCHEME.match(path) or "\\" in path or "\0" in path or climbs:
            raise Outside(image)
        if not self._inside(pure):
            raise Outside(image)
        return pure.as_posix()

    def _inside(self, path: PurePosixPath) -> bool:
        """Whether links on the way stay inside; folders are looked at once."""
        folder = path.parent
        if folder not in self._sound:
            if len(self._sound) > 10_000:
                self._sound.clear()
            self._sound[folder] = self._stays(self._root / folder)
        return self._sound[folder] and self._stays_itself(self._root / path)

    def _stays(self, place: Path) -> bool:
        try:
            return place.resolve().is_relative_to(self._root)
        except (OSError, RuntimeError):  # a link that points at itself
            return False

    def _stays_itself(self, place: Path) -> bool:
        try:
            return not place.is_symlink() or self._stays(place)
        except OSError:
            return False
