"""Each plan's grades against an oracle that was written from its text: at least 300 cases around every bound."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from plans.grading import Figure, Situation, grade
from plans.library import SHIPPED, load
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


@pytest.mark.parametrize("name", ORACLES)
def test_an_oracle_written_from_the_text_agrees_on_every_case_around_every_bound(name: str) -> None:
    folder, cases, judge = ORACLES[name]
    if not (folder / "grading.yaml").is_file():
        pytest.skip(f"{folder.name} is not here yet")
    plan = load(folder).plan
    differ, every = [], list(cases())
    for facts in every:
        counts, situation = told(facts)
        figures = {measure: Figure(n=n) for measure, n in counts.items()}
        known = Situation(**{"sector": "industry-trade", **situation})
        found = grade(plan.grading, plan.national, figures, known)  # type: ignore[arg-type]
        met = frozenset((hit.clause, hit.grade) for hit in found.criteria)
        seen = Judged(found.grade, found.statutory_grade, found.below_plan_floor, met)
        if seen != judge(facts):
            differ.append((facts, seen, judge(facts)))
    assert differ == []
    assert len(every) >= FEWEST


@pytest.mark.parametrize("name", ORACLES)
def test_its_cases_reach_every_grade_and_every_clause_of_its_thresholds(name: str) -> None:
    folder, cases, judge = ORACLES[name]
    judged = [judge(facts) for facts in cases()]
    assert {one.grade for one in judged} == {"IV", "III", "II", "I"}
    assert len({tuple(sorted(facts.items(), key=str)) for facts in cases()}) >= FEWEST
    if (folder / "grading.yaml").is_file():
        thresholds = {criterion.clause for criterion in load(folder).plan.grading.criteria}
        assert thresholds <= {clause for one in judged for clause, _ in one.criteria}
