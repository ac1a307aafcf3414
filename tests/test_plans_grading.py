"""Lhasa's grades: each threshold on both sides, more harm never less grade, and the holes that decisions fill."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.grading import Situation, Verdict, grade
from plans.library import PlanFault, find, load
from plans.schema import severity

LHASA = load(find("lhasa-2022"))
LEAK: dict[str, Any] = {"source_kind": "pressure_vessel"}


def verdict(counts: Mapping[str, int], **situation: Any) -> Verdict:
    told = Situation(**{"sector": "industry-trade", **situation})
    return grade(LHASA.plan.grading, LHASA.plan.national, counts, told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measure", "bounds", "situation"),
    [
        ("deaths", {2: "IV", 3: "III", 9: "III", 10: "II", 29: "II", 30: "I"}, {}),
        ("missing", {2: "IV", 3: "III", 9: "III", 10: "II", 29: "II", 30: "I"}, {}),
        ("trapped", {2: "IV", 3: "III", 30: "I"}, {}),
        ("serious_injuries", {9: "IV", 10: "III", 49: "III", 50: "II", 99: "II", 100: "I"}, {}),
        ("acute_poisoning", {9: "IV", 10: "III", 50: "II", 100: "I"}, {}),
        ("threatened_injuries", {1: "IV", 500: "IV"}, {}),
        ("poisoned", {99: "IV", 100: "I"}, {}),
        ("direct_loss_yuan", {9_999_999: "IV", 10_000_000: "III", 50_000_000: "II", 100_000_000: "I"}, {}),
        ("relocated", {9_999: "IV", 10_000: "III", 49_999: "III", 50_000: "II", 149_999: "II", 150_000: "I"}, LEAK),
        ("relocated", {150_000: "IV"}, {}),
        ("relocated", {150_000: "IV"}, {**LEAK, "medium": "none"}),
        ("minor_injuries", {1000: "IV"}, {}),
    ],
)
def test_each_threshold_includes_its_lower_bound_and_excludes_its_upper(
    measure: str, bounds: dict[int, str], situation: dict[str, Any]
) -> None:
    assert {count: verdict({measure: count}, **situation).grade for count in bounds} == bounds


def test_dead_and_missing_are_added_and_the_statutory_grade_takes_confirmed_deaths_alone() -> None:
    told = verdict({"deaths": 1, "missing": 2})
    assert (told.grade, told.statutory_grade) == ("III", "IV")
    assert [hit.clause for hit in told.criteria] == ["LS-1.4-08"]


def test_five_missing_meet_no_criterion_of_the_plan_as_it_stands() -> None:
    with pytest.raises(ValueError, match="no grade"):
        grade(LHASA.says["grading"], LHASA.plan.national, {"missing": 5}, Situation(sector="non-coal-mine"))
    assert verdict({"missing": 5}).grade == "III"


def test_a_loss_below_the_floor_is_graded_and_marked_and_an_unknown_loss_is_not_small() -> None:
    assert verdict({"direct_loss_yuan": 999_999}).below_plan_floor
    assert not verdict({"direct_loss_yuan": 1_000_000}).below_plan_floor
    assert not verdict({}).below_plan_floor
    special = {"direct_loss_yuan": 10_000}
    assert not verdict(special, source_kind="crane").below_plan_floor


MEASURES = ["deaths", "missing", "out_of_contact", "trapped", "serious_injuries", "acute_poisoning", "poisoned"]
COUNTS = st.dictionaries(st.sampled_from(MEASURES), st.integers(0, 200))


@settings(deadline=None)  # the machine's pace is no fault of the rule
@given(COUNTS, st.sampled_from(MEASURES), st.integers(1, 50))
def test_more_harm_never_lowers_a_grade(counts: dict[str, int], measure: str, more: int) -> None:
    worse = {**counts, measure: counts.get(measure, 0) + more}
    assert severity(verdict(worse).grade) >= severity(verdict(counts).grade)
    assert severity(verdict(worse).statutory_grade) >= severity(verdict(counts).statutory_grade)


def copied(folder: Path, old: str, new: str, file: str = "grading.yaml") -> Path:
    for source in [*find("lhasa-2022").glob("*.yaml"), find("lhasa-2022") / "clauses.tsv"]:
        text = source.read_text("utf-8")
        (folder / source.name).write_text(text.replace(old, new, 1) if source.name == file else text, "utf-8")
    return folder


def test_a_fault_names_file_line_and_key(tmp_path: Path) -> None:
    with pytest.raises(PlanFault, match=r"grading\.yaml:\d+ criteria\.0\.grade: .*'IV'"):
        load(copied(tmp_path, "grade: IV", "grade: VI"))
    with pytest.raises(PlanFault, match=r"grading\.yaml:\d+ .*[Dd]uplicate|found duplicate"):
        load(copied(tmp_path, "floor_yuan: 1000000", "floor_yuan: 1000000\nfloor_yuan: 2"))


def test_a_decision_that_points_nowhere_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PlanFault, match="decision LS-A01"):
        load(copied(tmp_path, "LS-1.4-08/counts", "LS-1.4-99/counts", "decisions.yaml"))


def test_a_clause_that_the_plan_does_not_have_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PlanFault, match=r"LS-9\.9-99: expected one of clauses\.tsv"):
        load(copied(tmp_path, "LS-1.4-03", "LS-9.9-99"))
