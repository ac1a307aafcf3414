"""The gate before the end (终止条件): which conditions were found to hold, and that nobody is left behind."""

from __future__ import annotations

from incidents.command import Refusal
from incidents.facts import unaccounted
from incidents.record import Record
from plans.schema import Plan


def people_left(plan: Plan, record: Record) -> Refusal | None:
    """Nothing ends with rescuers inside, nor with people unaccounted for but by the path that the plan has for it."""
    if (inside := people_inside(record)) != 0:
        return Refusal(
            zh=f"救援暂停中，{'撤出人数尚未清点' if inside is None else f'尚有 {inside} 人未撤出'}",
            reason=f"the rescue stops: {'nobody is counted' if inside is None else f'{inside} people are not'} out yet",
            kind="hard",
        )
    people, path = unaccounted(record), plan.termination.people_missing_path
    if not people or path in complete(plan, record):
        return None
    lacking = [rule for rule in plan.termination.conditions if rule.path == path and not holds(record, rule.id)]
    return Refusal(
        zh=f"还有 {people} 人下落不明，尚缺：{'；'.join(rule.says for rule in lacking)}",
        reason=f"{people} people are unaccounted for; wanting: {'; '.join(rule.en or rule.says for rule in lacking)}",
        kind="hard",
        clauses=clauses_of(plan, path),
    )


def people_inside(record: Record) -> int | None:
    """How many who went in are not counted out yet while the rescue stops; None: nobody has counted."""
    if record.rescue != "suspending":
        return 0
    last = record.suspensions[-1]
    return None if last.went_in is None or last.out is None else max(0, last.went_in - last.out)


def complete(plan: Plan, record: Record) -> set[str]:
    """The paths of which every condition holds."""
    conditions = plan.termination.conditions
    return {rule.path for rule in conditions} - {rule.path for rule in conditions if not holds(record, rule.id)}


def holds(record: Record, condition: str) -> bool:
    tick = record.conditions.get(condition)
    return tick is not None and tick.holds


def clauses_of(plan: Plan, *paths: str | None) -> tuple[str, ...]:
    found = [clause for rule in plan.termination.conditions if rule.path in paths for clause in rule.clauses]
    return tuple(dict.fromkeys(found))
