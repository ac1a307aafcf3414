"""How an accident is graded (grading.yaml)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plans.schema.words import GRADES, ClauseId, Clauses, Grade, Measure, Part, Sector


class GradeName(Part):
    """What people call a grade, e.g. 三级（较大）."""

    grade: Grade
    name: str


class Scale(Part):
    """The grades that a plan knows, and their names."""

    lowest_first: tuple[GradeName, ...]
    clauses: Clauses

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if tuple(named.grade for named in self.lowest_first) != GRADES:
            raise ValueError(f"expected the grades {', '.join(GRADES)}, lowest first")
        return self

    def name(self, grade: Grade) -> str:
        return self.lowest_first[GRADES.index(grade)].name


class Bounds(Part):
    """Which end of a band belongs to it. Only one reading is known; a plan that reads otherwise is refused."""

    included: Literal["lower"]
    clauses: Clauses


class Factor(Part):
    """Something that weighs in a grade and has no number, e.g. 可控性."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    says: str


class Factors(Part):
    """What weighs in a grade beside the numbers: no threshold is given, so only a person can weigh it."""

    named: tuple[Factor, ...]
    may: Literal["raise"] | None = None
    """What an authorised person may do to the standing grade by them; None: nobody has decided it yet."""
    clauses: Clauses


class Criterion(Part):
    """One threshold: the sum of `counts` in `[at_least, below)` gives `grade`. An open end is left out. Without
    `counts` the equipment event alone gives it, whatever the casualties."""

    clause: ClauseId
    grade: Grade
    counts: tuple[Measure, ...] = ()
    """Measures added together; each counts 0 when unknown, but one of them must be known."""
    at_least: Annotated[int, Field(ge=1)] = 1
    below: int | None = None
    source_kinds: tuple[str, ...] = ()
    """Holds only for these kinds of special equipment."""
    media: tuple[str, ...] = ()
    """Holds only for a leak of one of these media; a medium left out counts as dangerous."""
    equipment_events: tuple[str, ...] = ()
    sectors: tuple[Sector, ...] = ()
    flag: str = ""
    """A mark carried into the verdict, e.g. a literal reading that was added."""

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if not (self.counts or self.equipment_events):
            raise ValueError("expected counts, or equipment_events: neither would hold for every accident")
        if self.below is not None and self.below <= self.at_least:
            raise ValueError(f"expected below to be more than at_least, found [{self.at_least}, {self.below})")
        return self


class Grading(Part):
    """grading.yaml: the thresholds, and how counts are read."""

    scale: Scale | None = None
    bounds: Bounds | None = None
    """None: the national reading."""
    factors: Factors | None = None
    criteria: tuple[Criterion, ...]
    trapped_counts_as: Literal["missing", "nothing"] | None = None
    out_of_contact_counts_as: Literal["missing", "nothing"] | None = None
    default_grade: Grade | None = None
    """The grade when nothing matches: no accident ends ungraded."""
    floor_yuan: int | None = None
    """Below this loss, with no casualties, the plan expects no activation of its own."""
    confirm_suggestions: tuple[Measure, ...] = ()
    """Measures whose criteria, met but for the kind of equipment, are shown to a person as a suggestion."""
    clauses: Clauses = ()


class NationalGrading(Part):
    """national/grading.yaml: what holds beside every plan's own thresholds."""

    statutory: tuple[Criterion, ...]
    """Order 493 art. 3: these alone make the statutory grade."""
    special_equipment: tuple[Criterion, ...]
    """Order 549 arts. 61-64."""
    default_grade: Grade
    bounds: Bounds
