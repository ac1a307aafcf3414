"""Early disposal (先期处置): first actions begin with the report and wait for nobody's signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents import tasks
from incidents.command import Answer, Command, Refusal
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import issue
from incidents.record import Record
from plans.schema import Plan
from statecharts.task import OPEN

NOTICE = "N-early"


class RecordTakeover(Command):
    """Early disposal was taken over: what is still open of it is owed by the taker since then."""

    verb: ClassVar[str] = "record-takeover"
    unit: str
    words: str = Field(min_length=1, max_length=2000)
    """By whom it was handed over, before whom, what stays behind."""


class RecordStart(Command):
    """A body on the spot has begun to respond by itself, before any order: by its own plan, at its own level."""

    verb: ClassVar[str] = "record-start"
    unit: str
    by: str = Field(min_length=1, max_length=64)
    """The person who said so."""
    words: str = Field(min_length=1, max_length=2000)
    """Which plan or level it started, and to whom it has reported."""


def record_start(plan: Plan, record: Record, command: RecordStart, now: datetime) -> Answer:
    if command.unit not in plan.units:
        return Refusal(
            zh=f"unit：应为预案中的单位，现为 {command.unit}",
            reason=f"unit: expected a unit of the plan, found {command.unit}",
        )
    rules = [start for start in plan.response.at_once if command.unit in start.units]
    cited = dict.fromkeys(clause for start in rules for clause in start.clauses)
    return (command.entry("response_begun", now, command.told("unit", "by", "words"), tuple(cited)),)


def record_takeover(plan: Plan, record: Record, command: RecordTakeover, now: datetime) -> Answer:
    if command.unit not in plan.units:
        return Refusal(
            zh=f"unit：应为预案中的单位，现为 {command.unit}",
            reason=f"unit: expected a unit of the plan, found {command.unit}",
        )
    early = {rule.id for rule in plan.disposal.tasks}
    passing = [t.id for t in record.tasks.values() if t.rule in early and t.state in OPEN and t.owner != command.unit]
    if not passing:
        return Refusal(
            zh="先期处置没有可接管的任务", reason="nothing of early disposal is left to take over", kind="plan"
        )
    data = {**command.told("unit", "words"), "tasks": passing}
    known = tasks.standing(record)
    owed = [rule for rule in plan.disposal.taken_over if rule.id not in known]
    return (command.entry("taken_over", now, data), *tasks.give(plan, record, owed, now, "taken over"))


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The tasks of the first hour that are not given yet, and the call to those who owe them."""
    known = {task.rule for task in record.tasks.values()}
    yield from tasks.give(plan, record, [rule for rule in plan.disposal.tasks if rule.id not in known], now, "early")
    if NOTICE not in record.notices:
        titles = tasks.titles(plan.disposal.tasks, record)
        calls = [rule for rule in plan.disposal.notify if holds(rule.when, record)]
        called = {rule.unit: titles.get(rule.unit, "") for rule in calls}
        cites = {rule.unit: rule.clauses for rule in calls}
        if called:
            yield issue(plan, record, now, NOTICE, "early", called, clauses=plan.disposal.clauses, cites=cites)


def passed(record: Record, entry: Draft) -> Record:
    moved = {name: record.tasks[name].but(owner=entry.data["unit"]) for name in entry.data["tasks"]}
    return record.but(tasks={**record.tasks, **moved})
