"""The command `fenghuo`."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from typing import Annotated

import typer

from cli import drill as drills
from cli import inbox, incident, plan, rosters
from cli.engine import EngineFault
from cli.exits import Exit, end
from cli.status import status
from cli.up import up
from observing import observe
from settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="烽火 · Fenghuo: runs emergency plans, durably.")

app.add_typer(plan.app, name="plan")
app.add_typer(drills.app, name="drill")
app.add_typer(rosters.app, name="roster")
app.add_typer(inbox.app, name="inbox")
app.add_typer(incident.make_app(Settings, "事故 · incidents: open, command, read"), name="incident")


class Language(StrEnum):
    """What the words are in."""

    zh = "zh"
    en = "en"


Lang = Annotated[Language, typer.Option("--lang", help="zh | en")]
Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]


@app.command("up")
def run_up(
    lang: Lang = Language.zh,
    drill: Annotated[bool, typer.Option("--drill", help="同时启动演练引擎 · the drill side too")] = False,
) -> None:
    """启动本机引擎和值守进程 · Start the engine and a worker here, until Ctrl-C."""

    def say(chinese: str, english: str) -> None:
        typer.echo(chinese if lang is Language.zh else english)

    try:
        settings = Settings()
        observe(settings.folder / "up.log", loud=False)
        end(asyncio.run(up(settings, say, drill)))
    except EngineFault as fault:
        typer.echo(str(fault), err=True)
        end(Exit.UNREACHABLE)


@app.command("status")
def show_status(json_: Json = False) -> None:
    """现在能否受理命令 · Whether a command would be taken now: 0, else 5."""
    told = asyncio.run(status(Settings()))
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{'ok' if told['ready'] else told['why']}  {told['address'] or ''}".rstrip())
    end(Exit.DONE if told["ready"] else Exit.UNREACHABLE)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
