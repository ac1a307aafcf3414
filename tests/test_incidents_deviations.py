"""What people did is always recordable: twenty departures from the plan, each with full effect, none in the way of the
next regular step; and the closed list of what is refused whatever anybody did."""

import ast
from pathlib import Path

import pytest

import incidents
from incidents import approval, commander, deadlines, departures
from incidents import termination as end
from incidents.effects import EFFECTS
from incidents.view import first_page
from plans import coverage
from plans.library import clauses, find
from tests.deviations import CASES, Case, at_four, at_three, decided_three, task_of
from tests.test_incidents_incident import DEPUTY, HEAD, SECOND, START, Desk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_a_departure_is_recorded_in_one_command_and_the_next_regular_step_is_taken(case: Case) -> None:
    desk = case.start()
    before = desk.record.head.seq
    case.happens(desk)
    assert case.became(desk), desk.record
    page = first_page(desk.record)["departures"]
    assert [(item["seq"], item["says"], item["clauses"], item["effects"]) for item in page] == [
        (before + 1, case.words, [case.leaves], [case.effect["kind"]])
    ]
    case.then(desk)
    desk.wait(hours=1)


def test_there_are_twenty_of_different_kinds_and_each_clause_is_one_of_the_plan() -> None:
    assert len(CASES) >= 20
    kinds = {case.effect["kind"] for case in CASES}
    schema = EFFECTS.json_schema()["items"]["discriminator"]["mapping"]
    assert kinds == set(schema), "every kind of effect is in the table"
    known = clauses(find("lhasa-2022"))
    assert [case.leaves for case in CASES if case.leaves not in known] == []


def test_several_effects_of_one_departure_are_weighed_one_after_the_other() -> None:
    desk = at_four()
    told = {"ordered_by": "赵", "words": "撤离并解除", "reason": "x", "leaves": ["LS-4.6.2-04"]}
    twice = [{"kind": "ended", "act": "withdrawn"}, {"kind": "ended", "act": "lifted"}]
    assert desk.refused(departures.Deviate, effects=twice, **told).kind == "form"
    task = task_of(desk, "site_emergency_bureau")
    both = [{"kind": "task_done", "task": task, "by": "x"}, {"kind": "task_not_taken", "task": task}]
    assert "an open task" in desk.refused(departures.Deviate, effects=both, **told).reason
    two = [{"kind": "level", "level": "III"}, {"kind": "commands", "post": HEAD, "by": "赵"}]
    desk.does(departures.Deviate, effects=two, **told)
    assert (desk.record.level, desk.record.commander and desk.record.commander.post) == ("III", HEAD)


def test_a_departure_ends_nothing_over_people_who_are_still_missing_and_no_lie_is_recorded() -> None:
    desk = Desk(deaths=1, missing=2, verified=True)
    desk.wait(minutes=5)
    told = {"ordered_by": "刘", "words": "到此为止", "reason": "x", "leaves": ["LS-4.6.1-02"]}
    for act in ("scene_end", "lifted"):
        refusal = desk.refused(departures.Deviate, effects=[{"kind": "ended", "act": act}], **told)
        assert refusal.kind == "hard"
    early = START
    took = [{"kind": "commands", "post": HEAD, "by": "赵"}]
    desk.does(commander.DeclareHandover, post="site_duty_leader", by="次仁", way="arrived")
    assert desk.refused(departures.Deviate, effects=took, true_at=early, **told).kind == "hard"
    desk.does(departures.Deviate, effects=[{"kind": "ended", "act": "withdrawn"}], **told)
    assert desk.record.phase == "withdrawn", "that the teams left is a fact"


def test_what_the_plan_refuses_says_so_and_offers_to_record_what_was_done() -> None:
    desk = at_four()
    assert desk.refused(deadlines.StandDown, clock="own-government", reason="x").kind == "plan"
    assert desk.refused(end.ProposeTermination).kind == "plan"


HARD = {
    "acting in a post one does not hold": {
        ("approval", "ratify"),
        ("approval", "dispute"),
        ("incident", "_forbidden"),
        ("speaking", "speaker"),
        ("handover", "offer_handover"),
        ("handover", "_answered"),
        ("signing", "sign_document"),
    },
    "public text or warning without its approval": {
        ("approval", "_own"),
        ("approval", "call_back"),
        ("release", "record_release"),
        ("release", "confirm_release_correction"),
        ("publication", "confirm_correction"),
        ("publication", "_nothing_approved"),
        ("publication", "_not_ahead"),
        ("publication", "_not_heard"),
        ("publication", "second_warning"),
    },
    "a drill touching a live channel, or the reverse": {("facts", "other_kind")},
    "ending a response with people unaccounted for outside the no-hope path": {("conditions", "people_left")},
    "two on-scene commanders at one instant": {("commander", "too_early"), ("commander", "correct_handover")},
    "a confirmed figure that breaks the ledger's conservation": {("ledger", "move_people"), ("ledger", "_impossible")},
}
"""The closed list of hard refusals that the core makes, by module and function. Altering or removing an entry has no
command."""


def test_nothing_is_refused_hard_but_what_the_closed_list_names() -> None:
    found = set()
    for file in Path(incidents.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.keyword) and call.arg == "kind":
                        words = {n.value for n in ast.walk(call.value) if isinstance(n, ast.Constant)}
                        if "hard" in words:
                            found.add((file.stem, function.name))
    assert found == set().union(*HARD.values())


def test_a_departure_acts_on_no_clause() -> None:
    assert "deviation" not in coverage.ACTS
    desk = at_three()
    sent = {"kind": "report_sent", "clock": "region-general-hq", "to": "自治区领导", "via": "电话"}
    told = {"ordered_by": "赵", "words": "越级", "reason": "x", "leaves": ["LS-4.1-06"]}
    desk.does(departures.Deviate, effects=[sent], **told)
    done = next(entry for entry in desk.entries if entry.kind == "clock_done")
    assert done.clauses == ()


def test_the_second_person_and_the_recorder_stay_two_even_in_a_departure() -> None:
    desk = decided_three()
    told = {"ordered_by": "王", "words": "我来签", "reason": "x", "leaves": ["LS-4.3.2-02"]}
    signed = {"kind": "answered", "approval": "A1", "stage": "sign", "post": DEPUTY, "by": "王"}
    desk.does(departures.Deviate, effects=[signed], **told)
    assert desk.refused(approval.ConfirmOral, approval="A1", stage="sign").kind == "plan"
    desk.does(approval.ConfirmOral, "周", SECOND, approval="A1", stage="sign")
