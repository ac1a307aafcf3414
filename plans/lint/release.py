"""What the public is told: by whom, at every grade, by one voice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from plans.lint.rule import Fault, Layer, rule
from plans.schema import GRADES, ReleaseRule


@rule("release-gap", "high", "定这一等级由谁发布", "Decide who publishes at this grade.")
def gaps(layer: Layer) -> Iterator[Fault]:
    """有的等级没有发布人 · At a grade nobody publishes."""
    if layer.release is not None:
        told = {grade for release in layer.release.rules for grade in (release.when.grades or GRADES)}
        for grade in GRADES:
            if grade not in told:
                yield Fault(
                    f"release/rules/{grade}",
                    layer.release.clauses,
                    f"{grade} 级由谁发布没有写",
                    f"who publishes at {grade} is not said",
                )


@rule("release-without-publisher", "high", "定由谁发布", "Decide who publishes.")
def publishers(layer: Layer) -> Iterator[Fault]:
    """信息发布没有发布单位 · A release has no publisher."""
    for at, release in _rules(layer):
        # As a superior requires: whose requirements bind it is then said.
        if release.publisher is None and not release.follows:
            yield Fault(
                f"{at}/publisher", release.clauses, "由谁发布没有写", f"{release.id}: who publishes is not said"
            )


@rule("release-without-approval", "medium", "定由谁审定稿件", "Decide who approves the text.")
def approvals(layer: Layer) -> Iterator[Fault]:
    """发布稿没有审定人 · Nobody approves what is published."""
    for at, release in _rules(layer):
        if release.publisher is not None and not release.approved_by and release.authorised_by is None:
            yield Fault(
                f"{at}/approved_by", release.clauses, "发布稿由谁审定没有写", f"{release.id}: nobody approves it"
            )


@rule("release-two-voices", "high", "定由一家发布，其他须经授权", "Decide on one publisher; others need a mandate.")
def voices(layer: Layer) -> Iterator[Fault]:
    """同一等级有两家发布 · At one grade two units publish."""
    for (_, one), (at, other) in combinations(_rules(layer), 2):
        both = set(one.when.grades or GRADES) & set(other.when.grades or GRADES)
        distinct = one.publisher is not None and other.publisher is not None and one.publisher != other.publisher
        if both and distinct and one.authorised_by is None and other.authorised_by is None:
            yield Fault(
                f"{at}/publisher",
                (*one.clauses, *other.clauses),
                f"{layer.called(one.publisher or '', other.publisher or '')}都发布",
                f"{one.publisher} and {other.publisher} both publish",
            )


def _rules(layer: Layer) -> list[tuple[str, ReleaseRule]]:
    return [(f"release/rules/{told.id}", told) for told in (layer.release.rules if layer.release else ())]
