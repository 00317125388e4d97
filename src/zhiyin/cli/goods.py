"""Describing the goods: pretrain."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from zhiyin.app import open_shop
from zhiyin.cli.options import HERE, AsJson, ShopFolder
from zhiyin.cli.screen import Bars, aside, out, say, table
from zhiyin.cli.words import LANG, t
from zhiyin.pretrain.language import Method

if TYPE_CHECKING:
    from zhiyin.pretrain import PretrainReport


def declare(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        "pretrain",
        help=t(
            "describe the goods by their words and pictures, for models and search",
            "用文字和图片了解商品，供模型与搜索使用",
        ),
    )(pretrain)


def pretrain(
    shop: ShopFolder = HERE,
    align: Annotated[
        bool,
        typer.Option(
            help=t("bring words and pictures into one space", "把文字与图片对齐到同一空间")
        ),
    ] = True,
    language: Annotated[
        bool,
        typer.Option(
            "--language",
            help=t(
                "first learn the shop's own language from the goods' texts",
                "先从商品文本学习商店自己的语言",
            ),
        ),
    ] = False,
    checkpoint: Annotated[
        str | None,
        typer.Option(
            "--from",
            help=t(
                "language: go on from this masked language model, a folder or a name",
                "语言：从该掩码语言模型继续，文件夹或名称",
            ),
        ),
    ] = None,
    method: Annotated[
        Method | None,
        typer.Option(
            help=t(
                "language: what of the checkpoint is learnt; default lora",
                "语言：学习检查点的哪一部分；默认 lora",
            )
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened, _resumable():
        report = opened.pretrain(
            align=align, language=language, checkpoint=checkpoint, method=method, progress=Bars()
        )
    if as_json:
        out.print_json(json.dumps(report.record(), ensure_ascii=False))
    else:
        show(report)


def show(report: "PretrainReport") -> None:
    """What was described, what could not be, and how well words find pictures."""
    heads = (
        t("of the goods", "商品的"),
        t("encoder", "编码器"),
        t("described", "已描述"),
        t("say nothing", "无内容"),
        t("broken", "有问题"),
        t("kept from before", "沿用已有"),
        t("seconds", "秒"),
    )
    rows = [
        (
            _modality(name),
            tally.encoder,
            tally.encoded,
            tally.empty,
            tally.broken.total(),
            f"{tally.kept / max(tally.contents, 1):.0%}",
            f"{tally.seconds:.1f}",
        )
        for name, tally in report.tallies.items()
    ]
    table(t(f"{report.items:,} goods", f"{report.items:,} 件商品"), heads, rows)
    for tally in report.tallies.values():
        for code, count in tally.broken.most_common():
            first = tally.examples[code]
            where = t(f"such as {first.item}", f"例如 {first.item}")
            out.print(f"  {code} × {count:,}, {where}: {first.refusal.text(LANG)}", markup=False)
    if report.lines is not None:
        say(f"all of them, one a line: {report.lines}", f"全部明细，每行一条：{report.lines}")
    _show_language(report)
    _show_alignment(report)
    say(f"live now: {report.artifact}", f"已上线：{report.artifact}")


def _show_language(report: "PretrainReport") -> None:
    learnt = report.language
    if learnt is None:
        return
    say(
        f"the shop's language ({learnt.method}, {learnt.texts:,} texts, {learnt.learnt:,} of "
        f"{learnt.weights:,} weights learnt): {learnt.guessed:.0%} of the hidden pieces guessed; "
        f"texts of goods kept apart find each other with MRR {learnt.found[1]:.2f} "
        f"({learnt.found[0]:.2f} before)",
        f"商店语言（{learnt.method}，{learnt.texts:,} 条文本，学习 {learnt.weights:,} 个权重中的 "
        f"{learnt.learnt:,} 个）：猜对 {learnt.guessed:.0%} 的隐藏片段；"
        f"留出商品的文本互相找到的 MRR 为 {learnt.found[1]:.2f}（之前 {learnt.found[0]:.2f}）",
    )
    for told in learnt.told:
        aside(told.text(LANG))


def _show_alignment(report: "PretrainReport") -> None:
    if report.unaligned is not None:
        aside(report.unaligned.text(LANG))
    if report.alignment is None:
        return
    facts = report.alignment
    found = facts.tried[facts.method]
    words, pictures = (found[f"{way} recall@10"] for way in ("text→image", "image→text"))
    say(
        f"one space for words and pictures ({facts.method}, {facts.pairs:,} pairs): of "
        f"{facts.valid_pairs:,} goods kept apart, {words:.0%} are among the ten nearest pictures "
        f"of their words, {pictures:.0%} the other way",
        f"文字与图片同处一个空间（{facts.method}，{facts.pairs:,} 对）：在留出的 "
        f"{facts.valid_pairs:,} 件商品中，{words:.0%} 能由文字在前十张图片中找到，"
        f"反向为 {pictures:.0%}",
    )


def _modality(name: str) -> str:
    return {"text": t("words", "文字"), "image": t("pictures", "图片")}.get(name, name)


@contextmanager
def _resumable() -> Iterator[None]:
    """Tell whoever interrupts that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        aside(
            t(
                "interrupted: what was encoded is kept, and the same command goes on from there",
                "已中断：已编码的内容会保留，再次运行同一命令即可继续",
            )
        )
        raise
