"""Each plan's grades against an oracle that was written from its text: at least 300 cases around every bound."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from plans.grading import Counts, Figure, Hit, Situation, Verdict, grade
from plans.library import SHIPPED, load
from plans.schema import Criterion, Plan
from tests import oracle_lhasa, oracle_yunling, oracle_zhongshan
from tests.oracle_national import Facts, Judged, joined, told

FEWEST = 300
OWN = Path(__file__).parent / "plans"


class Oracle(NamedTuple):
    folder: Path
    cases: Callable[[], Iterable[Facts]]
    judge: Callable[[Facts], Judged]


def by_order_493_alone(facts: Facts) -> Judged:
    """A plan without thresholds of its own."""
    return joined(facts, {}, floor=0)


ORACLES: Mapping[str, Oracle] = {
    "lhasa": Oracle(SHIPPED / "lhasa-2022", oracle_lhasa.cases, oracle_lhasa.judge),
    "zhongshan": Oracle(SHIPPED / "zhongshan-county", oracle_zhongshan.cases, oracle_zhongshan.judge),
    "yunling": Oracle(OWN / "yunling", oracle_yunling.cases, oracle_yunling.judge),
    "national-only": Oracle(OWN / "national-only", oracle_zhongshan.cases, by_order_493_alone),
}


def here(name: str) -> Plan:
    """The plan of an oracle."""
    return load(ORACLES[name].folder).plan


def graded(plan: Plan, facts: Facts) -> Verdict:
    return grade(plan.grading, plan.national, *reported(facts))


def reported(facts: Facts) -> tuple[Counts, Situation]:
    counts, situation = told(facts)
    known = Situation(**{"sector": "industry-trade", **situation})
    return {measure: Figure(n=n) for measure, n in counts.items()}, known  # type: ignore[misc]


@pytest.mark.parametrize("name", ORACLES)
def test_an_oracle_written_from_the_text_agrees_on_every_case_around_every_bound(name: str) -> None:
    plan, oracle = here(name), ORACLES[name]
    differ, every = [], list(oracle.cases())
    for facts in every:
        found, expected = graded(plan, facts), oracle.judge(facts)
        met = frozenset((hit.clause, hit.grade) for hit in found.criteria)
        seen = Judged(found.grade, found.statutory_grade, found.below_plan_floor, met)
        if seen != expected:
            differ.append((facts, seen, expected))
    assert differ == []
    assert len(every) >= FEWEST


@pytest.mark.parametrize("name", ORACLES)
def test_its_cases_reach_every_grade_and_every_clause_of_its_thresholds(name: str) -> None:
    oracle = ORACLES[name]
    judged = [oracle.judge(facts) for facts in oracle.cases()]
    assert {one.grade for one in judged} == {"IV", "III", "II", "I"}
    assert len({tuple(sorted(facts.items(), key=str)) for facts in oracle.cases()}) >= FEWEST
    thresholds = {criterion.clause for criterion in here(name).grading.criteria}
    assert thresholds <= {clause for one in judged for clause, _ in one.criteria}


@pytest.mark.parametrize("name", ORACLES)
def test_a_bound_that_is_one_off_is_seen_by_some_case(name: str) -> None:
    plan = here(name)
    every = [reported(facts) for facts in ORACLES[name].cases()]
    nothing = plan.national.model_copy(update={"statutory": (), "special_equipment": ()})

    def met(criterion: Criterion, case: tuple[Counts, Situation]) -> tuple[Hit, ...]:
        return grade(plan.grading.model_copy(update={"criteria": (criterion,)}), nothing, *case).criteria

    for criterion in plan.grading.criteria:
        for other in one_off(criterion):
            seen = any(bool(met(criterion, case)) != bool(met(other, case)) for case in every)
            assert seen, f"{criterion.clause}: {other}"


def one_off(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion with one of its bounds moved by one."""
    for bound in ("at_least", "below"):
        value = getattr(criterion, bound)
        if value is not None and criterion.counts:
            moved = (value - 1, value + 1)
            yield from (criterion.model_copy(update={bound: n}) for n in moved if n >= 1)
