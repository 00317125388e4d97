"""Shop: everything that belongs to one shop, and the verbs. All wiring happens here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import ValidationError

from zhiyin.app import indexing
from zhiyin.app.gate import Gate
from zhiyin.app.searching import Searching
from zhiyin.app.understanding import KIND, LANGUAGE, Goods, understood, with_goods
from zhiyin.app.understanding import ROLE as GOODS
from zhiyin.core import (
    SILENT,
    ArtifactStore,
    BadInput,
    BadRequest,
    Clock,
    Event,
    Found,
    Item,
    Manifest,
    NotFitted,
    NotFound,
    Progress,
    Receipt,
    Request,
    Settings,
    Slate,
    Store,
    Vocabulary,
    to_batch,
)

if TYPE_CHECKING:
    from zhiyin.application import Answers
    from zhiyin.data import Dataset
    from zhiyin.data.importers import Importer
    from zhiyin.data.ingest import IngestReport
    from zhiyin.posttrain import FitReport
    from zhiyin.pretrain import PretrainReport, Understanding
    from zhiyin.pretrain.language import Method

ROLE = "recommend"
ROLES = {"recommender": ROLE, KIND: GOODS, LANGUAGE: LANGUAGE, indexing.KIND: indexing.ROLE}
"""Kind of an artifact → what it answers for."""
Source = Any
_GUEST = "guest"


class Shop:
    """One shop, opened: its goods, its events, what was learnt, and the verbs."""

    def __init__(self, folder: Path, settings: Settings, store: Store, clock: Clock) -> None:
        self.folder = folder
        self.settings = settings
        self.store = store
        self.clock = clock
        self.artifacts = ArtifactStore(folder / settings.artifacts)
        self.gate = Gate(store.keys, clock)
        self._goods = Goods(folder, settings, store.catalogue, self.artifacts)
        self._searching = Searching(folder, settings, store, clock)
        self._opened: Answers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the store back; safe to call twice."""
        self.store.close()

    # -- goods and events in ------------------------------------------------------------

    def add_items(self, items: Sequence[Item]) -> Receipt:
        """Store or replace items."""
        return self.store.catalogue.upsert(items)

    def add_events(self, events: Iterable[Event]) -> Receipt:
        """Store events; they are on disk when this returns."""
        return self.store.events.append(to_batch(events))

    def take(self, rows: Sequence[dict[str, Any]], into: Literal["events", "items"]) -> Receipt:
        """Store rows that somebody waits for; each that stays out has its refusal.

        What the receipt counts is on disk. Names of columns are recognised as in ``ingest``;
        an event without a time happened now.
        """
        from zhiyin.data.ingest import take

        images = self.folder / self.settings.images
        return take(rows, into, self.store, self.settings, self.clock, images)

    def patch(self, id: str, changes: dict[str, Any]) -> Item:
        """Change some fields of an item."""
        return self.store.catalogue.patch(id, changes)

    def delete(self, ids: Sequence[str]) -> int:
        """Take items out of the catalogue; how many were there."""
        return self.store.catalogue.delete(ids)

    def ingest(
        self,
        source: Source,
        *,
        into: Literal["events", "items"] | None = None,
        mapping: Any = None,
        rejects: Path | None = None,
        check: bool = False,
        resume: bool = True,
        progress: Progress = SILENT,
        **words: Any,
    ) -> IngestReport:
        """Take in a file, a folder, "-" for standard input, or rows.

        Args:
            into: "events" or "items"; None: found out.
            mapping: A ``Mapping``, or the path of one in TOML or JSON.
            rejects: Where refused rows go; default ``rejects.jsonl`` in the shop's folder.
            check: Look only, store nothing.
            resume: False reads from the start again.
            words: Entries of the mapping, such as ``fields={"item": "sku"}``.
        """
        from zhiyin.data import ingest as room

        given = self._mapping(mapping, into, words)
        if check:
            return room.check(
                source, self.settings, mapping=given, into=into, progress=progress,
                clock=self.clock, rejects=rejects, images=self.folder / self.settings.images,
            )  # fmt: skip
        return room.ingest(
            source, self.store, self.settings, mapping=given, into=into, progress=progress,
            clock=self.clock, rejects=rejects or self.folder / "rejects.jsonl", resume=resume,
            images=self.folder / self.settings.images,
        )  # fmt: skip

    def import_from(
        self,
        name: str,
        path: str | Path,
        *,
        kinds: Mapping[str, str] | None = None,
        resume: bool = True,
        progress: Progress = SILENT,
    ) -> IngestReport:
        """Take in a known data set, or what another system exported.

        Args:
            name: One of ``importers()``.
            kinds: Their kind → ours, where the layout leaves it to the shop.
            resume: False reads from the start again.
        """
        from zhiyin.data.importers import import_from

        return import_from(
            name, path, self.store, self.settings, kinds=kinds, progress=progress,
            clock=self.clock, rejects=self.folder / "rejects.jsonl", resume=resume,
            images=self.folder / self.settings.images,
        )  # fmt: skip

    @staticmethod
    def importers() -> list[Importer]:
        """The names that ``import_from`` knows."""
        from zhiyin.data.importers import IMPORTERS

        return [IMPORTERS[name] for name in sorted(IMPORTERS)]

    # -- learning -----------------------------------------------------------------------

    def pretrain(
        self,
        *,
        align: bool = True,
        language: bool = False,
        checkpoint: str | None = None,
        method: Method | None = None,
        progress: Progress = SILENT,
    ) -> PretrainReport:
        """Describe the goods by their words and pictures; models and search use it from then on.

        What was encoded before is not encoded again. Items that could not be described are
        in ``pretrain-report.jsonl`` in the shop's folder.

        Args:
            align: Whether to bring words and pictures into one space.
            language: Whether to learn the shop's own language from the goods' texts first; it
                is used where the settings name the encoder ``shop``.
            checkpoint: A folder or name of a masked language model that it goes on from;
                None: from nothing.
            method: What of the checkpoint is learnt: "lora", "adapter" or "full"; None: LoRA.
        """
        if not language and (checkpoint or method):
            raise BadRequest(
                what="a checkpoint or a method is for learning a language, which was not asked for",
                what_zh="检查点与方法用于学习语言，但未要求学习语言",
                remedy="add --language (Python: language=True)",
                remedy_zh="请加上 --language（Python：language=True）",
            )
        learnt = self._goods.learn_language(checkpoint, method, progress) if language else None
        report = self._goods.describe(align, progress)
        self._searching.build(progress)
        return replace(report, language=learnt)

    def understanding(self) -> Understanding | None:
        """What is known of the goods; None before the first pretraining."""
        return understood(self.artifacts)

    def dataset(self, *, progress: Progress = SILENT) -> tuple[Dataset, int]:
        """All that may be learnt from, and the number of the newest event in it."""
        data, cut, _ = self._learnable(progress)
        return data, cut

    def evaluate(
        self,
        *,
        budget: str | float | None = None,
        memory: str | int | None = None,
        allowed_loss: float | None = None,
        progress: Progress = SILENT,
    ) -> FitReport:
        """Learn and judge on the last days what time and memory allow; nothing is written.

        Args:
            budget: Time, such as "90s", "5m", "1h" or seconds; None: five minutes.
            memory: What one model may hold, such as "8GB" or bytes; None: half of what is free.
            allowed_loss: Share of the metric that compiling may lose; None: 0.02.
        """
        from zhiyin.posttrain import Limits, judge

        limits = Limits.said(budget, memory, allowed_loss)
        data, _, known = self._learnable(progress)
        report = judge(data, seed=self.settings.seed, limits=limits, progress=progress)
        return replace(report, told=self._goods.standing(known))

    def fit(
        self,
        *,
        budget: str | float | None = None,
        memory: str | int | None = None,
        allowed_loss: float | None = None,
        progress: Progress = SILENT,
    ) -> FitReport:
        """Evaluate, learn the best recipe from everything, and promote it when better.

        Args:
            budget: Time, such as "90s", "5m", "1h" or seconds; None: five minutes.
            memory: What one model may hold, such as "8GB" or bytes; None: half of what is free.
            allowed_loss: Share of the metric that compiling may lose; None: 0.02.
        """
        from zhiyin.posttrain import Limits, fit

        limits = Limits.said(budget, memory, allowed_loss)
        data, cut, known = self._learnable(progress)
        report = fit(
            data,
            self.artifacts, cut=cut, seed=self.settings.seed, limits=limits,
            parents=() if known is None else (known.version,), progress=progress,
        )  # fmt: skip
        return replace(report, told=self._goods.standing(known))

    def promote(self, id: str) -> None:
        """Let an artifact answer from now on, for what its kind answers for."""
        self.artifacts.promote(ROLES.get(self.artifacts.open(id).manifest.kind, ROLE), id)

    def rollback(self, role: str = ROLE) -> str:
        """Let the artifact before answer again; its id.

        Args:
            role: "recommend", or "goods" for what is known of the goods.
        """
        return self.artifacts.rollback(role)

    def live(self) -> Manifest | None:
        """What answers now; None before the first fit."""
        artifact = self.artifacts.live(ROLE)
        return None if artifact is None else artifact.manifest

    # -- answering ----------------------------------------------------------------------

    def recommend(
        self,
        shopper: str | None = None,
        *,
        after: Sequence[str] = (),
        k: int = 10,
        surface: str = "for_you",
        exclude: Iterable[str] = (),
    ) -> Slate:
        """The best items for a shopper, or for a guest who just viewed some items.

        Args:
            shopper: Whose stored history counts; None for a guest.
            after: Items viewed just now, oldest first; nothing is stored.
            k: How many.
            surface: Where the slate is shown.
            exclude: Items that are not wanted.
        """
        self._check_items(after)
        now = self.clock.now()
        viewed = tuple(
            Event(f"now-{place}", shopper or _GUEST, "view", now, item)
            for place, item in enumerate(after)
        )
        request = Request(shopper, surface, k, viewed, exclude=frozenset(exclude))
        return self._answers().recommend(request)

    def search(
        self,
        query: str = "",
        *,
        picture: bytes | None = None,
        like: str | None = None,
        where: Mapping[str, Any] | None = None,
        without: Iterable[str] = (),
        sort: str = "relevance",
        k: int = 20,
        cursor: str | None = None,
        shopper: str | None = None,
        personal: bool = False,
        exclude: Iterable[str] = (),
        language: str | None = None,
    ) -> Found:
        """A page of goods for words, a picture, or both ("this, but in blue").

        Nothing is stored of it. With neither words nor a picture: all goods.

        Args:
            query: What was typed, in Chinese or English, with limits, wishes and refusals.
            picture: The bytes of a picture file; what looks like it is found.
            like: An item; what is like it is found.
            where: The chosen filter, such as ``{"brand": "…", "price": {"at_most": 200}}``.
            without: Ids of chips of ``Found.chips`` that were taken away.
            sort: "relevance", "price_up", "price_down", "newest" or "popular"; all but the
                first leave out what is only near in meaning.
            k: How many on a page.
            cursor: ``Found.next`` of the page before.
            shopper: Who searches.
            personal: The shopper agrees that their history may change the order.
            exclude: Items that are not wanted.
            language: Of the query; None: told from its letters.
        """
        request = Request(
            shopper, "search", k, exclude=frozenset(exclude), query=query, picture=picture,
            like=like, where=where, without=frozenset(without), sort=sort, cursor=cursor,
            personal=personal, language=language,
        )  # fmt: skip
        return self._searching.searcher().search(request)

    def suggest(self, prefix: str, k: int = 8) -> tuple[str, ...]:
        """Completions of what is being typed, the most useful first."""
        return self._searching.searcher().suggest(prefix, k)

    def items(self, ids: Iterable[str]) -> dict[str, Item]:
        """The items that exist among ``ids``, by id."""
        wanted = list(dict.fromkeys(ids))
        found = self.store.catalogue.get(wanted)
        return {id: item for id, item in zip(wanted, found, strict=True) if item is not None}

    # -- inside -------------------------------------------------------------------------

    def _answers(self) -> Answers:
        """What is live, opened once; another process may have promoted since."""
        from zhiyin.application import Answers
        from zhiyin.models import load_form

        id = self.artifacts.live_id(ROLE)
        if id is None:
            raise NotFitted(
                what=f"shop {self.settings.name!r}", what_zh=f"商店 {self.settings.name!r}"
            )
        if self._opened is None or self._opened.artifact != id:
            form = load_form(self.artifacts.open(id).path)
            self._opened = Answers(form, self.store.catalogue, self.store.events, self.clock, id)
        return self._opened

    def _learnable(self, progress: Progress) -> tuple[Dataset, int, Understanding | None]:
        """The data, the newest event in it, and what is known of the goods in it."""
        from zhiyin.data import COLUMNS, Dataset, Interactions

        cut = self.store.events.cut()
        shelves = {
            change.id: change.item.category
            for change in self.store.catalogue.changes()
            if change.item is not None
        }
        interactions = Interactions.from_events(
            self.store.events.read(until=cut, columns=COLUMNS),
            self.settings.kinds,
            # Without a catalogue the events say which items there are.
            items=Vocabulary(sorted(shelves)) if shelves else None,
            progress=progress,
        )
        data = Dataset(interactions, categories=_numbered(shelves))
        known = self._goods.usable()
        return (data if known is None else with_goods(data, known)), cut, known

    def _check_items(self, ids: Sequence[str]) -> None:
        known = self.items(ids)
        for id in ids:
            if id not in known and self.store.catalogue.count():
                raise NotFound(
                    kind="item",
                    kind_zh="商品",
                    name=id,
                    remedy="check the id, or ingest the catalogue",
                    remedy_zh="请检查编号，或先导入商品目录",
                )

    def _mapping(self, mapping: Any, into: str | None, words: dict[str, Any]) -> Any:
        from zhiyin.data.ingest import Mapping, load_mapping

        given = load_mapping(Path(mapping)) if isinstance(mapping, str | Path) else mapping
        if not words:
            return given
        start = given.model_dump(exclude_defaults=True) if given is not None else {}
        try:
            return Mapping.model_validate({"into": into, **start, **words})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "fields"
            raise BadInput(
                what=f"the mapping's {where}",
                problem=first["msg"].removeprefix("Value error, "),
                remedy="correct it, or say what the rows are: events or items",
            ) from error


def _numbered(shelves: Mapping[str, tuple[str, ...]]) -> Any:
    """(I,) a number for each category path, items by id; -1: none. None where nobody has one."""
    import numpy as np

    numbers = {path: n for n, path in enumerate(sorted({*shelves.values()} - {()}))}
    if not numbers:
        return None
    return np.array([numbers.get(shelves[id], -1) for id in sorted(shelves)], np.int32)
