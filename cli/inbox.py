"""`fenghuo inbox`: what a unit was told, and its answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli import desk
from cli.exits import Exit, end, stop
from cli.language import tell
from cli.reading import stored
from client import poke
from incidents.notices import Answered
from settings import Settings
from store.database import open_database
from store.inbox import Inbox

app = typer.Typer(no_args_is_help=True, help="收件箱 · inbox: what units were told, and their answers")

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]


@app.command("list")
def list_messages(unit: str, json_: Json = False) -> None:
    """某单位收到的通知 · The messages of UNIT (or of a post)."""
    rows = desk.run(lambda: _messages(Settings(), unit))
    if json_:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if json_ else rows:
        typer.echo(f"{row['key']}  {row['text']}")
    if not rows:
        tell(f"{unit}：没有通知", f"{unit}: nothing here", err=True)
    end(Exit.DONE)


@app.command("answer")
def answer(
    number: Annotated[str, typer.Argument(metavar="ID")],
    notice: str,
    unit: str,
    by: Annotated[str, typer.Option("--by", help="谁、什么岗位答复 · who answers, in which post")],
    json_: Json = False,
) -> None:
    """责任人答复 · The responsible person of UNIT answers a notice; a second answer changes nothing."""
    fresh = desk.run(lambda: _answer(Settings(), number, notice, unit, by))
    if json_:
        typer.echo(json.dumps({"id": number, "notice": notice, "unit": unit, "fresh": fresh}))
    tell("已记录" if fresh else "早已答复", "recorded" if fresh else "answered before", err=json_)
    end(Exit.DONE)


async def _messages(settings: Settings, unit: str) -> list[dict[str, Any]]:
    database = await open_database(settings.folder / "store.db")
    try:
        return [{"key": key, "text": text} for key, text in await Inbox(database).read(unit)]
    finally:
        await database.dispose()


async def _answer(settings: Settings, number: str, notice: str, unit: str, by: str) -> bool:
    database = await open_database(settings.folder / "store.db")
    try:
        keys = [key for key, _ in await Inbox(database).read(unit)]
    finally:
        await database.dispose()
    if not any(key.startswith(f"{number}/{notice}/{unit}/") for key in keys):
        notice_key = f"{number}/{notice}"
        stop(
            Exit.NOT_FOUND,
            f"{unit}：收件箱中没有 {notice_key} 的通知",
            f"{unit}: no message of {notice_key} in this inbox",
        )
    client = await desk.connect(settings)
    async with stored(settings) as logbooks:
        told = Answered(notice=notice, unit=unit, by=by, at=datetime.now(UTC))
        fresh = await logbooks.answer(number, told)
    await poke(client, number)
    return fresh
