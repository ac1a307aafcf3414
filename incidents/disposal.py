"""Early disposal (先期处置): first actions begin with the report and wait for nobody's signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from incidents import tasks
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import issue
from incidents.record import Record
from plans.schema import Plan

NOTICE = "N-early"


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
