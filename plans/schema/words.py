"""The words that every chapter of a plan shares: grades, sectors, measures, roles, ids and conditions."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Grade = Literal["I", "II", "III", "IV"]
"""Grade of an accident and level of a response; I is the highest."""

Colour = Literal["blue", "yellow", "orange", "red"]
"""Colour of a warning; red is the highest."""

Sector = Literal[
    "non-coal-mine",
    "coal-mine",
    "hazardous-chemicals",
    "fireworks",
    "industry-trade",
    "construction",
    "road",
    "fire",
    "special-equipment",
    "other",
]

Circumstance = Literal[
    "residents_threatened",
    "important_facility",
    "border_area",
    "social_influence",
    "support_needed",
    "pollution",
    "sensitive_period",
    "repeated",
    "other_reportable",
]
"""What a report says of the accident beside counts. `sensitive_period`: it falls into a time of special attention;
`repeated`: the like has happened here shortly before."""

Measure = Literal[
    "deaths",
    "missing",
    "out_of_contact",
    "trapped",
    "people_at_risk",
    "serious_injuries",
    "minor_injuries",
    "injuries",
    "hospitalised",
    "threatened_injuries",
    "acute_poisoning",
    "poisoned",
    "evacuated",
    "relocated",
    "direct_loss_yuan",
]
"""A count that a report may carry. Left out is unknown; 0 is a statement."""

Known = Literal[
    "enterprise", "occurred_at", "heard_at", "sector", "place", "course", "cause", "help_asked", "measures_taken",
    "sender", "signed_by", "sent_at",
]  # fmt: skip
"""What a written report may know beside counts: of the accident, of the handling so far, of itself."""

Role = Literal["watch", "decider", "signatory", "leader", "unit", "auditor"]
"""What a post may do: keep the watch, decide, sign, lead on scene, answer for a unit, read."""

Leg = Literal["phone", "paper", "copy", "any"]
Trigger = Literal["occurred", "heard", "received", "ordered", "lifted"]
"""The fact that starts a clock: the event, the enterprise hearing of it, receipt on our side, the order in force, or
the lifting of the response."""

ChannelName = Literal["inbox", "webhook", "smtp"]

Skill = Literal["fire", "hazmat", "medical", "police", "environment"]
"""A competence that work asks for and that not every unit has."""

NationalRole = Literal[
    "watch", "government", "police", "human_resources", "trade_union", "procuratorate", "enterprise",
    "site_government", "congress_committee", "higher_government", "investigation", "archive",
]  # fmt: skip
"""A body that national rules speak of by its function. A national rule names it `@role`; each plan's units say which
of them bears it."""


def _iso(told: object) -> object:
    """A bare number has no unit: it is a fault, never seconds."""
    if isinstance(told, timedelta) or (isinstance(told, str) and told.startswith("P")):
        return told
    raise ValueError(f"expected an ISO 8601 duration such as PT50M, found {told}")


Duration = Annotated[timedelta, BeforeValidator(_iso)]


class Refers(NamedTuple):
    """Marks a name: it must stand in this chapter of the plan."""

    kind: Literal["unit", "post", "group"]


UnitId = Annotated[str, Field(pattern=r"^(@[a-z_]+|[a-z][a-z0-9_]*)$"), Refers("unit")]
PostId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), Refers("post")]
GroupId = Annotated[str, Field(pattern=r"^group_[a-z0-9_]+$"), Refers("group")]
ElementId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
ClauseId = Annotated[str, Field(pattern=r"^[A-Z]{1,4}-[A-Za-z0-9.()\-]+$")]
Clauses = tuple[ClauseId, ...]

GRADES: tuple[Grade, ...] = ("IV", "III", "II", "I")
"""Lowest first, so that the index is the severity."""
COLOURS: tuple[Colour, ...] = ("blue", "yellow", "orange", "red")
"""Lowest first."""


def severity(grade: Grade | None) -> int:
    """Order of grades for comparison: 0 for none, 1 for IV, up to 4 for I."""
    return 0 if grade is None else GRADES.index(grade) + 1


class Frozen(BaseModel):
    """A frozen model; an unknown key is a fault rather than a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Against(Frozen):
    """Another sentence of the plan that says otherwise about one field of the element it stands on."""

    field: str
    says: Any
    clauses: Clauses


class Part(Frozen):
    """A piece of a plan."""

    against: tuple[Against, ...] = ()
    """Contradictory statements, side by side. A decision that settles them leaves this empty in the effective plan."""


class When(Frozen):
    """A condition on the incident; every field that is given must hold, an empty one holds always."""

    grades: tuple[Grade, ...] = ()
    levels: tuple[Grade, ...] = ()
    sectors: tuple[Sector, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    any_count: tuple[Measure, ...] = ()
    """Holds when one of these counts is known and at least 1."""

    @cached_property
    def always(self) -> bool:
        """Whether nothing is asked: every rule of a plan is weighed at every command, and most are of this kind."""
        return self == When()


class Item(Part):
    """One item that a report, a warning or a text must carry."""

    id: ElementId
    says: str
    en: str = ""
    covers: tuple[ElementId, ...] = ()
    """The items that national rules demand and that this one carries, by their ids."""
    clauses: Clauses
