"""What drills take: a month of more than two hundred jumps on each ground, and how many cases the core plays."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.thirty import thirty_days
from cli import grounds
from cli.homes import drill_settings
from drills import case as cases
from drills.case import Case
from drills.core import CoreGround
from drills.player import Player
from plans import library, registry
from plans.schema import Plan
from settings import Settings

MOST_CORE, MOST_TEST_SERVER, MOST_DRILL_SERVER = 1.0, 20.0, 60.0
"""Seconds for the month."""


class Drills(NamedTuple):
    """Seconds for the month on each ground, its jumps and entries, and cases a minute in the core."""

    core: float
    test_server: float
    drill_server: float
    jumps: int
    entries: int
    a_minute: float


async def drills(rounds: int) -> Drills:
    """Measure. Raises `RuntimeError` where a ground decides otherwise than the core."""
    month = thirty_days()
    plan = library.load(library.find(month.plan)).plan
    digest = registry.put(plan)
    cores = [await _in_core(month, plan, digest) for _ in range(rounds)]
    test_server, drill_server = [await _on_a_server(month, test_server) for test_server in (True, False)]
    if {told[1:] for told in (cores[0], test_server, drill_server)} != {cores[0][1:]}:
        raise RuntimeError(f"the grounds differ: {cores[0]}, {test_server}, {drill_server}")
    shipped = [cases.read(cases.find(name)) for name in cases.shipped()]
    plans = {name: library.load(library.find(name)).plan for name in {case.plan for case in shipped}}
    digests = {name: registry.put(told) for name, told in plans.items()}
    took = [(await _in_core(case, plans[case.plan], digests[case.plan]))[0] for case in shipped for _ in range(rounds)]
    _, jumps, entries = cores[0]
    pure = median(told[0] for told in cores)
    return Drills(pure, test_server[0], drill_server[0], jumps, entries, 60 * len(took) / sum(took))


async def _in_core(case: Case, plan: Plan, digest: str) -> tuple[float, int, int]:
    began, begins = time.perf_counter(), datetime.now(UTC)
    holders = grounds.holders(case)
    player = Player(case, plan, CoreGround("bench", holders, begins, digest), holders)
    scenes = [scene async for scene in player.play(begins)]
    took = time.perf_counter() - began
    return took, sum(bool(scene.jump) for scene in scenes), sum(len(scene.entries) for scene in scenes)


async def _on_a_server(case: Case, test_server: bool) -> tuple[float, int, int]:
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as home:
        settings = drill_settings(Settings(home=Path(home)))
        async with grounds.staged(settings, case, test_server) as stage:
            began = time.perf_counter()
            scenes = [scene async for scene in stage.player.play(stage.begins)]
            took = time.perf_counter() - began
    return took, sum(bool(scene.jump) for scene in scenes), sum(len(scene.entries) for scene in scenes)
