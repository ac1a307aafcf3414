"""What coverage counts as exercised, read from the repository: recorded runs, played cases, and rows that tests assert.

`tests/histories/NAME/logbook.jsonl` is the log of a recorded incident; its first entry says by which plan. Each line of
`tests/exercised/PLAN.jsonl` is an entry of a shipped case as the core plays it; a test plays them all again. Each line
of `tests/asserted/TOPIC-PLAN.jsonl` is a case that a test asserts, under the clause that it proves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from plans.coverage import Deed

REPOSITORY = Path(__file__).parent.parent


class Evidence(NamedTuple):
    """What was recorded and asserted for one plan."""

    deeds: tuple[Deed, ...] = ()
    asserted: frozenset[str] = frozenset()


def of_plan(name: str, repository: Path = REPOSITORY) -> Evidence | None:
    """The evidence for a plan; None where this is no repository but an installed package."""
    if not (repository / "pyproject.toml").is_file():
        return None
    tests = repository / "tests"
    return Evidence(tuple(_deeds(tests, name)), frozenset(_asserted(tests, name)))


def _deeds(tests: Path, plan: str) -> Iterator[Deed]:
    for file in sorted(tests.glob("histories/*/logbook.jsonl")):
        entries = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        if entries and entries[0]["data"].get("plan") == plan:
            yield from (Deed(entry["kind"], frozenset(entry["clauses"]), entry["data"]) for entry in entries)
    played = tests / "exercised" / f"{plan}.jsonl"
    for line in played.read_text("utf-8").splitlines() if played.exists() else ():
        entry = json.loads(line)
        yield Deed(entry["kind"], frozenset(entry["clauses"]), entry["data"])


def _asserted(tests: Path, plan: str) -> Iterator[str]:
    for file in sorted(tests.glob(f"asserted/*-{plan}.jsonl")):
        yield from (json.loads(line)["clause"] for line in file.read_text("utf-8").splitlines())
