"""learn_language: a catalogue's texts become an encoder of the shop's own, in an artifact."""

import shutil

from zhiyin.core import SILENT, ArtifactStore, BadRequest, Catalogue, Progress, extra, get_logger
from zhiyin.pretrain.language.config import LanguageConfig, Method
from zhiyin.pretrain.language.report import LanguageReport
from zhiyin.pretrain.language.texts import gathered

log = get_logger(__name__)
KIND = "language"
_WORK = ".language"  # in the folder of the artifacts: hidden, and not one of them


def learn_language(
    catalogue: Catalogue,
    artifacts: ArtifactStore,
    *,
    config: LanguageConfig = LanguageConfig(),  # noqa: B008 - frozen
    checkpoint: str | None = None,
    method: Method | None = None,
    seed: int = 0,
    progress: Progress = SILENT,
) -> LanguageReport:
    """Learn from all texts of the goods and write an artifact; nothing is promoted.

    A run that is cut off goes on where it was, when it is called again with the same goods
    and settings.

    Args:
        checkpoint: A folder or name of a masked language model to go on from; None: a small
            network starts from nothing.
        method: What of the checkpoint is learnt; None: LoRA.

    Raises:
        BadRequest: There are too few texts, or a method without a checkpoint.
        Unavailable: The extra ``language`` is not installed, or the checkpoint not there.
    """
    if checkpoint is None and method not in (None, "full"):
        raise _nothing_to_adapt(method)
    with extra("language", "learning the shop's language"):
        from zhiyin.pretrain.language.teaching import Teaching, learn
    lesson = gathered(catalogue, config.items, config.held)
    way: Method = "full" if checkpoint is None else method or "lora"
    settings = {**config.model_dump(), "checkpoint": checkpoint, "method": way}
    work = artifacts.root / _WORK
    with artifacts.writing(
        KIND, "pretrain", data_hash=lesson.key, config=settings, seed=seed
    ) as draft:
        teaching = Teaching.begun(
            lesson, config,
            seed=seed, progress=progress, work=work, checkpoint=checkpoint, method=way,
        )  # fmt: skip
        report = learn(teaching, draft.id, draft.path)
        draft.metrics.update(
            {
                name: value
                for name, value in report.record().items()
                if isinstance(value, int | float)
            }
        )
    shutil.rmtree(work, ignore_errors=True)
    log.info("learnt language", artifact=report.artifact, texts=report.texts)
    return report


def _nothing_to_adapt(method: str | None) -> BadRequest:
    return BadRequest(
        what=f"{method} adapts a checkpoint, and none was given",
        what_zh=f"{method} 用于调整已有检查点，但未给出检查点",
        remedy="name one with --from, or leave --method out",
        remedy_zh="请用 --from 指定，或去掉 --method",
    )
