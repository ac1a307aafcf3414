"""kill -9 of the worker and of the server at named points: nothing is lost or doubled, and the next command is soon
taken. The short form is part of `make test`; `make faults` strikes every point at every receiver, three times."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic, time
from typing import Any, NamedTuple

import pytest
from temporalio.client import Client

from client import Unanswered, record_of, send
from incidents.approval import Decide, Sign
from incidents.deadlines import SetDeadline
from incidents.incident import COMMANDS
from incidents.notes import Note
from incidents.response import ProposeLevel
from store import dossier
from tests import faults, ordinary
from tests.faults import CHANNELS, ENDS, Case, End, Hit, Home, Relay, Victim, alive, count, outcomes
from tests.support import DEPUTY, OFFICER, PLAN
from workflows.messages import CONVERTER

NEXT_COMMAND_WITHIN = 3.0
OVERDUE_WITHIN = 10.0
"""Seconds from when the home is ready again."""


class Point(NamedTuple):
    """Where somebody dies while the order of level IV is signed, and at which receivers in the short form."""

    says: str
    victim: Victim
    where: str
    short: tuple[End, ...]


POINTS = (
    Point("before the first send of a batch", "worker", "before_batch:1", ("webhook",)),
    Point("written in the ledger, not yet sent", "worker", "before_gateway:1", ("blunt",)),
    Point("accepted by the gateway, no receipt", "worker", "after_gateway_accept:1", ("webhook", "blunt", "smtp")),
    Point("in the middle of a batch", "worker", "after_gateway_accept:4", ("blunt",)),
    Point("all receipts in, the activity not over", "worker", "after_receipts:1", ("blunt",)),
    Point("before the log is stored", "worker", "before_sync_write:1", ()),
    Point("the log stored, the activity not over", "worker", "after_sync_commit:1", ("webhook",)),
    Point("admitted by the validator, not answered", "worker", "admitted_sign:1", ("webhook",)),
    Point("between decision and signature", "worker", "decided_sign:1", ("smtp",)),
    Point("deliveries in flight", "engine", "after_gateway_accept:2", ("blunt",)),
    Point("right after an accepted update", "engine", "before_sync_write:1", ()),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with faults.home(tmp_path_factory.mktemp("crashes"), Home) as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The points, each at some receivers; at all of them, three times, where that is asked for."""
    if "point" in metafunc.fixturenames:
        long = metafunc.config.getoption("every_point")
        cases = [(p, end, n) for p in POINTS for end in (ENDS if long else p.short) for n in range(3 if long else 1)]
        ids = [f"{point.victim}-{point.where}-{end}-{n}" for point, end, n in cases]
        metafunc.parametrize(("point", "end", "nth"), cases, ids=ids)


async def proposed_and_decided(case: Case, roll_over_after: int | None = None) -> datetime:
    """Everything up to the signature, delivered; and a deadline that is about to pass. When it passes."""
    await case.open(roll_over_after)
    await case.say(ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
    await case.say(Decide, DEPUTY, approval="A1")
    await case.settled()
    due = datetime.now(UTC) + timedelta(seconds=2)
    await case.say(SetDeadline, says="书面报告", due_at=due, warn_before=timedelta())
    return due


class After(NamedTuple):
    """How soon the home went on, in seconds from when it was ready."""

    next_command: float
    overdue_clock: float


async def goes_on(case: Case) -> After:
    """The next command and the overdue clock of a home that has just become ready."""
    ready = monotonic()
    await case.say(Note, words="之后")
    took = monotonic() - ready
    await case.entry("clock_overdue")
    return After(took, monotonic() - ready)


async def judged(case: Case, after: After, doubt: set[str], tell: Any) -> None:
    """Everything that is promised, counted at the receiver against the model, and told."""
    entries = await case.settled()
    case.nothing_lost_or_doubled(entries)
    found = count(case, entries)
    uncertain = {
        key for key, outcome in outcomes(case.name, CHANNELS[case.end], entries).items() if outcome == "uncertain"
    }
    tell("next command s", f"{after.next_command:.2f}")
    tell("overdue clock s", f"{after.overdue_clock:.2f}")
    for name in ("lost", "phantom", "twice", "attempts"):
        tell(name, getattr(found, name))
    tell("uncertain", len(uncertain))
    tell("late s", f"{found.late:.1f}")
    assert after.next_command <= NEXT_COMMAND_WITHIN
    assert after.overdue_clock <= OVERDUE_WITHIN
    assert (found.lost, found.phantom) == (0, 0)
    if case.end == "blunt":
        # Only what was on its way goes again, once, and just that is uncertain in the log.
        assert found.repeated <= doubt
        assert found.attempts == found.twice
        assert uncertain == doubt
    else:
        assert found.twice == 0
        assert uncertain == set()


async def test_a_death_at_a_named_point_loses_doubles_and_delays_nothing(
    home: Home, point: Point, end: End, nth: int, record_property: Any
) -> None:
    await home.ready()
    case = Case(home, end, f"{point.victim}-{point.where.replace(':', '-')}-{nth}")
    due = await proposed_and_decided(case)
    home.arm(point.victim, point.where, case.name)
    signing = asyncio.create_task(case.say(Sign, DEPUTY, approval="A1"))
    hit = await home.hit(point.where, case.name)
    doubt = home.in_doubt(case.name)
    await home.back(hit, not_before=due)
    record_property("point", f"{point.victim} -9: {point.says} ({point.where}) @ {end}")
    after = await goes_on(case)
    await signing
    await judged(case, after, doubt if point.victim == "worker" else set(), record_property)


async def test_an_idle_worker_that_is_killed_leaves_a_long_incident_that_answers_within_three_seconds(
    home: Home, record_property: Any
) -> None:
    await home.ready()
    case = Case(home, "webhook", "idle")
    await case.open()
    for n in range(60):
        await case.say(Note, words=f"第{n}条")
    await case.settled()
    worker = home.pid("worker")
    os.kill(worker, signal.SIGKILL)
    # Nothing falls due meanwhile: the engine still believes that the dead one has the incident at hand.
    await home.back(Hit("worker", "idle", case.name, worker, time()), not_before=datetime.now(UTC))
    ready = monotonic()
    await case.say(Note, words="之后")
    took = monotonic() - ready
    record_property("point", "worker -9: idle, with a long incident in its cache")
    record_property("next command s", f"{took:.2f}")
    assert took <= NEXT_COMMAND_WITHIN
    case.nothing_lost_or_doubled(await case.settled())


@pytest.mark.parametrize("victim", ["worker", "engine"])
async def test_an_answer_that_never_reached_the_client_is_given_again_under_the_same_command_id(
    home: Home, victim: Victim, record_property: Any
) -> None:
    await home.ready()
    case = Case(home, "webhook", f"unheard-{victim}")
    due = await proposed_and_decided(case)
    relay = Relay(home.run()["address"])
    there = await Client.connect(await relay.open(), data_converter=CONVERTER)
    relay.mute = True
    signed = DEPUTY.sign(case.name, Sign, "the-signature", approval="A1")
    home.arm(victim, "before_sync_write:1", case.name)
    unheard = asyncio.create_task(send(there.get_workflow_handle(case.name), signed))
    hit = await home.hit("before_sync_write:1", case.name)
    assert not unheard.done()
    unheard.cancel()
    with suppress(asyncio.CancelledError, Unanswered):
        await unheard
    relay.close()
    await home.back(hit, not_before=due)
    record_property("point", f"{victim} -9: update accepted, its answer never arrived (before_sync_write:1) @ webhook")
    after = await goes_on(case)
    first = await case.send(signed)
    assert (await send(await case.handle(), signed)) == first
    await judged(case, after, set(), record_property)


@pytest.mark.parametrize("victim", ["worker", "engine"])
async def test_a_death_while_an_incident_continues_as_new_loses_nothing(
    home: Home, victim: Victim, record_property: Any
) -> None:
    await home.ready()
    case = Case(home, "blunt", f"roll-over-{victim}")
    due = await proposed_and_decided(case, roll_over_after=60)
    home.arm(victim, "continue_as_new:1", case.name)
    await case.say(Sign, DEPUTY, approval="A1")

    async def go_on_writing() -> None:
        for n in range(30):
            await case.say(Note, words=f"第{n}条")

    writing = asyncio.create_task(go_on_writing())
    hit = await home.hit("continue_as_new:1", case.name)
    await home.back(hit, not_before=due)
    record_property("point", f"{victim} -9: during continue-as-new (continue_as_new:1) @ blunt")
    after = await goes_on(case)
    await writing
    await judged(case, after, set(), record_property)
    words = [entry.data["words"] for entry in home.stored(case.name) if entry.kind == "noted"]
    assert sorted(words) == sorted([*(f"第{n}条" for n in range(30)), "之后"])


async def test_a_worker_that_is_asked_to_stop_finishes_what_it_sends_and_nothing_goes_again(
    home: Home, record_property: Any
) -> None:
    await home.ready()
    case = Case(home, "blunt", "asked-to-stop")
    due = await proposed_and_decided(case)
    receiver, worker = home.receivers["blunt"], home.pid("worker")
    with receiver.slow():
        await case.say(Sign, DEPUTY, approval="A1")
        async with asyncio.timeout(20):
            while not any(key.startswith(f"{case.name}/N-level-IV/") for key in receiver.attempts()):
                await asyncio.sleep(0.05)
        os.kill(worker, signal.SIGTERM)
        asked = monotonic()
        while alive(worker):
            await asyncio.sleep(0.05)
        stopped = monotonic() - asked
    assert stopped <= home.settings.grace.total_seconds()
    assert home.in_doubt(case.name) == set()
    await home.back(Hit("worker", "asked to stop", case.name, worker, time()), not_before=due, code=0)
    record_property("point", f"worker: SIGTERM with a slow delivery in hand, over after {stopped:.1f} s @ blunt")
    await judged(case, await goes_on(case), set(), record_property)
    assert count(case, home.stored(case.name)).attempts == 0


async def test_a_dossier_that_was_half_written_is_never_seen_and_is_written_anew(
    home: Home, record_property: Any
) -> None:
    await home.ready()
    case = Case(home, "webhook", "archive", plan=PLAN)
    await case.open()
    verbs = {command.verb: command for command in COMMANDS}
    people = {ordinary.OFFICER: OFFICER, ordinary.DEPUTY: DEPUTY}
    now = datetime.now(UTC)

    async def say(said: ordinary.Said) -> None:
        fields = {**said.fields, "by": DEPUTY.user} if said.verb == "record-oral" else said.fields
        await case.say(verbs[said.verb], people[said.post], **fields)

    for said in (*ordinary.response(now), *ordinary.reports(now), *ordinary.end()):
        await say(said)
    owed = (await record_of(await case.handle())).tasks.values()
    *before, last = ordinary.recovery({task.id: task.state for task in owed})
    for said in before:
        await say(said)
    home.arm("worker", "dossier_file:3", case.name)
    await case.say(verbs[last.verb], people[last.post], **last.fields)
    hit = await home.hit("dossier_file:3", case.name)
    folder = home.folder / "live" / "archive" / case.name
    assert not folder.exists()
    await home.back(hit, not_before=now)
    ready = monotonic()
    await case.say(Note, words="之后")
    took = monotonic() - ready
    written = await case.entry("archive_written")
    record_property("point", "worker -9: the dossier half-written (dossier_file:3)")
    record_property("next command s", f"{took:.2f}")
    assert took <= NEXT_COMMAND_WITHIN
    assert dossier.check(folder).seq <= written.seq
    entries = home.stored(case.name)
    case.nothing_lost_or_doubled(entries)
    assert [entry.kind for entry in entries].count("archived") == 1
