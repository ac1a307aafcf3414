"""The figures of a plan's coverage as sheets: by kind of clause, and which clauses are still missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plans.coverage import HOMES, coverage, homes_of, sites
from plans.evidence import Evidence
from plans.library import ClauseRow
from plans.schema import Plan
from plans.sheets import Sheet
from plans.vocabulary import KINDS, Language


def figures(plan: Plan, rows: Sequence[ClauseRow], known: Evidence, lang: Language = "zh") -> Iterator[Sheet]:
    """Totals by kind; then the clauses that no element homes, with what would; then those not exercised yet."""

    def t(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    told = coverage(plan, rows, *known)
    kinds = dict.fromkeys(row.kind for row in rows)
    lines = [(t("合计", "all"), *_counts(plan, rows, known))]
    lines += [
        (
            f"{KINDS.get(kind, kind)} {kind}" if lang == "zh" else kind,
            *_counts(plan, [r for r in rows if r.kind == kind], known),
        )
        for kind in kinds
    ]
    counted = (t("条款", "Clauses"), t("已落实", "Homed"), t("系统外", "Outside"), t("未落实", "Unhomed"))
    columns = (t("类别", "Kind"), *counted, t("已演练", "Exercised"))
    yield Sheet("coverage", t("条款落实", "Coverage"), columns, tuple(lines))
    by_id, stands = {row.clause: row for row in rows}, sites(plan)
    unhomed = [
        (clause, by_id[clause].kind, by_id[clause].asks, _places(stands.get(clause, ())), _needs(by_id[clause].kind))
        for clause in told.unhomed
    ]
    heads = (t("条款", "Clause"), t("类别", "Kind"), t("要求", "Asks"))
    wanted = (*heads, t("现在何处", "Stands at"), t("须有", "Needs"))
    yield Sheet("unhomed", t("未落实的条款", "Unhomed clauses"), wanted, tuple(unhomed))
    unexercised = [
        (clause, by_id[clause].kind, by_id[clause].asks, _places(homes_of(by_id[clause], stands[clause])))
        for clause in told.unexercised
    ]
    yield Sheet(
        "unexercised",
        t("尚未演练的条款", "Not exercised yet"),
        (*heads, t("落实在", "Homed at")),
        tuple(unexercised),
    )


def _counts(plan: Plan, rows: Sequence[ClauseRow], known: Evidence) -> tuple[str, ...]:
    told = coverage(plan, rows, *known)
    return tuple(map(str, (told.total, told.homed, len(told.outside), len(told.unhomed), told.exercised)))


def _places(stands: Sequence[tuple[str, object, str]]) -> str:
    return ", ".join(dict.fromkeys(path for path, _, _ in stands)) or "-"


def _needs(kind: str) -> str:
    return "; ".join(home.words() for home in HOMES.get(kind, ())) or f"no element homes the kind {kind}"
