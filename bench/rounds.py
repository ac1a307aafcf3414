"""Rounds on a real server: incidents and bare workflows in turn, so that what disturbs one disturbs the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine as Database
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from bench import bare, incident
from bench.host import cpu, resident, worker
from bench.scene import SCENE
from cli.engine import Engine, embedded
from settings import Settings
from store.database import open_for_gate

AT_ONCE = 2
AT_ONCE_HELD = 6
"""For memory the pace does not matter."""
LINGER = timedelta(seconds=0.5)
"""What is usual in a live home; the bench runs as a drill, whose server keeps short timers exactly."""
QUIET_AFTER = max(SCENE.waits) + 2 * LINGER
"""After its last command an incident has nothing left to do."""

Live = Callable[[str], Awaitable[WorkflowHandle[Any, Any]]]


@dataclass
class Cost:
    """What one workflow has cost, by round: CPU seconds of the server and of the worker; and of each its history."""

    server: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    """Bytes, as the server counts them."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Events of the last history by kind."""

    @property
    def cpu(self) -> float:
        """Median of both together."""
        return median(map(sum, zip(self.server, self.worker, strict=True)))


@dataclass(frozen=True)
class Bench:
    """A running server, a store, and the two ways to live through an incident."""

    engine: Engine
    settings: Settings
    store: Database
    plain: Client

    def at(self, queue: str) -> Settings:
        """The settings of a worker on a queue of its own."""
        return self.settings.model_copy(update={"address": self.engine.address, "task_queue": queue})

    def ours(self, queue: str = "ours") -> Live:
        """An incident."""
        return lambda number: incident.live_through(self.engine.client, self.store, queue, number)

    def bare(self, queue: str = "bare") -> Live:
        """A bare workflow."""
        return lambda number: bare.live_through(self.plain, queue, number)


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[Bench]:
    """The embedded server of an empty home, with the settings of every home, and its store."""
    settings = Settings(home=home, kind="drill", linger=LINGER)
    async with embedded(settings) as engine:
        incident.appoint(settings.folder)
        store = open_for_gate(settings.folder / "store.db")
        try:
            plain = await Client.connect(engine.address, namespace=settings.namespace)
            yield Bench(engine, settings, store, plain)
        finally:
            store.dispose()


async def compare(bench: Bench, rounds: int, each: int, say: Callable[[str], None]) -> tuple[Cost, Cost]:
    """Ours and bare, `each` of them a round, the first round of both unmeasured."""
    ours, plain = Cost(), Cost()
    async with AsyncExitStack() as stack:
        sides = []
        for name, module, live, cost in (
            ("ours", "worker", bench.ours(), ours),
            ("bare", "bench.bare", bench.bare(), plain),
        ):
            pid = await stack.enter_async_context(worker(module, bench.at(name)))
            await _round(live, f"{name}-warm", AT_ONCE)
            sides.append((name, pid, live, cost))
        for number in range(1, rounds + 1):
            for name, pid, live, cost in sides:
                before = cpu(bench.engine.process.pid), cpu(pid)
                handles = await _round(live, f"{name}-{number}", each)
                after = cpu(bench.engine.process.pid), cpu(pid)
                cost.server.append((after[0] - before[0]) / each)
                cost.worker.append((after[1] - before[1]) / each)
                await read(handles, cost)
                say(
                    f"round {number}/{rounds} {name}: server {cost.server[-1] * 1e3:.0f} ms, "
                    f"worker {cost.worker[-1] * 1e3:.0f} ms, {median(cost.events[-each:]):.0f} events"
                )
    return ours, plain


async def open_incidents(bench: Bench, few: int, many: int) -> float:
    """Bytes of the worker's memory for one more open incident, each lived through and kept in its cache."""
    async with worker("worker", bench.at("held")) as pid:
        await _round(bench.ours("held"), "few", few, AT_ONCE_HELD)
        before = resident(pid)
        await _round(bench.ours("held"), "many", many, AT_ONCE_HELD)
        return (resident(pid) - before) / many


async def _round(live: Live, name: str, each: int, at_once: int = AT_ONCE) -> list[WorkflowHandle[Any, Any]]:
    handles: list[WorkflowHandle[Any, Any]] = []

    async def lane(first: int) -> None:
        for number in range(first, each, at_once):
            handles.append(await live(f"{name}-{number}"))
            await asyncio.sleep(QUIET_AFTER.total_seconds())

    await asyncio.gather(*(lane(first) for first in range(at_once)))
    return handles


async def read(handles: list[WorkflowHandle[Any, Any]], cost: Cost) -> None:
    """Add what the server says of these histories."""
    for handle in handles:
        described = await handle.describe()
        info = described.raw_description.workflow_execution_info
        cost.events.append(info.history_length)
        cost.size.append(info.history_size_bytes)
    history = await handles[-1].fetch_history()
    cost.kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)
