"""The on-site headquarters (现场指挥部): formed by the order of a level that has one, or earlier by the commander.

Its groups come in proportion to kind and level, as the plan's data and the order say; each lead owns its group's tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from incidents import tasks
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import tell
from incidents.record import Force, OnScene, OnSite, Record, fresh
from incidents.speaking import Ordered, commands, no_order, speaker
from plans.schema import Grade, Group, Plan, TaskRule, Work
from statecharts.task import OPEN


class FormOnsiteHq(Ordered):
    """The on-site headquarters is formed before, or without, an order of a level that has one."""

    verb: ClassVar[str] = "form-onsite-hq"
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
    if record.phase != "response" and record.onsite is None:
        return
    hq, onsite = plan.command.onsite_hq, record.onsite
    if hq is None:
        return
    if onsite is None:
        if record.level is not None and record.ordered_at is not None and due(plan, record, record.level):
            formed_by = {"ordered_by": hq.ordered_by, "set_up_by": hq.set_up_by}
            data = {"unit": hq.unit, "level": record.level, **formed_by}
            yield by_system("onsite_hq_formed", record.ordered_at, now, data, hq.clauses)
        return
    if record.phase not in ("response", "early_disposal"):
        return
    order = _order(record)
    level = record.level or record.standing()
    for name, group in called_up(plan, record, level, order).items():
        if name not in onsite.groups:
            team = OnScene(lead=record.leads.get(name, group.lead or ""), members=group.members)
            told = {"group": name, "name": group.name, "forces": group.forces, **team.model_dump(mode="json")}
            at = now if record.onsite and record.onsite.groups else onsite.since
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
    called = {
        unit
        for notice in record.notices.values()
        if notice.id.startswith(("N-level-", "N-group_"))
        for unit in notice.recipients
    } | set(left_out)
    for name, team in onsite.groups.items():
        group = plan.groups[name]
        # Another than the plan's units may lead it in fact: it has no duty telephone here.
        belong = dict.fromkeys((team.lead, *team.members))
        units = [unit for unit in belong if unit in plan.units and unit not in called]
        called |= set(units)
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
    """With the response the headquarters ends."""
    return record.but(onsite=None)
