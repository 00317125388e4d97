"""What the goods are, at the front door: encoders are opened, goods described, and it is read.

The artifact that answers for the role "goods" is what learning and search know of them.
Vectors that were made once are kept beside the artifacts, so describing again costs what is
new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhiyin.core import (
    ArtifactStore,
    Catalogue,
    Damaged,
    Encoder,
    Modality,
    NotFound,
    Progress,
    Settings,
    Told,
    get_logger,
)

if TYPE_CHECKING:
    from zhiyin.data import Dataset
    from zhiyin.pretrain import PretrainReport, Understanding
    from zhiyin.pretrain.language import LanguageReport, Method

log = get_logger(__name__)

ROLE, KIND = "goods", "understanding"
LANGUAGE = "language"
"""Role and kind of what was learnt of the shop's own language."""
KEPT = "encoded.db"
REPORT = "pretrain-report.jsonl"
OFF = "none"
_MANY = 1_000


def open_encoders(settings: Settings, folder: Path) -> dict[Modality, Encoder]:
    """The encoders that the settings name, by modality; nothing is loaded until it is used.

    Args:
        folder: The shop's; where its artifacts lie, the language that it learnt is found.
    """
    from zhiyin.encoders import open_encoder

    artifacts = ArtifactStore(folder / settings.artifacts)
    language = artifacts.live_id(LANGUAGE)
    own = None if language is None else artifacts.root / language

    named: dict[Modality, str] = {
        "text": settings.encoders.text,
        "image": settings.encoders.image,
    }
    return {each: open_encoder(name, each, own=own) for each, name in named.items() if name != OFF}


@contextmanager
def kept_encoders(settings: Settings, folder: Path) -> Iterator[dict[Modality, Encoder]]:
    """The same, each remembering what it made in a file beside the artifacts of the shop."""
    from zhiyin.encoders import Kept

    file = folder / settings.artifacts / KEPT
    with ExitStack() as stack:
        yield {
            modality: stack.enter_context(Kept(encoder, file))
            for modality, encoder in open_encoders(settings, folder).items()
        }


def understood(artifacts: ArtifactStore) -> Understanding | None:
    """What is live; None before the first pretraining.

    Raises:
        Damaged: It is not what was written.
    """
    from zhiyin.pretrain import Understanding

    artifact = artifacts.live(ROLE)
    return None if artifact is None else Understanding(artifact.path, artifact.id)


class Goods:
    """What is known of one shop's goods, and how more comes to be known."""

    def __init__(
        self, folder: Path, settings: Settings, catalogue: Catalogue, artifacts: ArtifactStore
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._catalogue = catalogue
        self._artifacts = artifacts

    def describe(self, aligned: bool, progress: Progress) -> PretrainReport:
        """Describe all, write down what could not be, and let the artifact answer."""
        from zhiyin.pretrain import pretrain, sources

        path, images = self._folder / REPORT, self._folder / self._settings.images
        with (
            kept_encoders(self._settings, self._folder) as encoders,
            path.open("w", encoding="utf-8") as lines,
        ):
            report = pretrain(
                self._catalogue,
                sources(encoders.values(), images),
                self._artifacts,
                aligned=aligned,
                seed=self._settings.seed,
                tell=lambda trouble: _write(lines, trouble.record()),
                progress=progress,
            )
        self._artifacts.promote(ROLE, report.artifact)
        return replace(report, lines=path if report.broken else None)

    def learn_language(
        self, checkpoint: str | None, method: Method | None, progress: Progress
    ) -> LanguageReport:
        """Learn from the goods' texts, and let it answer for what the settings call ``shop``."""
        from zhiyin.pretrain.language import learn_language

        report = learn_language(
            self._catalogue,
            self._artifacts,
            checkpoint=checkpoint,
            method=method,
            seed=self._settings.seed,
            progress=progress,
        )
        self._artifacts.promote(LANGUAGE, report.artifact)
        used = "shop" in self._settings.encoders.text.split("+")
        return report if used else replace(report, told=(*report.told, _UNUSED))

    def usable(self) -> Understanding | None:
        """What is live and sound: learning goes on without what is damaged, and says so."""
        try:
            return understood(self._artifacts)
        except (Damaged, NotFound) as error:
            log.warning("goods artifact lost", error=error)
            return None

    def standing(self, known: Understanding | None) -> tuple[Told, ...]:
        """What a person should hear of what is known of the goods; nothing where all is well."""
        encoders = open_encoders(self._settings, self._folder)
        if not encoders:
            return ()
        if known is None:
            lost = self._artifacts.live_id(ROLE) is not None
            return (_DAMAGED if lost else _UNKNOWN,)
        described = {**known.facts.encoders, **known.facts.silent}
        if described != {each: encoder.name for each, encoder in encoders.items()}:
            return (_OTHER_ENCODER,)
        newer = sum(1 for _ in islice(self._catalogue.changes(known.facts.catalogue), _MANY))
        return (_behind(newer),) if newer else ()


def with_goods(data: Dataset, known: Understanding) -> Dataset:
    """The data with features and graphs of the goods; an item not understood has neither."""
    import numpy as np

    ours = data.items.numbers(known.ids)  # (I,) an understood item → its number in the data
    there = np.flatnonzero(ours >= 0)
    features, graphs = {}, {}
    for modality in known.modalities:
        vectors = known.vectors(modality)
        rows = np.full((len(data.items), vectors.shape[1]), np.nan, np.float32)
        rows[ours[there]] = vectors[there]
        features[modality] = rows
        graphs[modality] = _renumbered(known.graph(modality), ours, len(data.items))
    return replace(data, features=features, graphs=graphs)


def _renumbered(graph: Any, ours: Any, size: int) -> Any:
    """The graph with other numbers for its rows and columns; -1: left out."""
    import numpy as np
    from scipy.sparse import csr_array

    rows = ours[np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))]
    columns = ours[graph.indices]
    there = (rows >= 0) & (columns >= 0)
    found = csr_array((graph.data[there], (rows[there], columns[there])), shape=(size, size))
    found.sort_indices()
    return found


_UNKNOWN = Told(
    "goods",
    "what the goods are is not known, so models learn from events alone: zhiyin pretrain",
    "尚未了解商品本身，模型只从行为中学习：zhiyin pretrain",
)
_DAMAGED = Told(
    "goods",
    "what was known of the goods is lost or damaged and is not used: zhiyin pretrain",
    "关于商品的产物缺失或已损坏，未被使用：zhiyin pretrain",
)


_OTHER_ENCODER = Told(
    "goods",
    "the goods were described by another encoder than the settings name; to describe all of "
    "them anew: zhiyin pretrain",
    "商品是由与设置不同的编码器描述的；如需全部重新描述：zhiyin pretrain",
)


_UNUSED = Told(
    "language",
    "the shop's language is learnt and not used; to use it beside the encoder that comes along, "
    'set text = "use+shop" under [encoders] in zhiyin.toml and run zhiyin pretrain',
    "已学习商店语言但尚未使用；如需与自带编码器并用，请在 zhiyin.toml 的 [encoders] 中设置 "
    'text = "use+shop"，再运行 zhiyin pretrain',
)


def _behind(newer: int) -> Told:
    some, some_zh = (f"{newer:,}", f"{newer:,} ") if newer < _MANY else ("many", "许多")
    return Told(
        "goods",
        f"{some} goods changed after the last pretraining and are known as they were: "
        "zhiyin pretrain",
        f"上次 pretrain 之后有{some_zh}件商品变动，目前仍按当时所知：zhiyin pretrain",
    )


def _write(lines: Any, record: Mapping[str, object]) -> None:
    lines.write(json.dumps(record, ensure_ascii=False) + "\n")
