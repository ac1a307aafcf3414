"""What is expected and not yet happened: WARNING.json (预警研判). Left out is unknown."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import AwareDatetime

from incidents.accident import Findings, Part, Place, SourceChannel, Words
from plans.grading import Situation
from plans.schema import Colour, ElementId, Sector


class Elsewhere(Part):
    """A warning that somebody else has issued: by whom, under which number, of which colour, until when."""

    issuer: Words
    number: str = ""
    colour: Colour
    says: Words
    until: AwareDatetime | None = None


class Assessment(Part):
    """A danger as it was judged: what may happen, where, from when, and by what it was weighed."""

    received_at: AwareDatetime
    expected_from: AwareDatetime
    """From when it may happen."""
    sector: Sector
    place: Place
    enterprise: str = ""
    summary: Words
    """What is expected."""
    reporter: Words
    source_channel: SourceChannel | None = None
    colour: Colour
    """The colour that it was judged to need."""
    basis: Mapping[ElementId, Words]
    """What was weighed, by the ids of the plan's own items."""
    expected: Findings = Findings()
    """The harm that is expected: nothing here has happened."""
    elsewhere: Elsewhere | None = None
    """The warning of somebody else that gave rise to it."""

    def situation(self) -> Situation:
        """What a grade depends on beside the counts."""
        found = self.expected
        return Situation(
            sector=self.sector,
            source_kind=found.source_kind,
            equipment_event=found.equipment_event,
            medium=found.medium,
        )
