"""What was reported of an accident: FACTS.json. Left out is unknown; 0 is a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from plans.grading import Figure, Situation
from plans.schema import Circumstance, Measure, Sector

SourceChannel = Literal[
    "duty-phone",
    "110",
    "119",
    "120",
    "122",
    "12345",
    "12350",
    "township",
    "enterprise",
    "superior",
    "subordinate",
    "media",
    "on-site",
    "national-system",
    "other",
]
CountSource = Literal["county", "hospital", "fire-brigade", "onsite-hq", "caller", "enterprise", "media", "other"]

State = Literal[Measure, "rescued"]
"""Where people stand in a source's account: what counts people, and found alive (获救), which no report counts."""

OFFICIAL: tuple[CountSource, ...] = ("county", "hospital", "fire-brigade", "onsite-hq")

MOST_PEOPLE = 2_000_000
"""Beyond this a count of people is a slip of the keyboard, whatever happened."""
MOST_YUAN = 10**13

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Part(BaseModel):
    """A piece of the facts: frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Count(Figure):
    """A number as it was told, as of when, by whom, verified or not."""

    as_of: AwareDatetime | None = None
    source: CountSource | None = None
    verified: bool | None = None

    @property
    def moves_the_grade(self) -> bool:
        """Only a verified or an official count does."""
        return bool(self.verified) or self.source in OFFICIAL


Told = Annotated[int, Field(ge=0, strict=True)] | Count


class Place(Part):
    """Where. Coordinates in degrees."""

    name: Words
    division_code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None


class Findings(Part):
    """What any report may say of an accident; everything may be left out."""

    cause: Words | None = None
    source_kind: (
        Literal["boiler", "pressure_vessel", "pressure_pipeline", "crane", "special_equipment", "other"] | None
    ) = None
    equipment_event: Literal["explosion", "crane_overturn", "persons_stranded", "other"] | None = None
    medium: Literal["toxic", "flammable", "explosive", "none"] | None = None
    circumstances: tuple[Circumstance, ...] = ()
    verified: bool = False
    """Holds for every count without a mark of its own."""

    deaths: Told | None = None
    missing: Told | None = None
    out_of_contact: Told | None = None
    trapped: Told | None = None
    people_at_risk: Told | None = None
    serious_injuries: Told | None = None
    minor_injuries: Told | None = None
    injuries: Told | None = None
    hospitalised: Told | None = None
    threatened_injuries: Told | None = None
    acute_poisoning: Told | None = None
    poisoned: Told | None = None
    evacuated: Told | None = None
    relocated: Told | None = None
    direct_loss_yuan: Told | None = None

    @model_validator(mode="after")
    def _believable(self) -> Self:
        for measure, count in self.told():
            most = MOST_YUAN if measure == "direct_loss_yuan" else MOST_PEOPLE
            if count.n > most:
                told = {"field": measure, "most": most, "n": count.n}
                raise PydanticCustomError("too_many", "expected at most {most}, found {n}", told)
        return self

    def told(self) -> Iterator[tuple[Measure, Count]]:
        """The counts that were told, each with its own mark of verification."""
        for measure in MEASURES:
            count = getattr(self, measure)
            if count is not None:
                if not isinstance(count, Count):
                    count = Count(n=count, verified=self.verified)
                elif count.verified is None:
                    count = count.model_copy(update={"verified": self.verified})
                yield measure, count

    def basis(self) -> Literal["verified", "unverified"]:
        """Verified only where every count is, by its own mark or the report's."""
        marks = [count.verified for _, count in self.told()]
        return "verified" if all(marks or [self.verified]) else "unverified"


class Acceptance(Part):
    """A named person took an accident that the plan takes only so, and why."""

    by: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class Facts(Findings):
    """A report of an accident, as it was received."""

    received_at: AwareDatetime
    occurred_at: AwareDatetime | None = None
    heard_at: AwareDatetime | None = None
    sector: Sector
    place: Place
    enterprise: Words
    summary: Words
    reporter: Words
    source_channel: SourceChannel | None = None
    scope_accepted: Acceptance | None = None
    """Needed where the plan takes this sector only once a person confirms it."""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.occurred_at is None and self.heard_at is None:
            raise PydanticCustomError("undated", "expected it, or heard_at", {"field": "occurred_at"})
        return self

    def happened_at(self) -> AwareDatetime:
        """The event, or the earliest instant at which anybody heard of it."""
        return self.occurred_at or self.heard_at or self.received_at

    def situation(self) -> Situation:
        """What a grade depends on beside the counts."""
        return Situation(
            sector=self.sector,
            source_kind=self.source_kind,
            equipment_event=self.equipment_event,
            medium=self.medium,
        )


MEASURES: tuple[Measure, ...] = get_args(Measure)
_STATES: tuple[State, ...] = get_args(State)
STATES: tuple[State, ...] = tuple(state for state in _STATES if state != "direct_loss_yuan")
"""Every state that people can stand in: yuan are no people."""
CASUALTIES: tuple[Measure, ...] = (
    "deaths",
    "missing",
    "out_of_contact",
    "trapped",
    "serious_injuries",
    "acute_poisoning",
    "poisoned",
)
"""The counts whose change within the casualty window is told again (order 493 art. 13); after it they move no grade."""
