"""Intakes that belong to an incident (接报并入): the call that opened it, and those found to be of the same accident.

The intake keeps its own record; the incident's log names it and its head, so that neither can be altered unseen. What
a joined call said changes nothing here by itself: somebody reports it as facts.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Joined, Opens, Record
from plans.schema import Plan, Role


class JoinIntake(Command):
    """An intake is of this incident."""

    verb: ClassVar[str] = "join-intake"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    intake: str = Field(min_length=1, max_length=64)
    head: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The last hash of the intake's record, as it stood."""
    received_at: AwareDatetime
    """When the call began."""
    how: Opens
    words: str = Field(default="", max_length=4000)
    """What was said, in short."""


def join_intake(plan: Plan, record: Record, command: JoinIntake, now: datetime) -> Answer:
    if command.received_at > now:
        return Refusal(
            zh=f"received_at：不能晚于现在（{now.isoformat()}）",
            reason=f"received_at: expected a time that is not in the future (now {now.isoformat()})",
        )
    known = record.intakes.get(command.intake)
    if known is not None:
        return Refusal(
            zh=f"{command.intake} 早已并入本事故",
            reason=f"{command.intake} belongs to this incident already",
            kind="plan",
        )
    data = command.told("intake", "head", "received_at", "how", "words")
    return (command.entry("intake_joined", now, data),)


def joined(record: Record, entry: Draft) -> Record:
    data = entry.data
    told = Joined(
        intake=data["intake"],
        head=data["head"],
        received_at=data["received_at"],
        how=data["how"],
        by=entry.user,
        at=entry.true_at,
    )
    return record.but(intakes={**record.intakes, told.intake: told})
