"""Levels rise and fall by decision alone: an accident that goes from IV to II to I and back, with facts that do too."""

from datetime import timedelta
from typing import Any

import pytest

from incidents import approval, departures, facts, response
from incidents import termination as end
from incidents.envelope import Envelope
from incidents.record import Approval
from incidents.response import called
from incidents.view import first_page
from plans.schema import Grade
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, OFFICER, SECOND, Desk

HOLDERS = {
    HEAD: "赵",
    DEPUTY: "王",
    "executive_deputy_commander_in_chief": "多",
    "commander_in_chief": "平",
}
CHIEF, EXECUTIVE = "commander_in_chief", "executive_deputy_commander_in_chief"


def deaths(desk: Desk, n: int) -> None:
    desk.does(facts.ReportFacts, source="市医院", findings={"deaths": {"n": n, "source": "hospital"}})


def asked(desk: Desk) -> Approval:
    return list(desk.record.approvals.values())[-1]


def proposed(desk: Desk, level: Grade, **more: Any) -> Approval:
    told = {"matter": f"启动{level}级响应", "expected_duration": "PT24H", **more}
    desk.does(response.ProposeLevel, level=level, **told)
    return asked(desk)


def ordered(desk: Desk, level: Grade, decider: str, signatory: str, **more: Any) -> None:
    name = proposed(desk, level, **more).id
    desk.does(approval.Decide, HOLDERS[decider], decider, approval=name)
    desk.does(approval.Sign, HOLDERS[signatory], signatory, approval=name)


def orders(desk: Desk) -> list[Any]:
    return [entry for entry in desk.entries if entry.kind == "level_ordered"]


def test_an_accident_rises_from_four_to_two_to_one_and_falls_back_with_its_facts() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.wait(minutes=3)
    desk.start_level_four()
    small = set(called(desk.record))
    deaths(desk, 12)
    assert desk.record.grades is not None
    assert (desk.record.grades.computed, desk.record.grades.standing, desk.record.level) == ("II", "II", "IV")
    assert desk.record.tasks["raise-level-ii"].owner == PLAN.watch, "the watch is asked; nothing rises by itself"

    ordered(desk, "II", CHIEF, EXECUTIVE)
    assert (desk.record.level, desk.record.tasks["raise-level-ii"].state) == ("II", "done")
    grown = set(called(desk.record))
    assert small < grown
    assert set(desk.record.notices["N-level-II"].recipients) == grown - small, "called anew where they were not"
    assert set(desk.record.notices["N-change-II"].recipients) == small, "the others hear of the change"
    assert "fire-onsite-plan" in desk.record.tasks, "what level III says stays in force beneath"

    deaths(desk, 31)
    assert desk.record.tasks["raise-level-i"].state == "given"
    ordered(desk, "I", CHIEF, CHIEF)
    order = orders(desk)[-1]
    assert (order.data["from_level"], order.data["level"]) == ("II", "I")
    assert desk.record.notices["N-change-I"].recipients.keys() == grown

    deaths(desk, 29)
    assert (desk.record.grades.computed, desk.record.grades.standing, desk.record.level) == ("II", "I", "I")
    desk.does(facts.LowerGrade, "平", CHIEF, reason="重复统计更正")
    assert desk.record.level == "I", "a grade that falls lowers no level"
    ordered(desk, "III", CHIEF, CHIEF, reason="险情已控")
    assert desk.record.level == "III"
    released = desk.record.notices["N-release-units-III"].recipients.keys()
    assert released == grown - set(called(desk.record))
    assert "municipal_general_hq" in released
    assert desk.record.tasks["fire-joint-plan"].state == "withdrawn", "asked at II, never taken up"
    assert desk.record.tasks["fire-onsite-plan"].state == "given", "work of the level beneath goes on"
    ends = {name: clock.verdict for name, clock in desk.record.clocks.items() if name.startswith("expected-end")}
    assert list(ends.values()) == ["not_due", "not_due", "not_due", "running"]
    upward = [task for task in desk.record.tasks.values() if task.rule == "report-level-upward"]
    assert len(upward) == 4, "each start and change is reported upward"


def test_what_was_withdrawn_by_lowering_is_asked_again_when_the_level_rises_again() -> None:
    desk = Desk(deaths=12, verified=True)
    ordered(desk, "II", CHIEF, EXECUTIVE)
    ordered(desk, "III", CHIEF, EXECUTIVE, reason="险情已控")
    ordered(desk, "II", CHIEF, EXECUTIVE)
    states = [task.state for task in desk.record.tasks.values() if task.rule == "fire-joint-plan"]
    assert states == ["withdrawn", "asked"]


def test_raising_needs_the_target_levels_authority_and_lowering_the_standing_ones() -> None:
    desk = Desk(deaths=3, verified=True)
    ordered(desk, "III", HEAD, HEAD)
    rises = proposed(desk, "II")
    assert [stage.posts for stage in rises.stages] == [s.posts for s in PLAN.response.levels["II"].approval.stages]
    assert "expected one of" in desk.refused(approval.Decide, "赵", HEAD, approval=rises.id).reason
    falls = proposed(desk, "IV", reason="伤亡已清")
    assert [stage.posts for stage in falls.stages] == [s.posts for s in PLAN.response.levels["III"].approval.stages]
    assert desk.record.approvals[rises.id].state == "superseded"
    desk.does(approval.Decide, "赵", HEAD, approval=falls.id)
    wrong = desk.refused(approval.Sign, "王", DEPUTY, approval=falls.id)
    assert (wrong.kind, "LS-4.3.2-02" in wrong.clauses) == ("plan", True), "level IV's signatory lowers no level III"


def test_lowering_is_never_without_a_reason_and_where_the_plan_is_silent_nobody_is_guessed() -> None:
    desk = Desk(deaths=3, verified=True)
    ordered(desk, "III", HEAD, HEAD)
    refusal = desk.refused(response.ProposeLevel, level="IV", matter="降级", expected_duration="PT6H")
    assert (refusal.kind, "reason" in refusal.reason) == ("form", True)
    silent = PLAN.model_copy(update={"response": PLAN.response.model_copy(update={"lower_by": None})})
    asked_ = {"level": "IV", "matter": "降级", "expected_duration": "PT6H", "reason": "已控"}
    answer = desk.ask(response.ProposeLevel, "李", OFFICER, **asked_)
    assert not hasattr(answer, "kind")
    refused_ = response.propose_level(silent, desk.record, command(desk, **asked_), desk.now)
    assert getattr(refused_, "kind", None) == "plan"


def command(desk: Desk, **told: Any) -> response.ProposeLevel:
    envelope = Envelope(user="李", post=OFFICER, session="s", command_id="x", issued=desk.now, expires=desk.now)
    return response.ProposeLevel(envelope=envelope, **told)


def test_an_order_states_all_that_the_law_asks_and_lacks_nothing_that_the_plan_does_not_have() -> None:
    desk = Desk(deaths=3, verified=True)
    ordered(desk, "III", HEAD, HEAD)
    order = orders(desk)[-1].data
    assert {"matter", "level", "from", "expected_duration", "commander", "signed_by"} <= order.keys()
    assert order["measures"]["fire_brigade"], "measures stand by unit"
    assert order["reporting"]["every"] == "P1D"
    assert PLAN.units[str(PLAN.watch)].name in order["contact"]
    bare = PLAN.model_copy(update={"reporting": PLAN.reporting.model_copy(update={"rules": ()})})
    other = Desk(deaths=1, verified=True)
    told = {"level": "IV", "matter": "启动", "expected_duration": "PT6H"}
    lacking = response.propose_level(bare, other.record, command(other, **told), other.now)
    assert (getattr(lacking, "kind", None), "report_every" in getattr(lacking, "reason", "")) == ("form", True)
    full = response.propose_level(bare, other.record, command(other, **told, report_every="PT2H"), other.now)
    assert isinstance(full, tuple)


def test_the_expected_end_is_a_soft_clock_and_moves_only_by_a_decision() -> None:
    desk = Desk(deaths=1, verified=True)
    assert desk.refused(response.ExtendResponse, expected_duration="PT6H", reason="x").kind == "plan"
    desk.start_level_four()
    desk.wait(hours=21)
    assert desk.record.clocks["expected-end"].verdict == "due_soon"
    desk.does(response.ExtendResponse, expected_duration="PT12H", reason="仍在搜救")
    name = asked(desk).id
    assert "expected-end-2" not in desk.record.clocks, "a proposal moves nothing"
    desk.does(approval.Decide, "王", DEPUTY, approval=name)
    desk.does(approval.Sign, "王", DEPUTY, approval=name)
    assert desk.record.clocks["expected-end"].verdict == "not_due"
    clock = desk.record.clocks["expected-end-2"]
    assert (clock.soft, clock.due_at - desk.now) == (True, timedelta(hours=12))
    assert set(desk.record.notices["N-extended"].recipients) == set(called(desk.record))
    assert desk.record.level == "IV"


def test_a_reminder_that_was_weighed_and_declined_is_not_repeated_until_the_numbers_rise_further() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    deaths(desk, 4)
    name = proposed(desk, "III").id
    desk.does(approval.Decide, "赵", HEAD, approval=name, answer="no", words="县里足以处置")
    deaths(desk, 5)
    reminders = [task.id for task in desk.record.tasks.values() if task.id.startswith("raise-level")]
    assert reminders == ["raise-level-iii"]
    assert desk.record.tasks["raise-level-iii"].state == "done"
    deaths(desk, 11)
    assert desk.record.tasks["raise-level-ii"].state == "given"


def say(desk: Desk, name: str, stage: str, post: str, words: str, **more: Any) -> None:
    told = {"approval": name, "stage": stage, "post": post, "by": HOLDERS[post], "said_at": desk.now, "via": "电话"}
    desk.does(approval.RecordOral, words=words, read_back=True, **told | more)


@pytest.mark.parametrize(
    ("level_", "deaths_", "decides", "signs"),
    [("III", 4, HEAD, HEAD), ("II", 12, CHIEF, EXECUTIVE), ("I", 31, CHIEF, CHIEF)],
)
def test_an_incident_in_which_no_leader_ever_logs_in(level_: Grade, deaths_: int, decides: str, signs: str) -> None:
    desk = Desk(deaths=deaths_, verified=True)
    desk.wait(minutes=4)
    level = proposed(desk, level_).id
    desk.wait(minutes=2)
    say(desk, level, "decide", decides, "同意启动")
    say(desk, level, "sign", signs, "签发")
    for stage in ("decide", "sign"):
        desk.does(approval.ConfirmOral, "周", SECOND, approval=level, stage=stage)
    assert desk.record.level == level_
    desk.report_all()
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            tick(desk, rule.id)
    desk.does(end.ProposeTermination)
    scene = asked(desk).id
    say(desk, scene, "decide", decides, "同意结束")
    desk.does(end.ConfirmWithdrawal, counted_by="张", people=88)
    lift = asked(desk).id
    say(desk, lift, "decide", decides, "同意解除")
    sheet = {"form": "paper", "sha256": "b" * 64}
    say(desk, lift, "sign", signs, "签字", **sheet)
    assert (desk.record.phase, desk.record.level) == ("recovery", None)
    assert f"hand-{lift}-sign" not in desk.record.clocks, "the signed sheet is there already"
    assert desk.record.evidence["b" * 64]
    assert not {entry.user for entry in desk.entries} & set(HOLDERS.values())

    page = first_page(desk.record)
    assert len(page["spoken"]) == 5
    assert {act["read_back"] for act in page["spoken"]} == {True}
    assert len(page["not_confirmed"]) == 3, "one officer wrote these down alone: the next shift confirms"
    assert len(page["not_signed"]) == 4
    desk.wait(hours=25)
    overdue = first_page(desk.record)["overdue_signatures"]
    assert [clock["id"] for clock in overdue] == [
        f"hand-{level}-decide", f"hand-{level}-sign", f"hand-{scene}-decide", f"hand-{lift}-decide",
    ]  # fmt: skip
    desk.does(approval.AttachSignature, approval=level, stage="sign", sha256="c" * 64, name="命令.jpg")
    again = desk.refused(approval.AttachSignature, approval=level, stage="sign", sha256="d" * 64, name="命令.jpg")
    assert "signed already" in again.reason


def test_a_dispute_stands_with_both_statements_and_a_replaced_proposal_asks_for_no_hand() -> None:
    desk = Desk(deaths=1, verified=True)
    first = proposed(desk, "IV").id
    say(desk, first, "decide", DEPUTY, "同意启动四级")
    second = proposed(desk, "IV").id
    assert desk.record.approvals[first].state == "superseded"
    assert desk.verdicts()[f"hand-{first}-decide"] == "not_due"
    say(desk, second, "decide", DEPUTY, "同意四级")
    desk.does(approval.Dispute, "王", DEPUTY, approval=second, stage="decide", words="我说的是再看看")
    says = desk.record.departures[-1].says
    assert "同意四级" in says
    assert "我说的是再看看" in says
    assert desk.refused(approval.Dispute, "王", DEPUTY, approval=second, stage="decide", words="再次").kind == "plan"


def test_a_call_back_that_hears_something_else_leaves_nobody_a_signature_to_owe() -> None:
    desk = Desk(deaths=1, verified=True)
    name = proposed(desk, "IV").id
    say(desk, name, "decide", DEPUTY, "同意启动四级")
    rung = {"approval": name, "stage": "decide", "number": "000 1001"}
    desk.does(approval.CallBack, "周", SECOND, same=True, words="同意", **rung)
    assert desk.verdicts()[f"hand-{name}-decide"] == "running"
    desk.does(approval.CallBack, "周", SECOND, same=False, words="我没有同意", **rung)
    assert desk.verdicts()[f"hand-{name}-decide"] == "not_due"
    desk.wait(hours=25)
    assert first_page(desk.record)["overdue_signatures"] == []
    assert "我没有同意" in desk.record.departures[-1].says


def test_no_later_grade_undoes_a_limit_that_has_passed_and_a_cadence_comes_back_with_its_grade() -> None:
    desk = Desk(deaths=3, verified=True)
    desk.wait(minutes=51)
    deaths(desk, 12)
    assert desk.verdicts()["follow-up"] == "not_due", "twice a day now"
    deaths(desk, 1)
    assert desk.verdicts()["paper-government"] == "overdue"
    desk.does(facts.LowerGrade, "王", DEPUTY, reason="重复统计更正")
    verdicts = desk.verdicts()
    assert verdicts["paper-government"] == "overdue", "fifty minutes were over when it was serious"
    assert (verdicts["region-general-hq"], verdicts["follow-up-major"]) == ("not_due", "not_due")
    again = desk.record.clocks["follow-up-2"]
    assert (again.verdict, again.starts_at, again.due_at) == ("running", desk.now, desk.now + timedelta(days=1))


def test_a_limit_is_judged_before_the_fact_that_comes_after_it_even_where_nothing_woke_in_between() -> None:
    desk = Desk(deaths=3, verified=True)
    deaths(desk, 1)
    desk.now += timedelta(minutes=51)
    desk.does(facts.LowerGrade, "王", DEPUTY, reason="核实")
    assert desk.verdicts()["paper-government"] == "overdue"


def tick(desk: Desk, condition: str) -> None:
    desk.does(end.TickCondition, condition=condition, words="现场核查")


@pytest.mark.parametrize("sha256", ["", "f" * 64])
def test_a_paper_decision_waits_for_its_sheet_and_no_longer(sha256: str) -> None:
    desk = Desk(deaths=1, verified=True)
    name = proposed(desk, "IV").id
    say(desk, name, "decide", DEPUTY, "同意", form="paper", sha256=sha256)
    assert (f"hand-{name}-decide" in desk.record.clocks) is not bool(sha256)
    wrong = {"approval": name, "stage": "sign", "post": DEPUTY, "by": "王", "said_at": desk.now, "via": "电话"}
    refusal = desk.refused(approval.RecordOral, words="签发", read_back=True, sha256="f" * 64, **wrong)
    assert refusal.kind == "form", "a telephone has no sheet"


def test_a_level_that_somebody_raised_alone_calls_and_tasks_like_an_order() -> None:
    desk = Desk(deaths=4, verified=True)
    ordered(desk, "IV", DEPUTY, DEPUTY, reason="先按四级")
    told = {"ordered_by": "王", "words": "直接按三级", "reason": "指挥长未接通", "leaves": ["LS-4.3.2-02"]}
    desk.does(departures.Deviate, effects=[{"kind": "level", "level": "III"}], **told)
    assert desk.record.level == "III"
    assert "fire-onsite-plan" in desk.record.tasks
    assert desk.record.notices["N-level-III"].recipients
