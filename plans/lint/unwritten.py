"""What nobody has written yet: places still to be filled, clauses, sectors; and templates that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from plans.lint.rule import Fault, Layer, cited, rule
from plans.schema import Part

TO_FILL = "待填"
"""Stands where a plan's owner has still to write something."""

NOWHERE = "000000"
"""No place in the country has this division code."""


@rule("left-to-fill", "medium", "写上原文的内容", "Write what the plan says.")
def to_fill(layer: Layer) -> Iterator[Fault]:
    """写着“待填”的地方还没有填 · A place still says that it is to be filled."""
    for path, part in layer.parts(Part):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if isinstance(value, str) and (value.startswith(TO_FILL) or (name, value) == ("division_code", NOWHERE)):
                yield Fault(f"{path}/{name}", cited(part), f"{value}：还没有填", f"{value}: to be filled")


@rule("no-clauses", "medium", "在 clauses.tsv 逐条列出", "List them in clauses.tsv.")
def clauses(layer: Layer) -> Iterator[Fault]:
    """预案的条款一条也没有列 · None of the plan's clauses is listed."""
    if not any(clause.startswith(f"{layer.about.clause_prefix}-") for clause in layer.around.clauses):
        yield Fault("plan/clause_prefix", layer.about.clauses, "预案的条款没有列", "the plan's clauses are not listed")


@rule("no-sectors", "high", "定适用于哪些行业", "Decide which sectors the plan takes.")
def sectors(layer: Layer) -> Iterator[Fault]:
    """适用范围没有行业，什么事故也不受理 · The scope has no sector: no accident is taken."""
    if not (layer.about.scope.accepts or layer.about.scope.confirm):
        yield Fault("plan/scope/accepts", layer.about.scope.clauses, "适用行业没有写", "no sector is in the scope")


@rule(
    "template-unfit",
    "medium",
    "改样式文件，或删去它而用通用样式",
    "Mend the template, or drop it and use the common one.",
)
def templates(layer: Layer) -> Iterator[Fault]:
    """文书样式缺必有栏目，或有无人填的栏目 · A template lacks a field that it must carry, or has one nobody fills."""
    for file, field, says, en in layer.around.templates:
        yield Fault("/".join(filter(None, ("documents", file, field))), (), says, en)
