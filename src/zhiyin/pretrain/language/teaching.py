"""Teaching a network the shop's language: guess, draw together, and write what serves.

    texts ─► vocabulary ─► guess hidden pieces ─► draw an item's texts together ─► ONNX

Needs the extra ``language``; ``learning`` imports this late.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.random import Generator
from torch import Tensor, nn

from zhiyin.core import Progress, Told, Unavailable, ZhiyinError, derive, shorten
from zhiyin.pretrain.language.adapting import adapted, counted, merged, save_weights
from zhiyin.pretrain.language.config import LanguageConfig, Method
from zhiyin.pretrain.language.drawing import Drawing, drawn_apart
from zhiyin.pretrain.language.export import write_graph
from zhiyin.pretrain.language.guessing import Guessing
from zhiyin.pretrain.language.network import (
    Reader,
    longest_of,
    new_network,
    opened_network,
    write_checkpoint,
)
from zhiyin.pretrain.language.report import FACTS, LanguageFacts, LanguageReport
from zhiyin.pretrain.language.texts import Lesson
from zhiyin.pretrain.language.vocabulary import Pieces, Vocabulary
from zhiyin.training import LoopConfig, Task, seeded, train

# What decides how long, and not what an epoch does.
_HOW_LONG = {"epochs", "pair_epochs", "tokens", "patience", "device"}


@dataclass(slots=True)
class Teaching:
    """One language on its way; ``work`` is a folder for checkpoints, None: there are none."""

    lesson: Lesson
    config: LanguageConfig
    seed: int
    progress: Progress
    work: Path | None
    checkpoint: str | None
    method: Method
    vocabulary: Vocabulary
    reader: Reader
    longest: int
    counts: tuple[int, int]
    pieces: list[Pieces]
    start: dict[str, Tensor] = field(default_factory=dict)
    """The weights before guessing."""
    given_up: bool = False
    """Whether drawing went on from those."""
    save_seconds: ClassVar[float] = 60.0
    """At least so long between two checkpoints."""

    @classmethod
    def begun(
        cls,
        lesson: Lesson,
        config: LanguageConfig,
        *,
        seed: int,
        progress: Progress,
        work: Path | None = None,
        checkpoint: str | None = None,
        method: Method = "full",
    ) -> "Teaching":
        """A new network, or a checkpoint's with what ``method`` puts into it."""
        with seeded(derive(seed, "language", "start")):
            if checkpoint is None:
                texts = [lesson.texts[n] for n in lesson.taught]
                vocabulary = Vocabulary.learnt(texts, config.vocabulary)
                network = new_network(config, vocabulary, vocabulary.pieces(texts))
            else:
                vocabulary, network = _opened(checkpoint)
                network = adapted(network, method, config)
        return cls(
            lesson,
            config,
            seed,
            progress,
            work,
            checkpoint,
            "full" if checkpoint is None else method,
            vocabulary,
            Reader(network, vocabulary.pad),
            longest_of(network, config.longest),
            counted(network),
            vocabulary.pieces(lesson.texts),
        )

    def guess(self) -> tuple[tuple[float, float], float, int]:
        """Train on hidden pieces: surprise before and after, share guessed right, epochs."""
        rng = self._rng("guess")
        self.start = _copied(self.reader)
        windows, held = (self._windows(each) for each in (self.lesson.taught, self.lesson.judging))
        windows = _within(windows, self.config.tokens, rng)
        part = Guessing(
            self.reader, self.vocabulary, windows, self.config.masked, self.config.batch
        )
        judging = part.held(held, rng)
        self.reader.eval()
        before, _ = part.judged(judging)
        size = sum(map(len, windows))
        task = Task("guessing", self.reader, part.batches, part.loss, key=self._key())
        loop = self._loop(self.config.epochs, size, math.ceil(size / self.config.batch))
        watch = (lambda: -part.judged(judging)[0]) if judging else None
        epochs = self._trained(task, loop, rng, watch)
        after, right = part.judged(judging)
        return (before, after), right, epochs

    def draw(self) -> tuple[tuple[float, float], int]:
        """Train on pairs: reciprocal ranks of held items before and after, epochs."""
        rng = self._rng("draw")
        firsts = [next(self.vocabulary.windows(own, self.longest)) for own in self.pieces]
        taught, held = (self._pairs(held=held) for held in (False, True))
        part = Drawing(
            self.reader, self.vocabulary, firsts, taught, self.config.pairs, self.config.temperature
        )
        judging = drawn_apart(held, rng)
        self.reader.eval()
        before = self._better_start(lambda: part.judged(judging))
        if not taught or not self.config.pair_epochs:
            return (before, before), 0
        state = _copied(self.reader)
        size = sum(2 * len(firsts[n]) / len(own) for own in taught for n in own)
        task = Task("drawing together", self.reader, part.batches, part.loss, key=self._key())
        steps = math.ceil(len(taught) / self.config.pairs)
        loop = self._loop(self.config.pair_epochs, round(size), steps)
        watch = (lambda: part.judged(judging)) if len(judging) else None
        epochs = self._trained(task, loop, rng, watch)
        after = part.judged(judging)
        if after < before:  # it can cost time, never quality on the held items
            self.reader.load_state_dict(state)
            return (before, before), epochs
        return (before, after), epochs

    def _better_start(self, judge: Callable[[], float]) -> float:
        """Draw from what guessing left, or from what it began with; what held items say of it.

        Guessing that ends early leaves all texts alike, and drawing cannot part them again: on
        the demo shop it ended at an MRR of .04, and at .83 from the weights before guessing.
        """
        guessed, learnt = judge(), _copied(self.reader)
        self.reader.load_state_dict(self.start or learnt)
        began = judge()
        if began > guessed:
            self.given_up = True
            return began
        self.reader.load_state_dict(learnt)
        return guessed

    def write(self, folder: Path) -> LanguageFacts:
        """Write what serves, and what learning can go on from."""
        if self.checkpoint is None or self.method == "full":
            write_checkpoint(self.reader.network, self.vocabulary, folder / "checkpoint")
        else:
            save_weights(self.reader.network, folder / "learnt.safetensors")
        self.reader.network = merged(self.reader.network, self.method)
        write_graph(self.reader, folder / "network.onnx", self.longest)
        self.vocabulary.save(folder / "tokenizer.json")
        digest = hashlib.sha256()
        for name in ("network.onnx", "tokenizer.json"):
            digest.update((folder / name).read_bytes())
        facts = LanguageFacts(
            name=f"shop-language/1#{digest.hexdigest()[:12]}",
            width=self.reader.width,
            longest=self.longest,
            begin=self.vocabulary.begin,
            end=self.vocabulary.end,
            unknown=self.vocabulary.unknown,
            method="scratch" if self.checkpoint is None else self.method,
            checkpoint="" if self.checkpoint is None else Path(self.checkpoint).name,
        )
        (folder / FACTS).write_text(facts.model_dump_json(indent=2), encoding="utf-8")
        return facts

    def _trained(
        self, task: Task, loop: LoopConfig, rng: Generator, watch: Callable[[], float] | None
    ) -> int:
        file = None
        if self.work is not None:
            self.work.mkdir(parents=True, exist_ok=True)
            file = self.work / f"{task.name.replace(' ', '-')}.npz"
        told = train(task, loop, rng=rng, watch=watch, progress=self.progress, checkpoint=file)
        return len(told.epochs)

    def _loop(self, epochs: int, size: int, steps: int) -> LoopConfig:
        """So many epochs of ``size`` pieces as the budget allows; the rate rises and falls."""
        whole = self.checkpoint is not None and self.method == "full"
        epochs = max(1, min(epochs, self.config.tokens // max(size, 1)))
        return LoopConfig(
            epochs=epochs,
            rate=self.config.full_rate if whole else self.config.rate,
            patience=self.config.patience,
            every=1,
            warmup=min(100, steps * epochs // 10),
            cooldown=epochs - 1,
            clip=1.0,
            device=self.config.device,
            save_seconds=self.save_seconds,
        )

    def _windows(self, texts: list[int]) -> list[Pieces]:
        there = [self.pieces[n] for n in texts if len(self.pieces[n])]
        return [part for own in there for part in self.vocabulary.windows(own, self.longest)]

    def _pairs(self, *, held: bool) -> list[tuple[int, ...]]:
        """Items with two views or more of which something can be read."""
        views = [
            tuple(n for n in own if len(self.pieces[n])) for own in self.lesson.pairs(held=held)
        ]
        return [own for own in views if len(own) > 1]

    def _rng(self, step: str) -> Generator:
        return derive(self.seed, "language", step)

    def _key(self) -> str:
        """Equal where the same is learnt from the same start."""
        digest = hashlib.sha256(self.lesson.key.encode())
        digest.update(json.dumps(self.config.model_dump(exclude=_HOW_LONG)).encode())
        _add_weights(digest, self.reader)
        return digest.hexdigest()


def learn(teaching: Teaching, artifact: str, folder: Path) -> LanguageReport:
    """All steps, what serves in ``folder``, and the report."""
    began = time.monotonic()
    surprise, guessed, guessing = teaching.guess()
    found, drawing = teaching.draw()
    facts = teaching.write(folder)
    learnt, weights = teaching.counts
    return LanguageReport(
        artifact=artifact,
        encoder=facts.name,
        method=facts.method,
        texts=len(teaching.lesson.texts),
        items=len(teaching.lesson.items),
        vocabulary=len(teaching.vocabulary),
        weights=weights,
        learnt=learnt,
        surprise=surprise,
        guessed=guessed,
        found=found,
        epochs=(guessing, drawing),
        seconds=time.monotonic() - began,
        told=(_GIVEN_UP,) if teaching.given_up else (),
    )


_GIVEN_UP = Told(
    "language",
    "what guessing hidden pieces taught was given up: with so few steps texts were told apart "
    "less than before, so texts of one item were drawn together from the start",
    "放弃了猜测隐藏片段所学到的内容：步数太少，文本反而更难区分，因此从初始权重开始拉近同一商品的文本",
)


def _opened(checkpoint: str) -> tuple[Vocabulary, Any]:
    try:
        return Vocabulary.of_checkpoint(checkpoint), opened_network(checkpoint)
    except ZhiyinError:
        raise
    except Exception as error:
        # The library raises whatever it likes for a name, a path or a file.
        raise Unavailable(
            what=f"the checkpoint {checkpoint!r}",
            what_zh=f"检查点 {checkpoint!r}",
            problem=shorten(" ".join(str(error).split()) or type(error).__name__),
            remedy="check the name; without a network, give the path of a folder that holds it",
            remedy_zh="请检查名称；没有网络时，请给出其所在文件夹的路径",
        ) from error


def _copied(module: nn.Module) -> dict[str, Tensor]:
    return {name: rows.clone() for name, rows in module.state_dict().items()}


def _within(windows: list[Pieces], budget: int, rng: Generator) -> list[Pieces]:
    """All windows, or as many drawn ones as have so many pieces: an epoch is within the budget."""
    order = rng.permutation(len(windows))
    sizes = np.cumsum([len(windows[n]) for n in order])
    return [windows[n] for n in sorted(order[: max(1, int((sizes <= budget).sum()))].tolist())]


def _add_weights(digest: "hashlib._Hash", module: nn.Module) -> None:
    for name, rows in sorted(module.state_dict().items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(rows.detach().cpu().numpy()).data)
