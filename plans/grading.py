"""Grading: which criteria of a plan the counts meet, and the highest grade among them.

More harm never lowers a grade: of several criteria the highest counts, and a count must be at least one to match.
"""

from __future__ import annotations

from collections.abc import Mapping

from plans.schema import Criterion, Frozen, Grade, Grading, Measure, Sector, severity


class Hit(Frozen):
    """A criterion that was met, by which measure and value."""

    clause: str
    measure: str
    """The counts that were added up, joined by `+`: a sum is never shown as one of its parts."""
    value: int
    grade: Grade
    flag: str = ""


class Verdict(Frozen):
    """The plan's grade, the statutory one by confirmed deaths, and why."""

    grade: Grade
    statutory_grade: Grade
    below_plan_floor: bool
    criteria: tuple[Hit, ...]


class Situation(Frozen):
    """What a grade depends on beside the counts."""

    sector: Sector
    source_kind: str | None = None
    equipment_event: str | None = None
    medium: str | None = None
    """Of a leak; left out counts as dangerous."""


def grade(plan: Grading, national: Grading, counts: Mapping[Measure, int], situation: Situation) -> Verdict:
    """Grade `counts` as given. Raises `ValueError` where the plan names no grade for an accident that meets nothing."""
    hits = _hits(plan, counts, situation)
    statutory = _highest(_hits(national, counts, situation)) or national.default_grade
    reached = _highest(hits) or plan.default_grade
    if reached is None or statutory is None:
        raise ValueError("grading: the plan gives no grade to an accident that meets no criterion")
    # A loss left out is unknown, not small.
    loss = counts.get("direct_loss_yuan")
    below = plan.floor_yuan is not None and not hits and loss is not None and loss < plan.floor_yuan
    return Verdict(grade=reached, statutory_grade=statutory, below_plan_floor=below, criteria=hits)


def _hits(grading: Grading, counts: Mapping[Measure, int], situation: Situation) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    for criterion in grading.criteria:
        known = _known(grading, criterion, counts)
        value = sum(counts[measure] for measure in known)
        if known and _met(criterion, value) and _applies(criterion, situation):
            measure, clause = "+".join(known), criterion.clause
            hits.append(Hit(clause=clause, measure=measure, value=value, grade=criterion.grade, flag=criterion.flag))
    return tuple(hits)


def _known(grading: Grading, criterion: Criterion, counts: Mapping[Measure, int]) -> tuple[Measure, ...]:
    """The measures of a criterion that were told."""
    wanted: list[Measure] = list(criterion.counts)
    if "missing" in wanted:
        # People whose fate is open count with the missing where the plan decided so.
        wanted += ["trapped"] if grading.trapped_counts_as == "missing" else []
        wanted += ["out_of_contact"] if grading.out_of_contact_counts_as == "missing" else []
    return tuple(measure for measure in wanted if measure in counts)


def _met(criterion: Criterion, value: int) -> bool:
    # A lower bound is included, an upper one excluded.
    return criterion.at_least <= value and (criterion.below is None or value < criterion.below)


def _applies(criterion: Criterion, situation: Situation) -> bool:
    return (
        (not criterion.sectors or situation.sector in criterion.sectors)
        and (not criterion.source_kinds or situation.source_kind in criterion.source_kinds)
        and (not criterion.equipment_events or situation.equipment_event in criterion.equipment_events)
        and (not criterion.media or situation.medium is None or situation.medium in criterion.media)
    )


def _highest(hits: tuple[Hit, ...]) -> Grade | None:
    return max((hit.grade for hit in hits), key=severity, default=None)
