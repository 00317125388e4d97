"""All importers by name: ours, and those of installed packages.

A package adds one by an entry point of the group ``zhiyin.importers`` that names an
``Importer``; in its pyproject.toml:

    [project.entry-points."zhiyin.importers"]
    mine = "my_package.importing:MINE"
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import entry_points

from zhiyin.core import NotFound, get_logger
from zhiyin.data.importers.amazon import AMAZON
from zhiyin.data.importers.coveo import COVEO
from zhiyin.data.importers.gorse import GORSE
from zhiyin.data.importers.hm import HM
from zhiyin.data.importers.importer import Importer
from zhiyin.data.importers.metarank import METARANK
from zhiyin.data.importers.mmrec import MMREC
from zhiyin.data.importers.movielens import MOVIELENS
from zhiyin.data.importers.open_bandit import OPEN_BANDIT
from zhiyin.data.importers.recbole import RECBOLE
from zhiyin.data.importers.retailrocket import RETAILROCKET
from zhiyin.data.importers.tafeng import TAFENG
from zhiyin.data.importers.ubi import UBI
from zhiyin.data.importers.userbehavior import USERBEHAVIOR

GROUP = "zhiyin.importers"
OURS = (
    AMAZON,
    COVEO,
    GORSE,
    HM,
    METARANK,
    MMREC,
    MOVIELENS,
    OPEN_BANDIT,
    RECBOLE,
    RETAILROCKET,
    TAFENG,
    UBI,
    USERBEHAVIOR,
)
log = get_logger(__name__)


class Importers(Mapping[str, Importer]):
    """The importers by name; a name that is not there is answered with near ones."""

    @cached_property
    def _all(self) -> dict[str, Importer]:
        found = {importer.name: importer for importer in _installed()}
        # A stranger cannot take a name of ours.
        return dict(sorted((found | {importer.name: importer for importer in OURS}).items()))

    def __getitem__(self, name: str) -> Importer:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def named(self, name: str) -> Importer:
        """The importer of that name; NotFound lists what there is."""
        if name in self._all:
            return self._all[name]
        near = get_close_matches(name.lower(), self._all, n=2)
        guess = f"did you mean {' or '.join(near)}? " if near else ""
        guess_zh = f"是否指 {' 或 '.join(near)}？" if near else ""
        raise NotFound(
            kind="importer",
            kind_zh="导入器",
            name=name,
            remedy=f"{guess}there are {', '.join(self)}",
            remedy_zh=f"{guess_zh}可用：{'、'.join(self)}",
        )


def _installed() -> Iterator[Importer]:
    for entry in entry_points(group=GROUP):
        try:
            importer = entry.load()
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            log.warning("importer not loaded", entry=entry.value, error=error)
            continue
        if isinstance(importer, Importer):
            yield importer
        else:
            log.warning("entry point is no importer", entry=entry.value)


IMPORTERS = Importers()
