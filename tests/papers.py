"""One incident whose documents are made: a drill of level III by word of mouth, with the whole chain of its reports."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache

import docx
from docx.document import Document as Paper

from drills import case as cases
from drills.case import Case, Line
from incidents.incident import fold
from incidents.record import Record
from papers.source import Source
from plans import library, roster
from plans.documents import document
from tests.playing import Played, plan_of, play

MAIN = ("D1", "D3", "D4", "D5", "D8a", "D8b", "D20", "D21")
"""The main eight."""


def _line(at: str, do: str, **given: object) -> Line:
    told = {"at": at, "by": "first_officer", "do": do, "with": given, "says": "文书", "en": "for the documents"}
    return Line.model_validate(told)


ADDED = (
    _line(
        "2025-07-03T09:33:00+08:00",
        "draft-report",
        stage="first",
        as_at="2025-07-03T09:32:00+08:00",
        fields={"enterprise-size": "储罐六座，当班三十人", "progress": "消防正在侦检"},
    ),
    _line(
        "2025-07-03T10:20:00+08:00",
        "draft-report",
        stage="follow_up",
        as_at="2025-07-03T10:15:00+08:00",
    ),
    _line(
        "2025-07-03T10:25:00+08:00",
        "instruct",
        leader="周岚",
        post="副市长",
        government="city",
        form="phone",
        words="全力救人，防止次生灾害，妥善安置群众",
        read_back=True,
        feedback_due="2025-07-03T18:00:00+08:00",
        tasks=[{"owner": "health_commission", "what": "中毒人员集中救治", "due_at": "2025-07-03T14:00:00+08:00"}],
    ),
    _line("2025-07-03T10:27:00+08:00", "convey-instruction", instruction="I1", to="市卫生部门", via="电话"),
    _line(
        "2025-07-03T15:40:00+08:00",
        "draft-report",
        stage="follow_up",
        as_at="2025-07-03T15:30:00+08:00",
    ),
    _line(
        "2025-07-03T19:50:00+08:00",
        "draft-report",
        stage="final",
        as_at="2025-07-03T19:45:00+08:00",
    ),
)


@cache
def staged() -> Played:
    """The case, played in the pure core with what its documents need."""
    case: Case = cases.read(cases.find("level-iii"))
    script = sorted((*case.script, *ADDED), key=lambda line: line.at)
    return play(case.model_copy(update={"script": tuple(script)}), plan_of(case.plan))


def until(kind: str, n: int = 1, **told: object) -> int:
    """The number of the n-th such entry."""
    found = [e for e in staged().entries if e.kind == kind and all(e.data.get(k) == v for k, v in told.items())]
    return found[n - 1].seq


def drawn_up() -> Mapping[str, int]:
    """Upon which entry each of the main eight is drawn up."""
    return {
        "D1": until("tasks_given"),
        "D3": until("report_drafted", stage="first"),
        "D4": until("report_drafted", 2, stage="follow_up"),
        "D5": until("report_drafted", stage="final"),
        "D8a": until("proposed"),
        "D8b": until("level_ordered"),
        "D20": until("response_lifted"),
        "D21": until("archived"),
    }


def source(seq: int | None = None, number: str = "", about: str = "") -> Source:
    """What a document is made from: the incident as it stood upon an entry, or at its end."""
    plan = plan_of("lhasa-2022")
    known = [*staged().entries[:seq]]
    record = fold(Record(id="54010020251125001", kind="drill"), known)
    series = document(number).series if number else "值班信息"
    told = roster.read(library.find("lhasa-2022") / roster.EXAMPLE)
    return Source(
        plan=plan,
        record=record,
        entries=known,
        made_at=known[-1].known_at,
        about=about,
        number=f"{series}〔2026〕3号",
        series=series,
        drafter="li.ming",
        people={holder.user: holder.name.removesuffix("（虚构）") for holder in told.holders},
        phones={unit: contact.phone for unit, contact in told.contacts.items()},
    )


def edited(paper: bytes, edit: Callable[[str], str]) -> bytes:
    """The paper with each run of each paragraph and cell rewritten, as a word processor leaves it."""
    told: Paper = docx.Document(io.BytesIO(paper))
    cells = [cell for table in told.tables for row in table.rows for cell in row.cells]
    for line in [*told.paragraphs, *(line for cell in cells for line in cell.paragraphs)]:
        for run in line.runs:
            if edit(run.text) != run.text:
                run.text = edit(run.text)
    out = io.BytesIO()
    told.save(out)
    return out.getvalue()
