"""A case played in the pure core, in a blink."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from drills.case import Case
from drills.core import CoreGround
from drills.player import Player, Scene
from incidents.logbook import Entry
from incidents.record import Record
from plans import library, roster
from plans.schema import Plan

BEGINS = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Played(NamedTuple):
    """A case, played to its end."""

    scenes: Sequence[Scene]
    entries: Sequence[Entry]
    record: Record


@cache
def plan_of(name: str) -> Plan:
    """A shipped plan, read once."""
    return library.load(library.find(name)).plan


@cache
def holders(plan: str) -> Mapping[str, str]:
    """Who holds each post in the plan's example roster."""
    told = roster.read(library.find(plan) / roster.EXAMPLE)
    return {post: holder.user for holder in told.holders for post in holder.posts}


def play(case: Case, plan: Plan) -> Played:
    """Play it."""

    async def scenes() -> list[Scene]:
        ground = CoreGround("played", holders(case.plan), BEGINS)
        player = Player(case, plan, ground, holders(case.plan))
        return [scene async for scene in player.play(BEGINS)]

    told = asyncio.run(scenes())
    return Played(told, [entry for scene in told for entry in scene.entries], told[-1].record)
