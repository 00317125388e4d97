"""Search at the front door: what searches stand on, opened at the first and kept up to date.

The artifact of the role "search" is mapped from its files; without one a small shop is read
into memory. What is missing or out of date is told in every trace, and costs only what it
would have given.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from zhiyin.app.indexing import ROLE, Indexed, build, gathered, opened
from zhiyin.app.understanding import ROLE as GOODS
from zhiyin.app.understanding import open_encoders, understood
from zhiyin.core import (
    SILENT,
    ArtifactStore,
    BadRequest,
    Clock,
    Damaged,
    NotFound,
    Progress,
    Settings,
    Store,
    Told,
    Unavailable,
    ZhiyinError,
    get_logger,
)

if TYPE_CHECKING:
    from zhiyin.application.search import Searcher, Taste
    from zhiyin.index.words import FullText, Synonyms

log = get_logger(__name__)

SMALL = 20_000
"""Items that are read into memory at a first search; more need the artifact."""
_TAUGHT = 2_000
"""Of these, goods from whose titles is learnt what things are called: somebody is waiting."""
_LOADING = 20.0
"""Seconds in which an encoder may load, at the first search that needs it."""
RECOMMEND = "recommend"


class Searching:
    """The searches of one shop."""

    def __init__(self, folder: Path, settings: Settings, store: Store, clock: Clock) -> None:
        self._folder, self._settings = folder, settings
        self._store, self._clock = store, clock
        self._artifacts = ArtifactStore(folder / settings.artifacts)
        self._lock = Lock()
        self._live: tuple[str | None, str | None] | None = None
        self._searcher: Searcher | None = None
        self._words: FullText | None = None
        self._taste: tuple[str | None, Taste | None] = (None, None)
        self._synonyms = folder / settings.search.synonyms
        self._read_at: int | None = None
        self._notes: dict[str, Told] = {}

    def build(self, progress: Progress = SILENT) -> str:
        """Write the search artifact of the goods as they are, and let it answer; its id."""
        return build(self._store.catalogue, self._artifacts, self._settings, self._folder, progress)

    def searcher(self) -> Searcher:
        """Ready to search; another process may have built or promoted since."""
        with self._lock:
            live = self._artifacts.live_id(ROLE), self._artifacts.live_id(GOODS)
            if self._searcher is None or self._live != live:
                self._open(live[0])
                self._live = live
            elif self._stamp() != self._read_at and self._words is not None:
                self._words.use(self._given_synonyms())
            assert self._searcher is not None
            return self._searcher

    def _open(self, id: str | None) -> None:
        from zhiyin.application.search import Searcher, Senses

        self._notes.clear()
        synonyms = self._given_synonyms()
        mapped = self._mapped(id, synonyms)
        found = mapped or self._in_memory(synonyms)
        # Vectors of another encoder could not be compared.
        made_by = {} if found.known is None else found.known.facts.encoders
        encoders = {
            modality: encoder
            for modality, encoder in open_encoders(self._settings, self._folder).items()
            if made_by.get(modality) == encoder.name
        }
        senses = Senses(encoders, self._settings.search.patience_seconds, _LOADING)
        self._words = found.words
        self._searcher = Searcher(
            found.goods,
            senses,
            self._clock,
            self._settings.search,
            taste=self._live_taste,
            notes=lambda: tuple(self._notes.values()),
            learnt=found.learnt,
            language=self._settings.languages[0],
            artifacts=() if id is None or mapped is None else (id,),
        )

    def _mapped(self, id: str | None, synonyms: Synonyms) -> Indexed | None:
        """What the artifact holds; None where there is none that can be read."""
        if id is None:
            return None
        try:
            return opened(
                self._store.catalogue, self._artifacts, self._settings, self._folder, id, synonyms
            )
        except (Damaged, NotFound) as error:
            self._note("search", error)
            return None

    def _in_memory(self, synonyms: Synonyms) -> Indexed:
        count = self._store.catalogue.count()
        if count > SMALL:
            raise Unavailable(
                what="search",
                what_zh="搜索",
                problem=f"{count:,} goods are not indexed yet",
                problem_zh=f"{count:,} 件商品尚未建立索引",
                remedy="run: zhiyin pretrain",
                remedy_zh="请运行：zhiyin pretrain",
            )
        try:
            known = understood(self._artifacts)
        except (Damaged, NotFound) as error:
            self._note("goods", error)
            known = None
        return gathered(
            self._store.catalogue,
            known,
            self._settings,
            self._folder,
            synonyms=synonyms,
            taught=_TAUGHT,
        )

    def _live_taste(self) -> Taste | None:
        """What answers for recommendations now; None: nothing does, or it cannot be read."""
        id = self._artifacts.live_id(RECOMMEND)
        known, taste = self._taste
        if id != known:
            try:
                taste = None if id is None else self._open_taste(id)
                self._notes.pop("personal", None)
            except (Damaged, NotFound) as error:
                self._note("personal", error)
                taste = None
            self._taste = id, taste
        return taste

    def _open_taste(self, id: str) -> Taste:
        from zhiyin.application.search import Taste
        from zhiyin.models import load_form

        return Taste(load_form(self._artifacts.open(id).path), self._store.events, id)

    def _given_synonyms(self) -> Synonyms:
        """The built-in synonyms and the shop's own; a file that cannot be read is told."""
        from zhiyin.index.words import Synonyms

        self._read_at = self._stamp()
        self._notes.pop("synonyms", None)
        if self._read_at is None:
            return Synonyms.built_in()
        try:
            return Synonyms.built_in() + Synonyms.read(self._synonyms)
        except BadRequest as error:
            self._note("synonyms", error)
            return Synonyms.built_in()

    def _stamp(self) -> int | None:
        """When the file of synonyms was written; None: there is none."""
        try:
            return self._synonyms.stat().st_mtime_ns
        except OSError:
            return None

    def _note(self, step: str, error: ZhiyinError) -> None:
        log.warning("search goes on without a part", part=step, error=error.text("en"))
        self._notes[step] = Told(step, error.text("en"), error.text("zh"))
