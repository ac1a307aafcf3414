"""What a warning sets going and what ends with it: shared by the making of a warning and its publication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from incidents import approval, deadlines, tasks
from incidents.command import Refusal
from incidents.logbook import Draft
from incidents.notices import clock_time, issue
from incidents.record import Edition, Record, fresh
from plans.schema import Colour, Plan, TaskRule, WarningRules
from plans.vocabulary import WORDS
from statecharts.approval import OPEN as OPEN_APPROVALS
from statecharts.lifecycle import LIFECYCLE
from statecharts.task import OPEN as OPEN_TASKS
from statecharts.warning import WARNING

UNTIL = "valid-until"
"""The item of a warning's content that says until when it holds, by its national id."""
END_CLOCK = "warning-end"
CALLED = "N-warning"
"""How the notices of a standing warning are named: who got one is told of its end."""
_OCCASIONS = {
    "warning_expired": "warning_expired",
    "publication_withdrawn": "warning_withdrawn",
    "warning_published": "warning_lifted",
}


def ruled(plan: Plan) -> WarningRules | Refusal:
    """The plan's chapter on warnings, or that it has none."""
    if plan.warning is None:
        return Refusal(zh="本预案没有预警一章", reason="this plan has no chapter on warnings", kind="plan")
    return plan.warning


def measures(rules: WarningRules, colour: Colour) -> tuple[TaskRule, ...]:
    """The measures of a colour, after those of the colour that hold beneath it."""
    rule = rules.colours[colour]
    beneath = measures(rules, rule.base) if rule.base else ()
    return (*beneath, *rule.measures)


def over(rules: WarningRules, record: Record, keep: tuple[TaskRule, ...] = ()) -> dict[str, object]:
    """What an entry says that ends a warning, or lowers it: its colour, and which of its measures end. Those of an
    accident that came of it stay."""
    kept = {rule.id for rule in keep}
    asked = {rule.id for colour in rules.colours for rule in measures(rules, colour)} | {r.id for r in rules.watch}
    going = [task.id for task in record.tasks.values() if task.state in OPEN_TASKS and task.rule in asked - kept]
    return {"colour": record.warned().colour, "ends": going if record.facts is None else []}


def is_over(plan: Plan, record: Record, entry: Draft, now: datetime, reason: str = "") -> Iterator[Draft]:
    """The entry that ends a warning, the word to everybody who was called, the end of its clock."""
    warning = record.warned()
    yield entry
    standing = warning.edition(warning.standing)
    called = {
        recipient.unit: ""
        for notice in record.notices.values()
        if notice.id.startswith(CALLED)
        for recipient in notice.recipients.values()
    }
    if called and standing is not None:
        said: dict[str, Any] = {
            "colour": WORDS[warning.colour],
            "matter": record.scene().summary,
            "from": clock_time(plan, entry.true_at),
            "until": clock_time(plan, standing.valid_until),
            "reason": reason,
        }
        name = fresh(f"{CALLED}-over", record.notices)
        occasion = _OCCASIONS[entry.kind]
        yield issue(plan, record, now, name, occasion, called, chased=False, **said)
    for clock in record.clocks.values():
        if clock.id.startswith(END_CLOCK):
            yield from deadlines.void(record, clock.id, now, "预警已结束")


def step(record: Record, edition: Edition, trigger: str = "") -> Record:
    """The record with this edition changed, and the warning moved."""
    warning = record.warned()
    editions = tuple(edition if old.number == edition.number else old for old in warning.editions)
    warning = warning.but(editions=editions)
    if trigger:
        warning = warning.but(state=WARNING.step(warning.state, trigger, warning))
    return record.but(warning=warning)


def closed(record: Record, entry: Draft, trigger: str) -> Record:
    """The record once nothing is public any more: its measures end, and nobody need agree to anything."""
    warning = record.warned()
    state = WARNING.step(warning.state, trigger, warning)
    record = moot(record)
    record = tasks.ended(record, entry.data.get("ends", ()))
    phase = record.phase
    if LIFECYCLE.can(phase, "end_warning", record):
        phase = LIFECYCLE.step(phase, "end_warning", record)
    return record.but(phase=phase, warning=warning.but(state=state, draft=0, standing=0))


def moot(record: Record, but: str = "") -> Record:
    """Nobody need answer any more for a text that is not out; for one that is, somebody still does."""
    out = {name for edition in record.warned().editions if edition.submitted_at for name in edition.approvals}
    asked = [one for one in record.approvals.values() if one.what in approval.PUBLIC and one.state in OPEN_APPROVALS]
    ahead = "warning_ahead" if but else ""
    return approval.moot(record, [one.id for one in asked if one.id not in {*out, but} and one.what != ahead])


def no_colour(rules: WarningRules, colour: str) -> Refusal:
    """The plan has no such colour."""
    has = ", ".join(rules.colours)
    return Refusal(
        zh=f"colour：本预案有 {has}，现为 {colour}", reason=f"colour: this plan has {has}, found {colour}", kind="plan"
    )


def cited(found: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Their clauses, each once."""
    return tuple(dict.fromkeys(clause for clauses in found for clause in clauses))
