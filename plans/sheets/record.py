"""What we decided about the plan, and what of it asks nothing of the program."""

from __future__ import annotations

from collections.abc import Iterator

from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import word


def decisions(r: Reader) -> Iterator[Sheet]:
    rows: list[Row] = [
        (
            decision.id,
            decision.choice,
            decision.reason,
            word(decision.basis, r.lang),
            r.t("已确认", "confirmed") if decision.confirmed else r.t("待确认", "to be confirmed"),
        )
        for decision in r.plan.decisions
    ]
    heads = ("编号|No.", "决定|Choice", "理由|Reason", "依据|Basis", "预案单位|Owner")
    title = "原文未写或矛盾处的决定|Decisions where the text is silent or contradicts itself"
    yield r.sheet("decisions", title, *heads, rows, cited=False)


def outside(r: Reader) -> Iterator[Sheet]:
    rows = [(item.clause, item.reason) for item in r.plan.outside]
    title = "不在系统内的条款|Clauses outside the system"
    yield r.sheet("outside", title, "条款|Clause", "理由|Reason", rows, cited=False)
