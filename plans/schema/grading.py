"""How an accident is graded (grading.yaml)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plans.schema.words import ClauseId, Clauses, Grade, Measure, Part, Sector


class Criterion(Part):
    """One threshold: the sum of `counts` in `[at_least, below)` gives `grade`. An open end is left out."""

    clause: ClauseId
    grade: Grade
    counts: tuple[Measure, ...]
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


class Grading(Part):
    """grading.yaml: the thresholds, and how counts are read."""

    factors: Factors | None = None
    criteria: tuple[Criterion, ...]
    trapped_counts_as: Literal["missing", "nothing"] | None = None
    out_of_contact_counts_as: Literal["missing", "nothing"] | None = None
    default_grade: Grade | None = None
    """The grade when nothing matches: no accident ends ungraded."""
    floor_yuan: int | None = None
    """Below this loss, with no casualties, the plan expects no activation of its own."""
    confirm_suggestions: tuple[Measure, ...] = ()
    clauses: Clauses = ()
