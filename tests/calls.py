"""Calls that several tests take: an officer, a pure intake to try commands on, and what callers say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.command import Answer, Command, Refusal
from incidents.logbook import Entry, seal
from intakes.intake import NEW, Take, fold, handle
from intakes.record import Intake
from tests.support import OFFICER

BEGAN = datetime(2026, 3, 1, 2, 41, tzinfo=UTC)
"""When the usual call comes in."""
TELLING: dict[str, Any] = {
    "received_at": BEGAN.isoformat(),
    "source_channel": "119",
    "calling_number": "0891-6000119",
    "caller": {"name": "李明", "unit": "消防支队", "phone": "13908910001"},
    "occurred_at": (BEGAN - timedelta(minutes=11)).isoformat(),
    "place": {"name": "七号矿区", "lon": 91.6, "lat": 29.7},
    "enterprise": "某矿业有限公司",
    "summary": "巷道冒顶",
    "people": {"deaths": 1, "out_of_contact": {"n": 3, "at_least": True}},
    "sector": "non-coal-mine",
}


class Paper:
    """One intake, in the pure core alone; a minute passes with each command."""

    def __init__(self, number: str = "J20260301001") -> None:
        self.intake, self.entries, self.now = Intake(number=number), list[Entry](), BEGAN

    def ask(self, command: type[Command], **asked: Any) -> Answer:
        """What the core answers; what it takes is written down."""
        self.now += timedelta(minutes=1)
        number = NEW if command is Take else self.intake.number
        answer = handle(self.intake, OFFICER.sign(number, command, f"c{self.now:%H%M}", **asked), self.now)
        if not isinstance(answer, Refusal):
            fresh = seal(self.intake.head, answer)
            self.intake = fold(self.intake, fresh)
            self.entries += fresh
        return answer

    def take(self, **telling: Any) -> Paper:
        """The call comes in, and nothing may be in its way."""
        assert not isinstance(self.ask(Take, kind="live", telling=telling), Refusal)
        return self
