"""The end (应急结束): a gate of conditions, then three acts: scene end approved, teams out, response lifted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from incidents import approval, onsite, tasks, zones
from incidents.command import Answer, Command, Refusal, by_system
from incidents.conditions import clauses_of, complete, holds, people_left
from incidents.logbook import Draft
from incidents.record import Record, Tick
from plans.schema import Plan, TaskRule
from statecharts.approval import OPEN
from statecharts.lifecycle import LIFECYCLE
from statecharts.task import OPEN as OPEN_TASKS

_WAITS = "superior-ends"
"""The task of asking the superior that commands for its decision."""


class TickCondition(Command):
    """One condition of the end was found to hold, or no longer to hold, on this evidence."""

    verb: ClassVar[str] = "tick-condition"
    condition: str
    holds: bool = True
    words: str = Field(min_length=1, max_length=2000)
    """On what ground."""
    evidence: tuple[str, ...] = Field(default=(), max_length=20)
    """Files by SHA-256."""


class ProposeTermination(Command):
    """The end of on-scene disposal is proposed; every condition must have been ticked."""

    verb: ClassVar[str] = "propose-termination"
    matter: str = Field(default="结束现场应急处置", min_length=1, max_length=400)


class ConfirmWithdrawal(Command):
    """The rescue teams are out: how many, counted by whom, who stays behind to watch."""

    verb: ClassVar[str] = "confirm-withdrawal"
    counted_by: str = Field(min_length=1, max_length=200)
    people: int = Field(ge=0, le=100_000)
    stays: str = Field(default="", max_length=400)


class ProposeLifting(Command):
    """The lifting is proposed once more, after those who started the response had declined it."""

    verb: ClassVar[str] = "propose-lifting"
    reason: str = Field(min_length=1, max_length=400)


class RecordSuperiorEnd(Command):
    """The superior that commands has decided the end: who, by which number or before whom."""

    verb: ClassVar[str] = "record-superior-end"
    by: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=2000)
    number: str = Field(default="", max_length=64)


class Reopen(Command):
    """It is not over."""

    verb: ClassVar[str] = "reopen"
    reason: str = Field(min_length=1, max_length=2000)


def tick_condition(plan: Plan, record: Record, command: TickCondition, now: datetime) -> Answer:
    rule = next((rule for rule in plan.termination.conditions if rule.id == command.condition), None)
    if rule is None:
        known = ", ".join(rule.id for rule in plan.termination.conditions)
        return Refusal(
            zh=f"condition：应为 {known} 之一，现为 {command.condition}",
            reason=f"condition: expected one of {known}, found {command.condition}",
        )
    if missing := [digest for digest in command.evidence if digest not in record.evidence]:
        return Refusal(
            zh=f"evidence：请先登记文件，{missing[0][:12]} 尚无记录",
            reason=f"evidence: attach the file first, {missing[0][:12]} is unknown",
        )
    if rule.written and command.holds and not command.evidence:
        return Refusal(
            zh=f"evidence：{rule.says}须附文件",
            reason=f"evidence: expected the document, since only that shows '{rule.en or rule.says}'",
            clauses=rule.clauses,
        )
    data = {**command.told("condition", "holds", "words", "evidence"), "says": rule.says}
    return (command.entry("condition_found", now, data, rule.clauses),)


def propose_termination(plan: Plan, record: Record, command: ProposeTermination, now: datetime) -> Answer:
    rules = plan.termination
    if not LIFECYCLE.can(record.phase, "approve_end", record):
        return Refusal(
            zh=f"{record.phase} 阶段没有可结束的处置", reason=f"nothing to end in phase {record.phase}", kind="plan"
        )
    if waiting := [a.id for a in record.approvals.values() if a.state in OPEN and a.what != "scene_end"]:
        return Refusal(
            zh=f"{', '.join(waiting)} 尚在审批，请先办理",
            reason=f"{', '.join(waiting)} still waits: decide it first",
            kind="plan",
        )
    if refusal := people_left(plan, record):
        return refusal
    done = complete(plan, record)
    for path in rules.required:
        if path not in done:
            return _lacking(plan, record, (path,))
    for group in rules.alternatives:
        if not set(group) & done:
            return _lacking(plan, record, group)
    asks = {
        "matter": command.matter,
        "as_at": now.isoformat(),
        "figures": record.figures(),
        "conditions": sorted(name for name, tick in record.conditions.items() if tick.holds),
    }
    rule = rules.scene_end_for(record.level)
    data = approval.ask(record, "scene_end", rule, asks, command.envelope.user)
    return (command.entry("proposed", now, data, rule.clauses),)


def propose_lifting(plan: Plan, record: Record, command: ProposeLifting, now: datetime) -> Answer:
    waits = [a.id for a in record.approvals.values() if a.what == "lift" and a.state in OPEN]
    if record.phase != "withdrawn" or record.level is None or waits:
        return Refusal(
            zh=f"没有可再次提请的解除；待审批 {', '.join(waits) or '无'}",
            reason=f"no lifting to propose again; open: {', '.join(waits) or 'none'}",
            kind="plan",
            clauses=plan.termination.lifting.clauses,
        )
    if refusal := people_left(plan, record):
        return refusal
    if above := _superior_first(plan, record):
        return Refusal(
            zh=f"须先有{plan.units[above].name}的决定（record-superior-end）",
            reason=f"expected the decision of {above} first (record-superior-end)",
            kind="plan",
            clauses=plan.termination.lifting.clauses,
        )
    data = _lift(plan, record, command.envelope.user, now)
    return (command.entry("proposed", now, {**data, "reason": command.reason}, plan.termination.lifting.clauses),)


def record_superior_end(plan: Plan, record: Record, command: RecordSuperiorEnd, now: datetime) -> Answer:
    if not superior(plan, record):
        return Refusal(
            zh="现场不由上级指挥：由启动者结束", reason="no superior commands here: who started it ends it", kind="plan"
        )
    waits = [task.id for task in record.tasks.values() if task.rule == _WAITS and task.state in OPEN_TASKS]
    done = [command.entry("task_moved", now, {"task": name, "outcome": "done", "words": ""}) for name in waits]
    return (command.entry("superior_ended", now, command.told("by", "words", "number")), *done)


def superior(plan: Plan, record: Record) -> str:
    """The body above us whose leader commands on scene now; empty: one of ours does."""
    post = plan.posts.get(record.commander.post) if record.commander else None
    takers = {name for rule in plan.command.handovers if rule.kind == "command" for name in rule.taker}
    return post.unit if post is not None and {post.unit, record.commander and record.commander.post} & takers else ""


def _superior_first(plan: Plan, record: Record) -> str:
    """The superior whose decision must come before ours; empty: it is there, or none commands."""
    waits = plan.termination.lifting.superior_first and not record.superior_ended
    return superior(plan, record) if waits else ""


def confirm_withdrawal(plan: Plan, record: Record, command: ConfirmWithdrawal, now: datetime) -> Answer:
    if not LIFECYCLE.can(record.phase, "withdraw", record):
        return Refusal(
            zh=f"须先批准结束现场处置；现为 {record.phase} 阶段",
            reason=f"expected the scene end to be approved first; the phase is {record.phase}",
            kind="plan",
            clauses=plan.termination.withdrawal.clauses,
        )
    if inside := zones.people_in(record):
        return Refusal(
            zh=f"控制区内尚有 {inside} 人：先登记离开（leave-zone）或清点撤出",
            reason=f"{inside} people are still inside a zone: expected them recorded out first (leave-zone)",
            clauses=plan.termination.withdrawal.clauses,
        )
    data = command.told("counted_by", "people", "stays")
    return (command.entry("withdrawn", now, data, plan.termination.withdrawal.clauses),)


def reopen(plan: Plan, record: Record, command: Reopen, now: datetime) -> Answer:
    if not LIFECYCLE.can(record.phase, "reopen", record):
        return Refusal(
            zh=f"{record.phase} 阶段不能重新启动", reason=f"nothing to reopen in phase {record.phase}", kind="plan"
        )
    return (command.entry("reopened", now, command.told("reason")),)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The scene end, once approved; then, the teams being out, the lifting is laid before those who started it."""
    for granted in record.approvals.values():
        if granted.what == "scene_end" and granted.state == "granted" and not granted.effected:
            at = granted.acts[-1].at
            clauses = plan.termination.scene_end_for(record.level).clauses
            yield by_system("end_approved", at, now, {"approval": granted.id}, clauses)
    if record.phase == "withdrawn" and people_left(plan, record) is None:
        if record.level is None:
            # No response was started: with the teams out nothing is left to lift.
            yield by_system("nothing_to_lift", now, now, {}, plan.termination.lifting.clauses)
            yield from onsite.let_go(plan, record, onsite.called(record), now, now)
        elif _superior_first(plan, record):
            yield from _waits_for_superior(plan, record, now)
        elif not _lift_asked(record):
            yield by_system("proposed", now, now, _lift(plan, record, "system", now), plan.termination.lifting.clauses)


def _lift_asked(record: Record) -> bool:
    """Whether the lifting was laid before somebody since it last went on: who declined is not asked again by itself."""
    return any(
        asked.what == "lift"
        and asked.state != "superseded"
        and not asked.effected
        and (record.reopened_at is None or asked.proposed_at >= record.reopened_at)
        for asked in record.approvals.values()
    )


def _lift(plan: Plan, record: Record, proposer: str, now: datetime) -> dict[str, Any]:
    assert record.level is not None  # nothing else is lifted
    level = plan.response.levels[record.level]
    asks = {"matter": f"解除{record.level}级应急响应", "as_at": now.isoformat()}
    return approval.ask(record, "lift", level.lift or level.approval, asks, proposer)


def _waits_for_superior(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """What a superior commands it ends first: the watch asks for its decision and records it."""
    if plan.watch is not None and _WAITS not in tasks.standing(record):
        says = f"请{plan.units[superior(plan, record)].name}决定结束，并记录"
        rule = TaskRule(id=_WAITS, owner=plan.watch, says=says, clauses=())
        yield from tasks.give(plan, record, [rule], now, "superior first")


def found(record: Record, entry: Draft) -> Record:
    tick = Tick(
        holds=entry.data["holds"],
        by=entry.user,
        post=entry.post,
        at=entry.true_at,
        evidence=tuple(entry.data.get("evidence", ())),
    )
    return record.but(conditions={**record.conditions, entry.data["condition"]: tick})


def end_approved(record: Record, entry: Draft) -> Record:
    granted = record.approvals[entry.data["approval"]]
    return record.but(
        phase=LIFECYCLE.step(record.phase, "approve_end", record),
        approvals={**record.approvals, granted.id: granted.but(effected=True)},
    )


def withdrawn(record: Record, entry: Draft) -> Record:
    return record.but(phase=LIFECYCLE.step(record.phase, "withdraw", record))


def nothing_to_lift(record: Record, entry: Draft) -> Record:
    return record.but(
        phase=LIFECYCLE.step(record.phase, "lift", record), lifted_at=entry.true_at, told_figures=record.figures()
    )


def superior_ended(record: Record, entry: Draft) -> Record:
    return record.but(superior_ended=entry.data["by"])


def reopened(record: Record, entry: Draft) -> Record:
    # What was found to hold must be found again, and nobody ends what goes on.
    record = approval.superseded(record, "scene_end", "lift")
    return record.but(
        phase=LIFECYCLE.step(record.phase, "reopen", record),
        conditions={},
        lifted_at=None,
        reopened_at=entry.true_at,
        superior_ended="",
        false_alarm=None,
        told_figures=None,
    )


def _lacking(plan: Plan, record: Record, paths: tuple[str, ...]) -> Refusal:
    open_ = [rule for rule in plan.termination.conditions if rule.path in paths and not holds(record, rule.id)]
    return Refusal(
        zh=f"conditions：尚缺 {'；'.join(f'{rule.id} {rule.says}' for rule in open_)}",
        reason=f"conditions: expected {'; '.join(f'{rule.id} {rule.en or rule.says}' for rule in open_)}",
        kind="plan",
        clauses=clauses_of(plan, *paths),
    )
