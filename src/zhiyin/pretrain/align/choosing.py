"""Which closed form, with which settings: the one that orders the valid pairs best."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

from zhiyin.core import SILENT, Progress
from zhiyin.pretrain.align.closed import Closed, Heads, identity
from zhiyin.pretrain.align.config import AlignConfig
from zhiyin.pretrain.align.heads import unit
from zhiyin.pretrain.align.judging import GOAL, judged
from zhiyin.pretrain.align.lesson import Lesson
from zhiyin.pretrain.align.moments import in_blocks, moments

REGS = (0.01, 0.1, 1.0, 10.0)
"""Shares of the mean variance; from the best of them half a step either way is tried too."""
POWERS = (0.0, 0.5, 1.0, 1.5, 2.0)
WIDTHS = (32, 64, 128, 256, 512, 1024)
_AROUND = (1.0, math.sqrt(10.0), math.sqrt(0.1))
Settings = dict[str, float | int | bool | str]


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """One method at its best."""

    method: str
    settings: Settings
    heads: Heads
    valid: dict[str, float]
    wide: Heads
    """The same with all directions that may be had: descent finds a use for more of them."""

    @property
    def worth(self) -> float:
        """What it is chosen by."""
        return self.valid[GOAL]


def closed_forms(
    lesson: Lesson, config: AlignConfig, *, shared: bool, progress: Progress = SILENT
) -> list[Tried]:
    """Every closed form at its best on the valid pairs, the best one first.

    ``shared``: one image–text model made both modalities, so they may stay as they are.
    """
    bench = _Bench(lesson, config)
    methods: dict[str, Callable[[str], Tried]] = {
        "cca": bench.cca,
        "ridge to text": lambda name: bench.ridge(name, "image"),
        "ridge to image": lambda name: bench.ridge(name, "text"),
    }
    if shared:  # first: where nothing is better, they stay as they are
        methods = {"identity": bench.identity, **methods}
    found = []
    with progress.step("aligning in closed form", len(methods), "methods") as step:
        for name, method in methods.items():
            found.append(method(name))
            step.advance(1, metric=f"{found[-1].worth:.4f}")
    return sorted(found, key=lambda tried: -tried.worth)


class _Bench:
    """The axes of a lesson and its valid pairs, on which settings are tried."""

    def __init__(self, lesson: Lesson, config: AlignConfig) -> None:
        self.text, self.image = lesson.text[lesson.valid], lesson.image[lesson.valid]
        sizes = self.text.shape[1], self.image.shape[1]
        self.closed = Closed.of(moments(in_blocks(lesson.text, lesson.image, lesson.own), sizes))
        most = min(config.width, *sizes)
        self.widths = [*(width for width in WIDTHS if width < most), most]

    def cca(self, name: str) -> Tried:
        """By both regularisations, the width, and the power of the correlations."""

        def at(text_reg: float, image_reg: float) -> Tried:
            made = self.closed.canonical(text_reg, image_reg, self.widths[-1])
            # Projected once: fewer directions are the first columns, powers are factors.
            text, image = made.text.flat(self.text), made.image.flat(self.image)
            worths = {}
            for width, power in product(self.widths, POWERS):
                factors = made.weights(width, power)
                views = unit(text[:, :width] * factors), unit(image[:, :width] * factors)
                worths[width, power] = judged(*views)[GOAL]
            width, power = max(worths, key=worths.__getitem__)
            settings: Settings = {"text_reg": text_reg, "image_reg": image_reg}
            settings |= {"width": width, "power": power}
            wide = made.heads(self.widths[-1], power)
            return self._tried(name, settings, made.heads(width, power), wide)

        best = _best(at(reg, reg) for reg in REGS)
        for which in ("text_reg", "image_reg"):
            regs = {key: float(best.settings[key]) for key in ("text_reg", "image_reg")}
            around = [{**regs, which: regs[which] * factor} for factor in _AROUND[1:]]
            best = _best([best, *(at(**some) for some in around)])
        return best

    def ridge(self, name: str, source: str) -> Tried:
        """By its regularisation and how many axes of the target are kept."""

        def at(reg: float, width: int) -> Tried:
            settings: Settings = {"reg": reg, "width": width}
            heads, wide = (self.closed.ridge(source, reg, w) for w in (width, self.widths[-1]))
            return self._tried(name, settings, heads, wide)

        best = _best(at(reg, width) for reg, width in product(REGS, self.widths))
        reg, width = float(best.settings["reg"]), int(best.settings["width"])
        return _best([best, *(at(reg * factor, width) for factor in _AROUND[1:])])

    def identity(self, name: str) -> Tried:
        """Nothing to choose."""
        heads = identity(self.text.shape[1])
        return self._tried(name, {}, heads, heads)

    def _tried(self, name: str, settings: Settings, heads: Heads, wide: Heads) -> Tried:
        views = heads["text"](self.text), heads["image"](self.image)
        return Tried(name, settings, heads, judged(*views), wide)


def _best(tried: Iterable[Tried]) -> Tried:
    return max(tried, key=lambda one: one.worth)
