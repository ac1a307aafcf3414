"""The third plan on the real server: a serious accident without a victim, from the first call to the archive."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import Client

from client import Token, open_incident, record_of, send
from incidents import approval, commander, recovery, reporting, response, termination
from incidents.command import Command
from incidents.facts import Open, ReportFacts
from incidents.incident import fold
from incidents.logbook import verify
from incidents.record import Record
from incidents.tasks import CompleteTask
from plans import registry
from plans.library import load
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests import yunling
from tests.support import Desk, facts, until
from workflows.messages import Carried

PLAN = load(yunling.FOLDER).plan
PLAN_HASH = registry.put(PLAN)
NAME = "99020020260301001"
OFFICER, BUREAU, HEAD = (
    Token(user, post, user, Ed25519PrivateKey.generate())
    for user, post in (("qin.yi", yunling.OFFICER), ("bai.si", yunling.BUREAU), ("tang.liu", yunling.HEAD))
)


@pytest.fixture
async def desk(temporal: Client, tmp_path: Path) -> Any:
    database = await open_database(tmp_path / "store.db")
    gate = Gate(tmp_path / "store.db")
    for token in (OFFICER, BUREAU, HEAD):
        gate.appoint(token.user, token.post, token.public_key)
    yield Desk(temporal, Logbooks(database), gate)
    gate.close()
    await database.dispose()


async def test_a_plan_that_no_python_knows_runs_on_the_engine_from_the_first_call_to_the_archive(desk: Desk) -> None:
    begun = Record(id=NAME, plan=PLAN.name, plan_hash=PLAN_HASH)
    told = facts(sector="construction", people_at_risk=12, deaths=0)
    asked = {"kind": "live", "plan": PLAN.name, "plan_hash": PLAN_HASH, "facts": told}
    async with desk.worker():
        command = OFFICER.sign(NAME, Open, "open", **asked)
        await open_incident(desk.client, Carried(record=begun), command, desk.queue)
        handle = desk.client.get_workflow_handle(NAME)
        spoken = 0

        async def does(what: type[Command], speaker: Token = OFFICER, /, **fields: Any) -> None:
            nonlocal spoken
            spoken += 1
            await send(handle, speaker.sign(NAME, what, f"c-{spoken}", **fields))

        await does(response.ProposeLevel, level="III", matter="启动三级响应", expected_duration=timedelta(days=1))
        await does(approval.Decide, BUREAU, approval="A1")
        await does(approval.Sign, HEAD, approval="A1")
        await does(commander.LeaderArrived, post=yunling.MAYOR_IN_CHARGE, by="沈五")
        record = await record_of(handle)
        assert record.level == "III"
        assert record.commander is not None
        assert record.commander.post == yunling.MAYOR_IN_CHARGE
        owed = [clock.id for clock in record.clocks.values() if clock.rule and not clock.external]
        assert set(yunling.CLOCKS["III"]) - {"plant-report", "county-report"} == set(owed)
        for name in record.clocks:
            if record.clocks[name].rule:
                await does(reporting.SendReport, clock=name, via="电话", as_at=datetime.now(UTC), signed_by=HEAD.user)
        await does(ReportFacts, source="现场", findings={"people_at_risk": {"n": 0, "source": "onsite-hq"}})
        for condition in ("danger-removed", "everybody-out"):
            await does(termination.TickCondition, condition=condition, words="现场核查")
        await does(termination.ProposeTermination)
        await does(approval.Decide, BUREAU, approval="A2")
        await does(termination.ConfirmWithdrawal, counted_by="张", people=40)
        await does(approval.Decide, BUREAU, approval="A3")
        await does(approval.Sign, HEAD, approval="A3")
        record = await record_of(handle)
        assert (record.phase, record.level) == ("recovery", None)
        for task in record.tasks.values():
            if task.state in ("asked", "held", "given"):
                idle = {} if task.state == "given" else {"outcome": "not_applicable", "words": "无此情形"}
                await does(CompleteTask, task=task.id, **idle)
        await does(recovery.Archive, keeper="档案室")
        record = await record_of(handle)
        assert record.phase == "archived"
        await until(lambda: desk.stored_up_to(NAME, record.head.seq))
    entries = await desk.logbooks.read(NAME)
    assert verify(entries).seq >= record.head.seq
    again = fold(begun, entries)
    assert again.phase == "archived"
    called = {key.split("/")[2] for key in desk.delivered if "/N-level-III/" in key}
    assert called == yunling.CALLED["III"]
    assert set(desk.delivered.values()) == {1}
    assert desk.gate.refusals() == ()
