"""Learning from what is stored: fit, evaluate, artifacts, promote, rollback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhiyin.app import open_shop
from zhiyin.cli.options import HERE, AsJson, ShopFolder
from zhiyin.cli.screen import Bars, aside, out, say, table
from zhiyin.cli.words import LANG, t
from zhiyin.core import BadRequest

if TYPE_CHECKING:
    from zhiyin.posttrain import FitReport

METRIC = "ndcg@10"
ROLES = ("recommend", "goods", "language", "search")
"""What an artifact can be live for."""


def declare(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("fit", help=t("learn, judge, and go live when better", "训练、评估，更好则上线"))(
        fit
    )
    app.command(
        "evaluate", help=t("judge every recipe on held-out days", "在留出的日子上评估各方法")
    )(evaluate)
    app.command(
        "artifacts", help=t("what was learnt, and what is live", "已训练的产物与当前线上版本")
    )(artifacts)
    app.command("promote", help=t("let an artifact answer from now on", "让某个产物上线"))(promote)
    app.command("rollback", help=t("let the one before answer again", "回退到上一个版本"))(rollback)


Budget = Annotated[
    str | None,
    typer.Option(help=t("time for it: 90s, 5m, 1h; default 5m", "时间预算：90s、5m、1h；默认 5m")),
]
Memory = Annotated[
    str | None,
    typer.Option(
        help=t(
            "what one model may hold: 500MB, 8GB; default half of what is free",
            "单个模型可用内存：500MB、8GB；默认为空闲内存的一半",
        )
    ),
]
AllowedLoss = Annotated[
    float | None,
    typer.Option(
        help=t(
            "share of the metric that compiling may lose; default 0.02",
            "编译允许损失的指标比例；默认 0.02",
        )
    ),
]
Page = Annotated[
    Path | None,
    typer.Option(help=t("also write the comparison as an HTML page", "另将对比写成一个 HTML 页面")),
]


def fit(
    shop: ShopFolder = HERE,
    budget: Budget = None,
    memory: Memory = None,
    allowed_loss: AllowedLoss = None,
    page: Page = None,
    as_json: AsJson = False,
) -> None:
    _refuse_unwritable(page)
    with open_shop(shop) as opened, _harmless():
        report = opened.fit(
            budget=budget, memory=memory, allowed_loss=allowed_loss, progress=Bars()
        )
    tell(report, page, as_json)


def evaluate(
    shop: ShopFolder = HERE,
    budget: Budget = None,
    memory: Memory = None,
    allowed_loss: AllowedLoss = None,
    page: Page = None,
    as_json: AsJson = False,
) -> None:
    _refuse_unwritable(page)
    with open_shop(shop) as opened, _harmless():
        report = opened.evaluate(
            budget=budget, memory=memory, allowed_loss=allowed_loss, progress=Bars()
        )
    tell(report, page, as_json)


def _refuse_unwritable(page: Path | None) -> None:
    """Before minutes of work, what could not be written after them."""
    if page is not None and (page.is_dir() or not page.absolute().parent.is_dir()):
        raise BadRequest(
            what=f"no page can be written to {page}",
            what_zh=f"无法把页面写到 {page}",
            remedy="name a file in a folder that is there, such as report.html",
            remedy_zh="请给出已存在文件夹中的文件名，如 report.html",
        )


@contextmanager
def _harmless() -> Iterator[None]:
    """Tell whoever interrupts that the shop is as it was."""
    try:
        yield
    except KeyboardInterrupt:
        aside(
            t(
                "interrupted: nothing was written, and what was live is live",
                "已中断：没有写入任何内容，线上版本不变",
            )
        )
        raise


def tell(report: "FitReport", page: Path | None, as_json: bool) -> None:
    """The report as it was asked for: tables or JSON, and a page."""
    if page is not None:
        page.write_text(report.page(LANG), encoding="utf-8")
    if as_json:
        out.print_json(json.dumps(report.record()))
        return
    show(report)
    if page is not None:
        say(f"page: {page}", f"页面：{page}")


def show(report: "FitReport") -> None:
    """The tables of all that was tried, and what became of the best."""
    _show_quality(report)
    _show_cost(report)
    for told in report.told:
        aside(told.text(LANG))
    for error in report.left_out:
        aside(error.text(LANG))
    for row in report.rows:
        for note in row.notes:
            aside(f"{row.name}: {note}")
    if report.artifact is None:
        return
    if report.promoted:
        say(
            f"live now: {report.artifact} ({report.best})",
            f"已上线：{report.artifact}（{report.best}）",
        )
    else:
        say(
            f"kept, not promoted: {report.artifact}; {report.why}",
            f"已保存但未上线：{report.artifact}；{report.why_zh}",
        )


def _show_quality(report: "FitReport") -> None:
    heads = (t("recipe", "方法"), *report.metric_names)
    rows = [
        (
            ("● " if row.name == report.best else "  ") + row.name,
            *(row.metrics[name] for name in report.metric_names),
        )
        for row in report.judged
    ]
    note = t(
        f"{report.shoppers:,} shoppers who came back after {report.cut:%Y-%m-%d %H:%M} UTC, "
        f"all {report.items:,} items ranked; ● chosen on the days before.",
        f"对 {report.cut:%Y-%m-%d %H:%M} UTC 之后回来的 {report.shoppers:,} 位顾客，"
        f"在全部 {report.items:,} 件商品上排序；● 为在更早的日子上选定的方法。",
    )
    title = t("quality on the last days", "最后几天上的质量")
    if report.split.get("how") == "leave-one-out":
        title = t("quality on everybody's last choice", "对每位顾客最后一次选择的预测质量")
        note = t(
            f"{report.shoppers:,} shoppers, all {report.items:,} items ranked; too few came back "
            "in the last days to judge by those. ● chosen on the choice before.",
            f"{report.shoppers:,} 位顾客，在全部 {report.items:,} 件商品上排序；"
            "最后几天回来的人太少，不足以评估。● 为在倒数第二次选择上选定的方法。",
        )
    table(title, heads, rows, note)


def _show_cost(report: "FitReport") -> None:
    """All that was tried, best first: what it was chosen by and what it cost."""
    heads = (
        t("recipe", "方法"),
        METRIC,
        t("lost compiled", "编译损失"),
        t("fit, s", "训练，秒"),
        t("stated, s", "预估，秒"),
        t("needs, MB", "需内存，MB"),
    )
    rows = [
        (
            ("● " if row.name == report.best else "  ") + row.name,
            row.valid[METRIC],
            row.compile_cost,
            row.seconds,
            row.stated,
            round(row.needed / 1e6),
        )
        for row in sorted(report.rows, key=lambda row: -row.valid[METRIC])
    ]
    title = t("all that was tried, on the days of choosing", "全部尝试，在选择用的日子上")
    note = t(
        f"{report.took:.1f} s of a budget of {report.budget:.0f} s; the plan came to "
        f"{report.planned:.1f} s; one model may hold {report.memory / 1e9:.1f} GB.",
        f"用时 {report.took:.1f} 秒，预算 {report.budget:.0f} 秒；计划为 {report.planned:.1f} 秒；"
        f"单个模型可用内存 {report.memory / 1e9:.1f} GB。",
    )
    table(title, heads, rows, note)


def artifacts(shop: ShopFolder = HERE, as_json: AsJson = False) -> None:
    with open_shop(shop) as opened:
        manifests = opened.artifacts.manifests()
        live = {opened.artifacts.live_id(role) for role in ROLES}
    if as_json:
        out.print_json(json.dumps([json.loads(m.model_dump_json()) for m in manifests]))
        return
    rows = [
        (
            "●" if each.id in live else "",
            each.id,
            each.stage,
            str(each.config.get("recipe", "")),
            f"{each.created:%Y-%m-%d %H:%M}",
            each.cut,
        )
        for each in manifests
    ]
    heads = (
        t("live", "线上"),
        "id",
        t("stage", "阶段"),
        t("recipe", "方法"),
        t("made", "时间"),
        t("events", "事件"),
    )
    table(t("artifacts", "产物"), heads, rows)
    if not rows:
        say("none yet: zhiyin fit", "还没有：zhiyin fit")


def promote(
    id: Annotated[str, typer.Argument(help=t("from: zhiyin artifacts", "见 zhiyin artifacts"))],
    shop: ShopFolder = HERE,
) -> None:
    with open_shop(shop) as opened:
        opened.promote(id)
    say(f"live now: {id}; undo with: zhiyin rollback", f"已上线：{id}；撤销：zhiyin rollback")


def rollback(
    role: Annotated[
        str,
        typer.Option(
            help=t(
                "of what: recommend, goods, language or search",
                "回退哪一项：recommend、goods、language 或 search",
            )
        ),
    ] = "recommend",
    shop: ShopFolder = HERE,
) -> None:
    if role not in ROLES:
        raise BadRequest(
            what=f"--role {role}",
            remedy=f"say one of: {', '.join(ROLES)}",
            remedy_zh=f"可用：{'、'.join(ROLES)}",
        )
    with open_shop(shop) as opened:
        now = opened.rollback(role)
    say(f"live again: {now}", f"已回退到：{now}")
