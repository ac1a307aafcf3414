"""`fenghuo drill`: the drill side of a home, which shares nothing with the live one."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from typing import Annotated

import typer

from cli import document, drilling, people, personal_data
from cli.exits import Exit, end, stop
from cli.homes import drill_settings, running, wanted_file
from cli.incident import make_app
from cli.intake import make_app as make_intake_app
from cli.language import said, tell
from cli.status import status
from settings import Settings

app = typer.Typer(no_args_is_help=True, help="演练 · drills: their own server, store and people")

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]

READY_WITHIN = timedelta(seconds=30)


def _settings() -> Settings:
    return drill_settings(Settings())


app.add_typer(
    make_app(_settings, "【演练】事故 · incidents of drills: the same verbs, on the drill side only"), name="incident"
)


app.add_typer(document.make_app(_settings, "【演练】文书 · documents of drills"), name="document")


app.add_typer(make_intake_app(_settings, "【演练】接报 · intakes of drills: the same verbs"), name="intake")

app.add_typer(people.make_app(_settings), name="people")
app.add_typer(personal_data.make_app(_settings), name="personal-data")
drilling.add(app, _settings)


@app.command("start")
def start() -> None:
    """启动演练引擎 · Start the drill side of a running home."""
    if "live" not in running(Settings()):
        stop(Exit.UNREACHABLE, "本机没有运行：先 `fenghuo up`", "nothing runs here: start it with `fenghuo up`")
    wanted_file(Settings()).touch()
    deadline = time.monotonic() + READY_WITHIN.total_seconds()
    while not asyncio.run(status(_settings()))["ready"]:
        if time.monotonic() > deadline:
            stop(
                Exit.UNREACHABLE,
                "【演练】没有启动，见 up 的输出",
                "the drill side did not start; see what `fenghuo up` printed",
            )
        time.sleep(0.3)
    tell("【演练】已就绪", "[drill] ready")
    end(Exit.DONE)


@app.command("stop")
def stop_drill() -> None:
    """停止演练引擎 · Stop the drill side; its incidents wait."""
    wanted_file(Settings()).unlink(missing_ok=True)
    deadline = time.monotonic() + READY_WITHIN.total_seconds()
    while "drill" in running(Settings()) and time.monotonic() < deadline:
        time.sleep(0.2)
    tell("【演练】已停止", "[drill] stopped")
    end(Exit.DONE)


@app.command("status")
def show_status(json_: Json = False) -> None:
    """演练引擎能否受理命令 · Whether the drill side would take a command: 0, else 5."""
    told = asyncio.run(status(_settings()))
    if told["why"]:
        told["why"] = said("【演练】没有运行：`fenghuo drill start`", "[drill] not running: `fenghuo drill start`")
    words = f"{told['why'] or said('就绪', 'ready')}  {told['address'] or ''}".rstrip()
    typer.echo(json.dumps(told, ensure_ascii=False) if json_ else words)
    end(Exit.DONE if told["ready"] else Exit.UNREACHABLE)
