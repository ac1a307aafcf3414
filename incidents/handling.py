"""How reports are handled beside the chain: past a level, classified, or with a fault (越级、涉密、迟谎瞒漏报)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.notices import issue
from incidents.record import Record, ReportFault, fresh
from plans.schema import Handling, Plan, Role
from statecharts.clock import OPEN

LATE = ("overdue", "late", "missed")
"""Where the deadline of a report stands that was late."""


class SkipLevel(Command):
    """A report went past a level, when that was necessary; who was passed over gets a copy at once."""

    verb: ClassVar[str] = "skip-level"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    sender: str
    to: str
    past: str
    """Who was passed over."""
    reason: str = Field(min_length=1, max_length=400)
    via: str = Field(min_length=1, max_length=200)
    as_at: AwareDatetime
    """The instant for which its figures hold."""
    received_by: str = Field(default="", max_length=200)


class RecordClassified(Command):
    """Classified content went by the confidential channel. Only this mark stays here: to whom, when, for which leg."""

    verb: ClassVar[str] = "record-classified"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    to: str
    clock: str = ""
    """The leg that went so; empty: none that is owed."""


class FlagReport(Command):
    """A report was late, false, concealed or omitted: by whom, how it came to that, what is done about it."""

    verb: ClassVar[str] = "flag-report"
    fault: Literal["late", "false", "concealed", "omitted"]
    sender: str
    words: str = Field(min_length=1, max_length=2000)
    remedy: str = Field(min_length=1, max_length=2000)
    clock: str = ""
    """The leg, where it was one of those owed here; a late one always is."""


def skip_level(plan: Plan, record: Record, command: SkipLevel, now: datetime) -> Answer:
    if refusal := _units(plan, sender=command.sender, to=command.to, past=command.past):
        return refusal
    rule = _rule(plan, "skip_level")
    if rule is None or rule.by is None or (rule.by and command.sender not in rule.by):
        return Refusal(
            zh=f"sender：本预案未准许{plan.units[command.sender].name}越级报告",
            reason=f"sender: this plan does not let {command.sender} skip a level",
            kind="plan",
            clauses=rule.clauses if rule else (),
        )
    if command.as_at > now:
        return Refusal(
            zh=f"as_at：不能晚于现在，现为 {command.as_at.isoformat()}",
            reason=f"as_at: expected a time that is not in the future, found {command.as_at.isoformat()}",
        )
    if command.past in (command.sender, command.to):
        return Refusal(
            zh="past：应为被越过的单位，不是报告方或接收方", reason="past: expected whom it went past, a third unit"
        )
    told = command.told("sender", "to", "past", "reason", "via", "as_at", "received_by")
    name = fresh("N-past", record.notices)
    copies = {unit: "" for unit in (command.past, *rule.tells) if unit not in (command.sender, command.to)}
    matter = f"{plan.units[command.sender].name}已直接报告{plan.units[command.to].name}，特此抄告"
    return (
        command.entry("level_skipped", now, {**told, "figures": record.figures()}, rule.clauses),
        issue(plan, record, now, name, "skipped", copies, clauses=rule.clauses, matter=matter),
    )


def record_classified(plan: Plan, record: Record, command: RecordClassified, now: datetime) -> Answer:
    if refusal := _units(plan, to=command.to):
        return refusal
    if command.clock and not _owed(record, command.clock):
        return _no_leg(record, command.clock)
    rule = _rule(plan, "classified")
    entry = command.entry("classified_sent", now, command.told("to", "clock"), rule.clauses if rule else ())
    return (entry, *deadlines.done(record, command, command.clock, now, received_by=command.to))


def flag_report(plan: Plan, record: Record, command: FlagReport, now: datetime) -> Answer:
    if refusal := _units(plan, sender=command.sender):
        return refusal
    clock = record.clocks.get(command.clock)
    if (command.clock or command.fault == "late") and (clock is None or not clock.rule):
        return _no_leg(record, command.clock)
    if command.fault == "late" and clock is not None and clock.verdict not in LATE:
        return Refusal(
            zh=f"clock：{clock.id} 未迟报（{clock.verdict}）", reason=f"clock: {clock.id} is not late: {clock.verdict}"
        )
    rule = _rule(plan, "forbidden")
    data = command.told("fault", "sender", "words", "remedy", "clock")
    return (command.entry("report_flagged", now, data, rule.clauses if rule else ()),)


def flagged(record: Record, entry: Draft) -> Record:
    data = entry.data
    fault = ReportFault(
        fault=data["fault"],
        sender=data["sender"],
        words=data["words"],
        remedy=data["remedy"],
        report=data["clock"],
        at=entry.true_at,
    )
    return record.but(report_faults=(*record.report_faults, fault))


def _rule(plan: Plan, kind: str) -> Handling | None:
    return next((rule for rule in plan.reporting.handling if rule.kind == kind), None)


def _owed(record: Record, name: str) -> bool:
    clock = record.clocks.get(name)
    return clock is not None and bool(clock.rule) and clock.verdict in OPEN


def _no_leg(record: Record, name: str) -> Refusal:
    legs = ", ".join(clock.id for clock in record.clocks.values() if clock.rule) or "none"
    return Refusal(
        zh=f"clock：应为一项报告，现为 {name or '（未写）'}；现有 {legs}",
        reason=f"clock: expected a report that is owed, found {name or 'none'}; known: {legs}",
    )


def _units(plan: Plan, **told: str) -> Refusal | None:
    for field, name in told.items():
        if name not in plan.units:
            return Refusal(
                zh=f"{field}：应为预案中的单位，现为 {name}",
                reason=f"{field}: expected a unit of the plan, found {name}",
            )
    return None
