"""The Lhasa plan is whole: every clause has its place, every hole a decision, every text its English."""

import csv
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from plans import roster, walk
from plans.library import clauses, find, load
from plans.schema import COLOURS, GRADES, Part, Work

FOLDER = find("lhasa-2022")
LOADED = load(FOLDER)
PLAN = LOADED.plan
with (FOLDER / "clauses.tsv").open(encoding="utf-8", newline="") as rows:
    KINDS = {row["id"]: row["kind"] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)}
CJK = re.compile(r"[\u4e00-\u9fff]")


def titles() -> Iterator[tuple[str, str, str]]:
    """Every text of ours in two languages: path, Chinese, English."""
    for path, part in walk.elements(PLAN):
        if "en" in type(part).model_fields:
            yield path, getattr(part, "says", ""), getattr(part, "en", "")


def test_the_register_is_the_whole_of_it() -> None:
    assert len(KINDS) == 305
    assert all(name.startswith("LS-") for name in KINDS)


def test_every_clause_stands_on_an_element_or_outside_with_a_reason() -> None:
    said = {
        clause
        for name, chapter in LOADED.says.items()
        if name != "outside"
        for _, part in walk.elements(chapter)
        for _, clause in walk.cited(part)
    }
    outside = {row.clause for row in PLAN.outside}
    assert set(KINDS) - said == outside
    for row in PLAN.outside:
        assert KINDS[row.clause] in ("other", "plan-management", "org"), row.clause
        assert len(row.reason) > 5
    assert len(outside) <= 10


def test_every_text_is_short_chinese_and_has_an_english_one() -> None:
    for path, says, en in titles():
        assert CJK.search(says), (path, says)
        assert len(CJK.findall(says)) <= 40, (path, says)
        assert en, path
        assert not CJK.search(en), (path, en)


def test_every_ambiguity_is_decided_and_none_is_confirmed_before_its_owner_has_spoken() -> None:
    ours = {decision.id for decision in PLAN.decisions}
    assert {f"LS-A{n:02}" for n in range(1, 72)} <= ours
    assert not any(decision.confirmed for decision in PLAN.decisions)
    owners = ("LS-A14", "LS-A15", "LS-A21", "LS-A33", "LS-A42", "LS-A45", "LS-A46", "LS-A52", "LS-A68")
    assert {d.basis for d in PLAN.decisions if d.id in owners} == {"our_choice"}


def test_what_the_plan_says_keeps_its_holes_and_contradictions_and_the_effective_plan_has_none() -> None:
    says = LOADED.says
    assert says["response"].level_for_grade is None
    assert says["warning"].colours["yellow"].base is None
    assert says["termination"].required == ()
    assert says["disposal"].ends is None
    papers = [rule for rule in says["reporting"].rules if rule.within is not None and rule.leg == "paper"]
    assert papers
    assert {rule.starts for rule in papers} == {None}
    against = [
        path for chapter in says.values() for path, part in walk.elements(chapter, "x") if getattr(part, "against", ())
    ]
    assert len(against) >= 12
    left = [path for path, part in walk.elements(PLAN) if isinstance(part, Part) and part.against]
    assert left == []


def test_a_contradiction_names_a_field_that_its_element_has() -> None:
    for chapter in LOADED.says.values():
        for path, part in walk.elements(chapter):
            for other in getattr(part, "against", ()):
                assert other.field in type(part).model_fields, (path, other.field)
                assert other.clauses


def test_nothing_that_must_run_is_left_open_after_our_decisions() -> None:
    for rule in PLAN.reporting.rules:
        assert rule.starts, rule.id
        assert rule.within or rule.every, rule.id
    for grade in GRADES:
        level = PLAN.response.levels[grade]
        assert [stage.stage for stage in level.approval.stages] == ["decide", "sign"]
        assert all(stage.posts for stage in level.approval.stages)
    for colour in COLOURS:
        assert PLAN.warning is not None
        assert PLAN.warning.colours[colour].grade
    assert PLAN.response.raise_by
    assert PLAN.response.lower_by
    assert all(handover.ends_by for handover in PLAN.command.handovers)
    assert PLAN.preparedness is not None
    assert all(resource.owner for resource in PLAN.preparedness.resources)


def test_who_has_a_duty_in_an_incident_is_called_by_some_level_or_works_in_a_group() -> None:
    reached = {call.unit for level in PLAN.response.levels.values() for call in level.notify if call.answer}
    reached |= {unit for group in PLAN.groups.values() for unit in (group.lead, *group.members)}
    with_duties = {name for name, unit in PLAN.units.items() if any(duty.phase == "incident" for duty in unit.duties)}
    assert with_duties <= reached


def test_from_level_three_on_every_group_is_called_and_at_four_only_a_handful() -> None:
    called = {g: {c.unit for c in PLAN.response.levels[g].notify if c.needed != "on_demand"} for g in GRADES}
    in_groups = {unit for group in PLAN.groups.values() for unit in (group.lead, *group.members)}
    assert in_groups <= called["III"]
    always = {c.unit for c in PLAN.response.levels["IV"].notify if c.needed == "always"}
    assert len(always) == 7
    assert len(PLAN.groups) == 12


def test_a_level_calls_no_unit_twice() -> None:
    for grade, level in PLAN.response.levels.items():
        twice = [unit for unit, n in Counter(call.unit for call in level.notify).items() if n > 1]
        assert twice == [], grade


def test_the_national_lists_are_joined_where_the_plan_is_silent_and_no_item_twice() -> None:
    fields = [item.id for item in PLAN.reporting.fields]
    assert len(fields) == len(set(fields))
    assert {"scene", "unaccounted", "unit-profile"} <= set(fields)
    assert [item.id for item in PLAN.response.content] == ["matter", "level", "expected-duration", "measures"]
    assert PLAN.warning is not None
    assert {clause for item in PLAN.warning.content for clause in item.clauses} == {"N-ERL-64"}
    assert "valid-until" in {item.id for item in PLAN.warning.content}


def test_the_example_roster_runs_every_level_and_every_holder_is_marked_as_invented() -> None:
    told = roster.read(FOLDER / roster.EXAMPLE)
    assert list(roster.faults(told, PLAN)) == []
    assert told.example
    assert all("虚构" in holder.name for holder in told.holders)
    assert {post for holder in told.holders for post in holder.posts} == set(PLAN.posts)
    assert told.holders[0].posts[0] == "first_officer"


@pytest.mark.parametrize("name", ["verify", "site-report", "phone-party"])
def test_an_immediate_report_has_only_a_soft_limit_of_ours(name: str) -> None:
    said = next(rule for rule in LOADED.says["reporting"].rules if rule.id == name)
    rule = next(rule for rule in PLAN.reporting.rules if rule.id == name)
    assert said.within is None
    assert rule.soft
    assert rule.within is not None


def test_ids_of_work_are_readable() -> None:
    for path, part in walk.elements(PLAN):
        if isinstance(part, Work):
            assert not re.search(r"\d$", part.id), path


def test_clauses_are_known_to_the_library() -> None:
    assert clauses(FOLDER) == set(KINDS)
