"""A verdict in words: the grade in one line, and a line for each thing that gave it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.language import said
from plans.grading import Hit, Verdict
from plans.schema import Grade, Grading

_MEASURES = {
    "deaths": "死亡",
    "missing": "失踪",
    "out_of_contact": "失联",
    "trapped": "被困",
    "serious_injuries": "重伤",
    "threatened_injuries": "可能重伤",
    "acute_poisoning": "急性工业中毒",
    "poisoned": "中毒",
    "relocated": "转移",
    "direct_loss_yuan": "直接经济损失（元）",
    "explosion": "爆炸",
    "crane_overturn": "起重机械整体倾覆",
}
_FLAGS = {
    "literal_poison_rule": "按原文：中毒人数不论轻重",
    "threatened_only": "仅为可能重伤，不升到三级以上",
}


def headline(plan: Grading, verdict: Verdict, basis: str) -> str:
    """The grade, the statutory one, whether the counts are verified, and the clauses that decided."""
    clauses = list(dict.fromkeys(hit.clause for hit in verdict.decisive))
    known = "已核实" if basis == "verified" else "未核实"
    grade, statutory = verdict.grade, verdict.statutory_grade
    return said(
        f"{_name(plan, grade)}，法定{_name(plan, statutory)}，{known}，依据 {'、'.join(clauses) or '默认'}",
        f"grade {grade}, statutory {statutory}, {basis}, by {', '.join(clauses) or 'default'}",
    )


def reasons(plan: Grading, verdict: Verdict) -> Iterator[str]:
    """Each criterion that was met, the one that decided marked; then what a person should know beside."""
    for hit in verdict.criteria:
        yield _met(plan, hit) + (said("，据此定级", ", decides") if hit in verdict.decisive else "")
    if not verdict.criteria:
        default = _name(plan, verdict.grade)
        yield said(f"无一条符合，默认定为{default}", f"no criterion is met: {verdict.grade} by default")
    elif not verdict.decisive:
        default = _name(plan, verdict.grade)
        yield said(f"各条均低于默认的{default}", f"every criterion is below the default, {verdict.grade}")
    if verdict.below_plan_floor:
        floor = plan.floor_yuan
        yield said(f"低于本预案起点 {floor} 元", f"below the plan's floor of {floor} yuan")
    if any(hit.at_least for hit in verdict.criteria):
        yield said("有的数字只是下限，等级可能更高", "some figures are lower bounds: the grade may be higher")
    for hit in verdict.suggestions:
        yield said("可能更高，待人确认：", "may be higher, for a person to confirm: ") + _met(plan, hit)


def _met(plan: Grading, hit: Hit) -> str:
    """One criterion: clause, measure, value, band, grade."""
    names = "+".join(_MEASURES.get(measure, measure) for measure in hit.measure.split("+"))
    flag = said(f"（{_FLAGS.get(hit.flag, hit.flag)}）", f" ({hit.flag})") if hit.flag else ""
    if hit.low is None:
        value = said("，不论伤亡，", ", whatever the casualties")
    else:
        band = f"[{hit.low}, {'∞' if hit.high is None else hit.high})"
        least = said("至少", "at least ") if hit.at_least else ""
        about = said("约", "about ") if hit.about else ""
        value = said(f" {least}{about}{hit.value}（{band}）", f" {least}{about}{hit.value} in {band}")
    zh = f"{hit.clause} {names}{value}定{_name(plan, hit.grade)}"
    return said(zh, f"{hit.clause} {hit.measure}{value}: {hit.grade}") + flag


def _name(plan: Grading, grade: Grade) -> str:
    return plan.scale.name(grade) if plan.scale else f"{grade}级"
