"""A warning on the real server: opened, determined by word of mouth, published with a receipt, and it expires."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import Client

from client import CommandRefused, Token, open_incident, record_of, send
from incidents import approval, assessing, publication, warning
from incidents.incident import fold
from incidents.record import Record
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.support import OFFICER, PLAN_HASH, Desk, facts, say, until
from tests.test_incidents_warning import BASIS, CHIEF, CONTENT, NAMED
from workflows.messages import Carried

SECOND = Token("u3", "second_officer", "s3", Ed25519PrivateKey.generate())


@pytest.fixture
async def desk(temporal: Client, tmp_path: Path) -> Any:
    database = await open_database(tmp_path / "store.db")
    gate = Gate(tmp_path / "store.db")
    for token in (OFFICER, SECOND):
        gate.appoint(token.user, token.post, token.public_key)
    yield Desk(temporal, Logbooks(database), gate)
    gate.close()
    await database.dispose()


async def opened(desk: Desk, name: str) -> Any:
    now = datetime.now(UTC)
    told = {
        "received_at": now.isoformat(),
        "expected_from": (now + timedelta(hours=2)).isoformat(),
        "sector": "hazardous-chemicals",
        "place": {"name": "西郊储罐区"},
        "summary": "储罐超压，可能泄漏",
        "reporter": "县应急管理局",
        "colour": "yellow",
        "basis": BASIS,
    }
    carried = Carried(record=Record(id=name, plan="lhasa-2022", plan_hash=PLAN_HASH))
    asked = {"kind": "live", "plan": "lhasa-2022", "plan_hash": PLAN_HASH, "assessment": told}
    command = OFFICER.sign(name, assessing.OpenWarning, f"open-{name}", **asked)
    await open_incident(desk.client, carried, command, desk.queue)
    return desk.client.get_workflow_handle(name)


async def test_a_warning_is_published_after_a_call_back_becomes_an_accident_and_its_text_expires(desk: Desk) -> None:
    async with desk.worker():
        handle = await opened(desk, "w-1")
        ends = datetime.now(UTC) + timedelta(seconds=4)
        text = {"colour": "yellow", "text": "储罐可能泄漏", "content": CONTENT, "valid_until": ends}
        await say(handle, warning.ProposeWarning, "propose", **text, **NAMED)
        said: dict[str, Any] = {
            "approval": "A1",
            "stage": "decide",
            "post": CHIEF,
            "by": "平",
            "said_at": datetime.now(UTC),
        }
        said |= {"words": "同意", "read_back": True, "via": "电话"}
        await send(handle, OFFICER.sign("w-1", approval.RecordOral, "oral", **said))
        with pytest.raises(CommandRefused) as refused:
            await say(handle, publication.SubmitWarning, "early", checked=("departments-consulted",))
        assert refused.value.refusal.kind == "hard"
        rung = {"approval": "A1", "stage": "decide", "number": "000 2002", "same": True, "words": "同意"}
        await say(handle, approval.CallBack, "call-back", SECOND, **rung)
        await say(handle, publication.SubmitWarning, "submit", checked=("departments-consulted",))
        await say(handle, publication.RecordPublication, "receipt", number="气1", channels=("短信",))
        await say(handle, assessing.BecomeAccident, "happened", facts=facts())

        async def expired() -> bool:
            return await desk.has("w-1", "warning_expired")

        await until(expired)
        head = (await record_of(handle)).head

        async def stored() -> bool:
            return await desk.stored_up_to("w-1", head.seq)

        await until(stored)
    entries = await desk.logbooks.read("w-1")
    (passed,) = [entry for entry in entries if entry.kind == "warning_expired"]
    assert passed.true_at == ends, "the end is an instant and does not slide"
    record = fold(Record(id="w-1", plan="lhasa-2022", plan_hash=PLAN_HASH), entries)
    assert (record.warned().state, record.phase, record.warned().standing) == ("became_accident", "early_disposal", 0)
    assert record.tasks["teams-on-standby"].state == "given", "its measures stay"
    assert "w-1/N-publish/meteorological_bureau/inbox/0" in desk.delivered
    assert [refusal["verb"] for refusal in desk.gate.refusals()] == ["submit-warning"]
