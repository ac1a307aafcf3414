"""Reporting (信息报告): each leg of each line has its own deadline, from the instant that the law counts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.accident import Words
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.record import Clock, Record
from incidents.report_contents import Contents, carried
from plans.schema import Clauses, ElementId, Plan, ReportRule, Role
from statecharts.clock import OPEN


class SendReport(Command):
    """One leg of a report went out. A paper is signed, or goes first by decision of the leader on duty."""

    verb: ClassVar[str] = "send-report"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    clock: str
    via: str = Field(min_length=1, max_length=200)
    """By which means: telephone, fax, office system, ..."""
    as_at: AwareDatetime
    """The instant for which its figures hold."""
    received_by: str = Field(default="", max_length=200)
    words: str = Field(default="", max_length=4000)
    number: str = Field(default="", max_length=64)
    signed_by: str = Field(default="", max_length=64)
    signature_follows: str = Field(default="", max_length=400)
    """Who decided that it goes before the signature, and why."""
    fields: Mapping[ElementId, Words] = Field(default={}, max_length=100)
    """Items of a written report in words, by their id in the plan, where the facts do not tell them: `{"nature": ...}`;
    正在核实 marks one that is still being verified. What is left out is known from the facts, or being verified."""


class ConfirmReceipt(Command):
    """The other end has it: by whom, when."""

    verb: ClassVar[str] = "confirm-receipt"
    clock: str
    received_by: str = Field(min_length=1, max_length=200)


def send_report(plan: Plan, record: Record, command: SendReport, now: datetime) -> Answer:
    clock = record.clocks.get(command.clock)
    if clock is None or not clock.rule:
        legs = [c.id for c in record.clocks.values() if c.rule and c.verdict in OPEN]
        return Refusal(
            zh=f"clock：没有报告 {command.clock}；待报 {', '.join(legs) or '无'}",
            reason=f"clock: no report '{command.clock}' here; open: {', '.join(legs) or 'none'}",
        )
    if clock.verdict not in OPEN:
        return Refusal(
            zh=f"clock：{clock.id} 已结束（{clock.verdict}）",
            reason=f"clock: {clock.id} has already ended as {clock.verdict}",
            kind="plan",
        )
    if command.as_at > now:
        return Refusal(
            zh=f"as_at：不能晚于现在，现为 {command.as_at.isoformat()}",
            reason=f"as_at: expected a time that is not in the future, found {command.as_at.isoformat()}",
        )
    if clock.leg == "paper" and not (command.signed_by or command.signature_follows):
        return Refusal(
            zh="signed_by：须填签发人，或以 signature_follows 写明谁决定先报后签",
            reason="signed_by: expected it, or signature_follows with who decided so",
            clauses=(clock.clause,),
        )
    written = clock.leg == "paper" or bool(command.fields)
    contents = carried(plan, record, command.fields, signed=bool(command.signed_by))
    if isinstance(contents, Refusal):
        return contents
    data = {
        **command.told("clock", "via", "as_at", "received_by", "words", "number", "signed_by", "signature_follows"),
        "figures": record.figures(),
        "sender": clock.sender,
        "addressee": clock.addressee,
        "leg": clock.leg,
        **({"fields": contents.told(command.fields)} if written else {}),
    }
    sent = command.entry("report_sent", now, data, (clock.clause,) if clock.clause else ())
    at = command.true_at or now
    carries = (*contents.clauses, *_by_regulation(plan, clock, contents, at)) if written else ()
    return (sent, *deadlines.done(record, command, clock.id, now, carries, received_by=command.received_by))


def _by_regulation(plan: Plan, clock: Clock, contents: Contents, at: datetime) -> Clauses:
    """Where the plan refers to the national regulation: its clauses, once a report of that goes whole and in time."""
    if clock.clause.startswith(f"{plan.about.clause_prefix}-") or contents.verifying or at > clock.due_at:
        return ()
    return tuple(clause for rule in plan.reporting.handling if rule.kind == "standard" for clause in rule.clauses)


def confirm_receipt(plan: Plan, record: Record, command: ConfirmReceipt, now: datetime) -> Answer:
    clock = record.clocks.get(command.clock)
    if clock is None or not clock.rule:
        return Refusal(zh=f"clock：没有报告 {command.clock}", reason=f"clock: no report '{command.clock}' here")
    if clock.done_at is None:
        return Refusal(zh=f"clock：{clock.id} 尚未报出", reason=f"clock: {clock.id} was not sent yet", kind="plan")
    return (command.entry("receipt_confirmed", now, command.told("clock", "received_by")),)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The deadlines that the plan's rules start, begin anew, or end because they no longer apply."""
    ended = record.phase in ("recovery", "false_alarm", "archived", "closed")
    starting: list[Clock] = []
    started: dict[str, list[Clock]] = {}
    for clock in record.clocks.values():
        started.setdefault(clock.rule, []).append(clock)
    for rule in plan.reporting.rules:
        running = started.get(rule.id)
        if running is None:
            if rule.within is not None and not ended and holds(rule.when, record):
                start = start_of(rule, record)
                starting += [_clock(rule, rule.id, start, start + rule.within)] if start is not None else []
            continue
        last = running[-1]
        if last.verdict in OPEN:
            if not holds(rule.when, record):
                fact = f"事故等级为{record.standing()}级，本项不适用"
            elif rule.every and ended:
                fact = "应急已结束，不再续报"
            else:
                continue
            # What passed while it was owed no later fact undoes, and nobody waives it.
            if now < last.due_at:
                yield from deadlines.void(record, last.id, now, fact)
        elif not rule.every or ended or last.done_at is None:
            continue
        elif last.verdict == "not_due":
            # It ended with the response, or with a grade: reopened, or graded so again, the cadence goes on from there.
            if holds(rule.when, record):
                start = record.reopened_at if record.reopened_at and record.reopened_at >= last.done_at else now
                name = f"{rule.id}-{len(running) + 1}"
                starting.append(_clock(rule, name, start, start + rule.every))
        elif holds(rule.when, record):
            # A cadence counts from the last report, never from when it should have gone.
            name = f"{rule.id}-{len(running) + 1}"
            starting.append(_clock(rule, name, last.done_at, last.done_at + rule.every))
    yield from deadlines.begin(starting, now)


def receipt(record: Record, entry: Draft) -> Record:
    clock = record.clocks[entry.data["clock"]]
    return record.but(clocks={**record.clocks, clock.id: clock.but(received_by=entry.data["received_by"])})


def missed(record: Record, now: datetime) -> Iterator[Draft]:
    """At the archive: what was never done is missed, and says so."""
    for clock in record.clocks.values():
        if clock.verdict == "overdue":
            clauses = (clock.clause,) if clock.clause else ()
            yield by_system("clock_missed", now, now, {"clock": clock.id}, clauses)


def start_of(rule: ReportRule, record: Record) -> datetime | None:
    """The instant from which a leg counts; None: it has not come."""
    facts = record.known()
    match rule.starts:
        case "received":
            return facts.received_at
        case "occurred":
            return facts.happened_at()
        case "heard":
            return facts.heard_at or facts.occurred_at
        case "ordered":
            return record.ordered_at
        case "lifted":
            return record.lifted_at
        case None:
            return None


def _clock(rule: ReportRule, name: str, start: datetime, due: datetime) -> Clock:
    return Clock(
        id=name,
        rule=rule.id,
        says=rule.says,
        clause=rule.clauses[0],
        sender=rule.sender,
        addressee=rule.addressee,
        leg=rule.leg,
        soft=rule.soft,
        external=rule.external,
        starts_at=start,
        due_at=due,
        warn_at=max(start, due - rule.warn_before),
    )
