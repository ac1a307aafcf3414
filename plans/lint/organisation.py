"""Who is there: members, duties, groups, and units that act without being members."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from plans.lint.rule import Fault, Layer, cited, rule
from plans.schema import Duty, Group, NotifyRule, Sector, Work


@rule(
    "duty-outside-scope",
    "medium",
    "定范围以外的行业经谁确认后适用",
    "Decide whether the plan takes this sector after a person's confirmation.",
)
def scope(layer: Layer) -> Iterator[Fault]:
    """职责或标准涉及适用范围以外的行业 · A duty or a threshold speaks of a sector outside the scope."""
    taken = {*layer.about.scope.accepts, *layer.about.scope.confirm}
    asked = [(path, work.when.sectors, cited(work)) for path, work in layer.parts(Work)]
    asked += [(path, call.when.sectors, call.clauses) for path, call in layer.parts(NotifyRule)]
    asked += [(f"grading/criteria/{c.clause}", c.sectors, (c.clause,)) for c in layer.grading.criteria]
    for path, sectors, clauses in asked:
        if outside := [sector for sector in sectors if sector not in taken]:
            names = "、".join(outside)
            yield Fault(path, clauses, f"{names} 不在适用范围内", f"{', '.join(outside)}: outside the scope")


@rule(
    "acts-without-membership", "medium", "列为成员，或定为受邀单位", "Make it a member, or decide that it is invited."
)
def strangers(layer: Layer) -> Iterator[Fault]:
    """有职责或任务的单位不是成员 · A unit has duties or tasks and is no member."""
    acting = _acting(layer)
    for name, unit in layer.units.items():
        if unit.kind == "invited" and name in acting:
            yield Fault(
                f"units/{name}",
                (*unit.clauses, *acting[name]),
                f"{unit.name}有任务而不是成员单位",
                f"{name} acts and is no member",
            )


@rule("two-heads", "high", "定谁为首，另一人何时代行", "Decide who is the head, and when the other one acts.")
def heads(layer: Layer) -> Iterator[Fault]:
    """同一机构有两位负责人 · The plan names two heads of one body."""
    for name, unit in layer.units.items():
        posts = {key: post for key, post in layer.posts.items() if post.unit == name and post.heads}
        if len(posts) > 1:
            titles = "、".join(f"{post.title}（{post.held_by}）" for post in posts.values())
            yield Fault(
                f"units/{name}",
                [clause for post in posts.values() for clause in post.clauses],
                f"{unit.name}的负责人一处作一处不同：{titles}",
                f"{name} has several heads: {', '.join(posts)}",
            )


@rule("sector-two-leads", "medium", "定由谁牵头，其余协助", "Decide who leads; the others assist.")
def leads_of_sectors(layer: Layer) -> Iterator[Fault]:
    """一个行业的事故有几家牵头 · Several units lead for one sector."""
    leading: dict[Sector, dict[str, tuple[str, ...]]] = {}
    for name, unit in layer.units.items():
        for duty in unit.duties:
            for sector in duty.when.sectors if duty.phase == "incident" and duty.part == "lead" else ():
                leading.setdefault(sector, {}).setdefault(name, duty.clauses)
    for sector, units in leading.items():
        if len(units) > 1:
            yield Fault(
                f"units/{next(iter(units))}/duties/{sector}",
                [clause for clauses in units.values() for clause in clauses],
                f"{sector} 事故由{layer.called(*units)}各自牵头",
                f"{sector}: {', '.join(units)} all lead",
            )


@rule("member-without-duty", "medium", "补上职责，或说明只作协同", "Give it a duty, or say that it only assists.")
def idle(layer: Layer) -> Iterator[Fault]:
    """成员单位没有职责 · A member has no duty."""
    for name, unit in layer.units.items():
        if unit.kind == "member" and not unit.duties:
            yield Fault(f"units/{name}/duties", unit.clauses, f"{unit.name}没有职责", f"{name} has no duty")


@rule("assists-but-leads", "medium", "定何时牵头、何时协助", "Decide when it leads and when it assists.")
def both(layer: Layer) -> Iterator[Fault]:
    """职责写协助，专业组写牵头 · A unit's duty is to assist, and it leads a group."""
    for name, group in layer.groups.items():
        unit = layer.units.get(group.lead or "")
        assists = [duty for duty in unit.duties if duty.part == "assist" and duty.phase == "incident"] if unit else []
        if unit is not None and assists:
            yield Fault(
                f"groups/{name}/lead",
                (*group.clauses, *(clause for duty in assists for clause in duty.clauses)),
                f"{unit.name}职责为协助，却牵头{group.name}",
                f"{group.lead} is told to assist, and leads {name}",
            )


@rule("group-without-lead", "high", "定牵头单位", "Name the unit that leads.")
def leads(layer: Layer) -> Iterator[Fault]:
    """专业组没有牵头单位 · A group has no lead."""
    for name, group in layer.groups.items():
        if group.lead is None:
            yield Fault(f"groups/{name}/lead", group.clauses, f"{group.name}没有牵头单位", f"{name} has no lead")


@rule(
    "group-lacks-skill", "high", "增派有此专长的单位，或改由它所在的组", "Add a unit that can, or give it to its group."
)
def skills(layer: Layer) -> Iterator[Fault]:
    """专业组的任务，组内没有会做的单位 · A group is given work that none of its units can do."""
    for name, group in layer.groups.items():
        units = (unit for unit in (group.lead, *group.members) if unit is not None and unit in layer.units)
        here = {skill for unit in units for skill in layer.units[unit].skills}
        for task in group.tasks:
            able = [name for name, unit in layer.units.items() if task.skill in unit.skills]
            if able and task.skill not in here:
                yield Fault(
                    f"groups/{name}/tasks/{task.id}",
                    (*task.clauses, *group.clauses),
                    f"{group.name}承担“{task.says}”，组内没有{layer.called(*able)}",
                    f"{name} is to do '{task.en or task.id}', and {', '.join(able)} is not in it",
                )


@rule(
    "groups-listed-differently", "high", "定以哪份名单为准，其余对应", "Decide which list holds; map the others to it."
)
def lists(layer: Layer) -> Iterator[Fault]:
    """几处列出的工作组不同 · The groups are listed differently in several places."""
    hq = layer.command.onsite_hq
    lists = hq.group_lists if hq else ()
    names = {name for group in layer.groups.values() for name in (group.name, *group.aliases)}
    differing = [pair for pair in combinations(lists, 2) if set(pair[0].names) != set(pair[1].names)]
    if differing and any(set(one.names) - names for one in lists):
        only = "、".join(dict.fromkeys(name for one in lists for name in one.names if name not in names))
        yield Fault(
            "command/onsite_hq/group_lists",
            [clause for one in lists for clause in one.clauses],
            f"{len(lists)} 处名单不同；{only}没有组成和职责",
            f"{len(lists)} lists differ; {only} have no members and no tasks",
        )


@rule("group-without-members", "low", "可由现场指挥另派", "The commander may add some.")
def members(layer: Layer) -> Iterator[Fault]:
    """专业组只有牵头单位 · A group has a lead alone."""
    for name, group in layer.groups.items():
        if not group.members:
            yield Fault(f"groups/{name}/members", group.clauses, f"{group.name}没有成员单位", f"{name} has no members")


def _acting(layer: Layer) -> dict[str, tuple[str, ...]]:
    """Units that do something in an incident, with the clauses that say so."""
    acting: dict[str, tuple[str, ...]] = {}
    for path, work in layer.parts(Work):
        owner = path.split("/")[1] if isinstance(work, Duty) else getattr(work, "owner", None)
        if owner is not None:
            acting.setdefault(owner, cited(work))
    for _, call in layer.parts(NotifyRule):
        acting.setdefault(call.unit, call.clauses)
    for _, group in layer.parts(Group):
        for unit in (group.lead, *group.members):
            if unit is not None:
                acting.setdefault(unit, group.clauses)
    return acting
