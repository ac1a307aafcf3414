"""Who reports until when: clocks without a start or a number, no cadence, skipping a level, fields that are missing."""

from __future__ import annotations

from collections.abc import Iterator

from plans.lint.rule import Fault, Layer, rule


@rule("clock-without-start", "high", "定从哪一刻起算", "Decide which instant starts it.")
def starts(layer: Layer) -> Iterator[Fault]:
    """时限没有起算点 · A time limit without a start."""
    for report in layer.reporting.rules:
        if report.within is not None and report.starts is None:
            yield Fault(
                f"reporting/rules/{report.id}/starts",
                report.clauses,
                f"“{report.says or report.id}”的时限从何时起算没有写",
                f"{report.id}: what starts the limit is not said",
            )


@rule("clock-without-number", "medium", "定一个时限，标明是否软时限", "Decide a number, and whether it is a soft one.")
def numbers(layer: Layer) -> Iterator[Fault]:
    """要求报告而没有数字 · A report is owed, and no number says until when."""
    for report in layer.reporting.rules:
        if report.within is None and report.every is None:
            yield Fault(
                f"reporting/rules/{report.id}/within",
                report.clauses,
                f"“{report.says or report.id}”没有时限数字",
                f"{report.id}: no number says until when",
            )


@rule("no-follow-up", "high", "定续报的间隔", "Decide how often follow-up reports are owed.")
def cadence(layer: Layer) -> Iterator[Fault]:
    """没有续报间隔 · No follow-up cadence."""
    if not any(report.every for report in layer.reporting.rules):
        yield Fault(
            "reporting/rules", layer.reporting.clauses, "续报间隔没有写", "how often to report again is not said"
        )


@rule("skip-level-without-who", "medium", "定谁、何时可以越级", "Decide who may skip a level.")
def skipping(layer: Layer) -> Iterator[Fault]:
    """可以越级上报，没有说由谁 · Reports may skip a level, and by whom is not said."""
    for told in layer.reporting.handling:
        if told.kind == "skip_level" and told.by is None:
            yield Fault(
                f"reporting/handling/{told.id}/by", told.clauses, "由谁越级没有写", "who may skip a level is not said"
            )


@rule("report-field-missing", "medium", "报告内容补上这一项", "Add the field.")
def fields(layer: Layer) -> Iterator[Fault]:
    """国家规定的报告内容，本预案没有列 · A field that national rules demand of a report is not in this plan's list."""
    told = {item.id for item in layer.reporting.fields}
    told |= {covered for item in layer.reporting.fields for covered in item.covers}
    for name, says in layer.around.national_fields.items():
        if name not in told:
            clauses = [clause for item in layer.reporting.fields[:1] for clause in item.clauses]
            yield Fault(
                f"reporting/fields/{name}", clauses, f"报告内容没有“{says}”", f"the report's fields lack '{name}'"
            )
