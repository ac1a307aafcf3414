"""A case with people in it: the plan's clock runs with theirs, and a controller holds or releases what is brought in.

Between two ticks real people give commands of their own; so the player looks after every tick.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal

from drills.case import Line
from drills.cast import Answers, Says
from drills.ground import Ground, Stands
from incidents.command import Refusal
from plans.schema import Plan

FASTEST = 60
"""Plan time to real time. Beyond that people have no chance, and what the network takes counts as minutes."""
TICK = timedelta(seconds=1)


class Paced:
    """A ground whose clock runs `speed` times as fast as the wall's; at 1 it is the wall's own."""

    shared = True

    def __init__(self, ground: Ground, speed: int, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        if not 1 <= speed <= FASTEST:
            raise ValueError(f"speed: expected 1 to {FASTEST}, found {speed}")
        self._ground, self._speed, self._sleep = ground, speed, sleep
        self._now: datetime | None = None

    async def open(self, plan: Plan, opening: Says) -> Refusal | None:
        """See `Ground`."""
        return await self._ground.open(plan, opening)

    async def say(self, said: Says) -> Refusal | None:
        """See `Ground`."""
        return await self._ground.say(said)

    async def answer(self, answered: Answers) -> None:
        """See `Ground`."""
        await self._ground.answer(answered)

    async def keep(self, document: bytes) -> None:
        """See `Ground`."""
        await self._ground.keep(document)

    async def lose(self, channels: frozenset[str]) -> None:
        """See `Ground`."""
        await self._ground.lose(channels)

    async def stands(self) -> Stands:
        """See `Ground`."""
        stands = await self._ground.stands()
        self._now = stands.now
        return stands

    async def pass_time(self, until: datetime) -> None:
        """One tick, or what is left until then: the wall's clock runs, the plan's jumps what it is faster."""
        now = self._now or until
        span = min(until - now, TICK * self._speed)
        await self._sleep(span.total_seconds() / self._speed)
        if self._speed > 1:
            await self._ground.pass_time(now + span)


class Controller:
    """Who conducts the exercise (导调). What the script brings in by an inject comes at its time, or is held until
    released; it may come early, or be left out."""

    def __init__(self) -> None:
        self.holding = False
        self._early = self._out = 0

    def hold(self) -> None:
        """From now on injects wait to be released."""
        self.holding = True

    def go(self) -> None:
        """From now on injects come at their time."""
        self.holding = False

    def release(self) -> None:
        """The next inject comes now."""
        self._early += 1

    def skip(self) -> None:
        """The next inject is left out."""
        self._out += 1

    def verdict(self, line: Line, due: bool) -> Literal["wait", "go", "skip"]:
        """What becomes of the script's next line; what players do by themselves is not for a controller to hold."""
        if not line.inject:
            return "go" if due else "wait"
        if self._out:
            self._out -= 1
            return "skip"
        if self._early:
            self._early -= 1
            return "go"
        return "go" if due and not self.holding else "wait"
