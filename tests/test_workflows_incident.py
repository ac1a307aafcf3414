"""One incident on the real server: nothing is lost or doubled across continue-as-new, a bad call or a bad release."""

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError
from structlog.testing import capture_logs
from temporalio.client import Client, WorkflowUpdateFailedError

from client import CommandRefused, Token, record_of, send
from incidents.deadlines import MeetDeadline, SetDeadline
from incidents.incident import COMMANDS, fold
from incidents.logbook import verify
from incidents.notes import Note
from incidents.notices import Answered, Notify
from incidents.record import Record, Step
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.support import OFFICER, PLAN, PLAN_HASH, Desk, open_for, say, until
from workflows import pacing
from workflows.incident import IncidentWorkflow

UNITS = tuple(PLAN.units)[:30]


@pytest.fixture
async def desk(temporal: Client, tmp_path: Path) -> Any:
    database = await open_database(tmp_path / "store.db")
    gate = Gate(tmp_path / "store.db")
    gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
    yield Desk(temporal, Logbooks(database), gate)
    gate.close()
    await database.dispose()


async def test_open_notices_and_clocks_live_through_many_runs_with_nothing_lost_or_doubled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "REMEMBERED_COMMANDS", 5)
    async with desk.worker():
        handle = await open_for(desk.client, "i-1", roll_over_after=60)
        due = datetime.now(UTC) + timedelta(hours=1)
        await say(handle, SetDeadline, "c-clock", says="书面报告", due_at=due)
        steps = (Step(channel="inbox", wait=timedelta(minutes=3)), Step(channel="webhook", wait=timedelta(minutes=3)))
        await say(handle, Notify, "c-notice", units=UNITS, text="请到岗", steps=steps)
        first_run = (await handle.describe()).run_id
        receipts = {}
        for n in range(40):
            receipts[n] = (await say(handle, Note, f"c-{n}", words=f"第{n}条")).seq
            if n % 10 == 0:
                # The same command again, also into a later run, has no second effect.
                assert (await say(handle, Note, f"c-{n}", words=f"第{n}条")).seq == receipts[n]
        # The workflow has long forgotten the first one: the store answers.
        assert (await say(handle, Note, "c-0", words="第0条")).seq == receipts[0]
        assert (await handle.describe()).run_id != first_run, "the incident never continued as new"

        # Machine events wait in the store; one poke, of any name and shape, fetches them all.
        for unit in UNITS:
            await desk.logbooks.answer("i-1", Answered(notice="N1", unit=unit, by="值班员", at=datetime.now(UTC)))
        await handle.signal("anything", args=[1, "two", {"three": 3}])

        async def all_answered() -> bool:
            record = Record.model_validate(await handle.query(IncidentWorkflow.record))
            return all(r.state == "acknowledged" for r in record.notices["N1"].recipients.values())

        await until(all_answered)
        await say(handle, MeetDeadline, "c-met", clock="C1")
        head = (await record_of(handle)).head

        async def stored() -> bool:
            return (await desk.logbooks.read("i-1"))[-1].seq == head.seq

        await until(stored)

    entries = await desk.logbooks.read("i-1")
    assert verify(entries) == head
    assert set(desk.delivered.values()) == {1}
    assert {key for key in desk.delivered if "/N1/" in key} == {f"i-1/N1/{unit}/inbox/0" for unit in UNITS}
    words = [entry.data["words"] for entry in entries if entry.kind == "noted"]
    assert words == [f"第{n}条" for n in range(40)]
    record = fold(Record(id="i-1", plan="lhasa-2022", plan_hash=PLAN_HASH), entries)
    assert record.clocks["C1"].verdict == "met"
    assert record.clocks["C1"].due_at == due, "a deadline is an instant and does not slide"


async def test_a_deadline_that_passes_in_silence_is_an_entry_true_at_its_own_instant(desk: Desk) -> None:
    async with desk.worker():
        handle = await open_for(desk.client, "i-2")
        due = datetime.now(UTC) + timedelta(seconds=1.5)
        await say(handle, SetDeadline, "a", says="核实", due_at=due)

        async def overdue() -> bool:
            return any(entry.kind == "clock_overdue" for entry in await desk.logbooks.read("i-2"))

        await until(overdue)
        (passed,) = [entry for entry in await desk.logbooks.read("i-2") if entry.kind == "clock_overdue"]
        assert passed.true_at == due
        assert timedelta() <= passed.known_at - due < timedelta(seconds=2)


async def test_a_silent_unit_is_chased_by_the_next_channel_and_then_shown_as_unreached(desk: Desk) -> None:
    async with desk.worker():
        handle = await open_for(desk.client, "i-3")
        steps = tuple(Step(channel=channel, wait=timedelta(seconds=0.3)) for channel in ("inbox", "smtp"))
        await say(handle, Notify, "a", units=("fire_brigade", "health_commission"), text="请到岗", steps=steps)

        async def given_up() -> bool:
            return any(entry.data.get("unreached") for entry in await desk.logbooks.read("i-3"))

        await until(given_up)
    sent = {f"i-3/N1/{unit}/{way}" for unit in ("fire_brigade", "health_commission") for way in ("inbox/0", "smtp/1")}
    assert Counter({key: n for key, n in desk.delivered.items() if "/N1/" in key}) == Counter(sent)


BIG = "长" * 700_000
"""2.1 MB as UTF-8."""
SIGNALLED = ("open", "note")
"""All signals are one: these stand for them."""


def misshapen(incident: str, verb: str) -> dict[str, list[Any]]:
    """Arguments of the wrong shape for a verb, by what is wrong."""
    good = OFFICER.sign(incident, Note, "never", words="好").model_dump(mode="json")
    (command,) = [command for command in COMMANDS if command.verb == verb]
    wrong = {name: "无此值" for name, value in command.model_json_schema()["properties"].items() if "enum" in value}
    return {
        "none": [],
        "three arguments": [1, 2, 3],
        "null": [None],
        "wrong enum": [{"envelope": good["envelope"], **(wrong or {"true_at": "昨天"})}],
        "extra fields": [{**good, "surprise": 1}],
        "2.1 MB": [BIG],
    }


@pytest.mark.parametrize("verb", [command.verb for command in COMMANDS])
def test_every_wrong_shape_is_wrong_for_every_verb(verb: str) -> None:
    (command,) = [command for command in COMMANDS if command.verb == verb]
    for args in misshapen("i-4", verb).values():
        if len(args) == 1:
            with pytest.raises(ValidationError):
                command.model_validate(args[0])


async def test_calls_of_the_wrong_shape_change_nothing_are_named_in_the_log_and_the_next_good_command_is_taken(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    slowest = 0.0
    with capture_logs() as told:
        async with desk.worker():
            handle = await open_for(desk.client, "i-4")
            for verb in [command.verb for command in COMMANDS]:
                before = await record_of(handle)
                for what, args in misshapen("i-4", verb).items():
                    with pytest.raises(WorkflowUpdateFailedError):
                        await handle.execute_update(verb, args=args, id=f"{verb}/{what}")
                    if verb in SIGNALLED:
                        await handle.signal(verb, args=args)
                after = await record_of(handle)
                # What is sent by itself may have come back meanwhile; nothing else is new.
                assert after.but(head=before.head, notices=before.notices) == before
                started = monotonic()
                await say(handle, Note, f"good-{verb}", words=verb)
                slowest = max(slowest, monotonic() - started)
            with pytest.raises(WorkflowUpdateFailedError):
                await handle.execute_update("no-such-verb", args=[1], id="no-such-verb/1")
            await say(handle, Note, "last", words="最后")
            head = (await record_of(handle)).head
            await until(lambda: desk.stored_up_to("i-4", head.seq))
    with capsys.disabled():
        sys.stdout.write(f"\nnext command after calls of the wrong shape: {slowest:.2f} s at most\n")
    assert slowest <= 5
    assert await desk.by_people("i-4") == ["opened", *["noted"] * (len(COMMANDS) + 1)]
    assert desk.gate.refusals() == (), "nobody was refused: nobody asked"
    named = {row["call"] for row in told if row["event"] == "a call of the wrong shape" and row["incident"] == "i-4"}
    calls = [(verb, what) for verb in [c.verb for c in COMMANDS] for what in misshapen("i-4", verb)]
    assert named == {
        "update no-such-verb no-such-verb/1",
        *(f"update {verb} {verb}/{what}" for verb, what in calls),
        *(f"signal {verb}" for verb in SIGNALLED),
    }
    assert not any(BIG[:100] in str(row) for row in told), "the log does not repeat what was sent"


async def test_a_flood_of_pokes_changes_nothing_and_holds_up_nobody(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk.worker():
        handle = await open_for(desk.client, "i-9")
        await until(lambda: desk.has("i-9", "notice_sent"))
        before = await record_of(handle)
        for n in range(200):
            await handle.signal("poke", args=[] if n % 2 else [n])
        started = monotonic()
        await say(handle, Note, "good", words="好")
        took = monotonic() - started
        assert (await record_of(handle)).but(head=before.head) == before
        await until(lambda: desk.has("i-9", "noted"))
    with capsys.disabled():
        sys.stdout.write(f"\nnext command after 200 pokes of a stranger: {took:.2f} s\n")
    assert took <= 5
    assert await desk.by_people("i-9") == ["opened", "noted"]


async def test_big_signals_never_fill_a_history_up_to_where_the_engine_would_end_the_incident(desk: Desk) -> None:
    async with desk.worker():
        handle = await open_for(desk.client, "i-10")
        before, first_run = await record_of(handle), (await handle.describe()).run_id
        for _ in range(4):
            await handle.signal("note", BIG)

        async def left_behind() -> bool:
            return (await handle.describe()).run_id != first_run

        await until(left_behind)
        await say(handle, Note, "good", words="好")
        assert (await record_of(handle)).but(head=before.head, notices=before.notices) == before


async def test_a_refusal_says_why_and_writes_nothing(desk: Desk) -> None:
    async with desk.worker():
        handle = await open_for(desk.client, "i-5")
        soon = datetime.now(UTC) + timedelta(hours=1)
        with pytest.raises(CommandRefused, match="not in the future"):
            await say(handle, Note, "a", words="x", true_at=soon)
        with pytest.raises(CommandRefused, match="no 'C9' here"):
            await say(handle, MeetDeadline, "b", clock="C9")
        # Written down before it was answered, in a chain of its own.
        told = desk.gate.refusals()
        assert [(row["verb"], row["class"], row["user"]) for row in told] == [
            ("note", "form", "u1"),
            ("meet-deadline", "form", "u1"),
        ]
        await say(handle, Note, "c", words="y")
        await until(lambda: desk.has("i-5", "noted"))
        assert await desk.by_people("i-5") == ["opened", "noted"]


async def test_a_release_that_decides_otherwise_stops_loudly_with_nothing_written_and_a_rollback_heals_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.worker():
        handle = await open_for(desk.client, "i-6")
        await say(handle, Note, "a", words="甲")
        await until(lambda: desk.has("i-6", "noted"))
        before = await desk.logbooks.read("i-6")

    with monkeypatch.context() as release:
        release.setitem(
            COMMANDS, Note, lambda plan, record, command, now: (command.entry("noted", now, {"words": "乙"}),)
        )
        async with desk.worker():
            waiting = asyncio.create_task(say(handle, Note, "b", words="丙"))

            async def stuck() -> bool:
                pending = (await handle.describe()).raw_description.pending_workflow_task
                return pending.attempt > 1

            await until(stuck)
            assert await desk.logbooks.read("i-6") == before
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async with desk.worker():
        await say(handle, Note, "b", words="丙")

        async def healed() -> bool:
            return len(await desk.logbooks.read("i-6")) > len(before)

        await until(healed)
    entries = await desk.logbooks.read("i-6")
    verify(entries)
    assert entries[: len(before)] == before
    assert [entry.data["words"] for entry in entries if entry.kind == "noted"] == ["甲", "丙"]


async def test_a_forged_expired_or_borrowed_envelope_acts_for_nobody_and_is_written_down(desk: Desk) -> None:
    good = OFFICER.sign("i-7", Note, "a", words="真")
    envelope = good.envelope
    past = datetime.now(UTC) - timedelta(minutes=1)
    stranger = Token("u1", "first_officer", "s1", Ed25519PrivateKey.generate())
    attempts = {
        "signature is not": [
            good.model_copy(update={"words": "假"}),
            good.model_copy(update={"envelope": envelope.model_copy(update={"signature": ""})}),
            stranger.sign("i-7", Note, "b", words="假"),
            OFFICER.sign("i-8", Note, "c", words="别处"),
        ],
        "valid now": [good.model_copy(update={"envelope": envelope.model_copy(update={"expires": past})})],
        "does not hold": [good.model_copy(update={"envelope": envelope.model_copy(update={"post": "hq_head"})})],
    }
    async with desk.worker():
        handle = await open_for(desk.client, "i-7")
        for reason, forged in attempts.items():
            for command in forged:
                with pytest.raises(CommandRefused, match=reason):
                    await send(handle, command)
        assert len(desk.gate.refusals()) == 6
        assert {row["class"] for row in desk.gate.refusals()} == {"hard"}
        # The same command id, rightly signed, is taken: a forgery uses nothing up.
        await send(handle, good)
        await until(lambda: desk.has("i-7", "noted"))
        assert await desk.by_people("i-7") == ["opened", "noted"]
