"""Learning from what is stored: fit, evaluate, artifacts, promote, rollback."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from zhiyin.app import open_shop
from zhiyin.cli.options import HERE, AsJson, ShopFolder
from zhiyin.cli.screen import Bars, aside, out, say, table
from zhiyin.cli.words import LANG, t

if TYPE_CHECKING:
    from zhiyin.posttrain import FitReport


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


def fit(shop: ShopFolder = HERE, as_json: AsJson = False) -> None:
    with open_shop(shop) as opened:
        report = opened.fit(progress=Bars())
    if as_json:
        out.print_json(json.dumps(report.record()))
        return
    show(report)


def evaluate(shop: ShopFolder = HERE, as_json: AsJson = False) -> None:
    with open_shop(shop) as opened:
        report = opened.evaluate(progress=Bars())
    if as_json:
        out.print_json(json.dumps(report.record()))
        return
    show(report)


def show(report: "FitReport") -> None:
    """The table of all that was tried, and what became of the best."""
    heads = (t("recipe", "方法"), *report.metric_names, t("fit, s", "训练，秒"))
    rows = [
        (
            ("● " if row.name == report.best else "  ") + row.name,
            *(row.metrics[name] for name in report.metric_names),
            f"{row.seconds:.2f}",
        )
        for row in report.rows
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
    for name, error in report.refused.items():
        aside(f"{name}: {error.text(LANG)}")
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


def artifacts(shop: ShopFolder = HERE, as_json: AsJson = False) -> None:
    with open_shop(shop) as opened:
        manifests, live = opened.artifacts.manifests(), opened.artifacts.live_id("recommend")
    if as_json:
        out.print_json(json.dumps([json.loads(m.model_dump_json()) for m in manifests]))
        return
    rows = [
        (
            "●" if each.id == live else "",
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


def rollback(shop: ShopFolder = HERE) -> None:
    with open_shop(shop) as opened:
        now = opened.rollback()
    say(f"live again: {now}", f"已回退到：{now}")
