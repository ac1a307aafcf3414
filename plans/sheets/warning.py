"""What the public is told: warnings and releases."""

from __future__ import annotations

from collections.abc import Iterator

from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import level, word


def warning(r: Reader) -> Iterator[Sheet]:
    warning = r.plan.warning
    if warning is None:
        return
    rows: list[Row] = [
        (
            word(colour, r.lang),
            level(rule.grade, r.lang) if rule.grade else "",
            *r.approval(rule.approval),
            r.approval(rule.across)[1] if rule.across else "",
            r.unit(warning.publisher_of(colour).unit),
            r.cite(
                (*rule.clauses, *r.behind(rule.approval), *r.behind(rule.across))
                + (rule.publisher.clauses if rule.publisher else ())
            ),
        )
        for colour, rule in warning.colours.items()
    ]
    heads: Row = (
        "颜色|Colour",
        "对应等级|Grade",
        "提请|Proposed by",
        "审定|Determines",
        "签发|Signs",
        "跨界须同意|Across borders",
        "发布|Publishes",
    )
    publisher = r.unit(warning.publisher.unit)
    if any(rule.publisher for rule in warning.colours.values()):
        told = r.t(f"除另有规定外由{publisher}发布", f"Published by {publisher} unless a colour has its own publisher")
    else:
        told = r.t(f"统一由{publisher}发布", f"Published by {publisher} alone")
    notes = [r.rests(told, warning.publisher.clauses)]
    yield r.sheet("warning", "预警|Warnings", *heads, rows, notes=notes)
    items = [
        (r.t(*names), r.says(item), r.cite(item.clauses))
        for names, group in (
            (("依据", "basis"), warning.basis),
            (("内容", "content"), warning.content),
            (("审核", "review"), warning.review),
        )
        for item in group
    ]
    yield r.sheet("warning", "依据、内容与审核|Basis, content and review", "类|Kind", "内容|Item", items)
    changed = [
        (
            r.t(*names),
            *(r.approval(change.approval)[1:] if change.approval else ("", "")),
            r.names(change.consults),
            r.cite((*change.clauses, *r.behind(change.approval))),
        )
        for names, change in ((("调整", "adjusted"), warning.adjust), (("解除", "lifted"), warning.lift))
        if change.approval or change.clauses
    ]
    heads = ("何时|When", "审定|Determines", "签发|Signs", "先征求|Consults")
    yield r.sheet("warning", "预警的调整与解除|How a warning changes and ends", *heads, changed)
    measures = [
        (r.t(*names), *r.task(task))
        for names, tasks in (
            *(((word(c, "zh"), word(c, "en")), rule.measures) for c, rule in warning.colours.items()),
            (("在有效期内", "while in force"), warning.watch),
            (("调整时", "when adjusted"), warning.adjust.tasks),
            (("解除时", "when lifted"), warning.lift.tasks),
            (("外地预警", "from elsewhere"), warning.inbound),
        )
        for task in tasks
    ]
    heads = ("何时|When", "责任单位|Owner", "措施|Measure", "时限|Within")
    yield r.sheet("warning", "预警措施|Measures of a warning", *heads, measures)


def release(r: Reader) -> Iterator[Sheet]:
    release = r.plan.release
    if release is None:
        return
    rows: list[Row] = [
        (
            r.when(rule.when),
            r.unit(rule.publisher) if rule.publisher else r.t("按上级要求", "as a superior requires"),
            r.names(rule.approved_by),
            r.names(rule.informs),
            r.says(rule),
            r.cite(rule.clauses),
        )
        for rule in release.rules
    ]
    heads = ("条件|When", "发布|Publishes", "批准|Approves", "通报|Informs", "内容|What")
    yield r.sheet("release", "信息发布|Release", *heads, rows)
    yield r.tasks("release", "发布任务|Work of a release", release.tasks)
    yield r.items("release", "发布内容|What a text carries", release.content)
