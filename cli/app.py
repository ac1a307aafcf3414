"""The command `fenghuo`."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

import typer

from cli.exits import Exit, end
from cli.language import said, take, tell

FAMILIES: Mapping[str, tuple[str, str]] = {
    "plan": ("cli.plan", "预案 · plans"),
    "drill": ("cli.drill", "演练 · drills: their own server, store and people"),
    "roster": ("cli.rosters", "值班表 · rosters: who holds which post"),
    "inbox": ("cli.inbox", "收件箱 · inbox: what units were told, and their answers"),
    "intake": ("cli.intake", "接报 · intakes: calls before any incident"),
    "incident": ("cli.incident", "事故 · incidents: open, command, read"),
    "document": ("cli.document", "文书 · documents: drawn up, printed, checked, signed"),
    "people": ("cli.people", "人员名单 · lists of names, kept apart and encrypted"),
    "personal-data": ("cli.personal_data", "个人信息 · personal data: destroyed or kept, once all is closed"),
}
"""Families of commands by name: the module whose `app` has them, loaded only when it is asked for. At night nobody
waits for the parts of a program that are not needed."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="烽火：运行应急预案 · Fenghuo runs emergency plans, durably. 任何命令可加 · any command takes --lang zh|en.",
)


Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]


@app.command("up")
def run_up(
    drill: Annotated[bool, typer.Option("--drill", help="同时启动演练引擎 · the drill side too")] = False,
) -> None:
    """启动本机引擎和值守进程 · Start the engine and a worker here, until Ctrl-C."""
    from cli.engine import EngineFault
    from cli.up import up
    from observing import observe
    from settings import Settings

    try:
        settings = Settings()
        observe(settings.folder / "up.log", loud=False)
        end(asyncio.run(up(settings, tell, drill)))
    except EngineFault as fault:
        tell(fault.zh, fault.en, err=True)
        end(Exit.UNREACHABLE)


@app.command("demo")
def run_demo(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="案例 · a case's name, or a file")] = "jiama-2013",
    pace: Annotated[float, typer.Option("--pace", min=0.0, max=10.0, help="每行几秒 · seconds a line")] = 0.4,
    json_: Json = False,
) -> None:
    """看一次演练：从接报到归档 · Watch a drill, from the first call to the archived dossier, in under two minutes."""
    from cli import demo, grounds
    from cli.engine import EngineFault
    from cli.homes import drill_settings
    from client import NoEngine
    from observing import observe
    from settings import Settings

    settings = drill_settings(Settings())
    told = grounds.chosen(case)
    try:
        observe(settings.folder / "demo.log", loud=False)
        code = asyncio.run(demo.demo(settings, told, pace, json_))
    except (EngineFault, NoEngine) as fault:
        tell(fault.zh, fault.en, err=True)
        end(Exit.UNREACHABLE)
    except KeyboardInterrupt:
        tell("演练中止", "the drill was stopped", err=True)
        end(Exit.DONE)
    end(code)


@app.command("status")
def show_status(json_: Json = False) -> None:
    """现在能否受理命令 · Whether a command would be taken now: 0, else 5."""
    from cli.status import status
    from settings import Settings

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
    asked = next((word for word in words if not word.startswith("-")), "")
    # What is loaded stays loaded: to look through it for garbage meanwhile costs a command a twelfth of its time.
    gc.disable()
    for name, (module, about) in FAMILIES.items():
        family = import_module(module).app if name == asked else typer.Typer()
        app.add_typer(family, name=name, help=about)
    gc.freeze()
    gc.enable()
    app(words)


if __name__ == "__main__":
    main()
