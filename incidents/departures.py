"""What people did is always recordable: departures from the plan (偏离), things done elsewhere, files as evidence."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents.command import Answer, Command, Refusal
from incidents.effects import EFFECTS, Effect
from incidents.logbook import Draft
from incidents.record import Departure, Form, Record
from plans.schema import ClauseId, Plan


class Deviate(Command):
    """Somebody ordered what the plan says otherwise; it was done. It has full effect and stands on the first page."""

    verb: ClassVar[str] = "deviate"
    ordered_by: str = Field(min_length=1, max_length=200)
    post: str = Field(default="", max_length=64)
    form: Form = "oral"
    """How it was ordered; the one who ordered it may also record it."""
    words: str = Field(min_length=1, max_length=2000)
    reason: str = Field(min_length=1, max_length=2000)
    leaves: tuple[ClauseId, ...] = Field(min_length=1, max_length=20)
    """The clauses it departs from."""
    effects: tuple[Effect, ...] = Field(default=(), max_length=10)
    """What is otherwise since then; without any it stands on the first page alone."""


class RecordExternal(Command):
    """Something happened outside this system: it is never refused for coming out of order."""

    verb: ClassVar[str] = "record-external"
    by: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=4000)
    number: str = Field(default="", max_length=64)


class AttachEvidence(Command):
    """A file, by its hash; the file itself stays in the data folder."""

    verb: ClassVar[str] = "attach-evidence"
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=0)
    about: int | None = Field(default=None, ge=1)
    """The entry that it belongs to."""


def deviate(plan: Plan, record: Record, command: Deviate, now: datetime) -> Answer:
    kinds = [effect.kind for effect in command.effects]
    if again := [kind for kind in kinds if kinds.count(kind) > 1]:
        return Refusal(
            zh=f"effects：{again[0]} 一条只写一次，其余另记",
            reason=f"effects: '{again[0]}' once in an entry; record the rest anew",
        )
    at = command.true_at or now
    told = command.told("ordered_by", "post", "form", "words", "reason", "leaves", "effects")
    deviation = command.entry("deviation", now, told, command.leaves)
    beside: list[Draft] = []
    after = record
    for effect in command.effects:
        if refusal := effect.refused(plan, after, at):
            return refusal
        beside += effect.brings(plan, after, command, now)
        after = effect.folded(after, deviation)
    return (deviation, *beside)


def record_external(plan: Plan, record: Record, command: RecordExternal, now: datetime) -> Answer:
    return (command.entry("external", now, command.told("by", "words", "number")),)


def attach_evidence(plan: Plan, record: Record, command: AttachEvidence, now: datetime) -> Answer:
    if command.about is not None and command.about > record.head.seq:
        return Refusal(
            zh=f"about：没有第 {command.about} 条；最后一条是 {record.head.seq}",
            reason=f"about: entry {command.about} does not exist; the last is {record.head.seq}",
        )
    return (command.entry("evidence", now, command.told("sha256", "name", "size", "about")),)


def deviated(record: Record, entry: Draft) -> Record:
    effects = EFFECTS.validate_python(entry.data["effects"])
    departure = Departure(
        seq=record.head.seq + 1,
        kind="deviation",
        says=entry.data["words"],
        at=entry.true_at,
        clauses=tuple(entry.data["leaves"]),
        ordered_by=entry.data["ordered_by"],
        post=entry.data["post"],
        form=entry.data["form"],
        recorded_by=entry.user,
        reason=entry.data["reason"],
        effects=tuple(effect.kind for effect in effects),
    )
    for effect in effects:
        record = effect.folded(record, entry)
    return record.but(departures=(*record.departures, departure))


def kept(record: Record, entry: Draft) -> Record:
    return record.but(evidence={**record.evidence, entry.data["sha256"]: entry.data["name"]})
