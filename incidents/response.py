"""Graded response (分级响应): a level is proposed, decided and signed; then the order goes out and units are called.

Raising and lowering are orders too: by the authority that the plan names, with what they change and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from pydantic import Field, TypeAdapter

from incidents import approval, deadlines, onsite, tasks
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import clock_time, issue
from incidents.record import Approval, Clock, Record, fresh
from plans.schema import (
    ApprovalRule,
    Clauses,
    Grade,
    LevelChange,
    NotifyRule,
    Plan,
    ReportRule,
    Role,
    Stage,
    TaskRule,
    severity,
)
from statecharts.approval import OPEN
from statecharts.lifecycle import LIFECYCLE
from statecharts.task import OPEN as OPEN_TASKS

_DURATION = TypeAdapter(timedelta)
LAW = "N-ERL-72"
"""Emergency Response Law art. 72: an order states matter, level, expected duration and measures."""
ANNOUNCED = "N-ERL-86"
"""Emergency Response Law art. 86: the lifting is announced."""
CALLED, CHANGED, RELEASED, INFORMED, LIFTED = "N-level-", "N-change-", "N-release-units-", "N-inform-", "N-lifted"
"""How the notices of the levels are named: whom they call or let go follows from that."""
_REMINDER = "raise-level-"
_LONGEST = timedelta(days=366)


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
    """Why a lower level than the one that stands or the grade's, or other units or groups than the plan ticks."""
    report_first_within: timedelta | None = Field(default=None, gt=timedelta(), le=_LONGEST)
    """By when those who are called report first, from the order on; left out: the plan's own cadence."""
    report_every: timedelta | None = Field(default=None, gt=timedelta(), le=_LONGEST)
    contact: str = Field(default="", max_length=200)
    """Whom to call; left out: the plan's duty watch."""


class RecordStartAbove(ProposeLevel, approval.Above):
    """A body above has started a level that the plan leaves to it, asked or of its own accord: its word is recorded as
    it came."""

    verb: ClassVar[str] = "record-start-above"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)


class ExtendResponse(Command):
    """The response goes on beyond its expected end, at the level that stands: laid before those who started it."""

    verb: ClassVar[str] = "extend-response"
    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider")
    expected_duration: timedelta = Field(gt=timedelta(), le=_LONGEST)
    """From the decision on."""
    reason: str = Field(min_length=1, max_length=400)


class Preview(NamedTuple):
    """Whom an order of a level would ring, and whom it would only tell."""

    units: tuple[str, ...]
    phones: int
    """Units that share a duty telephone are rung once."""
    informed: tuple[str, ...] = ()


class _Laid(NamedTuple):
    """A proposal that nothing stands against: its entry's data and clauses."""

    data: dict[str, Any]
    clauses: Clauses


class Change(NamedTuple):
    """A level that stands from now on, whoever ordered it: from when, how long, how otherwise than the plan ticks."""

    level: Grade
    start: datetime
    duration: timedelta | None = None
    asks: Mapping[str, Any] = MappingProxyType({})
    """Units and groups that are left out or called as well, by the fields of the proposal."""


def propose_level(plan: Plan, record: Record, command: ProposeLevel, now: datetime) -> Answer:
    found = _laid_before(plan, record, command, now)
    if isinstance(found, Refusal):
        return found
    return (command.entry("proposed", now, found.data, found.clauses), *_answers_reminder(record, command, now))


def record_start_above(plan: Plan, record: Record, command: RecordStartAbove, now: datetime) -> Answer:
    found = _laid_before(plan, record, command, now)
    if isinstance(found, Refusal):
        return found
    stages = [Stage.model_validate(stage) for stage in found.data["stages"]]
    bodies = {plan.posts[post].unit for stage in stages for post in stage.posts}
    if any(plan.units[body].kind != "superior" for body in bodies):
        return Refusal(
            zh=f"level：{command.level}级响应由本级启动，请用 propose-level",
            reason=f"level: {command.level} is started here; use propose-level",
            kind="plan",
            clauses=found.clauses,
        )
    if command.post not in {post for stage in stages for post in stage.posts}:
        able = ", ".join(dict.fromkeys(post for stage in stages for post in stage.posts))
        return Refusal(
            zh=f"post：应为 {able}，现为 {command.post}",
            reason=f"post: expected one of {able}, found {command.post}",
            kind="plan",
            clauses=found.clauses,
        )
    if command.said_at > now:
        return Refusal(
            zh=f"said_at：不能晚于现在，现为 {command.said_at}",
            reason=f"said_at: expected a time that is not in the future, found {command.said_at}",
        )
    if command.said_at < record.known().happened_at():
        return Refusal(
            zh=f"said_at：不能早于事发，现为 {command.said_at}",
            reason=f"said_at: expected a time that is not before the accident, found {command.said_at}",
        )
    if command.form in ("paper", "elsewhere") and not command.number:
        return Refusal(
            zh="number：书面的须填文号", reason="number: expected the number of what was received in writing"
        )
    proposed = {**found.data, "one_person": False}
    said = [approval.heard_above(proposed, stage, command, now) for stage in stages]
    return (command.entry("proposed", now, proposed, found.clauses), *said, *_answers_reminder(record, command, now))


def _laid_before(plan: Plan, record: Record, command: ProposeLevel, now: datetime) -> _Laid | Refusal:
    """What a proposal of this level says, and whom it asks."""
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
    whose = authority(plan, record, command.level)
    if isinstance(whose, Refusal):
        return whose
    lowers = severity(command.level) < severity(record.level)
    if lowers and not command.reason:
        return Refusal(
            zh=f"reason：由{record.level}级降为{command.level}级，须写明理由",
            reason=f"reason: expected one, since level {record.level} is lowered to {command.level}",
            clauses=plan.response.lower_by.clauses if plan.response.lower_by else (),
        )
    usual = usual_level(plan, record.standing())
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
        )
    cadence, watch = _cadence(plan, record), plan.watch
    every = command.report_every or (cadence.every if cadence else None)
    contact = command.contact or (f"{plan.units[watch].name}{plan.units[watch].phone}" if watch else "")
    if every is None or not contact:
        return Refusal(
            zh="report_every、contact：预案没有续报频次或值班单位，须在命令中写明",
            reason="report_every, contact: expected them, since the plan has no cadence or no duty watch",
            clauses=(LAW,),
        )
    rung = preview(plan, record, command.level, changes)
    groups = {name: told for name, told in changes.items() if told and name.endswith(("groups", "form_also"))}
    asks = {
        **command.told("level", "matter", "expected_duration", "measures", "leave_out", "call_also", "reason"),
        **groups,
        "units": len(rung.units),
        "phones": rung.phones,
        "reporting": {
            "first_within": _iso(command.report_first_within or (cadence.within if cadence else None) or every),
            "every": _iso(every),
        },
        "contact": contact,
        "as_at": now.isoformat(),
        "figures": record.figures(),
        "grade": record.standing(),
        **({"from_level": record.level} if record.level else {}),
    }
    data = approval.ask(record, "level", whose, asks, command.envelope.user)
    laid_before = rule.approval.proposal.clauses if rule.approval.proposal and not lowers else ()
    cited = tuple(dict.fromkeys((*laid_before, *whose.clauses)))
    return _Laid(data, cited)


def extend_response(plan: Plan, record: Record, command: ExtendResponse, now: datetime) -> Answer:
    if record.level is None or record.phase != "response":
        return Refusal(zh="没有可延长的响应", reason="no response stands that could be extended", kind="plan")
    asks = {
        "level": record.level,
        "matter": f"延长{record.level}级应急响应",
        **command.told("expected_duration", "reason"),
        "as_at": now.isoformat(),
    }
    rule = plan.response.levels[record.level].approval
    data = approval.ask(record, "extension", rule, asks, command.envelope.user)
    return (command.entry("proposed", now, data, rule.clauses),)


def usual_level(plan: Plan, grade: Grade) -> Grade:
    """The level that the plan has for a grade."""
    return (plan.response.level_for_grade or {}).get(grade, grade)


def called(record: Record) -> tuple[str, ...]:
    """The units that the response has called and not let go."""
    units: dict[str, None] = {}
    for notice in record.notices.values():
        if notice.id.startswith(CALLED):
            units |= dict.fromkeys(notice.recipients)
        elif notice.id.startswith(RELEASED):
            units = {unit: None for unit in units if unit not in notice.recipients}
        elif notice.id.startswith(LIFTED):
            units = {}
    return tuple(units)


def authority(plan: Plan, record: Record, level: Grade) -> ApprovalRule | Refusal:
    """Whose yes a level needs: to start one, its own; to change one, that of the level which the plan names."""
    change = _change(plan, record, level)
    if record.level is None:
        return plan.response.levels[level].approval
    if change is None:
        return Refusal(
            zh="本预案未规定由谁提高或降低响应级别：请先作出决定",
            reason="this plan does not say who raises or lowers a level: decide it first",
            kind="plan",
            clauses=plan.response.clauses,
        )
    return plan.response.levels[level if change.by == "target_level" else record.level].approval


def _change(plan: Plan, record: Record, level: Grade) -> LevelChange | None:
    rises = severity(level) > severity(record.level)
    return plan.response.raise_by if rises else plan.response.lower_by


def _cadence(plan: Plan, record: Record) -> ReportRule | None:
    """The follow-up that this accident owes now: the order asks the same of those who are called."""
    return next((rule for rule in plan.reporting.rules if rule.every and holds(rule.when, record)), None)


def _iso(length: timedelta) -> str:
    told: str = _DURATION.dump_python(length, mode="json")
    return told


def _reminders(record: Record) -> list[str]:
    return [t.id for t in record.tasks.values() if t.rule.startswith(_REMINDER) and t.state in OPEN_TASKS]


def _answers_reminder(record: Record, command: ProposeLevel, now: datetime) -> Iterator[Draft]:
    """To propose a level is to have weighed it."""
    for name in _reminders(record):
        yield command.entry("task_moved", now, {"task": name, "outcome": "done", "words": "已提请"})


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """What an approval that was granted brings: the order, its tasks, its calls, its expected end."""
    for granted in record.approvals.values():
        if granted.state == "granted" and not granted.effected and granted.what == "level":
            yield from _ordered(plan, record, granted, now)
        elif granted.state == "granted" and not granted.effected and granted.what == "lift":
            yield from _lifted(plan, record, granted, now)
        elif granted.state == "granted" and not granted.effected and granted.what == "extension":
            yield from _extended(plan, record, granted, now)
    yield from _more(plan, record, now)
    yield from _may_need(plan, record, now)


def _ordered(plan: Plan, record: Record, granted: Approval, now: datetime) -> Iterator[Draft]:
    assert granted.level is not None
    rule = plan.response.levels[granted.level]
    start = granted.acts[-1].at
    duration = _DURATION.validate_python(granted.asks["expected_duration"])
    reporting = granted.asks["reporting"]
    order = {
        "approval": granted.id,
        "matter": granted.asks["matter"],
        "level": granted.level,
        **({"from_level": record.level} if record.level else {}),
        "from": start.isoformat(),
        "expected_duration": granted.asks["expected_duration"],
        "measures": measures(plan, record, granted.level),
        "also": granted.asks.get("measures", ""),
        "commander": record.commander.post if record.commander else plan.command.presumed,
        "reporting": {
            "first_by": (start + _DURATION.validate_python(reporting["first_within"])).isoformat(),
            "every": reporting["every"],
        },
        "contact": granted.asks["contact"],
        "signed_by": granted.acts[-1].post,
        "form": granted.acts[-1].form,
    }
    base = rule.base.clauses if rule.base else ()
    change = _change(plan, record, granted.level) if record.level else None
    cited = dict.fromkeys((*rule.clauses, *rule.approval.clauses, *base, *(change.clauses if change else ()), LAW))
    yield by_system("level_ordered", start, now, order, tuple(cited))
    yield from brings(plan, record, Change(granted.level, start, duration, granted.asks), now)


def measures(plan: Plan, record: Record, level: Grade) -> dict[str, list[str]]:
    """What an order of this level has each unit do, as it states it."""
    after = record.but(level=level)
    by_unit: dict[str, list[str]] = {}
    for task in _measures(plan, level):
        if holds(task.when, after):
            by_unit.setdefault(task.owner, []).append(task.says)
    return by_unit


def brings(plan: Plan, record: Record, change: Change, now: datetime) -> Iterator[Draft]:
    """What a level brings, started or changed: its tasks; calls to units that were not called yet, and the news to
    those that were; whom it no longer needs; its expected end. `record` is as it was before."""
    rule, old = plan.response.levels[change.level], record.level
    rises = severity(change.level) > severity(old)
    owed, calls = _measures(plan, change.level), _calls(plan, change.level)
    after = record.but(level=change.level)
    before = called(record) if old else ()
    wanted = dict.fromkeys((*(before if rises else ()), *_rung(calls, after, change.asks)))
    units = [unit for unit in wanted if unit not in change.asks.get("leave_out", ())]
    known = tasks.standing(record)
    duties = [duty for unit in units for duty in tasks.duties(plan, unit)]
    releasing = plan.release.tasks if plan.release else ()
    rules = [
        # Every start, change or end of a level is reported upward anew.
        *(task for task in (*owed, *releasing, *duties) if task.id not in known),
        *plan.response.started,
    ]
    yield from tasks.give(plan, after, rules, now, f"level {change.level}")
    said: dict[str, Any] = {
        "level": change.level,
        "from": clock_time(plan, change.start),
        "duration": f"{change.duration.total_seconds() / 3600:g}小时" if change.duration else "另行通知",
        "from_level": old or "",
    }
    groups = onsite.called_up(plan, after, change.level, change.asks)
    on_scene = onsite.parts(groups)
    parts = onsite.parts({name: group for name, group in groups.items() if not onsite.works(record, name)})
    titles = tasks.titles(rules, after)
    cites = {call.unit: call.clauses for call in calls}

    def tell(name: str, occasion: str, told: list[str], matter: str, chased: bool = True) -> Iterator[Draft]:
        if told:
            duty = {
                unit: "；".join(filter(None, (parts.get(unit), titles.get(unit)))) if chased else "" for unit in told
            }
            name = fresh(f"{name}{change.level}", record.notices)
            yield issue(plan, record, now, name, occasion, duty, chased, rule.clauses, cites, matter=matter, **said)

    altered = f"应急响应由{old}级调整为{change.level}级"
    yield from tell(CALLED, "order", [unit for unit in units if unit not in before], f"{change.level}级应急响应已启动")
    yield from tell(CHANGED, "changed", [unit for unit in units if unit in before], altered)
    free = [unit for unit in before if unit not in units and unit not in on_scene]
    yield from tell(RELEASED, "released", free, f"{altered}，贵单位可撤回", False)
    informed = list(_informed(calls, units))
    yield from tell(INFORMED, "informed", informed, altered if old else f"{change.level}级应急响应已启动", False)
    if old:
        yield from onsite.falls(plan, record, change.level, {*before, *units}, change.start, now)
        # What nobody has taken up yet is not asked any more; work in hand goes on until it is done or ruled out.
        gone = {task.id for task in _measures(plan, old)} - {task.id for task in owed}
        idle = [t.id for t in record.tasks.values() if t.rule in gone and t.state in ("asked", "held")]
        yield from tasks.withdraw(idle, now, altered)
    for running in _expected_ends(record):
        yield from deadlines.void(record, running, now, "已下达新的命令")
    if change.duration is not None:
        yield from _expects_end(record, change.start, change.start + change.duration, now)


def _expects_end(record: Record, start: datetime, due: datetime, now: datetime) -> Iterator[Draft]:
    """Before the expected duration ends somebody extends, changes or ends the response."""
    clock = Clock(
        id=fresh("expected-end", record.clocks),
        says="预计期限届满前延长、调整或结束响应",
        clause=LAW,
        soft=True,
        starts_at=start,
        due_at=due,
        warn_at=max(start, due - (due - start) / 6),
    )
    yield from deadlines.begin([clock], now)


def _extended(plan: Plan, record: Record, granted: Approval, now: datetime) -> Iterator[Draft]:
    at = granted.acts[-1].at
    until = at + _DURATION.validate_python(granted.asks["expected_duration"])
    data = {"approval": granted.id, "level": granted.level, "until": until.isoformat()}
    yield by_system("response_extended", at, now, data, (LAW,))
    for running in _expected_ends(record):
        yield from deadlines.void(record, running, now, "已决定延长")
    yield from _expects_end(record, at, until, now)
    if units := called(record):
        end = clock_time(plan, until)
        said: dict[str, Any] = {"level": granted.level, "until": end}
        matter = f"{granted.level}级应急响应延长至{end}"
        name = fresh("N-extended", record.notices)
        yield issue(plan, record, now, name, "extended", dict.fromkeys(units, ""), False, matter=matter, **said)


def _may_need(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The numbers have outgrown the level: the watch is asked to weigh a higher one. Nothing rises by itself."""
    if record.level is None or record.phase != "response" or record.grades is None or plan.watch is None:
        return
    computed = record.grades.computed
    needed = usual_level(plan, computed)
    waits = any(a.what == "level" and a.state in OPEN for a in record.approvals.values())
    if severity(needed) <= severity(record.level) or severity(computed) <= severity(record.weighed) or waits:
        return
    rule = TaskRule(
        id=f"{_REMINDER}{needed.lower()}",
        owner=plan.watch,
        says=f"等级已达{computed}级，可能需要{needed}级响应，请研究提请",
        clauses=(),
    )
    if not any(record.tasks[name].rule == rule.id for name in _reminders(record)):
        yield from tasks.give(plan, record, [rule], now, f"grade {computed}")


def _more(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """What new facts bring while a level stands: measures, and duties of those who were called, whose condition holds
    only now."""
    units = called(record)
    if record.level is None or record.phase != "response" or not units:
        return
    known = tasks.standing(record)
    owed = (*_measures(plan, record.level), *(duty for unit in units for duty in tasks.duties(plan, unit, but=known)))
    rules = [rule for rule in owed if rule.id not in known and holds(rule.when, record)]
    yield from tasks.give(plan, record, rules, now, "new facts")
    told = {unit: titles for unit, titles in tasks.titles(rules, record).items() if unit in units}
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
    yield by_system("response_lifted", at, now, data, (*plan.termination.lifting.clauses, ANNOUNCED))
    yield from lifting(plan, record, at, now)


def lifting(plan: Plan, record: Record, at: datetime, now: datetime) -> Iterator[Draft]:
    """What the end of a level brings: whoever was called or informed hears of it, and it is reported upward."""
    told = {
        recipient.unit: ""
        for notice in record.notices.values()
        if notice.id.startswith((CALLED, INFORMED, onsite.CALLED))
        for recipient in notice.recipients.values()
    }
    if told:
        said: dict[str, Any] = {"level": record.level, "from": clock_time(plan, at)}
        name = fresh(LIFTED, record.notices)
        cited = plan.termination.lifting.clauses
        yield issue(plan, record, now, name, "lifted", told, chased=False, clauses=cited, **said)
    for clock in _expected_ends(record):
        yield from deadlines.void(record, clock, now, "响应已解除")
    yield from tasks.give(plan, record, plan.response.started, now, "lifted")


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


def extended(record: Record, entry: Draft) -> Record:
    granted = record.approvals[entry.data["approval"]]
    return record.but(approvals={**record.approvals, granted.id: granted.but(effected=True)})


def lifted(record: Record, entry: Draft) -> Record:
    granted = record.approvals[entry.data["approval"]]
    return record.but(
        phase=LIFECYCLE.step(record.phase, "lift", record),
        level=None,
        lifted_at=entry.true_at,
        told_figures=record.figures(),
        approvals={**record.approvals, granted.id: granted.but(effected=True)},
    )
