"""Consultations (会商): minutes of a meeting at the scene or in the rear, whose decisions become tasks."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.notices import tell
from incidents.orders import Split, by_owner, due, put, shared_out
from incidents.record import Clock, Consultation, Record
from plans.schema import Plan


class RecordConsultation(Command):
    """The minutes of a meeting (会商纪要). `true_at` is when it was held."""

    verb: ClassVar[str] = "record-consultation"
    place: str = Field(min_length=1, max_length=200)
    chair: str = Field(min_length=1, max_length=200)
    """The person, and in which post; the chair signs the minutes."""
    present: tuple[str, ...] = Field(min_length=1, max_length=200)
    facts: str = Field(min_length=1, max_length=4000)
    judgement: str = Field(default="", max_length=4000)
    """Trend and risks."""
    options: tuple[str, ...] = Field(default=(), max_length=20)
    decisions: tuple[str, ...] = Field(min_length=1, max_length=50)
    tasks: tuple[Split, ...] = Field(default=(), max_length=50)
    next_at: AwareDatetime | None = None


def record_consultation(plan: Plan, record: Record, command: RecordConsultation, now: datetime) -> Answer:
    at = command.true_at or now
    given = shared_out(plan, record, "tasks", command.tasks, at)
    if isinstance(given, Refusal):
        return given
    if command.next_at is not None and command.next_at <= at:
        return Refusal(zh="next_at：须晚于本次会商", reason="next_at: expected an instant after this meeting")
    name = f"M{len(record.consultations) + 1}"
    told = command.told("place", "chair", "present", "facts", "judgement", "options", "decisions", "next_at")
    tasks = [task.model_dump(mode="json", exclude_none=True) for task in given]
    clocks = [clock for task in given for clock in due(task, at)]
    if command.next_at is not None:
        clocks.append(_next(name, at, command.next_at))
    words = {"by": f"{command.chair}主持的会商", "what": command.decisions[0], "until": ""}
    # The meeting that was due is this one.
    met = (draft for old in record.consultations for draft in deadlines.done(record, command, limit(old), now))
    return (
        command.entry("consultation_held", now, {"minutes": name, **told, "tasks": tasks}),
        *met,
        *deadlines.begin(clocks, now),
        *tell(plan, record, now, f"N-{name}", "task", by_owner(given), words),
    )


def limit(minutes: str) -> str:
    """The soft deadline of the next meeting, by the minutes that set it."""
    return f"next-{minutes}"


def held(record: Record, entry: Draft) -> Record:
    data = entry.data
    told = Consultation(
        id=data["minutes"],
        at=entry.true_at,
        place=data["place"],
        chair=data["chair"],
        decisions=tuple(data["decisions"]),
        tasks=tuple(task["id"] for task in data["tasks"]),
    )
    record = record.but(consultations={**record.consultations, told.id: told})
    for task in data["tasks"]:
        record = put(record, task)
    return record


def _next(name: str, at: datetime, next_at: datetime) -> Clock:
    return Clock(
        id=limit(name), says="下次会商", soft=True, starts_at=at, due_at=next_at, warn_at=next_at - (next_at - at) / 4
    )
