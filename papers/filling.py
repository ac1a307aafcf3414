"""The fields of a document (文书栏目), filled from the log: each that its template may name, and none made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from incidents.report_contents import VERIFYING
from papers import desk, ending, reports, starting
from papers.source import UNSIGNED, Source, Unfit, Values
from plans.documents import Document
from plans.schema import Measure

Figures = Mapping[Measure, int]

_FILLED: Mapping[str, Callable[[Source], Values]] = {
    "D1": desk.intake,
    "D2": reports.by_telephone,
    "D3": reports.first,
    "D4": reports.follow_up,
    "D5": reports.final,
    "D6": reports.form,
    "D7": desk.submission,
    "D8a": starting.proposal,
    "D8b": starting.order,
    "D8c": starting.notice,
    "D9": starting.task,
    "D10": desk.instruction,
    "D20": ending.termination,
    "D21": ending.review,
    "D25": reports.late,
}
URGENT = "特急"
"""What an emergency's papers bear, until it is over."""
OVER = ("recovery", "archived", "closed", "false_alarm")
EMPTY = ("drill_mark", "sent_to", "copied_to", "attachments", "signed_at")
"""Fields that may stand empty: their template leaves out the words around them."""
DATED = ("D8a", "D8b", "D20", "D21")
"""Papers that bear a date alone; on the others the minute counts."""


class Filled(NamedTuple):
    """A document's fields; its figures, and as of when they stand, whatever the log comes to later."""

    values: Values
    figures: Figures
    as_at: datetime


def fillable(document: str) -> bool:
    """Whether the log can fill this document."""
    return document in _FILLED


def fields(source: Source, document: Document) -> Filled:
    """Every field of a document. Raises `Unfit` where the incident has nothing that it could tell."""
    if not fillable(document.id):
        raise Unfit(
            f"{document.id} {document.title} 由专门的章节填写，或尚无人填写",
            f"{document.id} ({document.en}) is not filled from the log",
        )
    if source.record.facts is None:
        raise Unfit("尚未转为事故，没有事故文书", "no accident has come of it yet, so it has no such documents")
    figures, as_at = frozen(source, document.id)
    told = {**_common(source, document, as_at), **_FILLED[document.id](source)}
    values: Values = {}
    for blank in document.fields:
        value = told.get(blank.name, [] if blank.each else "")
        open_ = not blank.each and value == "" and blank.name not in EMPTY and blank.name not in told
        values[blank.name] = VERIFYING if open_ else value
    return Filled(values, figures, as_at)


def subject(source: Source, document: str) -> str:
    """Which report, intake, task, instruction, leg or approval a document tells of; empty: the whole incident.

    Raises `Unfit`."""
    match document:
        case "D3" | "D4" | "D5":
            return reports.report_of(source, document).id
        case "D1":
            known = [*source.record.intakes]
            return source.pick(known, "接报", "intake") if known else ""
        case "D2":
            return reports.leg_of(source).id
        case "D25":
            return reports.late_leg_of(source).id
        case "D8a" | "D8b":
            return starting.proposed(source).id
        case "D9":
            return starting.task_of(source).id
        case "D10":
            return desk.instruction_of(source).id
        case _:
            return ""


def frozen(source: Source, document: str) -> tuple[Figures, datetime]:
    """The figures that a document tells and as of when. Raises `Unfit`."""
    match document:
        case "D3" | "D4" | "D5":
            report = reports.report_of(source, document)
            return report.figures, report.as_at
        case "D8a" | "D8b":
            asks = starting.proposed(source).asks
            return asks["figures"], datetime.fromisoformat(asks["as_at"])
        case "D20":
            return ending.frozen(source), ending.as_at(source)
        case _:
            return source.record.figures(), source.made_at


def _common(source: Source, document: Document, as_at: datetime) -> Values:
    record = source.record
    facts = record.known()
    watch = source.watch()
    issued = source.day(source.made_at) if document.id in DATED else source.dated(source.made_at)
    return {
        "drill_mark": "【演练】" if record.kind == "drill" else "",
        "number": source.number,
        "series": source.series,
        "issuer": source.issuer or source.unit(watch) or VERIFYING,
        "issued_at": issued,
        "urgency": "" if record.phase in OVER else URGENT,
        "signed_by": UNSIGNED,
        "drafted_by": source.person(source.drafter) if source.drafter else UNSIGNED,
        "checked_by": UNSIGNED,
        "addressees": VERIFYING,
        "copied_to": "",
        "contact": source.unit(watch) if watch else VERIFYING,
        "phone": source.phone(watch) if watch else VERIFYING,
        "attachments": "",
        "incident_id": record.id,
        "incident_name": desk.name(source),
        "place": facts.place.name,
        "enterprise": desk.enterprise(source),
        "accident_kind": desk.kind(source),
        "occurred_at": source.when(facts.occurred_at or facts.heard_at),
        "as_at": source.when(as_at),
    }
