"""What people did is always recordable: departures from the plan (偏离), things done elsewhere, files as evidence."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents.command import Answer, Command, Refusal
from incidents.commander import take, too_early
from incidents.logbook import Draft
from incidents.record import Departure, Record
from plans.schema import ClauseId, Grade, Plan
from statecharts.lifecycle import LIFECYCLE


class Deviate(Command):
    """Somebody ordered what the plan says otherwise; it was done. It has full effect and stands on the first page."""

    verb: ClassVar[str] = "deviate"
    ordered_by: str = Field(min_length=1, max_length=200)
    post: str = Field(default="", max_length=64)
    words: str = Field(min_length=1, max_length=2000)
    reason: str = Field(min_length=1, max_length=2000)
    leaves: tuple[ClauseId, ...] = Field(min_length=1, max_length=20)
    """The clauses it departs from."""
    level: Grade | None = None
    """The level that stands since then."""
    commander: str | None = None
    """The post that commands since then."""


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
    if command.commander is not None and command.commander not in plan.posts:
        return Refusal(
            zh=f"commander：应为预案中的岗位，现为 {command.commander}",
            reason=f"commander: expected a post of the plan, found {command.commander}",
        )
    if command.commander is not None and (refusal := too_early(record, command.true_at or now)):
        return refusal
    if command.level is not None and not LIFECYCLE.can(record.phase, "start_response", record):
        return Refusal(
            zh=f"level：{record.phase} 阶段不能启动响应，请先重新启动",
            reason=f"level: nothing is started in phase {record.phase}; reopen first",
        )
    told = command.told("ordered_by", "post", "words", "reason", "leaves", "level", "commander")
    return (command.entry("deviation", now, told, command.leaves),)


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
    departure = Departure(
        seq=record.head.seq + 1, kind="deviation", says=entry.data["words"], clauses=tuple(entry.data["leaves"])
    )
    record = record.but(departures=(*record.departures, departure))
    if level := entry.data.get("level"):
        phase = LIFECYCLE.step(record.phase, "start_response", record)
        record = record.but(phase=phase, level=level, ordered_at=entry.true_at)
    if post := entry.data.get("commander"):
        record = take(record, entry, post, entry.data["ordered_by"], "deviation")
    return record


def kept(record: Record, entry: Draft) -> Record:
    return record.but(evidence={**record.evidence, entry.data["sha256"]: entry.data["name"]})
