"""A fourth plan with nothing of its own: it opens an incident, grades it by national orders, and holds their clocks."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from drills import case as cases
from drills.case import Case
from drills.check import faults
from incidents.logbook import verify
from plans.library import load
from tests.playing import Played, play

FOLDER = Path(__file__).parent / "plans" / "national-only"
PLAN = load(FOLDER).plan
CASE = cases.read(FOLDER / "cases" / "accident.yaml")

H = 60
# Order 493 arts. 9 to 11, and the follow-ups of order 21: from when it counts, minutes, to whom.
ALWAYS = {
    "enterprise-report": ("heard", H, "department"),
    "report-upward": ("received", 2 * H, "department_above"),
    "side-police": ("received", 2 * H, "police_organ"),
    "side-human-resources": ("received", 2 * H, "labour_department"),
    "side-trade-union": ("received", 2 * H, "union"),
    "side-procuratorate": ("received", 2 * H, "procurators"),
}
DAILY, TWICE = ("received", 24 * H, "county_government"), ("received", 12 * H, "county_government")
GOVERNMENT = ("received", 2 * H, "county_government")
CLOCKS: Mapping[str, Mapping[str, tuple[str, int, str]]] = {
    "IV": {**ALWAYS, "own-government": GOVERNMENT, "follow-up": DAILY},
    "III": {**ALWAYS, "own-government-above": GOVERNMENT, "follow-up": DAILY},
    "II": {**ALWAYS, "own-government-above": GOVERNMENT, "follow-up-major": TWICE},
    "I": {**ALWAYS, "own-government-above": GOVERNMENT, "follow-up-major": TWICE},
}
DEAD = {"IV": 2, "III": 3, "II": 10, "I": 30}


def with_dead(n: int) -> Case:
    assert CASE.facts is not None
    return CASE.model_copy(update={"facts": {**CASE.facts, "deaths": {"n": n, "source": "county"}}})


def played(n: int = 3) -> Played:
    return play(with_dead(n), PLAN)


@pytest.mark.parametrize("grade", CLOCKS)
def test_it_grades_by_order_493_and_holds_every_national_clock(grade: str) -> None:
    told = played(DEAD[grade])
    assert told.record.grades is not None
    assert (told.record.grades.computed, told.record.grades.statutory) == (grade, grade)
    facts = told.record.known()
    starts = {"received": facts.received_at, "heard": facts.heard_at}
    first = {clock.rule: clock for clock in told.record.clocks.values() if clock.rule == clock.id}
    found = {rule: (one.starts_at, one.due_at - one.starts_at, one.addressee) for rule, one in first.items()}
    assert found == {
        rule: (starts[start], timedelta(minutes=minutes), to) for rule, (start, minutes, to) in CLOCKS[grade].items()
    }


def test_it_goes_from_the_first_call_to_the_closed_file_without_a_level_of_its_own() -> None:
    assert not list(faults(CASE, PLAN))
    told = played()
    (refused,) = [one.refusal for scene in told.scenes for one in scene.refused]
    assert refused.kind == "plan"
    assert told.record.phase == "closed"
    assert told.record.level is None
    assert verify(told.entries) == told.record.head
    late = [clock.id for clock in told.record.clocks.values() if clock.verdict in ("late", "missed")]
    assert late == ["side-trade-union"], "two hours and ten minutes"


def test_nothing_in_it_cites_a_clause_that_is_not_national() -> None:
    cited = {clause for entry in played().entries for clause in entry.clauses}
    assert cited
    assert all(clause.startswith("N-") for clause in cited), cited
