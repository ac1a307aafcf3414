"""The shipped cases: each is played in the pure core and meets what it expects.

Its deadlines end as an independent table of link, start, limit and act says; one seeded change makes an expectation
fail.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from drills import case as cases
from drills.case import Case
from drills.check import faults
from drills.expect import Log, judge
from plans import library
from tests.playing import EXERCISED, Played, lines, plan_of, play, played

DRILLED = Path(__file__).parent / "drilled"
FEWEST = 10
"""Expectations a case."""

_SPAN = TypeAdapter(timedelta)


@cache
def told(name: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = YAML(typ="safe").load((DRILLED / f"{name}.yaml").read_text("utf-8"))
    return told


def log(played: Played, case: Case) -> Log:
    refused = [(one.said.verb, one.refusal) for scene in played.scenes for one in scene.refused]
    return Log(played.entries, played.record, refused, played.entries[0].known_at - case.starts_at)


def unmet(name: str, played: Played, case: Case) -> list[str]:
    judged = judge(case.expect, log(played, case))
    return [f"{name}: {one.expected.words(plan_of(case.plan))[1]}: found {one.found}" for one in judged if not one.met]


def test_every_case_has_its_table_and_no_table_is_left_over() -> None:
    assert {file.stem for file in DRILLED.glob("*.yaml")} == set(cases.shipped())


@pytest.mark.parametrize("name", cases.shipped())
def test_a_case_can_be_played_and_meets_what_it_expects(name: str) -> None:
    case = cases.read(cases.find(name))
    assert not list(faults(case, plan_of(case.plan)))
    assert len(case.expect) >= FEWEST
    assert not unmet(name, played(name), case)
    unforeseen = [
        f"{one.said.verb}: {one.refusal.reason}"
        for scene in played(name).scenes
        for one in scene.refused
        if scene.line is None or scene.line.refused != one.refusal.kind
    ]
    assert not unforeseen
    assert all(scene.refused for scene in played(name).scenes if scene.line and scene.line.refused)


def by_the_table(row: Mapping[str, str], archived: bool) -> str:
    """The verdict by arithmetic: an act by start + limit is met, a later one late; none is missed once archived."""
    due = datetime.fromisoformat(row["start"]) + _SPAN.validate_python(row["limit"])
    if not row["act"]:
        return "missed" if archived else "overdue"
    return "met" if datetime.fromisoformat(row["act"]) <= due else "late"


@pytest.mark.parametrize("name", cases.shipped())
def test_deadlines_end_as_an_independent_table_says(name: str) -> None:
    case, record = cases.read(cases.find(name)), played(name).record
    shift = log(played(name), case).shift
    rows = told(name)["links"]
    assert len(rows) >= 5
    for row in rows:
        clock = record.clocks[row["link"]]
        assert clock.starts_at - shift == datetime.fromisoformat(row["start"]), row["link"]
        assert clock.due_at - clock.starts_at == _SPAN.validate_python(row["limit"]), row["link"]
        assert clock.verdict == by_the_table(row, archived=record.phase in ("archived", "closed")), row["link"]
        act = datetime.fromisoformat(row["act"]) if row["act"] else None
        done = clock.done_at - shift if clock.done_at else None
        assert (act is None) == (done is None), row["link"]
        assert act is None or abs(act - done) < timedelta(minutes=1), row["link"]  # type: ignore[operator]


@pytest.mark.parametrize(("number", "name"), list(enumerate(cases.shipped())))
def test_one_seeded_change_makes_an_expectation_fail(number: int, name: str, pytestconfig: pytest.Config) -> None:
    """Every third case; `make cases` changes them all."""
    if number % 3 and not pytestconfig.getoption("every_case"):
        pytest.skip("in the full form: make cases")
    case = cases.read(cases.find(name))
    changed = Case.model_validate(case.model_dump(by_alias=True) | told(name)["seed"])
    assert changed != case
    assert unmet(name, play(changed, plan_of(case.plan)), changed)


@pytest.mark.parametrize("plan", library.shipped())
def test_what_is_said_to_be_exercised_is_what_the_cases_do(plan: str) -> None:
    """`python -m tests.playing` writes the files anew."""
    assert (EXERCISED / f"{plan}.jsonl").read_text("utf-8") == lines(plan)
