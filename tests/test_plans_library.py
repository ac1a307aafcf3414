"""A broken plan never loads: one line names the file, the line, the key, and what was expected."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from plans import library
from plans.library import PlanFault

CLEAN = Path(__file__).parent / "plans" / "clean"
DECISION = "- id: D1\n  choice: x\n  reason: x\n  basis: text\n  changes:\n    - { at: %s, to: %s }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CLEAN, tmp_path / "clean"))


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("posts.yaml", "duty_officer:", "\tduty_officer:", r"posts.yaml:1 found character .*cannot start any token"),
        ("disposal.yaml", "ends:", "ends: takeover_or_end\nends:", r"disposal.yaml:4 found duplicate key"),
        ("disposal.yaml", "ends:", "end:", r"disposal.yaml:3 end: .*not permitted"),
        ("disposal.yaml", "clauses: [CL-6]\n", "clauses: CL-6\n", r"disposal.yaml:\d clauses: .*valid tuple"),
        ("reporting.yaml", "within: PT1H", "within: 60 minutes", r"reporting.yaml:10 rules.0.within: .*ISO 8601"),
        (
            "reporting.yaml",
            "within: PT1H",
            "within: 3600",
            r"reporting.yaml:10 rules.0.within: .*ISO 8601 .*found 3600",
        ),
        ("reporting.yaml", "within: PT1H", "within: P1H", r"reporting.yaml:10 rules.0.within: "),
        ("reporting.yaml", "starts: heard", "starts: sunrise", r"reporting.yaml:9 rules.0.starts: .*'occurred'"),
        ("recovery.yaml", "says: 总结, ", "", r"recovery.yaml:4 tasks.1.says: Field required"),
        ("units.yaml", "kind: headquarters,", "kind: hq,", r"units.yaml:1 city_hq.kind: .*'headquarters'"),
        (
            "groups.yaml",
            "lead: police_bureau",
            "lead: police",
            r"groups.yaml:\d+ groups/group_cordon/lead police: expected",
        ),
        (
            "release.yaml",
            "[chief]",
            "[boss]",
            r"release.yaml:2 release/rules/all-grades/approved_by boss: .*posts.yaml",
        ),
        (
            "command.yaml",
            "presumed_clauses: [CL-8]",
            "presumed_clauses: [CL-99]",
            r"command.yaml:2 .*CL-99: .*clauses.tsv",
        ),
        ("recovery.yaml", "id: sum-up", "id: own-rescue", r"recovery.yaml:4 .*'own-rescue' stands twice"),
        ("units.yaml", "national_role: watch,", "", r"units.yaml: no unit bears the national role 'watch'"),
        ("posts.yaml", "field_head:", "field_hq:", r"posts.yaml field_hq: a unit has this name already"),
        ("plan.yaml", 'division_code: "990100"', "division_code: 990100", r"plan.yaml:4 jurisdiction.division_code: "),
    ],
)
def test_a_broken_chapter_is_a_fault_with_its_line(folder: Path, file: str, old: str, new: str, words: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PlanFault, match=words) as fault:
        library.load(folder)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("at", "to", "words"),
    [
        ("disposal/ending", "x", r"decisions.yaml:6 decision D1: at disposal/ending: expected a place .* no 'ending'"),
        ("disposal/tasks/nothing/says", "x", r"decisions.yaml:6 decision D1: .*found no 'nothing'"),
        ("disposal/ends", "never", r"decisions.yaml:1 decision D1: disposal.ends: .*'takeover_or_end'"),
        ("response/pace/remind_after", "soon", r"decisions.yaml:1 decision D1: response.pace.remind_after: "),
    ],
)
def test_a_decision_that_fits_nowhere_is_a_fault_with_its_line(folder: Path, at: str, to: str, words: str) -> None:
    (folder / "decisions.yaml").write_text(DECISION % (at, to), "utf-8")
    with pytest.raises(PlanFault, match=words):
        library.load(folder)
    # Without decisions the same plan is whole.
    assert library.read(folder, decided=False).plan.decisions == ()


def test_a_chapter_that_is_missing_is_a_fault(folder: Path) -> None:
    (folder / "termination.yaml").unlink()
    with pytest.raises(PlanFault, match=r"termination.yaml: expected this chapter"):
        library.load(folder)


def test_a_decision_may_edit_what_an_earlier_one_brought_and_stays_as_it_is_written(folder: Path) -> None:
    task = "{ id: look, owner: emergency_bureau, says: 看, clauses: [CL-12] }"
    text = DECISION % ("recovery/tasks/+", task) + (DECISION % ("recovery/tasks/look/says", "查看")).replace("D1", "D2")
    (folder / "decisions.yaml").write_text(text, "utf-8")
    plan = library.load(folder).plan
    assert next(task.says for task in plan.recovery.tasks if task.id == "look") == "查看"
    brought = plan.decisions[0].changes[0].to
    assert isinstance(brought, dict)
    assert brought["says"] == "看"


def test_a_national_report_that_a_rule_of_the_plan_covers_is_not_owed_twice() -> None:
    inherited = {rule.id for rule in library.load(CLEAN).plan.reporting.rules}
    assert {"follow-up", "follow-up-major", "own-government"} <= inherited
    county = library.load(library.find("zhongshan-county")).plan.reporting.rules
    (own,) = [rule for rule in county if rule.covers]
    assert (set(own.covers), own.every) == ({"follow-up", "follow-up-major"}, timedelta(hours=12))
    assert not set(own.covers) & {rule.id for rule in county}
    assert "own-government" in {rule.id for rule in county}, "what nobody covers is inherited"


def test_a_rule_that_covers_what_no_national_one_asks_is_a_fault(folder: Path) -> None:
    file = folder / "reporting.yaml"
    text = file.read_text("utf-8")
    assert "    within: PT1H\n" in text
    file.write_text(text.replace("    within: PT1H\n", "    within: PT1H\n    covers: [follow-upp]\n", 1), "utf-8")
    with pytest.raises(PlanFault, match=r"reporting.yaml covers follow-upp: expected the id of a national rule"):
        library.load(folder)
