"""Random drills under fire beside real incidents: no drill ever connects to a live end, no real message is lost in one.

The short form is part of `make test`; `make isolation` plays 500 drills.
"""

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from activities.drill import DRILL_MARK
from incidents.approval import Decide, Sign
from incidents.notices import Notify
from incidents.response import ProposeLevel
from plans.schema import ChannelName
from tests import faults, plan_model
from tests.faults import CHANNELS, SENDER, Case, End, outcomes
from tests.mixing import COPIED, MOST_AT_ONCE, UNITS, Drill, Sides
from tests.support import DEPUTY, PLAN, until

FIRST_KILL, NEXT_KILL = (0.2, 1.0), (8.0, 20.0)
"""Seconds that a worker of drills lives, at least and at most."""
LOOK_EVERY = 0.5


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    with faults.home(tmp_path, Sides) as running:
        yield running


async def ready(sides: Sides) -> None:
    """Wait until both sides take commands."""
    await sides.ready()

    async def drill_too() -> bool:
        try:
            await (await sides.reach("drill")).service_client.check_health()
        except (KeyError, FileNotFoundError, RuntimeError):
            return False
        return True

    await until(drill_too, 60)


async def real(sides: Sides, end: End) -> set[str]:
    """A real incident with words that were copied from a drill, by one live end; the keys that must arrive there."""
    case = Case(sides, end, "real")
    case.place = f"{DRILL_MARK}{case.place}"
    await case.open()
    await case.entry("opened")
    assert sides.flip("live", case.name) == 2
    await case.say(ProposeLevel, level="IV", matter=f"{DRILL_MARK}启动四级响应", expected_duration="PT24H")
    await case.say(Decide, DEPUTY, approval="A1")
    await case.say(Sign, DEPUTY, approval="A1")
    units = sorted(PLAN.units)[:UNITS]
    for words in COPIED[1:4]:
        await case.say(Notify, units=units, text=f"{words}立即到岗")
    names = ("N1", "N1-2", "N1-3")
    expected = case.expected() | {f"{case.name}/{name}/{unit}/{CHANNELS[end]}/0" for name in names for unit in units}
    async with asyncio.timeout(60):
        while outcomes(case.name, CHANNELS[end], sides.stored(case.name)) != dict.fromkeys(expected, "accepted"):
            await asyncio.sleep(LOOK_EVERY)
    return expected


async def under_fire(sides: Sides, playing: asyncio.Task[None]) -> int:
    """Kill the drill side's worker again and again while drills are played; how often."""
    dice, kills = random.Random(), 0
    while True:
        await asyncio.wait([playing], timeout=dice.uniform(*(NEXT_KILL if kills else FIRST_KILL)))
        if playing.done():
            return kills
        await sides.kill("drill")
        kills += 1


class Rest(NamedTuple):
    """The sink, and what the logs say of the messages: the keys that were accepted, and those that nobody knows of."""

    sink: dict[str, str]
    accepted: set[str]
    doubted: set[str]


async def at_rest(sides: Sides, drills: list[Drill]) -> Rest:
    """Both sides of the count, once they agree, or as they are after a minute. A drill's clock runs on after its last
    jump, so that a batch whose worker was killed may leave late; what was on its way then is in doubt."""
    ends = time.monotonic() + 60
    while True:
        for drill in drills:
            await drill.settled()
        told = [item for drill in drills for item in drill.outcomes.items()]
        accepted, doubted = ({key for key, said in told if said == outcome} for outcome in ("accepted", "uncertain"))
        rest = Rest(sides.inbox("drill"), accepted, doubted)
        if accepted <= rest.sink.keys() <= accepted | doubted or time.monotonic() > ends:
            return rest
        await asyncio.sleep(LOOK_EVERY)


async def test_no_drill_reaches_a_live_end_and_no_real_message_is_marked_or_swallowed(
    sides: Sides, pytestconfig: pytest.Config
) -> None:
    began = time.monotonic()
    await ready(sides)
    drills = [Drill(sides, number) for number in range(pytestconfig.getoption("drills"))]
    ends: tuple[End, ...] = ("webhook", "smtp")
    receivers = {end: sides.receivers[end] for end in ends}
    at_once = asyncio.Semaphore(MOST_AT_ONCE)

    async def one(drill: Drill) -> None:
        async with at_once:
            await drill.play()

    async def all_drills() -> None:
        async with asyncio.TaskGroup() as group:
            for drill in drills:
                group.create_task(one(drill))

    async def in_the_middle() -> dict[End, set[str]]:
        await drills[len(drills) // 2].calling.wait()
        connected = [port for receiver in receivers.values() for port in receiver.connections()]
        assert connected == [], "drills alone have connected to a live end"
        return dict(zip(ends, await asyncio.gather(*(real(sides, end) for end in ends)), strict=True))

    playing = asyncio.create_task(all_drills())
    kills, expected, _ = await asyncio.gather(under_fire(sides, playing), in_the_middle(), playing)

    # The live ends: exactly the real incidents' messages, none of them marked, and no connection that brought nothing.
    for end, receiver in receivers.items():
        keys = expected[end]
        called = {plan_model.message_id(key, SENDER) for key in keys} if end == "smtp" else keys
        arrivals = receiver.arrivals()
        assert sorted(row["key"] for row in arrivals) == sorted(called)
        assert [row["text"] for row in arrivals if DRILL_MARK in row["text"]] == []
        assert set(receiver.connections()) == {row["by"] for row in arrivals}
    assert sides.receivers["blunt"].connections() == []
    # The sink: every message of every drill, each with the mark first; nothing else, and nothing of it in a real inbox.
    sink, accepted, doubted = await at_rest(sides, drills)
    assert accepted <= sink.keys() <= accepted | doubted
    assert [text for text in sink.values() if not text.startswith(DRILL_MARK)] == []
    assert sides.inbox("live") == {}
    # It stands for every channel of the plan: the chase goes on by them as it would in earnest.
    assert {key.split("/")[3] for key in accepted} <= set(get_args(ChannelName))
    for drill in drills:
        called = {key.split("/")[2] for key in accepted | doubted if key.startswith(f"{drill.name}/N1/")}
        assert len(called) == UNITS
    rolled = [await drill.runs() for drill in drills]
    assert max(rolled) > 1, "none continued as new"
    assert kills > 0
    real_ones = sum(map(len, expected.values()))
    again = sum(rolled) - len(rolled)
    sys.stdout.write(
        f"\n{len(drills)} drills x {UNITS} units: {len(sink)} messages in the sink, all marked; "
        f"{len(doubted)} in doubt; 0 connections by drills; {real_ones} real messages, none marked; "
        f"{kills} workers killed, {again} times continued as new; {time.monotonic() - began:.0f} s\n"
    )
