"""Where the terminal plays a case: on the home's drill side, the one that runs or one that is started for it.

Its people are those of the plan's example roster, never real ones.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from cli import desk, opening
from cli.engine import stop as stop_process
from cli.exits import Exit, stop
from cli.homes import running
from cli.language import said, tell
from cli.up import Side, start_worker
from client import NoEngine, Token
from drills.case import Case, CaseFault, NoSuchCase, find, located, moved, shipped
from drills.check import faults
from drills.clock import Clock, DrillClock, TestServerClock
from drills.engine import EngineGround
from drills.player import Player
from incidents.accident import Facts
from incidents.assessment import Assessment
from plans import library, roster
from plans.lines import line_of
from plans.schema import Plan, PostId
from settings import Settings
from store.database import open_database
from store.gate import Gate
from store.inbox import Inbox
from store.logbook import Logbooks
from workflows.messages import CONVERTER

READY_WITHIN = timedelta(seconds=30)


class Stage(NamedTuple):
    """A case about to be played: under which number, by whom, from when on, and where its messages end."""

    number: str
    plan: Plan
    player: Player
    begins: datetime
    inbox: Inbox
    ground: EngineGround
    tokens: Mapping[PostId, Token]


def chosen(name: str) -> Case:
    """The case of this name, or of a file. Ends with the words for one that can't be read."""
    try:
        return located(find(name))[0]
    except NoSuchCase as unknown:
        names = "、".join(shipped())
        stop(Exit.NOT_FOUND, f"没有案例 {name}：应为 {names} 之一，或一个文件", str(unknown))
    except CaseFault as broken:
        stop(Exit.BAD_INPUT, str(broken), str(broken))


def plan_of(settings: Settings, case: Case) -> Plan:
    """The plan that a case is played by. Ends with the words for one that is not there."""
    try:
        return library.load(library.find(case.plan, settings.home)).plan
    except (library.NoSuchPlan, library.PlanFault) as missing:
        stop(Exit.BAD_INPUT, f"plan：{missing}", f"plan: {missing}")


def checked(settings: Settings, name: str) -> tuple[Case, list[str]]:
    """A case, and its faults as lines: file, line, place, what was expected."""
    case = chosen(name)
    file = find(name)
    _, node = located(file)
    told = faults(case, plan_of(settings, case))
    lines = [(line_of(node, place.split("/")), place.replace("/", "."), words) for place, words in told]
    return case, [f"{file}:{line} {place}: {words}" for line, place, words in lines]


@asynccontextmanager
async def staged(settings: Settings, case: Case, test_server: bool = False) -> AsyncIterator[Stage]:
    """A case on the drill side of this home; with `test_server` on the time-skipping test server, the fallback.

    Raises `EngineFault`, `NoEngine`."""
    plan = plan_of(settings, case)
    async with AsyncExitStack() as stack:
        side = _test_server(settings) if test_server else _drill_side(settings)
        client, clock = await stack.enter_async_context(side)
        tokens = _tokens(settings, case)
        database = await open_database(settings.folder / "store.db")
        stack.push_async_callback(database.dispose)
        gate = Gate(settings.folder / "store.db", "drill")
        stack.callback(gate.close)
        begins = datetime.now(UTC)
        ((begun, told),) = moved(case.opening[1], begins - case.starts_at, {}).items()
        report = Facts.model_validate(told) if begun == "facts" else Assessment.model_validate(told)
        number = await opening.number(settings, plan, report)
        ground = EngineGround(
            number,
            client,
            settings.task_queue,
            Logbooks(database),
            gate,
            tokens,
            settings.folder,
            clock,
        )
        player = Player(case, plan, ground, {post: token.user for post, token in tokens.items()})
        yield Stage(number, plan, player, begins, Inbox(database), ground, tokens)


def holders(case: Case) -> Mapping[PostId, str]:
    """Who holds each post in the example roster of the case's plan."""
    file = library.find(case.plan) / roster.EXAMPLE
    return {post: holder.user for holder in roster.read(file).holders for post in holder.posts}


@asynccontextmanager
async def _drill_side(settings: Settings) -> AsyncIterator[tuple[Client, Clock]]:
    if "drill" in running(settings):
        client = await desk.connect(settings)
        yield client, DrillClock(client)
        return
    tell("启动演练引擎…", "starting the drill server...", err=True)
    side = Side(settings, lambda zh, en: None, quiet=True)
    try:
        await side.start()
        client = await _connected(settings)
        yield client, DrillClock(client)
    finally:
        await side.end()


@asynccontextmanager
async def _test_server(settings: Settings) -> AsyncIterator[tuple[Client, Clock]]:
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(Path(sys.executable).parent / "temporal-test-server"), data_converter=CONVERTER
    )
    async with server:
        worker = await start_worker(settings, server.client.service_client.config.target_host, quiet=True)
        try:
            yield server.client, TestServerClock(server)
        finally:
            await stop_process(worker, settings.grace * 2)


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


def _tokens(settings: Settings, case: Case) -> dict[PostId, Token]:
    fictional = {person.user for person in desk.people(settings) if person.example}
    told = holders(case)
    if missing := sorted(set(told.values()) - fictional):
        stop(
            Exit.REFUSED,
            f"演练一侧没有示例名册中的 {missing[0]}：请换一个空的 FENGHUO_HOME",
            f"the drill side has no {missing[0]} of the example roster: use an empty FENGHUO_HOME",
        )
    return {post: desk.who(settings, user, post) for post, user in told.items()}


def clock_words(settings: Settings, number: str, case: Case, begins: datetime) -> str:
    """Under which number, and how the case's time and the drill's lie to each other."""
    clock = desk.local(settings, begins)
    starts = f"{case.starts_at:%Y-%m-%d %H:%M}"
    return said(
        f"编号 {number}。演练时钟从现在起算：案例 {starts} 即 {clock}，消息和日志用后者",
        f"number {number}. The drill's clock begins now: {starts} of the case is {clock} in messages and log",
    )
