"""`fenghuo demo`: a case played in the terminal, on the real drill server, from the first call to the archived dossier.

It uses the home's drill side: the one that runs, or one that it starts and stops again.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text
from temporalio.client import Client

from activities.drill import DRILL_MARK
from cli import desk, opening
from cli.debrief import Debrief
from cli.exits import Exit, stop
from cli.language import said, tell
from cli.playing import Teller, standing
from cli.up import Side, running
from client import NoEngine, Token
from drills.case import Case, CaseFault, NoSuchCase, find, moved, read, shipped
from drills.engine import EngineGround
from drills.player import Player, Scene
from incidents.accident import Facts
from plans import library, roster
from plans.schema import Plan, PostId
from settings import Settings
from store import dossier
from store.database import open_database
from store.gate import Gate
from store.inbox import Inbox
from store.logbook import Logbooks

READY_WITHIN = timedelta(seconds=30)


def chosen(name: str) -> Case:
    """The case of this name, or of a file. Ends with the words for one that can't be read."""
    try:
        return read(find(name))
    except NoSuchCase as unknown:
        names = "、".join(shipped())
        stop(Exit.NOT_FOUND, f"没有案例 {name}：应为 {names} 之一，或一个文件", str(unknown))
    except CaseFault as broken:
        stop(Exit.BAD_INPUT, str(broken), str(broken))


async def demo(settings: Settings, case: Case, pace: float, json_: bool) -> int:
    """Play it, at most a line every `pace` seconds. Returns the exit code. Raises `EngineFault`, `NoEngine`."""
    # What is piped keeps its lines whole.
    out = sys.stderr if json_ else sys.stdout
    console = Console(file=out, highlight=False, width=None if out.isatty() else 160)
    plan = library.load(library.find(case.plan)).plan
    console.print(Text(f"{DRILL_MARK}{said(case.title.says, case.title.en)}", style="bold"))
    console.print(said(case.outline.says, case.outline.en), soft_wrap=True)
    tell(
        f"预案：{plan.about.title}。所有消息以{DRILL_MARK}开头，不会发往任何真实单位；人员均为虚构。",
        f"plan: {plan.about.title}. Every message begins with {DRILL_MARK} and reaches no real unit; nobody is real.",
        err=json_,
    )
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(_drill_side(settings))
        tokens = _tokens(settings, plan, case)
        database = await open_database(settings.folder / "store.db")
        stack.push_async_callback(database.dispose)
        gate = Gate(settings.folder / "store.db", "drill")
        stack.callback(gate.close)
        begins = datetime.now(UTC)
        facts = Facts.model_validate(moved(case.facts, begins - case.starts_at, {}))
        number = await opening.number(settings, plan, facts)
        clock = f"{begins.astimezone(ZoneInfo(settings.time_zone)):%Y-%m-%d %H:%M}"
        starts = f"{case.starts_at:%Y-%m-%d %H:%M}"
        console.print(
            said(
                f"编号 {number}。演练时钟从现在起算：案例 {starts} 即 {clock}，消息和日志用后者",
                f"number {number}. The drill's clock begins now: {starts} of the case is {clock} in messages and log",
            ),
            style="dim",
            soft_wrap=True,
        )
        logbooks = Logbooks(database)
        documents = settings.folder / "evidence"
        ground = EngineGround(number, client, settings.task_queue, logbooks, gate, tokens, documents)
        player = Player(case, plan, ground, {post: token.user for post, token in tokens.items()})
        teller = Teller(plan, begins - case.starts_at)
        last, people = await _watch(console, teller, case, player, begins, pace)
        messages = await Inbox(database).of_incident(number)
    unmarked = [key for key, text in messages if not text.startswith(DRILL_MARK)]
    told = _result(settings, number, last, len(messages), len(unmarked))
    debrief = Debrief(case, teller, last.record, people)
    for part in debrief.parts():
        console.print(f"\n{part.title}", style="bold", soft_wrap=True)
        console.print(part.table)
    _end(console, number, told)
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    return Exit.DONE if told["intact"] and not unmarked and last.record.closed else Exit.FAULT


async def _watch(
    console: Console, teller: Teller, case: Case, player: Player, begins: datetime, pace: float
) -> tuple[Scene, int]:
    """Print scene by scene; the last one, and how often simulated people acted."""
    people = 0
    free_at = time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), console=console, transient=True
    )
    with bar:
        task = bar.add_task("", total=len(case.script))
        scene = None
        async for scene in player.play(begins):
            people += scene.people
            lines = list(teller.lines(scene))
            if lines:
                await asyncio.sleep(max(0.0, free_at - time.monotonic()))
                free_at = time.monotonic() + pace * len(lines)
            bar.update(task, completed=scene.played, description=standing(scene, teller))
            for line in lines:
                bar.console.print(line, soft_wrap=True)
    assert scene is not None
    return scene, people


def _result(settings: Settings, number: str, last: Scene, messages: int, unmarked: int) -> dict[str, Any]:
    folder = settings.folder / "archive" / number
    try:
        entries, why = dossier.check(folder).seq, ""
    except dossier.Altered as altered:
        entries, why = 0, str(altered)
    return {
        "incident": number,
        "phase": last.record.phase,
        "dossier": str(folder),
        "intact": not why,
        "why": why,
        "entries": entries,
        "messages": messages,
        "unmarked": unmarked,
        "clocks": {clock.id: clock.verdict for clock in last.record.clocks.values()},
    }


def _end(console: Console, number: str, told: Mapping[str, Any]) -> None:
    """What is left of it, and how to look closer."""
    marked = told["messages"] - told["unmarked"]
    console.print()
    console.print(
        said(
            f"消息 {told['messages']} 条，其中 {marked} 条以{DRILL_MARK}开头",
            f"{told['messages']} messages, {marked} of them begin with {DRILL_MARK}",
        ),
        style="bold" if not told["unmarked"] else "bold red",
    )
    intact = said(f"核验完好，{told['entries']} 条", f"verified, {told['entries']} entries")
    state = intact if told["intact"] else said(f"已被改动：{told['why']}", f"altered: {told['why']}")
    console.print(said("卷宗 ", "dossier ") + f"{told['dossier']}  {state}", style="bold", soft_wrap=True)
    console.print(said("再看：", "look closer:"))
    for words, zh, en in (
        (f"fenghuo drill incident log {number}", "日志", "the log"),
        (f"fenghuo drill incident show {number}", "现状", "where it stands"),
        (f"fenghuo drill incident verify {told['dossier']}", "核验卷宗", "verify the dossier"),
    ):
        console.print(f"  {words}   {said(zh, en)}", soft_wrap=True)


@asynccontextmanager
async def _drill_side(settings: Settings) -> AsyncIterator[Client]:
    """A client of the home's drill server, with a worker beside it. Raises `EngineFault`, `NoEngine`."""
    if "drill" in running(settings):
        yield await desk.connect(settings)
        return
    tell("启动演练引擎…", "starting the drill server...", err=True)
    side = Side(settings, lambda zh, en: None, quiet=True)
    try:
        await side.start()
        yield await _connected(settings)
    finally:
        await side.end()


async def _connected(settings: Settings) -> Client:
    """A client, once the worker listens."""
    deadline = time.monotonic() + READY_WITHIN.total_seconds()
    while True:
        try:
            return await desk.connect(settings)
        except NoEngine:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


def _tokens(settings: Settings, plan: Plan, case: Case) -> dict[PostId, Token]:
    """Who acts: the people of the plan's example roster, never a real one."""
    file = library.find(case.plan) / roster.EXAMPLE
    fictional = {person.user for person in desk.people(settings) if person.example}
    holders = {post: holder.user for holder in roster.read(file).holders for post in holder.posts}
    if missing := sorted({user for user in holders.values() if user not in fictional}):
        stop(
            Exit.REFUSED,
            f"演练一侧没有示例名册中的 {missing[0]}：请换一个空的 FENGHUO_HOME",
            f"the drill side has no {missing[0]} of the example roster: use an empty FENGHUO_HOME",
        )
    return {post: desk.who(settings, user, post) for post, user in holders.items()}
