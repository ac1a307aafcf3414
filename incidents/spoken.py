"""What is read out on the telephone (电话快报), or copied into another system: short, and unknown said as such."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from incidents.notices import clock_time
from incidents.record import Clock, Record
from incidents.report_contents import VERIFYING
from plans.schema import Measure, Plan
from plans.vocabulary import WORDS

PACE = 5.0
"""Characters of Chinese that an officer reads out in a second."""
_PEOPLE: tuple[Measure, ...] = ("deaths", "missing", "trapped", "serious_injuries", "injuries", "people_at_risk")
"""Whom every outline by telephone speaks of, known or not."""
_ALSO: tuple[Measure, ...] = ("out_of_contact", "acute_poisoning", "hospitalised", "evacuated")


class Script(NamedTuple):
    """A text to be read out: `seconds` is how long that takes."""

    text: str
    seconds: float


def outline(plan: Plan, record: Record, clock: Clock, as_at: datetime, words: int = 60) -> Script:
    """The outline of a leg as it is spoken: who speaks, what happened, people as at an instant, what is being done.

    `words` bounds what is said of the course, so that the whole is read in three quarters of a minute."""
    facts = record.known()
    to = plan.units[clock.addressee].name if clock.addressee in plan.units else clock.addressee
    sender = plan.units[clock.sender].name if clock.sender in plan.units else clock.sender
    course = facts.summary if len(facts.summary) <= words else f"{facts.summary[: words - 1]}…"
    doing = f"已启动{record.level}级响应" if record.level else "正在先期处置"
    text = (
        f"{to}，{sender}报告：{clock_time(plan, facts.happened_at())}，{facts.place.name}{facts.enterprise}"
        f"发生{WORDS[facts.sector]}事故，{course}。截至{clock_time(plan, as_at)}，{people(record)}。{doing}。"
        "书面材料随后报送。请记录并复述。"
    )
    mark = "【演练】" if record.kind == "drill" else ""
    return Script(f"{mark}{text}", len(text) / PACE)


def people(record: Record) -> str:
    """The people by what is verified or official; what nobody knows is said so, never as nought."""
    told = [
        f"{WORDS[measure]}{count.n}人" if (count := record.counts.get(measure)) else f"{WORDS[measure]}{VERIFYING}"
        for measure in _PEOPLE
    ]
    told += [f"{WORDS[measure]}{record.counts[measure].n}人" for measure in _ALSO if measure in record.counts]
    return "，".join(told)
