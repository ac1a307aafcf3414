"""Coverage: what homes a clause, what exercises it, and that the shipped plans leave none without a home."""

import json
from pathlib import Path
from typing import Any

import pytest

from incidents.incident import _FOLDS
from plans import evidence
from plans.coverage import ACTS, HOMES, OUTSIDE, Deed, coverage, homes_of, sites
from plans.library import ClauseRow, clause_rows, find, load, shipped
from plans.schema import Outside, Plan, ReportRule

PLANS = {name: load(find(name)).plan for name in shipped()}
ROWS = {name: clause_rows(find(name)) for name in shipped()}
AT_MOST_OUTSIDE = 40
"""Over all shipped plans together."""


def homed(plan: Plan, clause: str, kind: str) -> bool:
    return bool(homes_of(ClauseRow(clause, "", kind, ""), sites(plan).get(clause, ())))


def first(plan: Plan, kind: str) -> str:
    """A clause of this kind that has a home in the plan."""
    return next(row.clause for row in ROWS[plan.name] if row.kind == kind and homed(plan, row.clause, kind))


@pytest.fixture(params=sorted(PLANS))
def plan(request: pytest.FixtureRequest) -> Plan:
    return PLANS[request.param]


def test_every_clause_of_a_shipped_plan_is_homed_or_outside_with_a_reason(plan: Plan) -> None:
    told = coverage(plan, ROWS[plan.name], (), ())
    assert told.unhomed == ()
    assert told.homed + len(told.outside) == told.total == len(ROWS[plan.name])


def test_only_few_clauses_are_outside_each_with_a_reason_and_of_a_kind_that_may_be() -> None:
    kinds = {row.clause: row.kind for rows in ROWS.values() for row in rows}
    outside = [item for plan in PLANS.values() for item in plan.outside]
    assert [item.clause for item in outside if kinds[item.clause] not in OUTSIDE] == []
    assert all(item.reason for item in outside)
    assert len({item.clause for item in outside}) == len(outside) <= AT_MOST_OUTSIDE


def test_the_table_speaks_of_every_kind_of_clause() -> None:
    assert {row.kind for rows in ROWS.values() for row in rows} <= HOMES.keys()


def test_the_figures_add_up(plan: Plan) -> None:
    known = evidence.of_plan(plan.name)
    assert known is not None
    told = coverage(plan, ROWS[plan.name], *known)
    assert told.homed + len(told.outside) + len(told.unhomed) == told.total
    assert told.exercised + len(told.unexercised) == told.homed


def test_a_report_rule_without_a_limit_homes_no_deadline(plan: Plan) -> None:
    timed = next(rule for rule in plan.reporting.rules if rule.within and not rule.clauses[0].startswith("N-"))
    clause = timed.clauses[0]
    rules = tuple(
        rule.model_copy(update={"within": None, "every": None}) if clause in rule.clauses else rule
        for rule in plan.reporting.rules
    )
    handling = tuple(item for item in plan.reporting.handling if clause not in item.clauses)
    hole = plan.model_copy(
        update={"reporting": plan.reporting.model_copy(update={"rules": rules, "handling": handling})}
    )
    assert not homed(hole, clause, "report-deadline")
    assert any(isinstance(site.part, ReportRule) for site in sites(hole)[clause]), "it is still cited"


@pytest.mark.parametrize("kind", sorted(HOMES))
def test_a_clause_on_an_element_of_another_kind_is_a_mismatch(kind: str) -> None:
    """Whatever stands on a condition of the end alone homes such a condition, or a step of the end, and no more."""
    plan = next(iter(PLANS.values()))
    condition = plan.termination.conditions[0].model_copy(update={"clauses": ("XX-1",)})
    termination = plan.termination.model_copy(update={"conditions": (condition,)})
    moved = plan.model_copy(update={"termination": termination})
    assert homed(moved, "XX-1", kind) is (kind in ("termination-condition", "termination-procedure"))


@pytest.mark.parametrize(
    ("deadline", "at", "homes"),
    [
        ("prompt", "warning", True),
        ("at the same time", "groups", True),
        ("", "onsite_hq", True),
        ("prompt", "disposal", False),
        ("1 h from receipt", "warning", False),
        ("2 h", "groups", False),
    ],
)
def test_a_report_that_is_owed_promptly_may_be_work_and_one_with_a_number_may_not(
    deadline: str, at: str, homes: bool
) -> None:
    """Without a number nothing can run out; with one it must stand on a clock."""
    plan = PLANS["zhongshan-county"]
    task = plan.disposal.tasks[0].model_copy(update={"clauses": ("XX-1",)})
    work = (
        next(group for group in plan.groups.values() if group.tasks).tasks[0].model_copy(update={"clauses": ("XX-1",)})
    )
    assert plan.warning is not None
    assert plan.command.onsite_hq is not None
    hq = plan.command.onsite_hq.model_copy(update={"tasks": (work,)})
    group = plan.groups["group_rescue"].model_copy(update={"tasks": (work,)})
    moved = plan.model_copy(
        update={
            "warning": {"warning": plan.warning.model_copy(update={"watch": (task,)})},
            "groups": {"groups": {**plan.groups, "group_rescue": group}},
            "onsite_hq": {"command": plan.command.model_copy(update={"onsite_hq": hq})},
            "disposal": {"disposal": plan.disposal.model_copy(update={"tasks": (task,)})},
        }[at]
    )
    row = ClauseRow("XX-1", "", "report-deadline", "", deadline)
    assert bool(homes_of(row, sites(moved)["XX-1"])) is homes


def test_a_clause_of_a_kind_that_must_be_homed_is_never_excused(plan: Plan) -> None:
    row = next(row for row in ROWS[plan.name] if row.kind == "termination-condition")
    excused = plan.model_copy(update={"outside": (Outside(clause=row.clause, reason="x"),)})
    assert coverage(excused, (row,), (), ()).outside == ()


def task_clause(plan: Plan) -> str:
    return plan.disposal.tasks[0].clauses[0]


@pytest.mark.parametrize(
    ("kind", "data", "counts"),
    [
        ("task_moved", {"outcome": "done"}, True),
        ("task_moved", {"outcome": "not_applicable"}, False),
        ("tasks_given", {}, False),
        ("clock_done", {}, False),
    ],
)
def test_a_task_is_exercised_by_being_done_and_by_nothing_else(kind: str, data: dict[str, Any], counts: bool) -> None:
    plan = next(iter(PLANS.values()))
    clause = task_clause(plan)
    row = next(row for row in ROWS[plan.name] if row.clause == clause)
    told = coverage(plan, (row,), [Deed(kind, frozenset({clause}), data)], ())
    assert told.exercised == int(counts)


def test_an_entry_that_does_not_cite_the_clause_exercises_it_not() -> None:
    plan = next(iter(PLANS.values()))
    row = next(row for row in ROWS[plan.name] if row.clause == task_clause(plan))
    assert coverage(plan, (row,), [Deed("task_moved", frozenset({"XX-1"}), {"outcome": "done"})], ()).exercised == 0


def test_a_test_may_assert_a_grade_but_not_that_a_task_was_done(plan: Plan) -> None:
    grading, task = first(plan, "grading"), task_clause(plan)
    rows = tuple(row for row in ROWS[plan.name] if row.clause in (grading, task))
    assert coverage(plan, rows, (), (grading, task)).unexercised == (task,)


def test_evidence_is_read_from_the_repository_and_only_for_its_own_plan(tmp_path: Path) -> None:
    assert evidence.of_plan("a", tmp_path) is None, "an installed package has no tests to read"
    (tmp_path / "pyproject.toml").touch()
    assert evidence.of_plan("a", tmp_path) == evidence.Evidence()
    for name, plan in (("one", "a"), ("two", "b")):
        run = tmp_path / "tests" / "histories" / name
        run.mkdir(parents=True)
        entries = [
            {"kind": "opened", "clauses": [], "data": {"plan": plan}},
            {"kind": "task_moved", "clauses": [f"{plan}-1"], "data": {"outcome": "done"}},
        ]
        (run / "logbook.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (tmp_path / "tests" / "asserted").mkdir()
    (tmp_path / "tests" / "asserted" / "grading-b.jsonl").write_text('{"clause": "b-2"}\n')
    known = evidence.of_plan("b", tmp_path)
    assert known is not None
    assert [deed.kind for deed in known.deeds] == ["opened", "task_moved"]
    assert known.asserted == {"b-2"}


NO_ACT = {
    "report_signed",
    "receipt_disputed",
    "receipt_settled",
    "chaser_received",
    "chaser_answered",
    "time_corrected",
    "facts_reported", "graded", "grade_raised", "grade_lowered",
    "people_moved", "count_corrected", "count_settled", "people_listed",
    "inbound_warning", "warning_seconded", "warning_expired", "warning_dropped", "publication_corrected",
    "publication_withdrawn", "correction_confirmed", "correction_published",
    "approval_chased", "oral_confirmed", "called_back", "signature_attached", "ratified",
    "disputed", "report_sent", "receipt_confirmed", "tasks_given", "support_requested",
    "tasks_released", "reopened",
    "window_opened", "archived", "archive_written", "closed", "clocks_started", "clock_due_soon", "clock_overdue",
    "notice_issued", "notice_sent", "notice_chased", "notices_withdrawn", "tasks_withdrawn",
    "deviation", "external", "evidence", "document_signed", "noted", "corrected",
    "intake_joined",
    "task_progress", "checked_out", "leader_arrived", "command_time_corrected", "guiding", "handover_offered",
    "handover_refused", "instruction_conveyed", "instruction_reported",
    "instructions_settled", "consultation_held", "zone_set", "zone_entered", "zone_left",
    "roll_called", "rescue_suspended", "counted_out", "rescue_resumed",
    "response_extended", "release_drafted", "release_corrected", "release_correction_confirmed",
    "taken_over", "onsite_hq_dissolved",
    "superior_ended",
    "false_alarm_declared", "false_alarm_confirmed", "casualties_changed",
}  # fmt: skip
"""Entries that start, tell or chase something, or that no clause of a plan stands behind."""


def test_each_kind_of_entry_either_acts_on_an_element_or_is_known_not_to() -> None:
    assert not NO_ACT & ACTS.keys()
    assert NO_ACT | ACTS.keys() == _FOLDS.keys()


def test_what_acts_can_home_something() -> None:
    """An act on an element that homes no clause would never count."""
    homes = tuple(home.model for row in HOMES.values() for home in row)
    for act in ACTS.values():
        assert all(any(issubclass(h, m) or issubclass(m, h) for h in homes) for m in act.models), act
