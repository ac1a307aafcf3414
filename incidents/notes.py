"""Free notes and corrections: what people saw is always recordable, and nothing written is ever altered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents.command import Answer, Command, Refusal
from incidents.record import Record
from plans.schema import Plan


class Note(Command):
    """A line for the log."""

    verb: ClassVar[str] = "note"
    words: str = Field(min_length=1, max_length=4000)


class Correct(Command):
    """Words that correct an earlier entry, which stays as it was."""

    verb: ClassVar[str] = "correct"
    corrects: int = Field(ge=1)
    words: str = Field(min_length=1, max_length=4000)


def note(plan: Plan, record: Record, command: Note, now: datetime) -> Answer:
    return (command.entry("noted", now, {"words": command.words}),)


def correct(plan: Plan, record: Record, command: Correct, now: datetime) -> Answer:
    if command.corrects > record.head.seq:
        return Refusal(
            zh=f"corrects：没有第 {command.corrects} 条；最后一条是 {record.head.seq}",
            reason=f"corrects: entry {command.corrects} does not exist; the last is {record.head.seq}",
        )
    return (command.entry("corrected", now, {"corrects": command.corrects, "words": command.words}),)
