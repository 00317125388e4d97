"""Pretrain from one end to the other: encode, whiten, align, find neighbours, write.

    catalogue ─► encode ─► raw rows ─┬─► whiten ─► vectors ─► graph
                                     └─► align ─► vectors in one space

What comes out is an artifact of the kind "understanding", written whole or not at all. The
encoders bring their own memory, so a run that was interrupted, or a catalogue of which a
little changed, costs the encoding of what is new; all else is made anew from everything,
and so a later run gives what a first one on the same goods would have given.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from zhiyin.core import (
    SILENT,
    ArtifactStore,
    BadRequest,
    Catalogue,
    Draft,
    Progress,
    ZhiyinError,
    derive,
    get_logger,
)
from zhiyin.pretrain.align import Alignment, align
from zhiyin.pretrain.config import PretrainConfig
from zhiyin.pretrain.contents import Source, Tell
from zhiyin.pretrain.encode import Encodings, encode
from zhiyin.pretrain.graphs import likeness
from zhiyin.pretrain.report import PretrainReport
from zhiyin.pretrain.understanding import (
    ALIGNMENT,
    Facts,
    write_graph,
    write_head,
    write_rows,
)
from zhiyin.pretrain.whitening import Whitening

log = get_logger(__name__)

KIND = "understanding"
TAUGHT = 200_000
"""Items that a whitening is learnt from at most, spread evenly over all."""
PAIRED = 50_000
"""Items that an alignment is learnt from at most."""


def pretrain(
    catalogue: Catalogue,
    sources: Mapping[str, Source],
    artifacts: ArtifactStore,
    *,
    config: PretrainConfig = PretrainConfig(),  # noqa: B008 - frozen
    aligned: bool = True,
    seed: int = 0,
    tell: Tell = lambda trouble: None,
    progress: Progress = SILENT,
) -> PretrainReport:
    """Describe every item of the catalogue and write an artifact; nothing is promoted.

    Args:
        sources: Modality → encoder and content, as ``sources`` joins them.
        aligned: Whether to bring words and pictures into one space, where both are there.
        tell: Called with every item of which an encoder could make nothing.

    Raises:
        BadRequest: There are no goods, or no encoders.
    """
    if not sources or not catalogue.count():
        raise _nothing(bool(sources))
    settings = {
        **config.model_dump(),
        "aligned": aligned,
        "encoders": {name: source.encoder.name for name, source in sources.items()},
    }
    with artifacts.writing(KIND, "pretrain", config=settings, seed=seed) as draft:
        run = _Run(draft, config, seed, progress)
        with (
            run.timed("encode"),
            progress.step("encode", catalogue.count(), "items") as step,
        ):
            encodings = encode(catalogue, sources, draft.path, step, tell)
        with encodings:
            report = run.finish(encodings, sources, aligned)
    log.info("pretrained", artifact=draft.id, items=report.items, broken=report.broken)
    return report


@dataclass(slots=True)
class _Run:
    """One artifact on its way."""

    draft: Draft
    config: PretrainConfig
    seed: int
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.monotonic() - began

    def finish(
        self, encodings: Encodings, sources: Mapping[str, Source], aligned: bool
    ) -> PretrainReport:
        """Everything after encoding."""
        ids = encodings.ids()
        names = {name: source.encoder.name for name, source in sources.items()}
        encoders = {name: own for name, own in names.items() if encodings.tallies[name].encoded}
        widths = {name: self._describe(name, encodings, ids) for name in encoders}
        shared, unaligned = None, None
        if aligned and {"text", "image"} <= set(encoders):
            shared, unaligned = self._align(encodings, ids, encoders)
        facts = Facts(
            encoders=encoders,
            silent={name: own for name, own in names.items() if name not in encoders},
            catalogue=encodings.upto,
            aligned=shared is not None,
        )
        write_head(self.draft.path, facts, ids)
        self.draft.metrics.update(_measured(encodings, shared))
        return PretrainReport(
            artifact=self.draft.id,
            items=len(ids),
            tallies=encodings.tallies,
            widths=widths,
            alignment=None if shared is None else shared.facts,
            unaligned=unaligned,
            seconds=self.seconds,
        )

    def _describe(self, name: str, encodings: Encodings, ids: list[str]) -> int:
        """Whiten one modality and find its neighbours; the width of its vectors."""
        folder, config = self.draft.path, self.config
        with self.timed("whiten"):
            taught = [ids[row] for row in _spread(len(ids), TAUGHT)]
            whitening = Whitening.learnt(
                encodings.blocks(name, taught),
                encodings.raw[name].width,
                config.width,
                config.shrinkage,
            )
            whitening.save(folder, name)
            blocks = (whitening(block) for block in encodings.blocks(name, ids))
            write_rows(folder, name, blocks, (len(ids), whitening.width))
        with self.timed("graphs"):
            vectors = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            rng = derive(self.seed, "graph", name)
            graph = likeness(vectors, config.neighbours, rng, progress=self.progress)
            write_graph(folder, name, graph)
        return whitening.width

    def _align(
        self, encodings: Encodings, ids: list[str], encoders: Mapping[str, str]
    ) -> tuple[Alignment | None, ZhiyinError | None]:
        """One space for words and pictures, or why there is none."""
        taught = [ids[row] for row in _spread(len(ids), PAIRED)]
        text, image = (
            np.concatenate([*encodings.blocks(name, taught)]) for name in ("text", "image")
        )
        rng = derive(self.seed, "align")
        with self.timed("align"):
            try:
                found = align(
                    text,
                    image,
                    config=self.config.align,
                    encoders=encoders,
                    rng=rng,
                    progress=self.progress,
                )
            except BadRequest as error:  # too few pairs
                return None, error
            (self.draft.path / ALIGNMENT).mkdir()
            found.save(self.draft.path / ALIGNMENT)
            for name in ("text", "image"):
                blocks = (found.project(name, rows) for rows in encodings.blocks(name, ids))
                write_rows(self.draft.path, f"{name}.joint", blocks, (len(ids), found.width))
        return found, None


def _spread(rows: int, most: int) -> list[int]:
    """At most so many row numbers, evenly spread: always the same."""
    found: list[int] = np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(int)).tolist()
    return found


def _measured(encodings: Encodings, alignment: Alignment | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, tally in encodings.tallies.items():
        counts = {
            "encoded": tally.encoded, "empty": tally.empty, "broken": tally.broken.total()
        }  # fmt: skip
        found |= {f"{name} {word}": float(count) for word, count in counts.items()}
    if alignment is not None:
        best = alignment.facts.tried[alignment.facts.method]
        found |= {f"alignment valid {metric}": value for metric, value in best.items()}
    return found


def _nothing(encoders: bool) -> BadRequest:
    if not encoders:
        return BadRequest(
            what="there is no encoder, so nothing can be described",
            what_zh="没有编码器，无法描述商品",
            remedy="name one under [encoders] in zhiyin.toml",
            remedy_zh="请在 zhiyin.toml 的 [encoders] 中指定",
        )
    return BadRequest(
        what="there are no goods to describe",
        what_zh="没有可描述的商品",
        remedy="ingest a catalogue first: zhiyin ingest FILE",
        remedy_zh="请先导入商品目录：zhiyin ingest 文件",
    )
