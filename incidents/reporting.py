"""Reporting (信息报告): each leg of each line has its own deadline, from the instant that the law counts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime, Field

from incidents import chain, deadlines
from incidents.accident import Words
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.record import Clock, Record
from incidents.report_contents import Contents, carried
from plans.schema import Clauses, ElementId, Measure, Plan, ReportRule, ReportTrigger, Role
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
    report: str = Field(default="", max_length=64)
    """The report of the chain that this leg carries, with its figures; left out: the ledger's as they are now."""
    figures: Mapping[Measure, int] | None = Field(default=None, max_length=20)
    """What this leg says, where that is not what the report has."""
    differs: str = Field(default="", max_length=400)
    """Why this leg has other figures than its sisters."""
    fields: Mapping[ElementId, Words] = Field(default={}, max_length=100)
    """Items of a written report in words, by their id in the plan, where the facts do not tell them: `{"nature": ...}`;
    正在核实 marks one that is still being verified. What is left out is known from the facts, or being verified."""


class SignReport(Command):
    """The signature under a paper that went first: by whom, with the signed sheet as a file by its hash."""

    verb: ClassVar[str] = "sign-report"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    clock: str
    signed_by: str = Field(min_length=1, max_length=64)
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")


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
    figures = _figures(record, command)
    if isinstance(figures, Refusal):
        return figures
    written = clock.leg == "paper" or bool(command.fields)
    contents = carried(plan, record, command.fields, signed=bool(command.signed_by))
    if isinstance(contents, Refusal):
        return contents
    data = {
        **command.told("clock", "via", "as_at", "received_by", "words", "number", "signed_by", "signature_follows"),
        "figures": figures,
        **({"report": command.report} if command.report else {}),
        **({"differs": command.differs} if command.differs else {}),
        "sender": clock.sender,
        "addressee": clock.addressee,
        "leg": clock.leg,
        **({"fields": contents.told(command.fields)} if written else {}),
    }
    sent = command.entry("report_sent", now, data, (clock.clause,) if clock.clause else ())
    at = command.true_at or now
    carries = (*contents.clauses, *_by_regulation(plan, clock, contents, at)) if written else ()
    carries = (*_triggering(plan, record, clock), *carries)
    done = deadlines.done(record, command, clock.id, now, carries, received_by=command.received_by)
    first = command.signature_follows and not command.signed_by
    return (sent, *done, *(_signature_wanted(plan, clock, at, now) if first else ()))


def _figures(record: Record, command: SendReport) -> dict[Measure, int] | Refusal:
    """The figures of a leg: those of its report, so that all legs of one say the same; others only with a reason."""
    if not command.report:
        return record.figures() if command.figures is None else dict(command.figures)
    report = record.reports.get(command.report)
    if report is None:
        known = ", ".join(record.reports) or "none"
        return Refusal(
            zh=f"report：没有 {command.report}；现有 {known}",
            reason=f"report: no '{command.report}' here; known: {known}",
        )
    if command.as_at != report.as_at:
        return Refusal(
            zh=f"as_at：{report.id} 截至 {report.as_at.isoformat()}，现为 {command.as_at.isoformat()}",
            reason=f"as_at: {report.id} is as at {report.as_at.isoformat()}, found {command.as_at.isoformat()}",
        )
    figures = dict(report.figures if command.figures is None else command.figures)
    if figures != report.figures and not command.differs:
        return chain.other_figures(figures, report.figures, f"{report.id} 其他各路", f"the other legs of {report.id}")
    return figures


def _by_regulation(plan: Plan, clock: Clock, contents: Contents, at: datetime) -> Clauses:
    """Where the plan refers to the national regulation: its clauses, once a report of that goes whole and in time."""
    if clock.clause.startswith(f"{plan.about.clause_prefix}-") or contents.verifying or at > clock.due_at:
        return ()
    return tuple(clause for rule in plan.reporting.handling if rule.kind == "standard" for clause in rule.clauses)


def _triggering(plan: Plan, record: Record, clock: Clock) -> Clauses:
    """The clauses of the facts that made this report due, and of those that have come to it since."""
    rule = next((rule for rule in plan.reporting.rules if rule.id == clock.rule), None)
    held = {*clock.triggers, *(trigger.id for trigger in _triggers(rule, record))} if rule else set()
    told = [trigger for trigger in rule.triggers if trigger.id in held] if rule else []
    return tuple(dict.fromkeys(clause for trigger in told for clause in trigger.clauses))


def sign_report(plan: Plan, record: Record, command: SignReport, now: datetime) -> Answer:
    name = _signature(command.clock)
    waiting = record.clocks.get(name)
    if waiting is None or waiting.verdict not in OPEN:
        unsigned = ", ".join(c.id for c in record.clocks.values() if _signature(c.id) in record.clocks) or "none"
        return Refusal(
            zh=f"clock：{command.clock} 不待补签；先报后签的有 {unsigned}",
            reason=f"clock: {command.clock} waits for no signature; sent before it was signed: {unsigned}",
        )
    signed = command.entry("report_signed", now, command.told("clock", "signed_by", "sha256"))
    return (signed, *deadlines.done(record, command, name, now))


def _signature(clock: str) -> str:
    """The deadline of the signature under a paper that went first."""
    return f"signature-{clock}"


def _signature_wanted(plan: Plan, clock: Clock, at: datetime, now: datetime) -> Iterator[Draft]:
    pace = plan.response.pace
    if pace is None:
        return
    due = at + pace.ratify_within
    wanted = Clock(
        id=_signature(clock.id),
        says=f"“{clock.says}”补签",
        clause=next(iter(pace.clauses), ""),
        soft=False,
        starts_at=at,
        due_at=due,
        warn_at=due - pace.remind_after,
    )
    yield from deadlines.begin([wanted], now)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The deadlines that the plan's rules start, begin anew, or end because they no longer apply."""
    ended = record.phase in ("recovery", "false_alarm", "archived", "closed")
    starting: list[Clock] = []
    last_of = {clock.rule: clock for clock in record.clocks.values()}
    for rule in plan.reporting.rules:
        last = last_of.get(rule.id)
        if last is None:
            # What counts from the lifting is owed once everything else is over.
            over = ended and (rule.starts != "lifted" or record.phase != "recovery")
            if rule.within is not None and not over and _due(rule, record):
                begins = start_of(rule, record)
                starting += [_clock(rule, record, rule.id, begins, begins + rule.within)] if begins is not None else []
            continue
        if last.verdict in OPEN:
            if not _due(rule, record):
                graded = not holds(rule.when, record)
                fact = f"事故等级为{record.standing()}级，本项不适用" if graded else "须报的情形均已不成立，本项不适用"
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
            if _due(rule, record):
                begins = record.reopened_at if record.reopened_at and record.reopened_at >= last.done_at else now
                name = _next(rule, record)
                starting.append(_clock(rule, record, name, begins, begins + rule.every))
        elif _due(rule, record):
            # A cadence counts from the last report, never from when it should have gone.
            name = _next(rule, record)
            starting.append(_clock(rule, record, name, last.done_at, last.done_at + rule.every))
    yield from deadlines.begin(starting, now)


def missed(record: Record, now: datetime) -> Iterator[Draft]:
    """At the archive: what was never done is missed, and says so."""
    for clock in record.clocks.values():
        if clock.verdict == "overdue":
            clauses = (clock.clause,) if clock.clause else ()
            yield by_system("clock_missed", now, now, {"clock": clock.id}, clauses)


def _next(rule: ReportRule, record: Record) -> str:
    """What the next clock of a cadence is called."""
    return f"{rule.id}-{1 + sum(clock.rule == rule.id for clock in record.clocks.values())}"


def _due(rule: ReportRule, record: Record) -> bool:
    """Whether this accident owes the report as things stand."""
    if not rule.when.always and not holds(rule.when, record):
        return False
    return not rule.triggers or any(holds(trigger.when, record) for trigger in rule.triggers)


def _triggers(rule: ReportRule, record: Record) -> tuple[ReportTrigger, ...]:
    return tuple(trigger for trigger in rule.triggers if holds(trigger.when, record))


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


def _clock(rule: ReportRule, record: Record, name: str, start: datetime, due: datetime) -> Clock:
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
        triggers=tuple(trigger.id for trigger in _triggers(rule, record)),
        starts_at=start,
        due_at=due,
        warn_at=max(start, due - rule.warn_before),
    )
