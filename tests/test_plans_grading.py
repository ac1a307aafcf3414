"""Lhasa's grades: each threshold on both sides, more harm never less grade, and the holes that decisions fill."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.grading import Figure, Situation, Ungraded, Verdict, grade
from plans.library import NATIONAL, PlanFault, find, load
from plans.schema import Grading, Measure, Sector, severity
from tests.oracle_lhasa import cases
from tests.oracle_national import Facts, told

LHASA = load(find("lhasa-2022"))
LEAK: dict[str, Any] = {"source_kind": "pressure_vessel"}
ROWS = [json.loads(row) for row in (Path(__file__).parent / "asserted/grading-lhasa-2022.jsonl").open("rb")]


def verdict(counts: Mapping[str, int | Figure], plan: Grading = LHASA.plan.grading, **situation: Any) -> Verdict:
    known = Situation(**{"sector": "industry-trade", **situation})
    figures = {measure: n if isinstance(n, Figure) else Figure(n=n) for measure, n in counts.items()}
    return grade(plan, LHASA.plan.national, figures, known)  # type: ignore[arg-type]


def graded(facts: Facts, plan: Grading = LHASA.plan.grading) -> Verdict:
    counts, situation = told(facts)
    return verdict(counts, plan, **situation)


@pytest.mark.parametrize("row", [row for row in ROWS if "raise" not in row], ids=lambda row: row["clause"])
def test_each_clause_on_grading_is_asserted_by_a_case(row: dict[str, Any]) -> None:
    found = graded(row["facts"])
    assert found.grade == row["grade"]
    assert row["clause"] in found.clauses


def test_no_clause_on_grading_is_without_an_asserted_case() -> None:
    assert {row["clause"] for row in ROWS} == on_grading(find("lhasa-2022")) | on_grading(NATIONAL)


def on_grading(folder: Path) -> set[str]:
    with (folder / "clauses.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"] for row in rows if row["kind"] == "grading"}


def test_every_national_clause_says_whether_its_text_was_seen_in_full() -> None:
    with (NATIONAL / "clauses.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert {row["seen"] for row in rows} <= {"full", "part", "memory"}
    assert all(row["copy"] for row in rows), "which copy was seen"


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
    found = verdict({"deaths": 1, "missing": 2})
    assert (found.grade, found.statutory_grade) == ("III", "IV")
    assert [(hit.clause, hit.measure) for hit in found.criteria] == [
        ("LS-1.4-08", "deaths+missing"),
        ("N-493-3", "deaths"),
    ]
    assert [hit.clause for hit in found.decisive] == ["LS-1.4-08"]


def test_five_missing_meet_no_criterion_of_the_plan_as_it_stands() -> None:
    with pytest.raises(Ungraded, match=r"grading\.default_grade: expected a grade"):
        verdict({"missing": 5}, LHASA.says["grading"])
    assert verdict({"missing": 5}).grade == "III"


def test_a_plan_without_decisions_grades_a_case_or_says_what_nobody_decided() -> None:
    ungraded = 0
    for facts in cases():
        try:
            assert graded(facts, LHASA.says["grading"]).grade
        except Ungraded:
            ungraded += 1
    assert ungraded > 0, "the text has holes"


@pytest.mark.parametrize("kind", ["boiler", "pressure_vessel", "pressure_pipeline"])
def test_an_exploded_vessel_is_grade_three_with_no_count_known_and_leaves_the_statutory_grade_alone(kind: str) -> None:
    found = verdict({}, source_kind=kind, equipment_event="explosion")
    assert (found.grade, found.statutory_grade) == ("III", "IV")
    assert [(hit.clause, hit.measure, hit.value) for hit in found.criteria] == [("N-549-63", "explosion", 1)]
    assert verdict({}, source_kind="other", equipment_event="explosion").grade == "IV"
    assert not verdict({"direct_loss_yuan": 5_000}, source_kind=kind, equipment_event="explosion").below_plan_floor


def test_the_higher_of_plan_and_national_rules_stands_and_both_are_named() -> None:
    found = verdict({"deaths": 1}, equipment_event="crane_overturn")
    assert {hit.clause: hit.grade for hit in found.criteria} == {
        "LS-1.4-03": "IV",
        "N-493-3": "IV",
        "N-549-63": "III",
    }
    assert found.grade == "III"


def test_relocation_from_another_source_is_a_suggestion_and_moves_no_grade() -> None:
    found = verdict({"relocated": 12_000}, source_kind="other")
    assert (found.grade, found.may_be, found.criteria) == ("IV", "III", ())
    assert [(hit.clause, hit.grade) for hit in found.suggestions] == [("LS-1.4-11", "III")]
    assert verdict({"relocated": 12_000}, **LEAK).suggestions == ()
    assert verdict({"relocated": 12_000}, medium="none").suggestions == ()
    assert verdict({"relocated": 12_000, "deaths": 3}).suggestions == (), "it would raise nothing"


def test_a_sum_is_a_lower_bound_or_about_when_one_of_its_parts_is() -> None:
    hit = verdict({"deaths": 1, "trapped": Figure(n=9, at_least=True)}).criteria[0]
    assert (hit.measure, hit.value, hit.at_least, hit.about, hit.grade) == ("deaths+trapped", 10, True, False, "II")
    assert verdict({"missing": Figure(n=4, about=True)}).criteria[0].about
    assert not verdict({"direct_loss_yuan": Figure(n=5, at_least=True)}).below_plan_floor, "it may be much more"


def test_a_loss_below_the_floor_is_graded_and_marked_and_an_unknown_loss_is_not_small() -> None:
    assert verdict({"direct_loss_yuan": 999_999}).below_plan_floor
    assert not verdict({"direct_loss_yuan": 1_000_000}).below_plan_floor
    assert not verdict({}).below_plan_floor
    special = {"direct_loss_yuan": 10_000}
    assert not verdict(special, source_kind="crane").below_plan_floor


MEASURES: tuple[str, ...] = get_args(Measure)
NUMBERS = st.one_of(st.integers(0, 120), st.sampled_from([500, 9_999, 10_000, 50_000, 150_000, 10**6, 10**7, 10**8]))
COUNTS = st.dictionaries(st.sampled_from(MEASURES), NUMBERS)
SITUATIONS = st.fixed_dictionaries(
    {"sector": st.sampled_from(get_args(Sector))},
    optional={
        "source_kind": st.sampled_from(["boiler", "pressure_vessel", "pressure_pipeline", "crane", "other"]),
        "equipment_event": st.sampled_from(["explosion", "crane_overturn", "persons_stranded", "other"]),
        "medium": st.sampled_from(["toxic", "flammable", "explosive", "none"]),
    },
)


@settings(deadline=None)  # the machine's pace is no fault of the rule
@given(COUNTS, SITUATIONS, st.sampled_from(MEASURES), NUMBERS)
def test_more_harm_never_lowers_a_grade(
    counts: dict[str, int], situation: dict[str, str], measure: str, more: int
) -> None:
    before, worse = (
        verdict(counts, **situation),
        verdict({**counts, measure: counts.get(measure, 0) + more}, **situation),
    )
    assert severity(worse.grade) >= severity(before.grade)
    assert severity(worse.statutory_grade) >= severity(before.statutory_grade)
    assert severity(worse.may_be) >= severity(before.may_be)


@settings(deadline=None)
@given(COUNTS, SITUATIONS, st.sampled_from(["explosion", "crane_overturn"]))
def test_an_equipment_event_never_lowers_a_grade(counts: dict[str, int], situation: dict[str, str], event: str) -> None:
    calm = {name: value for name, value in situation.items() if name != "equipment_event"}
    assert severity(verdict(counts, **calm, equipment_event=event).grade) >= severity(verdict(counts, **calm).grade)


@settings(deadline=None)
@given(COUNTS, SITUATIONS)
def test_no_input_ends_ungraded_and_the_statutory_grade_is_never_above_the_whole(
    counts: dict[str, int], situation: dict[str, str]
) -> None:
    found = verdict(counts, **situation)
    assert severity(found.statutory_grade) >= 1
    assert severity(found.grade) >= severity(found.statutory_grade)
    assert found.decisive or found.grade == "IV"


def copied(folder: Path, old: str, new: str, file: str = "grading.yaml") -> Path:
    for source in [*find("lhasa-2022").glob("*.yaml"), find("lhasa-2022") / "clauses.tsv"]:
        text = source.read_text("utf-8")
        (folder / source.name).write_text(text.replace(old, new, 1) if source.name == file else text, "utf-8")
    return folder


def test_a_fault_names_file_line_and_key(tmp_path: Path) -> None:
    with pytest.raises(PlanFault, match=r"grading\.yaml:\d+ criteria\.0\.grade: .*'IV'"):
        load(copied(tmp_path, "grade: IV, counts", "grade: VI, counts"))
    with pytest.raises(PlanFault, match=r"grading\.yaml:\d+ .*[Dd]uplicate|found duplicate"):
        load(copied(tmp_path, "floor_yuan: 1000000", "floor_yuan: 1000000\nfloor_yuan: 2"))


def test_a_decision_that_points_nowhere_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PlanFault, match="decision LS-A01"):
        load(copied(tmp_path, "LS-1.4-08/counts", "LS-1.4-99/counts", "decisions.yaml"))


def test_a_clause_that_the_plan_does_not_have_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PlanFault, match=r"LS-9\.9-99: expected one of clauses\.tsv"):
        load(copied(tmp_path, "LS-1.4-03", "LS-9.9-99"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("included: lower", "included: upper", r"grading\.yaml:\d+ bounds\.included: .*'lower'"),
        ("grade: IV, name", "grade: I, name", "scale: .*expected the grades IV, III, II, I, lowest first"),
        (
            "at_least: 3, below: 10",
            "at_least: 10, below: 10",
            r"criteria\.\d+: .*expected below to be more than at_least",
        ),
        ("counts: [relocated]", "counts: []", r"criteria\.\d+: .*expected counts, or equipment_events"),
    ],
)
def test_a_plan_that_reads_numbers_another_way_is_refused_and_told_what_was_expected(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    with pytest.raises(PlanFault, match=words):
        load(copied(tmp_path, old, new))
