"""Playing a case: the script's lines and the simulated people act when their time comes; in between the clock jumps to
the next of their acts, or to the next instant at which the plan itself would act."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from drills.case import Case, Line, moved
from drills.cast import Answers, Cast, Key, Reaction, Says
from drills.ground import Ground, Stands
from incidents.command import Refusal
from incidents.incident import follow_ups
from incidents.logbook import Entry
from incidents.record import Record
from plans.schema import Plan, PostId


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


class Player:
    """One case on one ground."""

    def __init__(self, case: Case, plan: Plan, ground: Ground, holders: Mapping[PostId, str]) -> None:
        self._case, self._plan, self._ground = case, plan, ground
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
        await self._lose(begins)
        verb, told = self._case.opening
        opening = Says(self._case.watch.first, verb, moved(told, self.shift, self._names))
        refusal = await self._ground.open(self._plan, opening)
        stands = await self._ground.stands()
        yield self._scene(stands, refused=[Refused(opening, refusal)] if refusal else [])
        while not refusal and not stands.record.closed:
            line = self._case.script[self._played] if self._played < len(self._case.script) else None
            due = line.at + self.shift if line else None
            coming = [told for told in self._cast.reactions(stands.record, stands.now) if told.key not in self._tried]
            if line is not None and due is not None and due <= stands.now:
                self._played += 1
                refused = await self._say(Says(line.by, line.do, moved(line.given, self.shift, self._names)))
                stands = await self._ground.stands()
                yield self._scene(stands, line=line, refused=refused)
            elif ready := [told for told in coming if told.at <= stands.now]:
                refused = [one for reaction in ready for one in await self._react(reaction)]
                stands = await self._ground.stands()
                yield self._scene(stands, people=len(ready), refused=refused)
            else:
                first = coming[0].at if coming else None
                instants = [due, first, follow_ups(self._plan, stands.record).next_due, self._change(stands.now)]
                until = min((instant for instant in instants if instant is not None), default=None)
                if until is None or until > begins + self._case.lasts:
                    return
                before = stands.now
                await self._ground.pass_time(until)
                await self._lose(until)
                stands = await self._ground.stands()
                yield self._scene(stands, jump=stands.now - before)

    def _change(self, now: datetime) -> datetime | None:
        """When a channel is next lost or comes back."""
        instants = [at + self.shift for outage in self._case.outages for at in (outage.since, outage.until)]
        return min((at for at in instants if at > now), default=None)

    async def _lose(self, now: datetime) -> None:
        case_time = now - self.shift
        lost = frozenset(one.channel for one in self._case.outages if one.since <= case_time < one.until)
        if lost != self._lost:
            self._lost = lost
            await self._ground.lose(lost)

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
