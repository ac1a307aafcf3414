"""How it ends and what comes after; what stands ready for the next time."""

from __future__ import annotations

from collections.abc import Iterator

from plans.schema import ApprovalRule
from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import span, word


def termination(r: Reader) -> Iterator[Sheet]:
    rules = r.plan.termination
    rows = [(c.path, r.says(c), r.cite(c.clauses)) for c in rules.conditions]
    joined = [*rules.required, *(r.t("或", " or ").join(group) for group in rules.alternatives)]
    notes = [
        *([r.t("须成立：", "Needed: ") + r.t("；", "; ").join(joined)] if joined else []),
        _scene_end(r, rules.scene_end),
        *(_scene_end(r, rule, level) for level, rule in rules.scene_end_at.items()),
        r.rests(r.says(rules.withdrawal), rules.withdrawal.clauses),
        r.rests(r.says(rules.lifting), rules.lifting.clauses),
    ]
    yield r.sheet("termination", "应急结束|The end", "路径|Path", "条件|Condition", rows, notes=notes)


def _scene_end(r: Reader, rule: ApprovalRule, level: str = "") -> str:
    _, end, _ = r.approval(rule)
    zh, en = (f"（{level}级）", f" at {level}") if level else ("", "")
    return r.rests(r.t(f"结束现场处置{zh}：{end}决定", f"The scene end{en} is decided by {end}"), rule.clauses)


def recovery(r: Reader) -> Iterator[Sheet]:
    yield r.tasks("recovery", "后期处置|Recovery", r.plan.recovery.tasks)
    if (window := r.plan.recovery.casualty_window) is not None:
        lasts = span(window.length, r.lang)
        special = "、".join(f"{word(s, r.lang)} {span(d, r.lang)}" for s, d in window.sectors.items())
        said = r.rests(f"{lasts}{f'（{special}）' if special else ''}", window.clauses)
        yield Sheet("recovery", r.t("伤亡补报期", "Casualty window"), notes=(said,))


def preparedness(r: Reader) -> Iterator[Sheet]:
    ready = r.plan.preparedness
    if ready is None:
        return
    rows: list[Row] = [
        (word(kept.kind, r.lang), r.unit(kept.owner) if kept.owner else "", r.says(kept), r.cite(kept.clauses))
        for kept in ready.resources
    ]
    yield r.sheet("preparedness", "应急保障|What stands ready", "类|Kind", "责任|Owner", "内容|What", rows)
    drills = [
        (r.unit(d.owner), r.says(d), span(d.every, r.lang) if d.every else "", r.cite(d.clauses)) for d in ready.drills
    ]
    yield r.sheet("preparedness", "演练|Exercises", "责任|Owner", "内容|What", "周期|Every", drills)
    if (taken := ready.requisition) is not None:
        cited = r.cite((*taken.clauses, *taken.payment_clauses))
        row = (r.names(taken.ordered_by), r.says(taken), r.names(taken.paid_by), cited)
        heads = ("决定|Ordered by", "内容|What", "补偿|Paid by")
        yield r.sheet("preparedness", "征用|Requisition", *heads, [row])
    revised = [(r.says(case), r.cite(case.clauses)) for case in ready.revisions]
    yield r.sheet("preparedness", "何时修订|What opens a revision", "情形|Case", revised)
