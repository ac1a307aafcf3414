"""Measures of the accident's own kind (专项措施): which of the plan's packs the commander chose, and what it asks.

A pack stands in another plan. Where that plan is not attached the commander is told so; the generic measures run on.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Refusal
from incidents.logbook import Draft
from incidents.notices import tell
from incidents.orders import due, put
from incidents.record import Part, Record, Task, fresh
from incidents.speaking import Ordered, commands, no_order, speaker
from plans.schema import MeasurePack, Plan


class Measure(Part):
    """One measure of a pack: who, what, until when."""

    owner: str
    what: str = Field(min_length=1, max_length=400)
    due_at: AwareDatetime | None = None


class ChoosePack(Ordered):
    """The commander has the measures of one special plan taken."""

    verb: ClassVar[str] = "choose-pack"
    pack: str
    measures: tuple[Measure, ...] = Field(min_length=1, max_length=50)
    basis: str = Field(default="", max_length=400)
    """Where these measures come from, if not from the plan itself: experts, a data sheet, the enterprise's own plan."""


def choose_pack(plan: Plan, record: Record, command: ChoosePack, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    fitting = {pack.id: pack for pack in plan.response.packs if record.known().sector in pack.sectors}
    pack = fitting.get(command.pack)
    if pack is None:
        known = ", ".join(fitting) or "none"
        return Refusal(
            zh=f"pack：对此类事故应为 {known} 之一，现为 {command.pack}",
            reason=f"pack: expected one for this kind of accident, {known}; found {command.pack}",
        )
    if not commands(record, said.post):
        return no_order(plan, record, said.post)
    if refusal := _lacks(plan, pack, command, now):
        return refusal
    given, taken = [], dict(record.tasks)
    for measure in command.measures:
        task = Task(
            id=fresh("T1", taken),
            rule="",
            says=measure.what,
            owner=measure.owner,
            due_at=measure.due_at,
            ordered_by=said.post,
        )
        taken[task.id] = task
        given.append(task)
    data = {
        "pack": pack.id,
        "title": pack.title,
        "attached": pack.attached,
        **command.told("basis"),
        "tasks": [task.model_dump(mode="json", exclude_none=True) for task in given],
        **command.heard(said),
    }
    at = command.true_at or now
    owed: dict[str, list[str]] = {}
    for task in given:
        owed.setdefault(task.owner, []).append(task.says)
    words = {"by": plan.posts[said.post].title, "what": pack.title, "until": ""}
    duties = {unit: "；".join(says) for unit, says in owed.items()}
    return (
        command.entry("pack_chosen", now, data, pack.clauses),
        *deadlines.begin([clock for task in given for clock in due(task, at)], now),
        *tell(plan, record, now, fresh(f"N-{pack.id}", record.notices), "task", duties, words),
    )


def chosen(record: Record, entry: Draft) -> Record:
    for task in entry.data["tasks"]:
        record = put(record, task)
    return record


def _lacks(plan: Plan, pack: MeasurePack, command: ChoosePack, now: datetime) -> Refusal | None:
    at = command.true_at or now
    for measure in command.measures:
        if measure.owner not in plan.units:
            return Refusal(
                zh=f"measures.owner：应为预案中的单位，现为 {measure.owner}",
                reason=f"measures.owner: expected a unit of the plan, found {measure.owner}",
            )
        if measure.due_at is not None and measure.due_at <= at:
            return Refusal(
                zh="measures.due_at：须晚于下达时刻", reason="measures.due_at: expected an instant after the order"
            )
    if not pack.attached and not command.basis:
        return Refusal(
            zh=f"basis：{pack.title}未附，须写明措施的依据",
            reason=f"basis: '{pack.id}' is not attached; expected what the measures rest on",
            clauses=pack.clauses,
        )
    return None
