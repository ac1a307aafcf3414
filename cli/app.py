"""The command `fenghuo`."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Annotated

import typer

from cli import drill as drills
from cli import inbox, incident, plan, rosters
from cli.engine import EngineFault
from cli.exits import Exit, end
from cli.language import said, take, tell
from cli.status import status
from cli.up import up
from observing import observe
from settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="烽火：运行应急预案 · Fenghuo runs emergency plans, durably. 任何命令可加 · any command takes --lang zh|en.",
)

app.add_typer(plan.app, name="plan")
app.add_typer(drills.app, name="drill")
app.add_typer(rosters.app, name="roster")
app.add_typer(inbox.app, name="inbox")
app.add_typer(incident.make_app(Settings, "事故 · incidents: open, command, read"), name="incident")


Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]


@app.command("up")
def run_up(
    drill: Annotated[bool, typer.Option("--drill", help="同时启动演练引擎 · the drill side too")] = False,
) -> None:
    """启动本机引擎和值守进程 · Start the engine and a worker here, until Ctrl-C."""

    try:
        settings = Settings()
        observe(settings.folder / "up.log", loud=False)
        end(asyncio.run(up(settings, tell, drill)))
    except EngineFault as fault:
        tell(fault.zh, fault.en, err=True)
        end(Exit.UNREACHABLE)


@app.command("status")
def show_status(json_: Json = False) -> None:
    """现在能否受理命令 · Whether a command would be taken now: 0, else 5."""
    told = asyncio.run(status(Settings()))
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{told['why'] or said('就绪', 'ready')}  {told['address'] or ''}".rstrip())
    end(Exit.DONE if told["ready"] else Exit.UNREACHABLE)


def main() -> None:
    """The console script."""
    try:
        words = take(sys.argv[1:])
    except ValueError as error:
        typer.echo(str(error), err=True)
        end(Exit.BAD_INPUT)
    app(words)


if __name__ == "__main__":
    main()
