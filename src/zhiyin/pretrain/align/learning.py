"""align: pictures and words of a catalogue into one space; closed form first, then by contrast.

Every closed form is tried with many settings on pairs that were kept apart. From the best
one descent starts, where torch is installed and there are pairs enough; what it finds is
kept only where it orders the valid pairs better. So contrast can cost time, never quality
there.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.core import SILENT, BadRequest, Diverged, Progress, Unavailable, extra, get_logger
from zhiyin.pretrain.align.alignment import Alignment, Facts
from zhiyin.pretrain.align.choosing import Settings, Tried, closed_forms
from zhiyin.pretrain.align.config import AlignConfig
from zhiyin.pretrain.align.judging import judged
from zhiyin.pretrain.align.lesson import Lesson, Words
from zhiyin.pretrain.align.moments import Bools, Floats

log = get_logger(__name__)
LEAST_PAIRS = 50
"""With fewer there is nothing to learn: whatever is found would be chance."""


def align(
    text: Floats,
    image: Floats,
    *,
    config: AlignConfig | None = None,
    encoders: Mapping[str, str] | None = None,
    valid: Bools | None = None,
    labels: npt.NDArray[np.integer] | None = None,
    regions: Floats | None = None,
    words: Words | None = None,
    rng: Generator,
    progress: Progress = SILENT,
) -> Alignment:
    """Learn one space from a catalogue's own pairs.

    Args:
        text: (I, D) what the items' words say; a row of NaN: an item without any.
        image: (I, E) what their pictures show; a row of NaN: an item without one.
        config: Settings.
        encoders: Modality → the name of what made its vectors. Of equal names the vectors
            are comparable as they are, and may stay so.
        valid: (I,) which items choose settings and judge; None: a share of them is drawn.
        labels: (I,) the same number for items of one style or cultural root; -1: none.
        regions: (I, R, E) what parts of the pictures show, by the picture's encoder.
        words: The words of the texts one by one, by the text's encoder.
        rng: Where the randomness of the draw and of the descent starts.
        progress: Whoever may be watching.

    Raises:
        BadRequest: There are fewer than ``LEAST_PAIRS`` items with both.
    """
    config, names = config or AlignConfig(), dict(encoders or {})
    lesson = Lesson.of(
        text, image, config, rng, valid=valid, labels=labels, regions=regions, words=words
    )
    if len(lesson.pairs) + len(lesson.valid) < LEAST_PAIRS or not len(lesson.valid):
        raise _too_few(lesson)
    shared = len(names) == 2 and len(set(names.values())) == 1 and text.shape == image.shape
    tried = closed_forms(lesson, config, shared=shared, progress=progress)
    if config.contrast and len(lesson.pairs) >= config.contrast_pairs:
        tried += _by_contrast(lesson, tried[0], config, rng, progress)
    best = max(tried, key=lambda one: one.worth)  # of equals the first: the closed form
    log.info("aligned", method=best.method, pairs=len(lesson.pairs), mrr=round(best.worth, 4))
    facts = Facts(
        method=best.method,
        settings=best.settings,
        encoders=names,
        pairs=len(lesson.pairs),
        valid_pairs=len(lesson.valid),
        tried={one.method: one.valid for one in tried},
    )
    return Alignment(best.heads["text"], best.heads["image"], facts)


def _by_contrast(
    lesson: Lesson, start: Tried, config: AlignConfig, rng: Generator, progress: Progress
) -> list[Tried]:
    """What descent makes of the best closed form; nothing where it cannot be had."""
    try:
        with extra("train", "learning by contrast"):
            from zhiyin.pretrain.align.contrast import contrasted
        heads, trajectory = contrasted(lesson, start.wide, config, rng, progress)
    except (Unavailable, Diverged) as reason:
        log.info("the closed form is kept", reason=str(reason))
        return []
    views = (
        heads["text"](lesson.text[lesson.valid]),
        heads["image"](lesson.image[lesson.valid]),
    )
    settings: Settings = config.model_dump(exclude={"contrast"})
    settings |= {"best_epoch": trajectory.best}
    settings |= {f"from {name}": value for name, value in start.settings.items()}
    settings["from"] = start.method
    return [Tried("contrastive", settings, heads, judged(*views), heads)]


def _too_few(lesson: Lesson) -> BadRequest:
    count = len(lesson.pairs) + len(lesson.valid)
    return BadRequest(
        what=f"{count} items have both words and a picture, of which {len(lesson.valid)} may judge",
        what_zh=f"同时有文字和图片的商品为 {count} 件，其中 {len(lesson.valid)} 件可作验证",
        remedy=f"aligning needs {LEAST_PAIRS} of them, some kept apart to judge; add pictures",
        remedy_zh=f"对齐至少需要 {LEAST_PAIRS} 件，并留出一部分作验证；请补充图片",
    )
