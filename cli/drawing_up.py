"""What `fenghuo document` works on: an incident's papers as they were drawn up, under their numbers.

A paper keeps its number and the log as it stood when it was drawn up; what has come since stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cli import desk, reading
from cli.exits import Exit, stop
from incidents import chain
from incidents.incident import fold
from incidents.logbook import Entry
from incidents.record import Record
from papers import filling
from papers.filling import Filled
from papers.source import Rows, Source, Unfit
from plans import documents, library, roster
from plans.documents import Document
from plans.schema import Plan
from settings import Settings
from store.numbers import Drawn, Numbers

_PAGE = re.compile(rb"/Type\s*/Page\b")


class Paper(NamedTuple):
    """One document of an incident. `since` has the figures that moved after it was drawn up, as (before, now)."""

    document: Document
    drawn: Drawn
    filled: Filled
    content: bytes
    template: Path
    since: Mapping[str, tuple[int | None, int | None]]


class Incident(NamedTuple):
    """The stored log of an incident, its plan, and who is called what."""

    number: str
    entries: Sequence[Entry]
    record: Record
    plan: Plan
    people: Mapping[str, str]
    phones: Mapping[str, str]


def incident(settings: Settings, number: str) -> Incident:
    """Read it; what is not there ends the command in one line."""
    entries = desk.run(lambda: reading.entries_of(settings, number))
    record = fold(Record(id=number), entries)
    directory = desk.gate(settings)
    plan = reading.plan_kept(settings, record.plan_hash)
    holders = directory.holders(plan.about.jurisdiction.division_code)
    people = {user: name for user, _, name, _ in holders if name}
    directory.close()
    return Incident(number, entries, record, plan, people, _phones(settings, record.plan))


def document(number: str) -> Document:
    """A document by its number."""
    try:
        return documents.document(number)
    except KeyError:
        known = "、".join(told.id for told in documents.documents() if filling.fillable(told.id))
        stop(Exit.BAD_INPUT, f"DOC：应为 {known} 之一，现为 {number}", f"DOC: expected one of {known}, found {number}")


def paper(
    settings: Settings,
    case: Incident,
    told: Document,
    about: str = "",
    drafter: str = "",
    refresh: bool = False,
) -> Paper:
    """Draw a document up, or again as it was; `refresh` takes the log as it stands now. It keeps its number."""
    now = datetime.now(UTC)
    try:
        whole = _source(settings, case, case.entries, about=about, made_at=now, drafter=drafter)
        subject = filling.subject(whole, told.id)
        filling.fields(whole, told)
        register = Numbers(settings.folder)
        drawn = register.known(case.number, told.id, subject)
        if drawn is None:
            series = settings.document_series.get(told.id) or told.series or told.title
            year = now.astimezone(ZoneInfo(case.plan.about.jurisdiction.time_zone)).year
            seq = case.entries[-1].seq
            drawn = register.draw(case.number, told.id, subject, series, year, seq, now, drafter)
        elif refresh:
            drawn = register.refresh(drawn, case.entries[-1].seq, now, drafter)
        return _as_drawn(settings, case, told, drawn)
    except Unfit as unfit:
        stop(Exit.NOT_FOUND, unfit.zh, unfit.en)


def drawn_before(settings: Settings, case: Incident, told: Document, about: str) -> Paper:
    """A document as it was drawn up; one that was not ends the command."""
    register = Numbers(settings.folder)
    known = [one for one in register.of(case.number) if one.document == told.id and about in ("", one.about)]
    if not known:
        stop(
            Exit.NOT_FOUND,
            f"{told.id} 尚未生成：先 `fenghuo document make {case.number} {told.id}`",
            f"{told.id} is not drawn up yet: `fenghuo document make {case.number} {told.id}` first",
        )
    return _as_drawn(settings, case, told, known[-1])


def all_drawn(settings: Settings, case: Incident) -> list[Paper]:
    """Every document of an incident that was drawn up, the oldest first."""
    return [
        _as_drawn(settings, case, documents.document(one.document), one)
        for one in Numbers(settings.folder).of(case.number)
    ]


def told(paper: Paper) -> dict[str, Any]:
    """A document as JSON."""
    return {
        "incident": paper.drawn.incident,
        "document": paper.document.id,
        "title": paper.document.title,
        "about": paper.drawn.about,
        "number": paper.drawn.number,
        "made_at": paper.drawn.made_at.isoformat(),
        "seq": paper.drawn.seq,
        "as_at": paper.filled.as_at.isoformat(),
        "figures": dict(paper.filled.figures),
        "since": {measure: list(pair) for measure, pair in paper.since.items()},
    }


def pages(pdf: Path) -> int:
    """How many pages a PDF of LibreOffice has."""
    return len(_PAGE.findall(pdf.read_bytes()))


def _as_drawn(settings: Settings, case: Incident, told: Document, drawn: Drawn) -> Paper:
    entries = [entry for entry in case.entries if entry.seq <= drawn.seq]
    source = _source(
        settings,
        case,
        entries,
        about=drawn.about,
        made_at=drawn.made_at,
        drafter=drawn.drafter,
        number=drawn.number,
        series=drawn.series,
    )
    filled = filling.fields(source, told)
    # Its libraries take long to load.
    from papers.rendering import rendered

    template = documents.template(told, _folder(settings, case.record.plan), settings.home)
    assert template is not None  # each that can be filled has a default one
    since = chain.changes(filled.figures, case.record.figures())
    return Paper(told, drawn, filled, rendered(template, filled.values), template, {**since})


def _source(settings: Settings, case: Incident, entries: Sequence[Entry], **told: Any) -> Source:
    record = fold(Record(id=case.number), entries)
    names = {"people": case.people, "phones": case.phones, "issuer": settings.document_issuer}
    source = Source(plan=case.plan, record=record, entries=entries, **names, **told)
    return source.model_copy(update={"taken": _sheet(settings, source)})


def _sheet(settings: Settings, source: Source) -> Mapping[str, str | Rows]:
    """The sheet of the intake that is told of, or of the last one; empty: the incident has none."""
    known = [*source.record.intakes]
    if not known:
        return {}
    # Few documents tell of an intake, and its store takes long to load.
    from cli.keeping import kept
    from intakes.sheet import rows, sheet

    intake = kept(settings, source.about if source.about in known else known[-1])
    told: dict[str, str | Rows] = {**sheet(intake, source.when), **rows(intake, source.when)}
    # An intake's own number stays on its own record: a document has one of its series.
    return {name: value for name, value in told.items() if name != "number"}


def _folder(settings: Settings, plan: str) -> Path:
    """Where a plan lies that may lay templates and a roster of its own; one that is gone lays none."""
    try:
        return library.find(plan, settings.home)
    except library.NoSuchPlan:
        return documents.DEFAULT


def _phones(settings: Settings, plan: str) -> Mapping[str, str]:
    for file in (_folder(settings, plan) / name for name in (roster.OWN, roster.EXAMPLE)):
        if file.exists():
            return {unit: contact.phone for unit, contact in roster.read(file).contacts.items()}
    return {}
