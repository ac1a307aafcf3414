"""Chasers from above (催报): who pressed for what, and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Chaser, Record
from plans.schema import Plan, Role


class RecordChaser(Command):
    """Somebody above presses for a report or an answer."""

    verb: ClassVar[str] = "record-chaser"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    by: str = Field(min_length=1, max_length=200)
    """The body and the person, in their own words."""
    via: str = Field(min_length=1, max_length=200)
    clock: str = Field(default="", max_length=64)
    """The leg that is asked for; empty: something else."""
    words: str = Field(min_length=1, max_length=2000)


class AnswerChaser(Command):
    """What was answered, by which means."""

    verb: ClassVar[str] = "answer-chaser"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    chaser: str
    via: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=2000)


def record_chaser(plan: Plan, record: Record, command: RecordChaser, now: datetime) -> Answer:
    if command.clock and command.clock not in record.clocks:
        known = ", ".join(clock.id for clock in record.clocks.values() if clock.rule) or "none"
        return Refusal(
            zh=f"clock：没有报告 {command.clock}；现有 {known}",
            reason=f"clock: no report '{command.clock}' here; known: {known}",
        )
    data = {"chaser": f"U{len(record.chasers) + 1}", **command.told("by", "via", "clock", "words")}
    return (command.entry("chaser_received", now, data),)


def answer_chaser(plan: Plan, record: Record, command: AnswerChaser, now: datetime) -> Answer:
    chaser = record.chasers.get(command.chaser)
    if chaser is None or chaser.answered_at is not None:
        waiting = ", ".join(one.id for one in record.chasers.values() if one.answered_at is None) or "none"
        return Refusal(
            zh=f"chaser：没有待答复的 {command.chaser}；待答复 {waiting}",
            reason=f"chaser: no '{command.chaser}' waits for an answer; waiting: {waiting}",
        )
    return (command.entry("chaser_answered", now, command.told("chaser", "via", "words")),)


def received(record: Record, entry: Draft) -> Record:
    data = entry.data
    chaser = Chaser(id=data["chaser"], by=data["by"], clock=data["clock"], words=data["words"], at=entry.true_at)
    return record.but(chasers={**record.chasers, chaser.id: chaser})


def answered(record: Record, entry: Draft) -> Record:
    chaser = record.chasers[entry.data["chaser"]]
    told = chaser.but(answered_at=entry.true_at, answer=entry.data["words"])
    return record.but(chasers={**record.chasers, chaser.id: told})
