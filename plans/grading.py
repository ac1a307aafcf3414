"""Grading: which criteria of a plan and of the national rules an accident meets, and the highest grade among them.

More harm never lowers a grade: of several criteria the highest counts, and a count must be at least one to match.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from plans.schema import Clauses, Criterion, Frozen, Grade, Grading, Measure, NationalGrading, Sector, severity


class Ungraded(ValueError):
    """The plan gives no grade to an accident that meets no criterion: a hole that nobody has decided."""


class Figure(Frozen):
    """A number as it was told: exact, a lower bound (`at_least`), or about."""

    n: Annotated[int, Field(ge=0, strict=True)]
    at_least: bool = False
    about: bool = False


class Hit(Frozen):
    """A criterion that was met: by which measure and value, in which band `[low, high)`; an event has no band."""

    clause: str
    measure: str
    """The counts that were added up, joined by `+`: a sum is never shown as one of its parts. Where the event alone
    decides, its name."""
    value: int
    """1 for an event."""
    at_least: bool = False
    about: bool = False
    grade: Grade
    low: int | None
    high: int | None
    flag: str = ""


class Verdict(Frozen):
    """The grade, the statutory one by confirmed deaths, and why."""

    grade: Grade
    statutory_grade: Grade
    below_plan_floor: bool
    criteria: tuple[Hit, ...]
    """Every criterion that was met, the plan's own first. None: the grade is the plan's default."""
    suggestions: tuple[Hit, ...]
    """What would raise the grade, if a person found that it applies."""
    clauses: Clauses
    """What the verdict stands on: the criteria, the scale, the reading of bounds."""

    @property
    def decisive(self) -> tuple[Hit, ...]:
        """The criteria that gave the grade."""
        return tuple(hit for hit in self.criteria if hit.grade == self.grade)

    @property
    def may_be(self) -> Grade:
        """The grade, were every suggestion confirmed."""
        return max((self.grade, *(hit.grade for hit in self.suggestions)), key=severity)


class Situation(Frozen):
    """What a grade depends on beside the counts."""

    sector: Sector
    source_kind: str | None = None
    equipment_event: str | None = None
    medium: str | None = None
    """Of a leak; left out counts as dangerous."""


Counts = Mapping[Measure, Figure]


def grade(plan: Grading, national: NationalGrading, counts: Counts, situation: Situation) -> Verdict:
    """Grade `counts` as given. Raises `Ungraded`."""
    told = _Told(counts, situation, plan)
    own, statutory = told.hits(plan.criteria), told.hits(national.statutory)
    criteria = (*own, *statutory, *told.hits(national.special_equipment))
    # The default is a floor: a criterion that is met never gives less than none.
    reached = _highest(plan.default_grade, criteria)
    if reached is None:
        raise Ungraded("grading.default_grade: expected a grade for an accident that meets no criterion, found none")
    shape = (plan.scale, plan.bounds, national.bounds)
    clauses = (*(hit.clause for hit in criteria), *(clause for part in shape if part for clause in part.clauses))
    return Verdict(
        grade=reached,
        statutory_grade=_highest(national.default_grade, statutory) or national.default_grade,
        below_plan_floor=not own and reached == plan.default_grade and _is_below(plan.floor_yuan, counts),
        criteria=criteria,
        suggestions=tuple(hit for hit in told.suggested(plan) if severity(hit.grade) > severity(reached)),
        clauses=tuple(dict.fromkeys(clauses)),
    )


class _Told:
    """The counts and the situation, and which counts the plan reads as missing."""

    def __init__(self, counts: Counts, situation: Situation, plan: Grading) -> None:
        self.counts, self.situation = counts, situation
        # People whose fate is open count with the missing where the plan decided so.
        trapped: tuple[Measure, ...] = ("trapped",) if plan.trapped_counts_as == "missing" else ()
        unheard: tuple[Measure, ...] = ("out_of_contact",) if plan.out_of_contact_counts_as == "missing" else ()
        self.as_missing = (*trapped, *unheard)

    def hits(self, criteria: Iterable[Criterion], any_source: bool = False) -> tuple[Hit, ...]:
        """Two ways to the same criterion are one hit."""
        found = (self._hit(criterion) for criterion in criteria if self._applies(criterion, any_source))
        return tuple(dict.fromkeys(hit for hit in found if hit))

    def suggested(self, plan: Grading) -> tuple[Hit, ...]:
        """What is met but for the kind of equipment, where the plan leaves that to a person."""
        asked = (criterion for criterion in plan.criteria if set(criterion.counts) & set(plan.confirm_suggestions))
        return self.hits(asked, any_source=True)

    def _hit(self, criterion: Criterion) -> Hit | None:
        known = self._known(criterion)
        if not known:
            return None
        value = sum(figure.n for figure in known.values())
        # A lower bound is included, an upper one excluded.
        if value < criterion.at_least or (criterion.below is not None and value >= criterion.below):
            return None
        return Hit(
            clause=criterion.clause,
            measure="+".join(known),
            value=value,
            at_least=any(figure.at_least for figure in known.values()),
            about=any(figure.about for figure in known.values()),
            grade=criterion.grade,
            low=criterion.at_least if criterion.counts else None,
            high=criterion.below,
            flag=criterion.flag,
        )

    def _known(self, criterion: Criterion) -> Mapping[str, Figure]:
        """The measures of a criterion that were told; without any, the event itself, which counts once."""
        if not criterion.counts:
            return {str(self.situation.equipment_event): Figure(n=1)}
        wanted = (*criterion.counts, *(self.as_missing if "missing" in criterion.counts else ()))
        return {measure: self.counts[measure] for measure in wanted if measure in self.counts}

    def _applies(self, criterion: Criterion, any_source: bool) -> bool:
        situation = self.situation
        return (
            (not criterion.sectors or situation.sector in criterion.sectors)
            and (any_source or not criterion.source_kinds or situation.source_kind in criterion.source_kinds)
            and (not criterion.equipment_events or situation.equipment_event in criterion.equipment_events)
            and (not criterion.media or situation.medium is None or situation.medium in criterion.media)
        )


def _highest(default: Grade | None, hits: Sequence[Hit]) -> Grade | None:
    return max((default, *(hit.grade for hit in hits)), key=severity)


def _is_below(floor: int | None, counts: Counts) -> bool:
    # A loss left out, or known only from below, is unknown, not small.
    loss = counts.get("direct_loss_yuan")
    return floor is not None and loss is not None and not loss.at_least and loss.n < floor
