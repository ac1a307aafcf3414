"""The instants that clocks count from (起算事实), corrected: the clocks move with them, and the log shows both.

Nothing else moves a clock: the event, the enterprise's hearing of it, or our receipt was at another time than recorded.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import deadlines, reporting
from incidents.accident import Facts
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Clock, Record
from plans.schema import Plan, ReportRule, Role


class CorrectTime(Command):
    """The event, the enterprise's hearing of it, or the receipt of the first report was at another time."""

    verb: ClassVar[str] = "correct-time"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    fact: Literal["occurred", "heard", "received"]
    to: AwareDatetime
    source: str = Field(min_length=1, max_length=200)
    """Who says so."""
    words: str = Field(min_length=1, max_length=2000)


def correct_time(plan: Plan, record: Record, command: CorrectTime, now: datetime) -> Answer:
    name = f"{command.fact}_at"
    facts = record.known()
    before: datetime | None = getattr(facts, name)
    if before == command.to:
        return Refusal(zh=f"to：{name} 已是此时", reason=f"to: {name} is that already")
    if command.to > now:
        return Refusal(
            zh=f"to：不能晚于现在，现为 {command.to.isoformat()}",
            reason=f"to: expected a time that is not in the future, found {command.to.isoformat()}",
        )
    after = facts.model_copy(update={name: command.to})
    if after.occurred_at and min(after.heard_at or after.received_at, after.received_at) < after.occurred_at:
        return Refusal(
            zh="to：事发不能晚于获知和接报", reason="to: the event can't come after anybody heard of it or reported it"
        )
    corrected = record.but(facts=after)
    moved = [told for rule in plan.reporting.rules if (told := _moved(rule, record, corrected, now))]
    data: dict[str, Any] = {
        **command.told("fact", "to", "source", "words"),
        "from": before.isoformat() if before else None,
        "moved": moved,
    }
    if record.window_ends is not None and (shift := after.happened_at() - facts.happened_at()):
        ends = record.window_ends
        data["window"] = {"from": ends.isoformat(), "to": (ends + shift).isoformat()}
    clauses = tuple(dict.fromkeys(clause for told in moved for clause in _clause(record, told["clock"])))
    return (command.entry("time_corrected", now, data, clauses),)


def _moved(rule: ReportRule, before: Record, after: Record, now: datetime) -> dict[str, Any] | None:
    """How the first clock of a rule moves; a later one of a cadence counts from the report before it."""
    clock = before.clocks.get(rule.id)
    start = reporting.start_of(rule, after)
    if clock is None or start is None or start == clock.starts_at or clock.verdict in _OVER:
        return None
    by = start - clock.starts_at
    moved = shifted(clock, by)
    return {
        "clock": clock.id,
        "starts_at": [clock.starts_at.isoformat(), moved.starts_at.isoformat()],
        "due_at": [clock.due_at.isoformat(), moved.due_at.isoformat()],
        "verdict": [clock.verdict, deadlines.verdict(moved, now)],
    }


_OVER = ("missed", "not_due", "stood_down")
"""Ends that no instant decided."""


def shifted(clock: Clock, by: timedelta) -> Clock:
    """The clock as it would have run from another start."""
    starts, due = clock.starts_at + by, clock.due_at + by
    return clock.but(starts_at=starts, due_at=due, warn_at=max(starts, clock.warn_at + by))


def _clause(record: Record, name: str) -> tuple[str, ...]:
    clause = record.clocks[name].clause
    return (clause,) if clause else ()


def corrected(record: Record, entry: Draft) -> Record:
    data = entry.data
    facts: Facts = record.known().model_copy(update={f"{data['fact']}_at": datetime.fromisoformat(data["to"])})
    clocks = dict(record.clocks)
    for told in data["moved"]:
        was, becomes = (datetime.fromisoformat(at) for at in told["starts_at"])
        clock = shifted(clocks[told["clock"]], becomes - was)
        clocks[clock.id] = deadlines.judged_anew(clock, told["verdict"][1])
    ends = datetime.fromisoformat(data["window"]["to"]) if "window" in data else record.window_ends
    return record.but(facts=facts, clocks=clocks, window_ends=ends)
