"""`fenghuo plan draw` and `docs`: a plan's levels and an incident's charts as pictures, and the pages about plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.chosen import plan_of
from cli.exits import Exit, end, stop
from cli.language import asked, tell
from settings import Settings

PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="名称、文件夹或 NAME@HASH · a name, a folder, NAME@HASH")]


def add(app: typer.Typer) -> None:
    """Put these commands into `app`."""
    app.command("draw")(draw)
    app.command("docs")(write_docs)


def draw(
    plan: PlanName,
    incident: Annotated[
        str | None, typer.Option("--incident", help="点亮该事故现处位置 · light where it stands")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="FILE.svg；不写则输出到屏幕 · else stdout")] = None,
) -> None:
    """画图 · The levels of a plan and the charts that an incident moves by, as SVG."""
    # Only here: the other commands of a plan need neither incidents nor charts.
    from cli import pages
    from incidents import view
    from incidents.record import Record
    from statecharts.canvas import svg
    from statecharts.drawing import CHARTS, Labels, picture

    settings = Settings()
    found = plan_of(settings, plan)
    record = Record(id="")
    if incident is not None:
        from cli import desk
        from cli.reading import record_now

        record = desk.run(lambda: record_now(settings, incident))
        if record.plan != found.name:
            stop(
                Exit.BAD_INPUT,
                f"--incident：{incident} 用的是 {record.plan}，应为 {found.name}",
                f"--incident: {incident} runs by {record.plan}, expected {found.name}",
            )
    labels: Labels = asked() or "both"
    lit = view.places(record) if incident else {}
    levels = pages.levels(found, labels, record.level)
    told = svg(levels, *(picture(chart, labels, lit.get(chart.name)) for chart in CHARTS))
    if out is None:
        typer.echo(told, nl=False)
    else:
        try:
            out.write_text(told, "utf-8")
        except OSError as error:
            stop(Exit.BAD_INPUT, f"--out：写不了 {error}", f"--out: expected a file that can be written, {error}")
        tell(f"已画好：{out}", f"drawn: {out}", err=True)
    end(Exit.DONE)


def write_docs(
    to: Annotated[Path, typer.Option("--to", help="文件夹 · the folder of this project's documents")],
) -> None:
    """生成文档 · Write the generated documents: pages and pictures of the shipped plans, schemas, charts."""
    from cli import pages

    for name, told in pages.generated().items():
        file = to / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told, "utf-8")
        typer.echo(str(file))
    end(Exit.DONE)
