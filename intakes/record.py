"""The folded state of one intake. Its logbook is what happened; this is what the entries add up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime

from incidents.logbook import Head
from incidents.record import Kind, Opens, Part
from intakes.telling import Telling
from statecharts.intake import INTAKE, OPEN

Result = Literal["holds", "does_not_hold", "not_clear", "no_answer"]
"""What a call back gave."""


class Said(Part):
    """One value of one field as it was told: nothing typed is ever overwritten."""

    seq: int
    value: Any
    user: str
    source: str = ""
    known_at: AwareDatetime


class Verification(Part):
    """One attempt to verify: whom, on which number, when, with what result."""

    seq: int
    at: AwareDatetime
    with_whom: str
    number: str = ""
    result: Result
    words: str = ""
    by: str


class LeaderTold(Part):
    """The leader on duty was told, and what he said."""

    at: AwareDatetime
    leader: str
    words: str = ""
    read_back: bool
    by: str


class Ending(Part):
    """How an intake was closed, and by whom."""

    at: AwareDatetime
    by: str
    words: str
    """The incident, the reason, or the body that took it."""
    taken_by: str = ""
    """Who took it there."""


class Intake(Part):
    """One intake. `state` is its place in the intake chart."""

    number: str
    kind: Kind = "live"
    state: str = INTAKE.initial
    head: Head = Head()
    taken_at: AwareDatetime | None = None
    """When the first of it was written down. None: nothing is."""
    recorder: str = ""
    recorder_post: str = ""
    told: Telling = Telling()
    """What is known now."""
    said: Mapping[str, tuple[Said, ...]] = {}
    """Every value of every field, the oldest first."""
    verifications: tuple[Verification, ...] = ()
    leaders: tuple[LeaderTold, ...] = ()
    ending: Ending | None = None
    incident: str = ""
    """The incident that it opened or joined."""
    how: Opens | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still owes its verification."""
        return self.state in OPEN

    @property
    def verified(self) -> bool:
        """Whether a call back has confirmed it."""
        return any(one.result == "holds" for one in self.verifications)

    @property
    def received_at(self) -> AwareDatetime:
        """When the call began."""
        at = self.told.received_at or self.taken_at
        if at is None:
            raise ValueError(f"intake {self.number} is not taken")
        return at
