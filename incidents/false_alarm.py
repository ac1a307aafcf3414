"""A false alarm or a mistaken opening (误报、误开): its own way out, with a reason and a second person.

Whoever was told anything is told that it no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents import approval, deadlines, notices, tasks
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import FalseAlarm, Record, fresh
from incidents.warned import END_CLOCK
from plans.schema import Plan
from statecharts.clock import OPEN as OPEN_CLOCKS
from statecharts.lifecycle import LIFECYCLE
from statecharts.task import OPEN as OPEN_TASKS

_STAYS = ("hand-", "second-", "determine-", END_CLOCK)
"""The deadlines that stay: who decided by word of mouth still signs, for the order stood until now; and what a warning
told the public is still answered for."""


class DeclareFalseAlarm(Command):
    """Nothing happened, or the same accident was opened twice. It takes effect when a second person confirms it."""

    verb: ClassVar[str] = "declare-false-alarm"
    reason: str = Field(min_length=1, max_length=2000)
    found_by: str = Field(min_length=1, max_length=200)
    """Who found it out: on scene, by calling back, at a hospital."""
    duplicate_of: str = Field(default="", max_length=64)
    """The incident that stays, for one that was opened twice."""


class ConfirmFalseAlarm(Command):
    """The second person: from now on nothing is owed, and all who were told hear so."""

    verb: ClassVar[str] = "confirm-false-alarm"


def declare_false_alarm(plan: Plan, record: Record, command: DeclareFalseAlarm, now: datetime) -> Answer:
    if refusal := _ended(record):
        return refusal
    if command.duplicate_of == record.id:
        return Refusal(zh="duplicate_of：应为另一起事故", reason="duplicate_of: expected another incident")
    data = command.told("reason", "found_by", "duplicate_of")
    return (command.entry("false_alarm_declared", now, data),)


def confirm_false_alarm(plan: Plan, record: Record, command: ConfirmFalseAlarm, now: datetime) -> Answer:
    declared = record.false_alarm
    if declared is None or declared.confirmed_by:
        return Refusal(zh="没有待确认的误报", reason="no false alarm waits to be confirmed", kind="plan")
    if refusal := _ended(record):
        return refusal
    if command.envelope.user == declared.declared_by:
        return Refusal(
            zh="提出误报的人不能兼作第二人", reason="who declared it can't be the second person", kind="plan"
        )
    told = notices.everybody_told(record)
    confirmed = command.entry(
        "false_alarm_confirmed", now, {"reason": declared.reason, "duplicate_of": declared.duplicate_of}
    )
    return (confirmed, *_withdrawn(plan, record, declared, told, now))


def _withdrawn(
    plan: Plan, record: Record, declared: FalseAlarm, told: tuple[str, ...], now: datetime
) -> Iterator[Draft]:
    """Deadlines end with the fact; tasks and chases with their reason; whoever was told is told."""
    fact = f"并入 {declared.duplicate_of}" if declared.duplicate_of else f"误报：{declared.reason}"
    for clock in record.clocks.values():
        if clock.verdict in OPEN_CLOCKS and not clock.id.startswith(_STAYS):
            yield from deadlines.void(record, clock.id, now, fact)
    yield from tasks.withdraw((t.id for t in record.tasks.values() if t.state in OPEN_TASKS), now, fact)
    yield from notices.withdraw(record, now, fact)
    if told:
        name = fresh("N-withdrawn", record.notices)
        units = dict.fromkeys(told, "")
        yield notices.issue(plan, record, now, name, "withdrawn_notice", units, reason=fact, matter=fact)


def _ended(record: Record) -> Refusal | None:
    if LIFECYCLE.can(record.phase, "find_false", record):
        return None
    return Refusal(
        zh=f"{record.phase} 阶段不能按误报处理", reason=f"no false alarm in phase {record.phase}", kind="plan"
    )


def declared(record: Record, entry: Draft) -> Record:
    data = entry.data
    return record.but(
        false_alarm=FalseAlarm(
            reason=data["reason"],
            found_by=data["found_by"],
            declared_by=entry.user,
            duplicate_of=data["duplicate_of"],
        )
    )


def confirmed(record: Record, entry: Draft) -> Record:
    alarm = record.false_alarm
    assert alarm is not None  # nothing else is confirmed
    return approval.superseded(record, "level", "extension", "scene_end", "lift", "release").but(
        phase=LIFECYCLE.step(record.phase, "find_false", record),
        false_alarm=alarm.but(confirmed_by=entry.user),
        level=None,
        lifted_at=entry.true_at,
        onsite=None,
    )
