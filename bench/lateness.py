"""How long after a deadline its passing is in the log, on the live server: nothing skips time there."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import incident
from bench.host import worker
from bench.incident import OFFICER, Step
from cli.engine import embedded
from client import open_incident, send
from incidents.deadlines import SetDeadline
from incidents.record import Record
from settings import Settings
from store.database import open_database
from store.logbook import Logbooks
from workflows.messages import Carried

NAME, QUEUE = "late", "incidents"
EVERY = timedelta(milliseconds=900)
AHEAD = timedelta(seconds=4)
"""From the setting of a deadline to its instant."""


class Lateness(NamedTuple):
    """Seconds from the instant to its entry, over so many deadlines."""

    clocks: int
    median: float
    nine_of_ten: float
    worst: float


async def lateness(clocks: int, say: Callable[[str], None]) -> Lateness:
    """Set one deadline after the other, and read how late each was noticed."""
    with tempfile.TemporaryDirectory(prefix="fenghuo-late-") as home:
        settings = Settings(home=Path(home), kind="live")
        async with embedded(settings) as engine:
            incident.appoint(settings.folder, "live")
            here = settings.model_copy(update={"address": engine.address, "task_queue": QUEUE})
            async with worker("worker", here):
                record = Record(id=NAME, kind="live", plan=incident.NAME, plan_hash=incident.PLAN_HASH)
                command, fields = incident.opening("live")
                opened = OFFICER.sign(NAME, command, "open", **fields)
                await open_incident(engine.client, Carried(record=record), opened, QUEUE)
                handle = engine.client.get_workflow_handle(NAME)
                say(f"{clocks} deadlines, one every {EVERY.total_seconds():g} s")
                for number in range(clocks):
                    due = datetime.now(UTC) + AHEAD
                    step = Step(SetDeadline, {"says": f"{number}", "due_at": due, "warn_before": timedelta()})
                    await send(handle, OFFICER.sign(NAME, step.command, f"{number}", **step.fields))
                    await asyncio.sleep(EVERY.total_seconds())
                await asyncio.sleep(2 * AHEAD.total_seconds())
            database = await open_database(settings.folder / "store.db")
            entries = await Logbooks(database).read(NAME)
            await database.dispose()
    told = sorted(
        (entry.known_at - entry.true_at).total_seconds()
        for entry in entries
        if entry.kind == "clock_overdue" and entry.data["clock"].startswith("C1")
    )
    return Lateness(len(told), median(told), told[int(len(told) * 0.9)], told[-1])
