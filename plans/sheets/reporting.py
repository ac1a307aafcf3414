"""From the first word on: how an accident is graded, reported and called out, and what is done at once."""

from __future__ import annotations

from collections.abc import Iterator

from plans.schema import ReportRule, ReportTrigger, severity
from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import level, span, word


def grading(r: Reader) -> Iterator[Sheet]:
    ranked = sorted(r.plan.grading.criteria, key=lambda criterion: severity(criterion.grade))
    rows = [(level(c.grade, r.lang), r.sum_of(c), r.bound(c), r.limits(c), c.clause) for c in ranked]
    heads = ("等级|Grade", "数|Count", "区间|Band", "只限|Only for")
    notes = list(_reading(r))
    if (default := r.plan.grading.default_grade) is not None:
        named = level(default, r.lang)
        notes.append(r.t(f"一条也不符合时为{named}。", f"Where nothing matches: {named}."))
    yield r.sheet("grading", "事故分级|Grading", *heads, rows, notes=notes)


def _reading(r: Reader) -> Iterator[str]:
    """How the bands are read, beside the bands."""
    rules = r.plan.grading
    if rules.scale:
        names = r.t("、", ", ").join(named.name for named in rules.scale.lowest_first)
        yield r.rests(r.t(f"由低到高：{names}", f"Lowest first: {names}"), rules.scale.clauses)
    if rules.bounds:
        said = r.t("含下限，不含上限", "The lower bound is included, the upper is not")
        yield r.rests(said, rules.bounds.clauses)
    if rules.factors:
        named = r.t("、", ", ").join(factor.says for factor in rules.factors.named)
        may = r.t("，经授权的人可据此提高等级", "; an authorised person may raise the grade by them")
        said = r.t("不计数的因素：", "Factors without numbers: ") + named + (may if rules.factors.may else "")
        yield r.rests(said, rules.factors.clauses)


def reporting(r: Reader) -> Iterator[Sheet]:
    rules = r.plan.reporting.rules
    rows: list[Row] = [
        (
            r.unit(rule.sender),
            r.unit(rule.addressee),
            f"{word(rule.line, r.lang)}·{word(rule.leg, r.lang)}",
            word(rule.starts, r.lang) if rule.starts else r.t("未定", "not set"),
            span(rule.within, r.lang) if rule.within else r.t("未定", "not set"),
            span(rule.every, r.lang) if rule.every else "",
            r.t("自设", "soft") if rule.soft else r.t("法定", "legal"),
            r.when(rule.when),
            r.cite(rule.clauses),
        )
        for rule in rules
    ]
    heads = ("从|From", "到|To", "线路|Leg", "起算|Starts", "时限|Within", "续报|Every", "性质|Kind", "条件|When")
    yield r.sheet("reporting", "信息报告时限|Reporting clocks", *heads, rows)
    yield _triggers(r)
    yield r.items("reporting", "报告内容|What a report states", r.plan.reporting.fields)
    handling = [
        (word(h.kind, r.lang), r.says(h), r.names(h.by or ()), r.names(h.tells), r.cite(h.clauses))
        for h in r.plan.reporting.handling
    ]
    yield r.sheet(
        "reporting", "报告规矩|How reports are handled", "类|Kind", "内容|Rule", "由|By", "同时告知|Tells", handling
    )


def _triggers(r: Reader) -> Sheet:
    """The facts any of which makes a report due; one row for the reports that share one."""
    sharing: dict[ReportTrigger, list[ReportRule]] = {}
    for rule in r.plan.reporting.rules:
        for trigger in rule.triggers:
            sharing.setdefault(trigger, []).append(rule)
    rows = [
        (
            r.says(trigger),
            r.when(trigger.when),
            r.t("；", "; ").join(r.says(rule) for rule in same),
            r.cite(trigger.clauses),
        )
        for trigger, same in sharing.items()
    ]
    heads = ("情形|Case", "条件|When", "报告|Reports")
    return r.sheet("reporting", "任一情形即须报告|Any of these makes a report due", *heads, rows)


def notices(r: Reader) -> Iterator[Sheet]:
    steps = [(word(s.channel, r.lang), span(s.wait, r.lang)) for s in r.plan.notices.chase]
    lasts = span(r.plan.notices.expires_after, r.lang)
    notes = [r.t(f"通知 {lasts}后失效。", f"A notice expires after {lasts}.")]
    heads = ("渠道|Channel", "等候|Wait")
    yield r.sheet("notices", "通知与追办|Notices and their chase", *heads, steps, cited=False, notes=notes)


def disposal(r: Reader) -> Iterator[Sheet]:
    disposal = r.plan.disposal
    yield r.tasks("disposal", "先期处置|Early disposal", disposal.tasks)
    yield r.tasks("disposal", "上级接管后属地的任务|On the ground after a takeover", disposal.taken_over)
    yield r.calls("disposal", "先期通知|Called at once", [("", rule) for rule in disposal.notify])
