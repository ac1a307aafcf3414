"""The on-site headquarters (现场指挥部): formed by the order of a level that has one, or earlier by the commander.

Its groups come in proportion to kind and level, as the plan's data and the order say; each lead owns its group's tasks.
It ends with the response, by the order of a level that has none where the plan says so, or by the commander.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from incidents import tasks
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import clock_time, tell
from incidents.record import Force, OnScene, OnSite, Record, fresh
from incidents.speaking import Ordered, commands, no_order, speaker
from plans.schema import Formation, Grade, Group, OnSiteHq, Plan, TaskRule, Work
from statecharts.task import OPEN

CALLED, LET_GO = "N-group_", "N-onsite-dissolved"
"""How the notices of groups are named: whom they call or let go follows from that."""
_ASKED = "dissolve-onsite-hq"
"""The task of deciding what becomes of a headquarters that the level no longer has."""


class FormOnsiteHq(Ordered):
    """The on-site headquarters is formed before, or without, an order of a level that has one."""

    verb: ClassVar[str] = "form-onsite-hq"
    reason: str = Field(min_length=1, max_length=400)


class DissolveOnsiteHq(Ordered):
    """The on-site headquarters is dissolved while the incident goes on."""

    verb: ClassVar[str] = "dissolve-onsite-hq"
    reason: str = Field(min_length=1, max_length=400)


class SetGroup(Ordered):
    """A group is formed on demand, led by another unit, or given more members."""

    verb: ClassVar[str] = "set-group"
    group: str
    lead: str | None = None
    members: tuple[str, ...] = Field(default=(), max_length=100)
    """Beside those that it has."""
    reason: str = Field(min_length=1, max_length=400)


class CheckIn(Command):
    """A unit or team signs in at the scene (报到、签到): who leads it, how many people and vehicles."""

    verb: ClassVar[str] = "check-in"
    unit: str = Field(min_length=1, max_length=200)
    """A unit of the plan, or a team in its own words."""
    leader: str = Field(min_length=1, max_length=64)
    people: int = Field(ge=0, le=100_000)
    vehicles: int = Field(default=0, ge=0, le=100_000)
    phone: str = Field(default="", max_length=64)


class CheckOut(Command):
    """A unit or team has left the scene."""

    verb: ClassVar[str] = "check-out"
    unit: str


# -- in proportion -----------------------------------------------------------------------------------------------------


def due(plan: Plan, record: Record, level: Grade) -> bool:
    """Whether an order of this level forms the on-site headquarters: the plan's grades are read as levels."""
    hq = plan.command.onsite_hq
    if hq is None or record.grades is None:
        return False
    return holds(hq.when, record.but(level=level, grades=record.grades.but(standing=level)))


def called_up(plan: Plan, record: Record, level: Grade, asks: Mapping[str, Any]) -> dict[str, Group]:
    """The groups that an order of this level forms, by kind and level, as the plan ticks them and the order changes."""
    if not due(plan, record, level):
        return {}
    after = record.but(level=level)
    out = {*asks.get("leave_out_groups", ()), *asks.get("leave_out", ())}
    also = asks.get("form_also", ())
    return {
        name: group
        for name, group in plan.groups.items()
        if name in also
        or (group.needed != "on_demand" and holds(group.when, after) and not {name, group.lead or name} & out)
    }


def called(record: Record) -> tuple[str, ...]:
    """The units that groups have called and that were not let go."""
    units: dict[str, None] = {}
    for notice in record.notices.values():
        if notice.id.startswith(CALLED):
            units |= dict.fromkeys(notice.recipients)
        elif notice.id.startswith(LET_GO):
            units = {}
    return tuple(units)


def works(record: Record, group: str) -> bool:
    """Whether this group is on scene."""
    return record.onsite is not None and group in record.onsite.groups


def parts(groups: Mapping[str, Group]) -> dict[str, str]:
    """What each unit is in these groups, in one line: one call tells it all."""
    told: dict[str, list[str]] = {}
    for group in groups.values():
        if group.lead:
            told.setdefault(group.lead, []).append(f"{group.name}（牵头）")
        for unit in group.members:
            told.setdefault(unit, []).append(group.name)
    return {unit: "、".join(said) for unit, said in told.items()}


# -- what people ask ---------------------------------------------------------------------------------------------------


def form_onsite_hq(plan: Plan, record: Record, command: FormOnsiteHq, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    hq = plan.command.onsite_hq
    if hq is None or record.onsite is not None:
        return Refusal(
            zh="现场指挥部已成立，或本预案未设",
            reason="the on-site headquarters is formed already, or this plan has none",
            kind="plan",
            clauses=hq.clauses if hq else (),
        )
    if plan.posts[said.post].unit != hq.ordered_by and not commands(record, said.post):
        return no_order(plan, record, said.post)
    data = {"unit": hq.unit, "reason": command.reason, **command.heard(said)}
    return (command.entry("onsite_hq_formed", now, data, hq.clauses),)


def dissolve_onsite_hq(plan: Plan, record: Record, command: DissolveOnsiteHq, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    hq = plan.command.onsite_hq
    if hq is None or record.onsite is None:
        return Refusal(
            zh="没有可撤销的现场指挥部", reason="no on-site headquarters is formed that could be dissolved", kind="plan"
        )
    stands = record.level or (record.standing() if hq.active_from == "report" else None)
    if stands is not None and due(plan, record, stands):
        return Refusal(
            zh=f"{stands}级响应须设现场指挥部：随响应调整或解除而撤销",
            reason=f"level {stands} has an on-site headquarters: it ends with that level",
            kind="plan",
            clauses=hq.clauses,
        )
    if plan.posts[said.post].unit != hq.ordered_by and not commands(record, said.post):
        return no_order(plan, record, said.post)
    asked = [task.id for task in record.tasks.values() if task.rule == _ASKED and task.state in OPEN]
    at = command.true_at or now
    return (
        command.entry("onsite_hq_dissolved", now, {"unit": hq.unit, "reason": command.reason, **command.heard(said)}),
        *(command.entry("task_moved", now, {"task": name, "outcome": "done", "words": ""}) for name in asked),
        *_idle(record, hq, now, command.reason),
        *let_go(plan, record, called(record), at, now),
    )


def set_group(plan: Plan, record: Record, command: SetGroup, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    group = plan.groups.get(command.group)
    if group is None:
        return Refusal(
            zh=f"group：应为 {', '.join(plan.groups) or '无'} 之一，现为 {command.group}",
            reason=f"group: expected one of {', '.join(plan.groups) or 'none'}, found {command.group}",
        )
    if unknown := [unit for unit in (command.lead, *command.members) if unit and unit not in plan.units]:
        return Refusal(
            zh=f"lead、members：应为预案中的单位，现为 {unknown[0]}",
            reason=f"lead, members: expected units of the plan, found {unknown[0]}",
        )
    if record.onsite is None:
        return Refusal(
            zh="现场指挥部尚未成立", reason="the on-site headquarters is not formed yet", kind="plan",
            clauses=group.clauses,
        )  # fmt: skip
    if not commands(record, said.post):
        return no_order(plan, record, said.post)
    before = record.onsite.groups.get(command.group, OnScene(lead=group.lead or "", members=group.members))
    data = {
        "group": command.group,
        "lead": command.lead or before.lead,
        "members": list(dict.fromkeys((*before.members, *command.members))),
        "reason": command.reason,
        **command.heard(said),
    }
    return (command.entry("group_set", now, data, group.clauses),)


def check_in(plan: Plan, record: Record, command: CheckIn, now: datetime) -> Answer:
    data = command.told("unit", "leader", "people", "vehicles", "phone")
    rules = {rule.id: rule for rule in plan.command.handovers if rule.kind == "check_in"}
    owed = next(
        (
            task
            for task in record.tasks.values()
            if task.rule in rules and task.owner == command.unit and task.state in OPEN
        ),
        None,
    )
    if owed is None:
        return (command.entry("checked_in", now, data),)
    return (command.entry("checked_in", now, {**data, "task": owed.id, "handover": owed.rule}, owed.clauses),)


def check_out(plan: Plan, record: Record, command: CheckOut, now: datetime) -> Answer:
    if command.unit not in record.forces:
        here = ", ".join(record.forces) or "none"
        return Refusal(
            zh=f"unit：{command.unit} 未签到；在场 {here}",
            reason=f"unit: '{command.unit}' did not sign in; here: {here}",
        )
    return (command.entry("checked_out", now, command.told("unit")),)


# -- what follows by itself --------------------------------------------------------------------------------------------


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The headquarters once its level is ordered; then its groups, their tasks, and whoever was not called yet."""
    hq, onsite = plan.command.onsite_hq, record.onsite
    if hq is None or record.phase not in ("response", "early_disposal"):
        return
    if onsite is None:
        if (at := _forms_at(plan, record, hq)) is not None:
            formed_by = {"ordered_by": hq.ordered_by, "set_up_by": hq.set_up_by}
            data = {"unit": hq.unit, "level": record.level, **formed_by}
            yield by_system("onsite_hq_formed", at, now, data, hq.clauses)
        return
    formation = _formation(hq, record)
    if formation is not None and formation.id != onsite.formation:
        news = {"formation": formation.id, "by": list(formation.by), "says": formation.says}
        at = max(onsite.since, record.ordered_at or onsite.since)
        yield by_system("onsite_hq_reformed", at, now, {"unit": hq.unit, **news}, formation.clauses)
        return
    order = _order(record)
    level = record.level or record.standing()
    # A headquarters that stands from the report on has its groups by the order of a level.
    waiting = record.level is None and hq.active_from == "report"
    for name, group in called_up(plan, record, level, order).items() if not waiting else ():
        if name not in onsite.groups:
            team = OnScene(lead=record.leads.get(name, group.lead or ""), members=group.members)
            told = {"group": name, "name": group.name, "forces": group.forces, **team.model_dump(mode="json")}
            first = max(onsite.since, record.ordered_at or onsite.since) if hq.active_from == "report" else onsite.since
            at = now if record.onsite and record.onsite.groups else first
            yield by_system("group_formed", at, now, told, group.clauses)
            onsite = onsite.but(groups={**onsite.groups, name: team})
    if onsite != record.onsite:
        return
    known = tasks.standing(record)
    own = [_rule(work, hq.unit) for work in hq.tasks if work.id not in known]
    yield from tasks.give(plan, record, own, now, "on-site headquarters")
    for name, team in onsite.groups.items():
        yield from _work(plan, record, name, team.lead or hq.unit, known, now)
    yield from _call(plan, record, onsite, order.get("leave_out", ()), now)


def _forms_at(plan: Plan, record: Record, hq: OnSiteHq) -> datetime | None:
    """When it is formed by itself, as things stand: with the report or with the order of its level; None: not yet."""
    if record.level is not None and record.ordered_at is not None:
        return record.ordered_at if due(plan, record, record.level) else None
    stands = record.phase == "early_disposal" and record.facts is not None and record.grades is not None
    if stands and hq.active_from == "report" and due(plan, record, record.standing()):
        return record.known().received_at
    return None


def _formation(hq: OnSiteHq, record: Record) -> Formation | None:
    """Who makes it up at the level that stands, or before any; None: the plan has no word on it."""
    level = record.level
    return next((one for one in hq.formations if (level in one.levels if level else not one.levels)), None)


def falls(plan: Plan, record: Record, to: Grade, told: Collection[str], at: datetime, now: datetime) -> Iterator[Draft]:
    """What becomes of the headquarters once a level stands that has none: by the plan it is dissolved, or asked about.

    `record` is as it was before; one that was formed without such a level stays. `told` hear of the level anyhow.
    """
    hq, old = plan.command.onsite_hq, record.level
    if hq is None or record.onsite is None or old is None or not due(plan, record, old) or due(plan, record, to):
        return
    if hq.ends is None:
        says = f"{to}级响应不设现场指挥部：是否撤销"
        rule = TaskRule(id=_ASKED, owner=hq.ordered_by, says=says, clauses=hq.clauses, conditional=True)
        yield from tasks.give(plan, record, [rule], now, f"level {to}")
        return
    reason = f"应急响应由{old}级调整为{to}级"
    yield by_system("onsite_hq_dissolved", at, now, {"unit": hq.unit, "level": to, "reason": reason}, hq.clauses)
    yield from _idle(record, hq, now, reason)
    yield from let_go(plan, record, [unit for unit in called(record) if unit not in told], at, now)


def let_go(plan: Plan, record: Record, units: Iterable[str], at: datetime, now: datetime) -> Iterator[Draft]:
    """The news that the headquarters is dissolved, to those whom a group alone has called."""
    name = fresh(LET_GO, record.notices)
    said = {"from": clock_time(plan, at)}
    yield from tell(plan, record, now, name, "onsite_dissolved", dict.fromkeys(units, ""), said, chased=False)


def _idle(record: Record, hq: OnSiteHq, now: datetime, reason: str) -> Iterator[Draft]:
    """What nobody has taken up yet is not asked any more; work in hand goes on until it is done or ruled out."""
    own = {work.id for work in hq.tasks}
    idle = [t.id for t in record.tasks.values() if t.state in ("asked", "held") and (t.group or t.rule in own)]
    yield from tasks.withdraw(idle, now, reason)


def _work(plan: Plan, record: Record, name: str, owner: str, known: set[str], now: datetime) -> Iterator[Draft]:
    """The tasks of a group that are not given yet; what new facts bring is told to its lead."""
    group = plan.groups[name]
    rules = [_rule(work, owner) for work in group.tasks if work.id not in known]
    given = list(tasks.give(plan, record, rules, now, name, group=name))
    yield from given
    if given and any(task.group == name for task in record.tasks.values()):
        titles = {unit: says for unit, says in tasks.titles(rules, record).items() if unit in plan.units}
        more = fresh(f"N-more-{name}", record.notices)
        yield from tell(plan, record, now, more, "more", titles, {}, clauses=group.clauses)


def _call(plan: Plan, record: Record, onsite: OnSite, left_out: Iterable[str], now: datetime) -> Iterator[Draft]:
    """Whoever belongs to a group and was called by no order."""
    ordered = (n.recipients for n in record.notices.values() if n.id.startswith("N-level-"))
    known = {unit for units in ordered for unit in units}.union(called(record), left_out)
    for name, team in onsite.groups.items():
        group = plan.groups[name]
        # Another than the plan's units may lead it in fact: it has no duty telephone here.
        belong = dict.fromkeys((team.lead, *team.members))
        units = [unit for unit in belong if unit in plan.units and unit not in known]
        known |= set(units)
        lead = plan.units[team.lead].name if team.lead in plan.units else team.lead
        said = {"group": group.name, "lead": lead}
        notice = fresh(f"N-{name}", record.notices)
        yield from tell(plan, record, now, notice, "group", dict.fromkeys(units, ""), said, clauses=group.clauses)


def _rule(work: Work, owner: str) -> TaskRule:
    return TaskRule(owner=owner, **{name: getattr(work, name) for name in Work.model_fields})


def _order(record: Record) -> Mapping[str, Any]:
    """What the order in force asked."""
    orders = [told for told in record.approvals.values() if told.what == "level" and told.effected]
    return orders[-1].asks if orders else {}


# -- folding -----------------------------------------------------------------------------------------------------------


def formed(record: Record, entry: Draft) -> Record:
    place = entry.data.get("place", "")
    return record.but(onsite=OnSite(unit=entry.data["unit"], since=entry.true_at, place=place))


def reformed(record: Record, entry: Draft) -> Record:
    """The headquarters is another body's now; its work goes on."""
    assert record.onsite is not None
    return record.but(onsite=record.onsite.but(formation=entry.data["formation"]))


def grouped(record: Record, entry: Draft) -> Record:
    assert record.onsite is not None
    team = OnScene(lead=entry.data["lead"], members=tuple(entry.data["members"]))
    return _set(record, record.onsite, entry.data["group"], team)


def led(record: Record, name: str, unit: str) -> Record:
    """The record once another unit leads this group in fact, now or when it is formed."""
    record = record.but(leads={**record.leads, name: unit})
    if record.onsite is None or name not in record.onsite.groups:
        return record
    return _set(record, record.onsite, name, record.onsite.groups[name].but(lead=unit))


def _set(record: Record, onsite: OnSite, name: str, team: OnScene) -> Record:
    # Whoever leads a group answers for what is still open in it.
    moved = {
        task.id: task.but(owner=team.lead)
        for task in record.tasks.values()
        if task.group == name and task.state in OPEN and team.lead
    }
    groups = {**onsite.groups, name: team}
    return record.but(onsite=onsite.but(groups=groups), tasks={**record.tasks, **moved})


def signed_in(record: Record, entry: Draft) -> Record:
    data = entry.data
    force = Force(
        unit=data["unit"],
        leader=data["leader"],
        people=data["people"],
        vehicles=data["vehicles"],
        phone=data["phone"],
        at=entry.true_at,
    )
    record = record.but(forces={**record.forces, force.unit: force})
    return tasks.stepped(record, data["task"], "finish") if "task" in data else record


def signed_out(record: Record, entry: Draft) -> Record:
    return record.but(forces={unit: force for unit, force in record.forces.items() if unit != entry.data["unit"]})


def dissolved(record: Record, entry: Draft) -> Record:
    """The headquarters has ended; the tasks in hand stay with their owners."""
    return record.but(onsite=None)
