"""A case played in the pure core, in a blink; and what the shipped cases exercise of their plans.

`python -m tests.playing` writes tests/exercised: for each plan the entries of its cases that first act on a clause.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from drills import case as cases
from drills.case import Case
from drills.core import CoreGround
from drills.player import Player, Scene
from incidents.logbook import Entry
from incidents.record import Record
from plans import library, roster
from plans.coverage import ACTS, Deed, exercised, homes_of, sites
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


EXERCISED = Path(__file__).parent / "exercised"


@cache
def played(name: str) -> Played:
    """A shipped case, played once."""
    case = cases.read(cases.find(name))
    return play(case, plan_of(case.plan))


def first_deeds(plan: str) -> Iterator[dict[str, Any]]:
    """The entries of a plan's cases that each exercise a clause that none before did."""
    folder = library.find(plan)
    stands = sites(plan_of(plan))
    homes = {row.clause: homes_of(row, stands.get(row.clause, ())) for row in library.clause_rows(folder)}
    done: set[str] = set()
    for name in cases.shipped():
        if cases.read(cases.find(name)).plan != plan:
            continue
        for entry in played(name).entries:
            told = {key: entry.data[key] for key in (ACTS[entry.kind].only if entry.kind in ACTS else ())}
            news = set(exercised(homes, [Deed(entry.kind, frozenset(entry.clauses), told)], ())) - done
            if news:
                done |= news
                yield {"case": name, "seq": entry.seq, "kind": entry.kind, "clauses": sorted(news), "data": told}


def lines(plan: str) -> str:
    """The file of a plan under tests/exercised."""
    return "".join(f"{json.dumps(deed, ensure_ascii=False)}\n" for deed in first_deeds(plan))


if __name__ == "__main__":
    for shipped in library.shipped():
        (EXERCISED / f"{shipped}.jsonl").write_text(lines(shipped), "utf-8")
