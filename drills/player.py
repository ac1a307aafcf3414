"""Playing a case: the script's lines and the simulated people act when their time comes; in between the clock jumps to
the next of their acts, or to the next instant at which the plan itself would act."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from drills.case import Case, Line, moved
from drills.cast import Answers, Cast, Key, Reaction, Says
from drills.ground import Ground, Stands
from drills.pacing import Controller
from incidents.command import Refusal
from incidents.incident import follow_ups
from incidents.logbook import Entry
from incidents.record import Record
from plans.schema import Plan, PostId

LOOK_AHEAD = timedelta(seconds=5)
IDLE = timedelta(hours=1)
"""Where only real people could still act, the clock goes on in such steps."""


Left = Literal["", "people", "skip"]


class Refused(NamedTuple):
    """What somebody in the case was refused."""

    said: Says
    refusal: Refusal


class Scene(NamedTuple):
    """What happened between two looks: by which line of the script, or by the simulated people, or by time alone."""

    at: datetime
    """As the case tells time."""
    record: Record
    entries: Sequence[Entry]
    line: Line | None = None
    people: int = 0
    """How many acts of simulated people."""
    refused: Sequence[Refused] = ()
    played: int = 0
    """How many lines of the script are behind us."""
    jump: timedelta = timedelta()
    """By how much the clock jumped before."""
    left: Left = ""
    """The line was left to real people, or left out."""


class Player:
    """One case on one ground. The posts of `people` are held by real people: what the script or the cast would have
    them do is left to them."""

    def __init__(
        self,
        case: Case,
        plan: Plan,
        ground: Ground,
        holders: Mapping[PostId, str],
        people: Collection[PostId] = (),
        controller: Controller | None = None,
    ) -> None:
        self._case, self._plan, self._ground = case, plan, ground
        self._people, self._controller = people, controller or Controller()
        self._names = {f"@{post}": user for post, user in holders.items()}
        self._names |= {f"#{name}": document.sha256 for name, document in case.documents.items()}
        self._cast = Cast(case, plan, holders)
        self._tried: set[Key] = set()
        self.shift = timedelta()
        """By how much the case's times are moved."""
        self._played = 0
        self._lost: frozenset[str] = frozenset()

    async def play(self, begins: datetime) -> AsyncIterator[Scene]:
        """Scene by scene, from the first call to the closed file, to the end of the case's time, or until nothing more
        would happen. `begins` is what the ground's clock shows when the case starts."""
        self.shift = begins - self._case.starts_at
        for document in self._case.documents.values():
            await self._ground.keep(document.content)
        self._lost = self._down(begins)
        await self._ground.lose(self._lost)
        try:
            async for scene in self._scenes(begins):
                yield scene
        finally:
            # Broken off or over: no channel stays lost for the next drill of this home.
            await self._ground.lose(frozenset())

    async def _scenes(self, begins: datetime) -> AsyncIterator[Scene]:
        ends = begins + self._case.lasts
        verb, told = self._case.opening
        opening = Says(self._case.watch.first, verb, moved(told, self.shift, self._names))
        refusal = await self._ground.open(self._plan, opening)
        stands = await self._ground.stands()
        yield self._scene(stands, refused=[Refused(opening, refusal)] if refusal else [])
        while not refusal and not stands.record.closed:
            line = self._case.script[self._played] if self._played < len(self._case.script) else None
            due = line.at + self.shift if line else None
            verdict = self._controller.verdict(line, due <= stands.now) if line and due else "wait"
            coming = self._coming(stands)
            if line is not None and verdict != "wait":
                self._played += 1
                left: Left = "skip" if verdict == "skip" else "people" if line.by in self._people else ""
                refused = [] if left else await self._say(self._says(line))
                stands = await self._ground.stands()
                yield self._scene(stands, line=line, refused=refused)._replace(left=left)
            elif ready := [told for told in coming if told.at <= stands.now]:
                refused = [one for reaction in ready for one in await self._react(reaction)]
                stands = await self._ground.stands()
                yield self._scene(stands, people=len(ready), refused=refused)
            else:
                plans = follow_ups(self._plan, stands.record).next_due
                instants = [due, coming[0].at if coming else None, plans, self._change(stands.now)]
                until = min((at for at in instants if at is not None and (at > stands.now or at != due)), default=None)
                if until is None and self._ground.shared:
                    until = stands.now + IDLE
                if until is None or stands.now >= ends:
                    return
                before, until = stands.now, min(until, ends)
                await self._ground.pass_time(until)
                await self._lose(until)
                # Where the plan itself has nothing to do yet, nobody need look before the next act.
                idle = not self._ground.shared and (plans is None or plans > until + LOOK_AHEAD)
                stands = Stands(until, stands.record, ()) if idle else await self._ground.stands()
                yield self._scene(stands, jump=stands.now - before)

    def _says(self, line: Line) -> Says:
        return Says(line.by, line.do, moved(line.given, self.shift, self._names))

    def _coming(self, stands: Stands) -> list[Reaction]:
        """What the simulated people will do, and have not tried yet."""
        return [
            told
            for told in self._cast.reactions(stands.record, stands.now)
            if told.key not in self._tried
            and not any(isinstance(deed, Says) and deed.post in self._people for deed in told.deeds)
        ]

    def _change(self, now: datetime) -> datetime | None:
        """When a channel is next lost or comes back."""
        instants = [at + self.shift for outage in self._case.outages for at in (outage.since, outage.until)]
        return min((at for at in instants if at > now), default=None)

    def _down(self, now: datetime) -> frozenset[str]:
        """The channels that take nothing at an instant."""
        at = now - self.shift
        return frozenset(one.channel for one in self._case.outages if one.since <= at < one.until)

    async def _lose(self, now: datetime) -> None:
        if (down := self._down(now)) != self._lost:
            self._lost = down
            await self._ground.lose(down)

    async def _react(self, reaction: Reaction) -> list[Refused]:
        self._tried.add(reaction.key)
        refused: list[Refused] = []
        for deed in reaction.deeds:
            match deed:
                case Says():
                    refused += await self._say(deed)
                case Answers():
                    await self._ground.answer(deed)
        return refused

    async def _say(self, said: Says) -> list[Refused]:
        if said.paper:
            await self._ground.keep(said.paper)
        refusal = await self._ground.say(said)
        return [Refused(said, refusal)] if refusal else []

    def _scene(
        self,
        stands: Stands,
        line: Line | None = None,
        people: int = 0,
        refused: Sequence[Refused] = (),
        jump: timedelta = timedelta(),
    ) -> Scene:
        at = stands.now - self.shift
        return Scene(at, stands.record, stands.entries, line, people, refused, self._played, jump)
