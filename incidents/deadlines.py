"""Deadlines (时限): an instant fixed by the fact that starts it; each ends with a verdict, its passing is an entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft, Entry
from incidents.record import Clock, Record
from statecharts.clock import CLOCK, OPEN


class SetDeadline(Command):
    """A limit that the watch sets itself; statutory ones come from the plan and are never set by hand."""

    verb: ClassVar[str] = "set-deadline"
    says: str = Field(min_length=1, max_length=200)
    due_at: AwareDatetime
    warn_before: timedelta = timedelta(minutes=10)


class MeetDeadline(Command):
    """What the deadline asked for was done."""

    verb: ClassVar[str] = "meet-deadline"
    clock: str


class StandDown(Command):
    """A soft deadline is no longer needed. Nobody waives a statutory one."""

    verb: ClassVar[str] = "stand-down"
    clock: str
    reason: str = Field(min_length=1, max_length=400)


def set_deadline(record: Record, command: SetDeadline, now: datetime) -> Answer:
    starts_at = command.true_at or now
    if command.due_at <= starts_at:
        return Refusal(reason="due_at: expected an instant after the deadline starts")
    clock = Clock(
        id=f"C{len(record.clocks) + 1}",
        says=command.says,
        clause="",
        soft=True,
        starts_at=starts_at,
        due_at=command.due_at,
        warn_at=max(starts_at, command.due_at - command.warn_before),
    )
    return (command.entry("clock_started", now, clock.model_dump(mode="json", exclude={"done_at", "verdict"})),)


def meet_deadline(record: Record, command: MeetDeadline, now: datetime) -> Answer:
    return _end(record, command, command.clock, "do_late", "clock_done", now, {})


def stand_down(record: Record, command: StandDown, now: datetime) -> Answer:
    return _end(record, command, command.clock, "stand_down", "clock_stood_down", now, {"reason": command.reason})


def passing(record: Record, now: datetime) -> Iterator[Draft]:
    """The entries of clocks that became soon due or overdue by `now`, each true at its own instant."""
    for clock in record.clocks.values():
        # A due instant that has passed outweighs a warning that was never seen.
        if clock.verdict in ("running", "due_soon") and clock.due_at <= now:
            yield by_system("clock_overdue", clock.due_at, now, {"clock": clock.id})
        elif clock.verdict == "running" and clock.warn_at <= now:
            yield by_system("clock_due_soon", clock.warn_at, now, {"clock": clock.id})


def instants(record: Record) -> Iterator[datetime]:
    """When a clock next changes by itself."""
    for clock in record.clocks.values():
        if clock.verdict == "running":
            yield clock.warn_at
        elif clock.verdict == "due_soon":
            yield clock.due_at


def started(record: Record, entry: Entry) -> Record:
    clock = Clock.model_validate(entry.data)
    return record.model_copy(update={"clocks": {**record.clocks, clock.id: clock}})


def moved(record: Record, entry: Entry) -> Record:
    clock = record.clocks[entry.data["clock"]]
    trigger = _TRIGGERS[entry.kind] if entry.kind != "clock_done" else _done(clock, entry.true_at)
    done = {"done_at": entry.true_at} if entry.kind in ("clock_done", "clock_stood_down") else {}
    changed = clock.model_copy(update={"verdict": CLOCK.step(clock.verdict, trigger, clock), **done})
    return record.model_copy(update={"clocks": {**record.clocks, clock.id: changed}})


_TRIGGERS = {
    "clock_due_soon": "warn",
    "clock_overdue": "expire",
    "clock_stood_down": "stand_down",
}


def _done(clock: Clock, done_at: datetime) -> str:
    return "do_in_time" if done_at <= clock.due_at else "do_late"


def _end(
    record: Record, command: Command, name: str, trigger: str, kind: str, now: datetime, data: dict[str, str]
) -> Answer:
    clock = record.clocks.get(name)
    if clock is None:
        return Refusal(reason=f"clock: no '{name}' here; known: {', '.join(record.clocks) or 'none'}")
    if clock.verdict not in OPEN:
        return Refusal(reason=f"clock: {name} has already ended as {clock.verdict}")
    if not CLOCK.can(clock.verdict, trigger, clock):
        return Refusal(
            reason=f"clock: {name} is statutory and is never stood down", kind="plan", clauses=(clock.clause,)
        )
    return (command.entry(kind, now, {"clock": name, **data}),)
