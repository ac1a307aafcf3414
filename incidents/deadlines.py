"""Deadlines (时限): an instant fixed by the fact that starts it; each ends with a verdict, its passing is an entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Clock, Record, fresh
from plans.schema import Plan
from statecharts.clock import CLOCK, OPEN


class SetDeadline(Command):
    """A limit that the watch sets itself; statutory ones come from the plan and are never set by hand."""

    verb: ClassVar[str] = "set-deadline"
    says: str = Field(min_length=1, max_length=200)
    due_at: AwareDatetime
    warn_before: timedelta = Field(default=timedelta(minutes=10), ge=timedelta())


class MeetDeadline(Command):
    """What the deadline asked for was done."""

    verb: ClassVar[str] = "meet-deadline"
    clock: str


class StandDown(Command):
    """A soft deadline is no longer needed. Nobody waives a statutory one."""

    verb: ClassVar[str] = "stand-down"
    clock: str
    reason: str = Field(min_length=1, max_length=400)


def set_deadline(plan: Plan, record: Record, command: SetDeadline, now: datetime) -> Answer:
    starts_at = command.true_at or now
    if command.due_at <= starts_at:
        return Refusal(zh="due_at：须晚于起算时刻", reason="due_at: expected an instant after the deadline starts")
    clock = Clock(
        id=fresh("C1", record.clocks),
        says=command.says,
        clause="",
        soft=True,
        starts_at=starts_at,
        due_at=command.due_at,
        warn_at=max(starts_at, command.due_at - command.warn_before),
    )
    return (command.entry("clocks_started", now, {"clocks": [clock.model_dump(mode="json", exclude_defaults=True)]}),)


def meet_deadline(plan: Plan, record: Record, command: MeetDeadline, now: datetime) -> Answer:
    return _end(record, command, command.clock, "do_late", "clock_done", now, {})


def stand_down(plan: Plan, record: Record, command: StandDown, now: datetime) -> Answer:
    return _end(record, command, command.clock, "stand_down", "clock_stood_down", now, {"reason": command.reason})


CHANGING = ("running", "due_soon")
"""Where time alone moves a clock."""


def passing(record: Record, now: datetime) -> Iterator[Draft]:
    """The entries of clocks that became soon due or overdue by `now`, each true at its own instant."""
    for clock in record.clocks.values():
        # Every clock is looked at with every command, and few are near.
        if clock.warn_at > now or clock.verdict not in CHANGING or (clock.verdict == "due_soon" and clock.due_at > now):
            continue
        # A due instant that has passed outweighs a warning that was never seen.
        if clock.due_at <= now:
            yield by_system("clock_overdue", clock.due_at, now, {"clock": clock.id}, _clauses(clock))
        else:
            yield by_system("clock_due_soon", clock.warn_at, now, {"clock": clock.id}, _clauses(clock))


def instants(record: Record) -> Iterator[datetime]:
    """When a clock next changes by itself."""
    for clock in record.clocks.values():
        if (changes_at := _changes_at(clock)) is not None:
            yield changes_at


def done(
    record: Record, command: Command, name: str, now: datetime, carries: tuple[str, ...] = (), **data: str
) -> tuple[Draft, ...]:
    """The end of a deadline because of this act, which may carry more than its clause asks; nothing if it has ended or
    never ran."""
    clock = record.clocks.get(name)
    if clock is None or clock.verdict not in OPEN:
        return ()
    return (command.entry("clock_done", now, {"clock": name, **data}, (*_clauses(clock), *carries)),)


def void(record: Record, name: str, now: datetime, fact: str) -> tuple[Draft, ...]:
    """The end of a deadline that a fact made inapplicable; who stands by that fact, by what they did, is said too."""
    clock = record.clocks.get(name)
    if clock is None or clock.verdict not in OPEN:
        return ()
    told = {"clock": name, "fact": fact, **({"confirmed_by": record.person} if record.person else {})}
    return (by_system("clock_void", now, now, told, _clauses(clock)),)


def begin(clocks: Iterable[Clock], now: datetime) -> Iterator[Draft]:
    """One entry for deadlines that start together."""
    told = [clock.model_dump(mode="json", exclude_defaults=True) for clock in clocks]
    if told:
        clauses = tuple(dict.fromkeys(clock["clause"] for clock in told if clock.get("clause")))
        yield by_system("clocks_started", now, now, {"clocks": told}, clauses)


def started(record: Record, entry: Draft) -> Record:
    news = {clock["id"]: Clock.model_validate(clock) for clock in entry.data["clocks"]}
    return record.but(clocks={**record.clocks, **news})


def moved(record: Record, entry: Draft) -> Record:
    clock = record.clocks[entry.data["clock"]]
    changes: dict[str, Any] = {}
    if entry.kind == "clock_done":
        trigger = "do_in_time" if entry.true_at <= clock.due_at else "do_late"
        changes = {"done_at": entry.true_at, "received_by": entry.data.get("received_by", "")}
    else:
        trigger = _TRIGGERS[entry.kind]
        if entry.kind in ("clock_void", "clock_stood_down"):
            changes = {"done_at": entry.true_at}
    changed = clock.but(verdict=CLOCK.step(clock.verdict, trigger, clock), **changes)
    return record.but(clocks={**record.clocks, clock.id: changed})


_TRIGGERS = {
    "clock_due_soon": "warn",
    "clock_overdue": "expire",
    "clock_stood_down": "stand_down",
    "clock_void": "void",
    "clock_missed": "close",
}


def verdict(clock: Clock, now: datetime) -> str:
    """Where a clock stands by its instants alone."""
    if clock.done_at is not None:
        return "met" if clock.done_at <= clock.due_at else "late"
    return "overdue" if clock.due_at <= now else "due_soon" if clock.warn_at <= now else "running"


def judged_anew(clock: Clock, found: str) -> Clock:
    """A clock whose instants were corrected, at the verdict that was then found."""
    state = CLOCK.step(clock.verdict, "judge_anew", clock) if clock.verdict != CLOCK.initial else clock.verdict
    return clock.but(verdict=CLOCK.step(state, _REACHES[found], clock) if found in _REACHES else state)


_REACHES = {"due_soon": "warn", "overdue": "expire", "met": "do_in_time", "late": "do_late"}
"""By which arrow a running clock comes to a verdict."""


def _changes_at(clock: Clock) -> datetime | None:
    """When time alone moves it next; the warning never comes after the due instant."""
    return clock.warn_at if clock.verdict == "running" else clock.due_at if clock.verdict == "due_soon" else None


def _clauses(clock: Clock) -> tuple[str, ...]:
    return (clock.clause,) if clock.clause else ()


def _end(
    record: Record, command: Command, name: str, trigger: str, kind: str, now: datetime, data: dict[str, str]
) -> Answer:
    clock = record.clocks.get(name)
    if clock is None:
        return Refusal(
            zh=f"clock：没有 {name}；现有 {', '.join(record.clocks) or '无'}",
            reason=f"clock: no '{name}' here; known: {', '.join(record.clocks) or 'none'}",
        )
    if clock.verdict not in OPEN:
        return Refusal(
            zh=f"clock：{name} 已结束（{clock.verdict}）", reason=f"clock: {name} has already ended as {clock.verdict}"
        )
    if not CLOCK.can(clock.verdict, trigger, clock):
        return Refusal(
            zh=f"clock：{name} 是法定时限，不得撤销",
            reason=f"clock: {name} is statutory and is never stood down",
            kind="plan",
            clauses=_clauses(clock),
        )
    return (command.entry(kind, now, {"clock": name, **data}, _clauses(clock)),)
