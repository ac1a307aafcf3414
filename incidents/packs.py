"""Measures of the accident's own kind (专项措施): which of the plan's packs the commander chose, and what it asks.

A pack stands in another plan. Where that plan is not attached the commander is told so; the generic measures run on.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents import deadlines
from incidents.command import Answer, Refusal
from incidents.logbook import Draft
from incidents.notices import tell
from incidents.orders import Split, by_owner, due, put, shared_out
from incidents.record import Record, fresh
from incidents.speaking import Ordered, commands, no_order, speaker
from plans.schema import Plan


class ChoosePack(Ordered):
    """The commander has the measures of one special plan taken."""

    verb: ClassVar[str] = "choose-pack"
    pack: str
    measures: tuple[Split, ...] = Field(min_length=1, max_length=50)
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
    if not pack.attached and not command.basis:
        return Refusal(
            zh=f"basis：{pack.title}未附，须写明措施的依据",
            reason=f"basis: '{pack.id}' is not attached; expected what the measures rest on",
            clauses=pack.clauses,
        )
    at = command.true_at or now
    given = shared_out(plan, record, "measures", command.measures, at, ordered_by=said.post)
    if isinstance(given, Refusal):
        return given
    data = {
        "pack": pack.id,
        "title": pack.title,
        "attached": pack.attached,
        **command.told("basis"),
        "tasks": [task.model_dump(mode="json", exclude_none=True) for task in given],
        **command.heard(said),
    }
    words = {"by": plan.posts[said.post].title, "what": pack.title, "until": ""}
    return (
        command.entry("pack_chosen", now, data, pack.clauses),
        *deadlines.begin([clock for task in given for clock in due(task, at)], now),
        *tell(plan, record, now, fresh(f"N-{pack.id}", record.notices), "task", by_owner(given), words),
    )


def chosen(record: Record, entry: Draft) -> Record:
    for task in entry.data["tasks"]:
        record = put(record, task)
    return record
