"""The chain of reports (首报、续报、终报): each is one body with its figures frozen, sent by many legs.

The bodies are numbered and follow each other; the final one closes the chain until the incident is reopened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents.accident import Words
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Record, Report
from incidents.report_contents import carried
from plans.schema import ElementId, Measure, Plan, Role

STAGES: Mapping[str, str] = {"first": "首报", "follow_up": "续报", "final": "终报"}


class DraftReport(Command):
    """A report is drawn up: what it carries, with figures as at an instant. Facts that come later stand beside it."""

    verb: ClassVar[str] = "draft-report"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    stage: Literal["first", "follow_up", "final"]
    as_at: AwareDatetime
    figures: Mapping[Measure, int] | None = Field(default=None, max_length=20)
    """Left out: the ledger's."""
    differs: str = Field(default="", max_length=400)
    """Why it has other figures than the ledger."""
    fields: Mapping[ElementId, Words] = Field(default={}, max_length=100)
    """The plan's items in words, where the facts do not tell them."""


def draft_report(plan: Plan, record: Record, command: DraftReport, now: datetime) -> Answer:
    last = list(record.reports.values())[-1] if record.reports else None
    if refusal := _out_of_turn(record, command.stage, last):
        return refusal
    if command.as_at > now:
        return Refusal(
            zh=f"as_at：不能晚于现在，现为 {command.as_at.isoformat()}",
            reason=f"as_at: expected a time that is not in the future, found {command.as_at.isoformat()}",
        )
    if last is not None and command.as_at < last.as_at:
        return Refusal(
            zh=f"as_at：不能早于上一份（{last.as_at.isoformat()}），现为 {command.as_at.isoformat()}",
            reason=f"as_at: expected a time from {last.as_at.isoformat()} on, as in the last report; "
            f"found {command.as_at.isoformat()}",
        )
    ledger = record.figures()
    figures = ledger if command.figures is None else dict(command.figures)
    if figures != ledger and not command.differs:
        return other_figures(figures, ledger, "台账", "the ledger")
    contents = carried(plan, record, command.fields, signed=False)
    if isinstance(contents, Refusal):
        return contents
    number = 1 + sum(report.stage == "follow_up" for report in record.reports.values())
    data = {
        "report": f"report-{len(record.reports) + 1}",
        "n": number if command.stage == "follow_up" else 0,
        "follows": last.id if last else "",
        **command.told("stage", "as_at", "differs"),
        "figures": figures,
        "changed": changes(last.figures if last else {}, figures),
        "fields": contents.told(command.fields),
    }
    return (command.entry("report_drafted", now, data, contents.clauses),)


def other_figures(found: Mapping[Measure, int], expected: Mapping[Measure, int], zh: str, en: str) -> Refusal:
    """Two figures that should be one: shown, and asked about."""
    told = changes(expected, found)
    differing = "、".join(f"{name} {before}→{after}" for name, (before, after) in told.items())
    return Refusal(
        zh=f"figures：与{zh}不一致（{differing}）；属实请在 differs 写明原因",
        reason=f"figures: they differ from {en} ({differing}); expected the reason in 'differs' if that is so",
    )


def changes(before: Mapping[Measure, int], after: Mapping[Measure, int]) -> dict[str, tuple[int | None, int | None]]:
    """What differs between two sets of figures, as (before, after); None: not told."""
    names = dict.fromkeys((*before, *after))
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _out_of_turn(record: Record, stage: str, last: Report | None) -> Refusal | None:
    if stage == "first" and last is not None:
        return Refusal(
            zh=f"stage：首报已有（{last.id}），请用续报",
            reason=f"stage: the first report is there ({last.id})",
            kind="plan",
        )
    if stage != "first" and last is None:
        return Refusal(zh="stage：尚无首报", reason="stage: expected 'first', since there is none yet", kind="plan")
    closed = last is not None and last.stage == "final"
    if closed and (record.reopened_at is None or last is None or record.reopened_at <= last.as_at):
        return Refusal(
            zh="stage：终报已出，重新启动后才有续报",
            reason="stage: the final report is out; another one comes only once the incident is reopened",
            kind="plan",
        )
    return None


def drafted(record: Record, entry: Draft) -> Record:
    data = entry.data
    report = Report(
        id=data["report"],
        stage=data["stage"],
        n=data["n"],
        follows=data["follows"],
        as_at=data["as_at"],
        figures=data["figures"],
        drafted_by=entry.user,
    )
    return record.but(reports={**record.reports, report.id: report})


def sent(record: Record, entry: Draft) -> Record:
    """A leg of one of the chain's reports is out."""
    name = entry.data.get("report")
    if not name:
        return record
    report = record.reports[name]
    return record.but(reports={**record.reports, name: report.but(legs=(*report.legs, entry.data["clock"]))})
