"""Special attention (敏感时段、同类再发): what asks for it beside the grade is found and written down once.

The plan's calendar knows a sensitive period; whether the like happened shortly before, a report says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from incidents.command import by_system
from incidents.logbook import Draft
from incidents.record import Record
from plans.schema import Attention, Circumstance, Period, Plan

SENSITIVE: Circumstance = "sensitive_period"
REPEATED: Circumstance = "repeated"


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The entry that says why this accident asks for attention; another one only where a reason is added."""
    rules = plan.response.attention
    if rules is None or record.facts is None or record.phase not in ("early_disposal", "response"):
        return
    period = _period(plan, rules, record)
    told = {name for name in (SENSITIVE, REPEATED) if name in record.facts.circumstances}
    reasons = sorted(told | {SENSITIVE} if period else told)
    if set(reasons) <= set(record.attention):
        return
    data = {"circumstances": reasons, **({"period": period.says} if period else {})}
    yield by_system("attention_raised", now, now, data, rules.clauses)


def raised(record: Record, entry: Draft) -> Record:
    """What the calendar found holds like what a report said."""
    reasons = tuple(entry.data["circumstances"])
    facts = record.known()
    circumstances = tuple(dict.fromkeys((*facts.circumstances, *reasons)))
    return record.but(attention=reasons, facts=facts.model_copy(update={"circumstances": circumstances}))


def _period(plan: Plan, rules: Attention, record: Record) -> Period | None:
    day = record.known().happened_at().astimezone(ZoneInfo(plan.about.jurisdiction.time_zone)).date()
    return next((period for period in rules.periods if period.first <= day <= period.last), None)
