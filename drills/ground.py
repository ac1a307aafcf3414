"""Where a case is played: on an engine, or in the pure core alone. The player knows only this much of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from drills.cast import Answers, Says
from incidents.command import Refusal
from incidents.logbook import Entry
from incidents.record import Record
from plans.schema import Plan


class Stands(NamedTuple):
    """Where the incident stands when nothing is in work."""

    now: datetime
    record: Record
    entries: Sequence[Entry]
    """What is new since it was last asked for."""


class Ground(Protocol):
    """One incident, with a clock that can be moved."""

    @property
    def shared(self) -> bool:
        """Whether others than the player give commands here as well."""

    async def open(self, plan: Plan, opening: Says) -> Refusal | None:
        """Open the incident, as an accident or as a warning; a refusal where it was not taken."""

    async def say(self, said: Says) -> Refusal | None:
        """Give a command; a refusal where it was not taken."""

    async def answer(self, answered: Answers) -> None:
        """A unit answers."""

    async def stands(self) -> Stands:
        """Wait until nothing is in work, and look."""

    async def keep(self, document: bytes) -> None:
        """Keep a document where the dossier will look for it, under its SHA-256."""

    async def lose(self, channels: frozenset[str]) -> None:
        """From now on these channels take nothing, and all others do."""

    async def pass_time(self, until: datetime) -> None:
        """Move the clock."""
