"""Many clocks over thirty days on the time-skipping server: every verdict is right, and none comes early.

`make clocks` runs a thousand of them; the suite sixty.
"""

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from temporalio.testing import WorkflowEnvironment

from client import open_incident, record_of, send
from incidents.facts import Open
from incidents.incident import fold
from incidents.logbook import Entry
from incidents.record import Record
from incidents.reporting import SendReport
from plans import registry
from plans.schema import Plan, ReportRule
from settings import Settings
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.support import OFFICER, PLAN, facts, until
from worker import build_worker
from workflows.messages import CONVERTER, Carried

DAYS = 30
NEVER = timedelta(days=-1)
NAME = "many-clocks"
LATE = timedelta(seconds=5)
"""By how much the entry of a passing may come after it, on the plan's clock."""


class Row(NamedTuple):
    """What is expected of one clock: when it is due, and when somebody acts, both after the receipt."""

    name: str
    due: timedelta
    act: timedelta

    @property
    def verdict(self) -> str:
        if self.act == NEVER:
            return "overdue"
        return "met" if self.act <= self.due else "late"


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> list[Row]:
    """Clocks that end all over the thirty days; of ten two are met, one is late, and the others pass unanswered."""
    dice = random.Random(7)
    told = []
    for number in range(request.config.getoption("clocks")):
        due = timedelta(minutes=dice.randrange(60, DAYS * 24 * 60))
        # Nobody acts on the very instant that a clock is due: either may come first.
        act = {0: due - timedelta(minutes=7, seconds=11), 1: due - timedelta(seconds=41), 2: due + timedelta(hours=1)}
        told.append(Row(f"clock-{number}", due, act.get(number % 10, NEVER)))
    return told


def plan_with(rows: list[Row]) -> Plan:
    """The plan whose reports are these and no others."""
    first = PLAN.reporting.rules[0]
    rules = tuple(
        ReportRule(
            id=row.name,
            says=row.name,
            clauses=first.clauses,
            sender=first.sender,
            addressee=first.addressee,
            leg="phone",
            line=first.line,
            starts="received",
            within=row.due,
            warn_before=timedelta(0),
        )
        for row in rows
    )
    return PLAN.model_copy(update={"reporting": PLAN.reporting.model_copy(update={"rules": rules})})


async def run(rows: list[Row], home: Path) -> tuple[datetime, tuple[Entry, ...]]:
    """When the report was received, and the log after the thirty days."""
    plan = plan_with(rows)
    digest = registry.put(plan)
    settings = Settings(home=home, kind="live", linger=timedelta())
    settings.folder.mkdir()
    database = await open_database(settings.folder / "store.db")
    gate = Gate(settings.folder / "store.db", "live")
    gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
    gate.keep_plan(digest, plan.name, plan.model_dump_json())
    logbooks = Logbooks(database)
    async with (
        await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(Path(sys.executable).parent / "temporal-test-server"),
            data_converter=CONVERTER,
        ) as engine,
        build_worker(engine.client, settings, database, gate),
    ):
        received = (await engine.get_current_time()).replace(microsecond=0)
        told = facts(received_at=received.isoformat(), occurred_at=received.isoformat())
        asked = {"kind": "live", "plan": plan.name, "plan_hash": digest, "facts": told}
        carried = Carried(record=Record(id=NAME, plan=plan.name, plan_hash=digest))
        await open_incident(engine.client, carried, OFFICER.sign(NAME, Open, "open", **asked), settings.task_queue)
        handle = engine.client.get_workflow_handle(NAME)
        for row in sorted((row for row in rows if row.act != NEVER), key=lambda row: row.act):
            await engine.sleep(received + row.act - await engine.get_current_time())
            sent = {"clock": row.name, "via": "电话", "as_at": received}
            await send(handle, OFFICER.sign(NAME, SendReport, row.name, **sent))
        await engine.sleep(received + timedelta(days=DAYS, hours=2) - await engine.get_current_time())

        async def whole() -> bool:
            entries = await logbooks.read(NAME)
            return entries[-1].seq >= (await record_of(handle)).head.seq

        await until(whole)
        entries = await logbooks.read(NAME)
    gate.close()
    await database.dispose()
    return received, entries


async def test_each_verdict_is_right_and_none_is_early(rows: list[Row], tmp_path: Path) -> None:
    received, entries = await run(rows, tmp_path)
    record = fold(Record(id=NAME), entries)
    assert {row.name: row.verdict for row in rows} == {
        name: clock.verdict for name, clock in record.clocks.items() if clock.rule
    }
    passed = {entry.data["clock"]: entry for entry in entries if entry.kind == "clock_overdue"}
    due = {row.name: received + row.due for row in rows if row.verdict != "met"}
    assert due.keys() == passed.keys()
    assert all(passed[name].true_at == at for name, at in due.items())
    lateness = sorted(passed[name].known_at - at for name, at in due.items())
    first, last = lateness[0], lateness[-1]
    sys.stdout.write(f"{len(rows)} clocks, {len(passed)} passed, entered {first} to {last} after they were due\n")
    assert timedelta(0) <= first
    assert last <= LATE
