"""The end (应急结束): a gate of conditions, then three acts: scene end approved, teams out, response lifted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents import approval
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import unaccounted
from incidents.logbook import Draft
from incidents.record import Record, Tick
from incidents.safety import people_inside
from plans.schema import Plan
from statecharts.approval import APPROVAL, OPEN
from statecharts.lifecycle import LIFECYCLE


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
    complete = {rule.path for rule in rules.conditions} - {
        rule.path for rule in rules.conditions if not _holds(record, rule.id)
    }
    if (inside := people_inside(record)) != 0:
        return Refusal(
            zh=f"救援暂停中，{'撤出人数尚未清点' if inside is None else f'尚有 {inside} 人未撤出'}",
            reason=f"the rescue stops: {'nobody is counted' if inside is None else f'{inside} people are not'} out yet",
            kind="hard",
        )
    people = unaccounted(record)
    if people and rules.people_missing_path not in complete:
        return Refusal(
            zh=f"还有 {people} 人下落不明：须满足 {rules.people_missing_path} 的全部条件",
            reason=f"{people} people are unaccounted for: expected every condition of '{rules.people_missing_path}'",
            kind="hard",
            clauses=_of(plan, rules.people_missing_path),
        )
    for path in rules.required:
        if path not in complete:
            return _lacking(plan, record, (path,))
    for group in rules.alternatives:
        if not set(group) & complete:
            return _lacking(plan, record, group)
    asks = {
        "matter": command.matter,
        "as_at": now.isoformat(),
        "figures": {measure: count.n for measure, count in record.counts.items()},
        "conditions": sorted(name for name, tick in record.conditions.items() if tick.holds),
    }
    data = approval.ask(record, "scene_end", rules.scene_end, asks, command.envelope.user)
    return (command.entry("proposed", now, data, rules.scene_end.clauses),)


def confirm_withdrawal(plan: Plan, record: Record, command: ConfirmWithdrawal, now: datetime) -> Answer:
    if not LIFECYCLE.can(record.phase, "withdraw", record):
        return Refusal(
            zh=f"须先批准结束现场处置；现为 {record.phase} 阶段",
            reason=f"expected the scene end to be approved first; the phase is {record.phase}",
            kind="plan",
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
            yield by_system("end_approved", at, now, {"approval": granted.id}, plan.termination.scene_end.clauses)
    if record.phase == "withdrawn":
        if record.level is None:
            # No response was started: with the teams out nothing is left to lift.
            yield by_system("nothing_to_lift", now, now, {}, plan.termination.lifting.clauses)
        elif not any(a.what == "lift" and (a.state in OPEN or not a.effected) for a in record.approvals.values()):
            level = plan.response.levels[record.level]
            asks = {"matter": f"解除{record.level}级应急响应", "as_at": now.isoformat()}
            data = approval.ask(record, "lift", level.lift or level.approval, asks, "system")
            yield by_system("proposed", now, now, data, plan.termination.lifting.clauses)


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
    return record.but(phase=LIFECYCLE.step(record.phase, "lift", record), lifted_at=entry.true_at)


def reopened(record: Record, entry: Draft) -> Record:
    # What was found to hold must be found again, and nobody ends what goes on.
    for old in record.approvals.values():
        if old.what in ("scene_end", "lift") and old.state in OPEN:
            moved = old.but(state=APPROVAL.step(old.state, "supersede", old))
            record = record.but(approvals={**record.approvals, old.id: moved})
    return record.but(phase=LIFECYCLE.step(record.phase, "reopen", record), conditions={}, lifted_at=None)


def _holds(record: Record, condition: str) -> bool:
    tick = record.conditions.get(condition)
    return tick is not None and tick.holds


def _of(plan: Plan, *paths: str | None) -> tuple[str, ...]:
    found = [clause for rule in plan.termination.conditions if rule.path in paths for clause in rule.clauses]
    return tuple(dict.fromkeys(found))


def _lacking(plan: Plan, record: Record, paths: tuple[str, ...]) -> Refusal:
    open_ = [rule for rule in plan.termination.conditions if rule.path in paths and not _holds(record, rule.id)]
    return Refusal(
        zh=f"conditions：尚缺 {'；'.join(f'{rule.id} {rule.says}' for rule in open_)}",
        reason=f"conditions: expected {'; '.join(f'{rule.id} {rule.en or rule.says}' for rule in open_)}",
        kind="plan",
        clauses=_of(plan, *paths),
    )
