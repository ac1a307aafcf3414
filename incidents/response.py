"""Graded response (分级响应): a level is proposed, decided and signed; then the order goes out and units are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from pydantic import Field, TypeAdapter

from incidents import approval, deadlines, onsite, tasks
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import clock_time, issue
from incidents.record import Approval, Clock, Record, fresh
from plans.schema import Grade, NotifyRule, Plan, Role, TaskRule, severity
from statecharts.lifecycle import LIFECYCLE

_DURATION = TypeAdapter(timedelta)
LAW = "N-ERL-72"
"""Emergency Response Law art. 72: an order states matter, level, expected duration and measures."""


class ProposeLevel(Command):
    """A level is proposed to those who decide and sign it."""

    verb: ClassVar[str] = "propose-level"
    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider")
    level: Grade
    matter: str = Field(min_length=1, max_length=400)
    expected_duration: timedelta = Field(gt=timedelta(), le=timedelta(days=366))
    measures: str = Field(default="", max_length=2000)
    """Beside those that the plan names for the level."""
    leave_out: tuple[str, ...] = Field(default=(), max_length=100)
    call_also: tuple[str, ...] = Field(default=(), max_length=100)
    leave_out_groups: tuple[str, ...] = Field(default=(), max_length=100)
    form_also: tuple[str, ...] = Field(default=(), max_length=100)
    """Groups on scene, as the plan names them."""
    reason: str = Field(default="", max_length=400)
    """Why another level than the grade's, or other units or groups than the plan ticks."""


class Preview(NamedTuple):
    """Whom an order of a level would ring, and whom it would only tell."""

    units: tuple[str, ...]
    phones: int
    """Units that share a duty telephone are rung once."""
    informed: tuple[str, ...] = ()


def propose_level(plan: Plan, record: Record, command: ProposeLevel, now: datetime) -> Answer:
    rule = plan.response.levels.get(command.level)
    if rule is None:
        has = ", ".join(plan.response.levels)
        return Refusal(
            zh=f"level：本预案有 {has}，现为 {command.level}",
            reason=f"level: this plan's data has {has} so far, found {command.level}",
            kind="plan",
        )
    if not LIFECYCLE.can(record.phase, "start_response", record):
        return Refusal(
            zh=f"level：{record.phase} 阶段不能启动响应，请先重新启动",
            reason=f"level: no response is started in phase {record.phase}; reopen first",
            kind="plan",
        )
    if record.level == command.level:
        return Refusal(
            zh=f"level：{command.level}级响应已在执行", reason=f"level: {command.level} stands already", kind="plan"
        )
    usual = (plan.response.level_for_grade or {}).get(record.standing(), record.standing())
    if severity(command.level) < severity(usual) and not command.reason:
        return Refusal(
            zh=f"reason：按等级应为{usual}级，须写明理由",
            reason=f"reason: expected one, since the grade asks for level {usual}",
            clauses=rule.clauses,
        )
    ticked = {call.unit for call in _calls(plan, command.level) if call.needed != "on_demand"}
    for name in (*command.leave_out, *command.call_also):
        if name not in plan.units:
            return Refusal(
                zh=f"leave_out、call_also：应为预案中的单位，现为 {name}",
                reason=f"leave_out, call_also: expected units of the plan, found {name}",
            )
    for name in (*command.leave_out_groups, *command.form_also):
        if name not in plan.groups:
            return Refusal(
                zh=f"leave_out_groups、form_also：应为预案中的工作组，现为 {name}",
                reason=f"leave_out_groups, form_also: expected groups of the plan, found {name}",
            )
    changes = command.told("leave_out", "call_also", "leave_out_groups", "form_also")
    if any(changes.values()) and not command.reason:
        return Refusal(
            zh="reason：所叫单位或工作组与预案不同，须写明理由",
            reason="reason: expected one, since other units or groups are called than the plan ticks",
        )
    if ticked and ticked <= set(command.leave_out):
        return Refusal(
            zh="leave_out：命令不能一个单位都不通知",
            reason="leave_out: an order that calls nobody is refused",
            kind="hard",
        )
    rung = preview(plan, record, command.level, changes)
    groups = {name: told for name, told in changes.items() if told and name.endswith(("groups", "form_also"))}
    asks = {
        **command.told("level", "matter", "expected_duration", "measures", "leave_out", "call_also", "reason"),
        **groups,
        "units": len(rung.units),
        "phones": rung.phones,
        "as_at": now.isoformat(),
        "figures": {measure: count.n for measure, count in record.counts.items()},
        "grade": record.standing(),
    }
    data = approval.ask(record, "level", rule.approval, asks, command.envelope.user)
    laid_before = rule.approval.proposal.clauses if rule.approval.proposal else ()
    cited = tuple(dict.fromkeys((*laid_before, *rule.approval.clauses)))
    return (command.entry("proposed", now, data, cited),)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """What an approval that was granted brings: the order, its tasks, its calls, its expected end."""
    for granted in record.approvals.values():
        if granted.state == "granted" and not granted.effected and granted.what == "level":
            yield from _ordered(plan, record, granted, now)
        elif granted.state == "granted" and not granted.effected and granted.what == "lift":
            yield from _lifted(plan, record, granted, now)
    yield from _more(plan, record, now)


def _ordered(plan: Plan, record: Record, granted: Approval, now: datetime) -> Iterator[Draft]:
    assert granted.level is not None
    rule = plan.response.levels[granted.level]
    measures, calls = _measures(plan, granted.level), _calls(plan, granted.level)
    start = granted.acts[-1].at
    duration = _DURATION.validate_python(granted.asks["expected_duration"])
    commander = record.commander.post if record.commander else plan.command.presumed
    order = {
        "approval": granted.id,
        "matter": granted.asks["matter"],
        "level": granted.level,
        "from": start.isoformat(),
        "expected_duration": granted.asks["expected_duration"],
        "measures": [*(task.says for task in measures), *filter(None, (granted.asks.get("measures"),))],
        "commander": commander,
        "signed_by": granted.acts[-1].post,
        "form": granted.acts[-1].form,
    }
    base = rule.base.clauses if rule.base else ()
    cited = dict.fromkeys((*rule.clauses, *rule.approval.clauses, *base, LAW))
    yield by_system("level_ordered", start, now, order, tuple(cited))
    after = record.but(level=granted.level)
    units = _rung(calls, after, granted.asks)
    known = {task.rule for task in record.tasks.values()}
    duties = [duty for unit in units for duty in tasks.duties(plan, unit)]
    rules = [task for task in (*measures, *plan.response.started, *duties) if task.id not in known]
    yield from tasks.give(plan, after, rules, now, f"level {granted.level}")
    titles, parts = tasks.titles(rules, after), onsite.parts(onsite.called_up(plan, after, granted.level, granted.asks))
    called = {unit: "；".join(filter(None, (parts.get(unit), titles.get(unit)))) for unit in units}
    informed = dict.fromkeys(_informed(calls, called), "")
    said: dict[str, Any] = {
        "level": granted.level,
        "from": clock_time(plan, start),
        "duration": f"{duration.total_seconds() / 3600:g}小时",
    }
    name = fresh(f"N-level-{granted.level}", record.notices)
    cites = {call.unit: call.clauses for call in calls}
    yield issue(plan, record, now, name, "order", called, clauses=rule.clauses, cites=cites, **said)
    if informed:
        name = fresh(f"N-inform-{granted.level}", record.notices)
        yield issue(
            plan, record, now, name, "informed", informed, chased=False, clauses=rule.clauses, cites=cites, **said
        )
    for running in _expected_ends(record):
        yield from deadlines.void(record, running, now, "已下达新的命令")
    # Before the expected duration ends somebody extends, changes or ends the response.
    clock = Clock(
        id=fresh("expected-end", record.clocks),
        says="预计期限届满前延长、调整或结束响应",
        clause=LAW,
        soft=True,
        starts_at=start,
        due_at=start + duration,
        warn_at=max(start, start + duration - duration / 6),
    )
    yield from deadlines.begin([clock], now)


def _more(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """What new facts bring while a level stands: measures, and duties of those who were called, whose condition holds
    only now."""
    ordered = [notice for name, notice in record.notices.items() if name.startswith("N-level-")]
    if record.level is None or record.phase != "response" or not ordered:
        return
    called = list(dict.fromkeys(unit for notice in ordered for unit in notice.recipients))
    known = {task.rule for task in record.tasks.values()}
    owed = (*_measures(plan, record.level), *(duty for unit in called for duty in tasks.duties(plan, unit)))
    rules = [rule for rule in owed if rule.id not in known and holds(rule.when, record)]
    yield from tasks.give(plan, record, rules, now, "new facts")
    told = {unit: titles for unit, titles in tasks.titles(rules, record).items() if unit in called}
    if told:
        clauses = plan.response.levels[record.level].clauses
        yield issue(plan, record, now, fresh("N-more", record.notices), "more", told, clauses=clauses)


def preview(plan: Plan, record: Record, level: Grade, asks: Mapping[str, Any]) -> Preview:
    """Whom an order of `level` would ring as things stand, with the changes of `asks` to what the plan ticks."""
    after, calls = record.but(level=level), _calls(plan, level)
    groups = onsite.parts(onsite.called_up(plan, record, level, asks))
    out = asks.get("leave_out", ())
    units = dict.fromkeys((*_rung(calls, after, asks), *(unit for unit in groups if unit not in out)))
    phones = {plan.units[unit].phone or unit for unit in units}
    return Preview(tuple(units), len(phones), _informed(calls, units))


def _rung(calls: tuple[NotifyRule, ...], after: Record, asks: Mapping[str, Any]) -> list[str]:
    """The units that must answer once the level stands."""
    out = asks.get("leave_out", ())
    ticked = [
        call.unit
        for call in calls
        if call.answer and call.needed != "on_demand" and holds(call.when, after) and call.unit not in out
    ]
    return list(dict.fromkeys((*ticked, *asks.get("call_also", ()))))


def _informed(calls: tuple[NotifyRule, ...], rung: Iterable[str]) -> tuple[str, ...]:
    """The units that are told for information only."""
    return tuple(call.unit for call in calls if not call.answer and call.unit not in set(rung))


def _measures(plan: Plan, level: Grade) -> tuple[TaskRule, ...]:
    """The measures of a level, after those of the level that stays in force beneath it."""
    rule = plan.response.levels[level]
    beneath = _measures(plan, rule.base.level) if rule.base else ()
    return (*beneath, *rule.measures)


def _calls(plan: Plan, level: Grade) -> tuple[NotifyRule, ...]:
    """Whom a level calls: those of the level beneath it, unless it says otherwise of them, then its own."""
    rule = plan.response.levels[level]
    own = {call.unit for call in rule.notify}
    beneath = _calls(plan, rule.base.level) if rule.base else ()
    return (*(call for call in beneath if call.unit not in own), *rule.notify)


def _lifted(plan: Plan, record: Record, granted: Approval, now: datetime) -> Iterator[Draft]:
    at = granted.acts[-1].at
    data = {"approval": granted.id, "level": record.level, "from": at.isoformat(), "signed_by": granted.acts[-1].post}
    yield by_system("response_lifted", at, now, data, (*plan.termination.lifting.clauses, "N-ERL-86"))
    told = {
        recipient.unit: ""
        for notice in record.notices.values()
        if notice.id.startswith(("N-level-", "N-inform-"))
        for recipient in notice.recipients.values()
    }
    if told:
        said: dict[str, Any] = {"level": record.level, "from": clock_time(plan, at)}
        name = fresh("N-lifted", record.notices)
        yield issue(
            plan, record, now, name, "lifted", told, chased=False, clauses=plan.termination.lifting.clauses, **said
        )
    for clock in _expected_ends(record):
        yield from deadlines.void(record, clock, now, "响应已解除")


def _expected_ends(record: Record) -> list[str]:
    return [name for name in record.clocks if name.startswith("expected-end")]


def ordered(record: Record, entry: Draft) -> Record:
    granted = record.approvals[entry.data["approval"]]
    return record.but(
        phase=LIFECYCLE.step(record.phase, "start_response", record),
        level=entry.data["level"],
        ordered_at=entry.true_at,
        approvals={**record.approvals, granted.id: granted.but(effected=True)},
    )


def lifted(record: Record, entry: Draft) -> Record:
    granted = record.approvals[entry.data["approval"]]
    return record.but(
        phase=LIFECYCLE.step(record.phase, "lift", record),
        level=None,
        lifted_at=entry.true_at,
        approvals={**record.approvals, granted.id: granted.but(effected=True)},
    )
