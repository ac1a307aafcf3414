"""`make bench`: one run, one table."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import scene
from bench.core import Core, core
from bench.drills import MOST_CORE, MOST_DRILL_SERVER, MOST_TEST_SERVER, Drills, drills
from bench.lateness import Lateness, lateness
from bench.rounds import Cost, compare, open_incidents, running

WHOLE, QUICK = (5, 12, 250), (2, 4, 40)
"""Rounds, incidents a round, and incidents held open."""


def table(ours: Cost, bare: Cost, held: float, pure: Core) -> Iterator[str]:
    """What was measured, beside the goal."""
    yield (
        f"one incident: {scene.COMMANDS} commands (the opening is one), {scene.RECIPIENTS} units told and answering, "
        f"{len(scene.SCENE.waits)} waits"
    )
    yield f"{'':34}{'ours':>10}{'bare':>10}{'ratio':>8}   goal"
    for name, one, other, unit, goal in (
        ("CPU, server and worker", ours.cpu * 1e3, bare.cpu * 1e3, "ms", f"<= {scene.MOST_CPU_RATIO:g} x"),
        ("  server", median(ours.server) * 1e3, median(bare.server) * 1e3, "ms", ""),
        ("  worker", median(ours.worker) * 1e3, median(bare.worker) * 1e3, "ms", ""),
        ("history, events (median)", median(ours.events), median(bare.events), "", ""),
        ("history, events (most)", max(ours.events), max(bare.events), "", f"<= {scene.MOST_EVENTS}"),
        ("history, KB (median)", median(ours.size) / 1e3, median(bare.size) / 1e3, "KB", ""),
        ("history, KB (most)", max(ours.size) / 1e3, max(bare.size) / 1e3, "KB", f"<= {scene.MOST_BYTES / 1e3:g} KB"),
    ):
        digits = 1 if unit == "KB" else 0
        yield f"{name:34}{one:>10.{digits}f}{other:>10.{digits}f}{one / other:>8.2f}   {goal}".rstrip()
    yield f"{'an open incident in the worker':34}{held / 1e3:>10.0f} KB{'':15}   <= {scene.MOST_BYTES_OPEN / 1e3:g} KB"
    for verb, took in pure.handle.items():
        yield f"{f'handle() at 200 entries, {verb}':42}{took:>6.0f} us{'':11}   < {scene.MOST_MICROSECONDS} us".rstrip()
    yield f"{'fold() of 200 entries':42}{pure.fold / 1e3:>6.1f} ms"


def late_line(late: Lateness) -> str:
    """How late the passing of a deadline is in the log."""
    return (
        f"{late.clocks} deadlines on the live server, entered after their instant: median {late.median * 1e3:.0f} ms, "
        f"nine of ten within {late.nine_of_ten * 1e3:.0f} ms, worst {late.worst * 1e3:.0f} ms"
    )


def drill_table(played: Drills) -> Iterator[str]:
    """What drills take, beside the goal."""
    yield f"a drill of 30 days: {played.jumps} jumps of the clock, {played.entries} entries"
    for name, took, goal in (
        ("in the pure core", played.core, MOST_CORE),
        ("on the time-skipping test server", played.test_server, MOST_TEST_SERVER),
        ("on the drill server", played.drill_server, MOST_DRILL_SERVER),
    ):
        yield f"{name:42}{took:>6.1f} s{'':12}   < {goal:g} s"
    yield f"{'shipped cases in the core, one process':42}{played.a_minute:>6.0f} a minute"


async def main(quick: bool) -> None:
    """Measure everything, with a line as each part is done."""
    began = time.monotonic()
    rounds, each, many = QUICK if quick else WHOLE

    def say(line: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - began:4.0f} s] {line}\n")

    say("the core alone")
    pure = core(5 if quick else 20)
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as home:
        async with running(Path(home)) as bench:
            say(f"{rounds} rounds of {each} incidents and {each} bare workflows in turn")
            ours, bare = await compare(bench, rounds, each, say)
            say(f"memory: {many} incidents held open")
            held = await open_incidents(bench, max(many // 10, 4), many)
    say("how late a deadline is noticed on the live server")
    late = await lateness(20 if quick else 100, say)
    say("a drill of thirty days, on each of its grounds")
    played = await drills(rounds)
    sys.stdout.write("\n".join((*table(ours, bare, held, pure), "", late_line(late), "", *drill_table(played))) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench", description="What an incident costs, beside a bare workflow")
    parser.add_argument("--quick", action="store_true", help="a short form: fewer rounds, rougher figures")
    asyncio.run(main(parser.parse_args().quick))
