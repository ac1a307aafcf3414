"""A plan as people read it: short sheets of tables, chapter by chapter, for the terminal and for pages alike."""

from __future__ import annotations

from plans.schema import Plan
from plans.sheets import ending, organisation, record, reporting, response, warning
from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import Language

__all__ = ["Row", "Sheet", "sheets"]

_CHAPTERS = (
    organisation.about,
    organisation.units,
    organisation.posts,
    organisation.groups,
    reporting.grading,
    reporting.reporting,
    reporting.notices,
    reporting.disposal,
    response.response,
    response.command,
    warning.warning,
    warning.release,
    ending.termination,
    ending.recovery,
    ending.preparedness,
    record.decisions,
    record.outside,
)


def sheets(plan: Plan, lang: Language = "zh", chapter: str | None = None) -> tuple[Sheet, ...]:
    """The whole plan, or one chapter (a file's name without `.yaml`), with empty sheets left out."""
    reader = Reader(plan, lang)
    told = (sheet for read in _CHAPTERS for sheet in read(reader))
    return tuple(s for s in told if (s.rows or s.notes) and chapter in (None, s.chapter))
