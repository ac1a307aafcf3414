"""How an incident ends: three acts, reopening from each, a false alarm, what is owed afterwards and until when."""

from datetime import timedelta
from typing import Any

import pytest

from incidents import (
    approval,
    commander,
    departures,
    disposal,
    facts,
    false_alarm,
    notes,
    onsite,
    recovery,
    reporting,
    response,
)
from incidents import tasks as work
from incidents import termination as end
from incidents.incident import follow_ups
from incidents.notices import sent
from incidents.view import first_page
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, SECOND, Desk
from tests.test_incidents_levels import CHIEF, EXECUTIVE, asked, ordered


def deliver(desk: Desk) -> None:
    """Everything that waits is accepted by its channel."""
    for sending in follow_ups(PLAN, desk.record).sendings:
        outcomes = dict.fromkeys(sending.units, "accepted")
        desk.write(tuple(sent(desk.record, sending.notice, sending.step, outcomes, desk.now)))  # type: ignore[arg-type]


def close_tasks(desk: Desk) -> None:
    for task in list(desk.record.tasks.values()):
        if task.state in ("given", "asked", "held"):
            words = {} if task.state == "given" else {"outcome": "not_applicable", "words": "无此情形"}
            desk.does(work.CompleteTask, task=task.id, **words)


def alarm(desk: Desk, **more: Any) -> None:
    desk.does(false_alarm.DeclareFalseAlarm, reason="烟雾系锅炉检修", found_by="消防到场核实", **more)


# -- early disposal ----------------------------------------------------------------------------------------------------


def test_early_disposal_passes_to_whoever_takes_it_over_and_never_stands_without_an_owner() -> None:
    desk = Desk(deaths=3, verified=True)
    early = {rule.id for rule in PLAN.disposal.tasks}
    ordered(desk, "III", HEAD, HEAD)
    owners = {t.owner for t in desk.record.tasks.values() if t.rule in early}
    assert owners, "an order ends no early disposal"
    desk.does(disposal.RecordTakeover, unit="fire_brigade", words="县现场负责人当面移交")
    assert {t.owner for t in desk.record.tasks.values() if t.rule in early} == {"fire_brigade"}
    assert {rule.id for rule in PLAN.disposal.taken_over} <= desk.record.tasks.keys()
    assert desk.refused(disposal.RecordTakeover, unit="fire_brigade", words="再次").kind == "plan"


# -- the three acts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["II", "I"])
def test_the_body_that_started_a_level_approves_the_end_of_its_scene(level: Any) -> None:
    desk = Desk(deaths=31, verified=True)
    ordered(desk, level, CHIEF, EXECUTIVE if level == "II" else CHIEF, reason="先启动")
    tick_all(desk)
    desk.does(end.ProposeTermination)
    refusal = desk.refused(approval.Decide, "赵", HEAD, approval=asked(desk).id)
    assert (refusal.kind, refusal.clauses) == ("plan", ("LS-4.6.2-01",)), "the lower headquarters did not start it"
    desk.does(approval.Decide, "多", EXECUTIVE, approval=asked(desk).id)
    assert (desk.record.phase, desk.entries[-1].clauses) == ("end_approved", ("LS-4.6.2-01",))


def tick_all(desk: Desk) -> None:
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            desk.does(end.TickCondition, condition=rule.id, words="现场核查")


def test_level_two_is_lifted_by_those_who_started_it() -> None:
    desk = Desk(deaths=12, verified=True)
    ordered(desk, "II", CHIEF, EXECUTIVE)
    desk.end_scene("平", CHIEF)
    lift = asked(desk)
    assert lift.what == "lift"
    assert "expected one of" in desk.refused(approval.Decide, "赵", HEAD, approval=lift.id).reason
    desk.does(approval.Decide, "平", CHIEF, approval=lift.id)
    desk.does(approval.Sign, "多", EXECUTIVE, approval=lift.id)
    assert (desk.record.phase, desk.record.level) == ("recovery", None)
    entry = next(entry for entry in desk.entries if entry.kind == "response_lifted")
    assert "N-ERL-86" in entry.clauses
    assert {"announce-lifting", "report-level-upward-2"} <= desk.record.tasks.keys()


def test_once_a_superior_commands_its_decision_comes_before_our_lifting() -> None:
    desk = Desk(deaths=12, verified=True)
    ordered(desk, "II", CHIEF, EXECUTIVE)
    assert desk.refused(end.RecordSuperiorEnd, by="自治区", words="x").kind == "plan"
    told = {"post": "region_commander", "by": "吴", "way": "declared", "witnesses": ["赵"]}
    desk.does(commander.DeclareHandover, **told)
    desk.end_scene("平", CHIEF)
    assert not [a for a in desk.record.approvals.values() if a.what == "lift"]
    assert desk.record.tasks["superior-ends"].owner == PLAN.watch
    desk.does(end.RecordSuperiorEnd, by="吴", words="同意结束", number="藏应急〔2026〕3号")
    assert desk.record.tasks["superior-ends"].state == "done"
    assert asked(desk).what == "lift"


def test_the_end_is_not_granted_when_somebody_was_reported_missing_since_it_was_proposed() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    desk.end_scene()
    lift = asked(desk).id
    desk.does(facts.ReportFacts, source="家属", findings={"missing": 1})
    assert desk.refused(approval.Decide, "赵", HEAD, approval=lift).kind == "hard"
    said = {"approval": lift, "stage": "decide", "post": HEAD, "by": "赵", "said_at": desk.now, "via": "电话"}
    assert desk.refused(approval.RecordOral, words="解除", read_back=True, **said).kind == "hard"
    desk.does(approval.Decide, "赵", HEAD, approval=lift, answer="no", words="先找人")
    desk.does(facts.ReportFacts, source="公安", findings={"missing": {"n": 0, "source": "county"}})
    assert asked(desk).id == lift, "who declined is not asked again by itself"
    desk.does(end.ProposeLifting, reason="人已找到")
    assert asked(desk).id != lift
    assert desk.refused(end.ProposeLifting, reason="再提").kind == "plan"
    desk.does(approval.Decide, "赵", HEAD, approval=asked(desk).id)
    desk.does(approval.Sign, "王", DEPUTY, approval=asked(desk).id)
    assert desk.record.phase == "recovery"


def test_the_path_without_hope_needs_the_experts_paper_and_the_governments_and_ends_with_the_missing() -> None:
    desk = Desk(deaths=1, missing=1, verified=True)
    desk.does(departures.AttachEvidence, sha256="e" * 64, name="专家意见.pdf", size=10)
    for rule in PLAN.termination.conditions:
        if rule.path == "control":
            desk.does(end.TickCondition, condition=rule.id, words="核查")
        elif rule.path == "no-hope" and rule.written:
            assert desk.refused(end.TickCondition, condition=rule.id, words="口头").kind == "form"
            desk.does(end.TickCondition, condition=rule.id, words="见件", evidence=["e" * 64])
        elif rule.path == "no-hope":
            desk.does(end.TickCondition, condition=rule.id, words="指挥部确认")
    desk.does(end.ProposeTermination)
    desk.does(approval.Decide, "王", DEPUTY, approval=asked(desk).id)
    assert desk.record.phase == "end_approved"


@pytest.mark.parametrize("act", ["end_approved", "withdrawn", "recovery"])
def test_it_is_reopened_from_each_act_with_a_reason_and_goes_on_where_it_was(act: str) -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    desk.report_all()
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            desk.does(end.TickCondition, condition=rule.id, words="现场核查")
    desk.does(end.ProposeTermination)
    desk.does(approval.Decide, "王", DEPUTY, approval=asked(desk).id)
    if act != "end_approved":
        desk.does(end.ConfirmWithdrawal, counted_by="张", people=42)
    if act == "recovery":
        desk.does(approval.Decide, "赵", HEAD, approval=asked(desk).id)
        desk.does(approval.Sign, "王", DEPUTY, approval=asked(desk).id)
        assert "running" not in {v for name, v in desk.verdicts().items() if name.startswith("follow-up")}
    assert desk.record.phase == act
    desk.does(end.Reopen, reason="复燃")
    expected = ("early_disposal", None) if act == "recovery" else ("response", "IV")
    assert (desk.record.phase, desk.record.level) == expected
    running = [
        name for name, verdict in desk.verdicts().items() if name.startswith("follow-up") and verdict == "running"
    ]
    assert len(running) == 1, "the cadence of reports goes on"
    if act == "withdrawn":
        desk.end_scene()
        assert asked(desk).what == "lift", "the lifting is laid before them anew"
    if act == "recovery":
        ordered(desk, "IV", DEPUTY, DEPUTY)
        assert desk.record.notices["N-level-IV-2"].recipients, "called anew, since all were let go"


# -- a false alarm -----------------------------------------------------------------------------------------------------


def test_a_false_alarm_is_found_confirmed_told_to_all_who_were_told_and_archived() -> None:
    desk = Desk(deaths=1, verified=True)
    deliver(desk)
    desk.start_level_four()
    deliver(desk)
    told = {unit for notice in desk.record.notices.values() for unit in notice.recipients}
    alarm(desk)
    assert (desk.record.phase, desk.record.level) == ("response", "IV"), "one person's word changes nothing"
    assert desk.refused(false_alarm.ConfirmFalseAlarm).kind == "plan"
    desk.does(false_alarm.ConfirmFalseAlarm, "周", SECOND)
    assert (desk.record.phase, desk.record.level) == ("false_alarm", None)
    assert set(desk.record.notices["N-withdrawn"].recipients) == told
    assert "烟雾系锅炉检修" in desk.record.notices["N-withdrawn"].text
    void = next(entry for entry in desk.entries if entry.kind == "clock_void")
    assert "烟雾系锅炉检修" in void.data["fact"]
    assert set(desk.verdicts().values()) <= {"not_due", "met"}
    states = {task.id: task.state for task in desk.record.tasks.values()}
    assert states.pop("false-alarm-record") == "given", "the short record is all that is owed"
    assert set(states.values()) == {"withdrawn"}
    desk.wait(minutes=30)
    assert {sending.notice for sending in follow_ups(PLAN, desk.record).sendings} == {"N-withdrawn"}

    assert "tasks are still open" in desk.refused(recovery.Archive, keeper="档案室").reason
    desk.does(work.CompleteTask, task="false-alarm-record")
    desk.does(recovery.Archive, keeper="档案室")
    page = first_page(desk.record)
    assert page["false_alarm"]["confirmed_by"] == "周"
    assert desk.wait(days=31)[-1] == "closed"


def test_what_has_not_left_yet_is_not_sent_and_an_answer_that_comes_late_is_still_heard() -> None:
    desk = Desk(deaths=1, verified=True)
    alarm(desk)
    desk.does(false_alarm.ConfirmFalseAlarm, "周", SECOND)
    assert "N-withdrawn" not in desk.record.notices, "nobody was told anything"
    assert follow_ups(PLAN, desk.record).sendings == ()
    outcomes = {"site_government": "accepted"}
    assert tuple(sent(desk.record, "N-early", 0, outcomes, desk.now)) == ()  # type: ignore[arg-type]


def test_an_accident_that_was_opened_twice_goes_the_same_way_and_names_the_one_that_stays() -> None:
    desk = Desk(deaths=1, verified=True)
    deliver(desk)
    assert desk.refused(
        false_alarm.DeclareFalseAlarm, reason="x", found_by="y", duplicate_of=desk.record.id
    ).kind == "form"  # fmt: skip
    alarm(desk, duplicate_of="54010020260301002")
    desk.does(false_alarm.ConfirmFalseAlarm, "周", SECOND)
    assert "54010020260301002" in desk.record.notices["N-withdrawn"].text
    assert desk.refused(false_alarm.ConfirmFalseAlarm, "周", SECOND).kind == "plan"
    alarm_ = desk.record.false_alarm
    assert alarm_ is not None
    assert (alarm_.duplicate_of, alarm_.confirmed_by) == ("54010020260301002", "周")


def test_a_false_alarm_that_was_true_after_all_is_reopened() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    alarm(desk)
    desk.does(false_alarm.ConfirmFalseAlarm, "周", SECOND)
    desk.does(end.Reopen, reason="另一工作面确有人被困")
    assert (desk.record.phase, desk.record.false_alarm) == ("early_disposal", None)
    assert desk.refused(false_alarm.ConfirmFalseAlarm, "周", SECOND).kind == "plan"
    ordered(desk, "IV", DEPUTY, DEPUTY)
    assert desk.record.level == "IV"
    given = [task.state for task in desk.record.tasks.values() if task.rule == "county-on-site"]
    assert given == ["withdrawn", "given"]


def test_who_decided_by_word_of_mouth_still_signs_for_an_order_that_a_false_alarm_ended() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.does(response.ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
    for stage in ("decide", "sign"):
        said = {"approval": "A1", "stage": stage, "post": DEPUTY, "by": "王", "said_at": desk.now, "via": "电话"}
        desk.does(approval.RecordOral, words="同意", read_back=True, **said)
    alarm(desk)
    desk.does(false_alarm.ConfirmFalseAlarm, "周", SECOND)
    assert desk.verdicts()["hand-A1-sign"] == "running"


# -- recovery ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deaths", "owed"),
    [(1, "county-investigates"), (3, "city-investigates"), (12, "region-investigates"), (31, "state-investigates")],
)
def test_who_investigates_follows_from_the_grade(deaths: int, owed: str) -> None:
    desk = Desk(deaths=deaths, verified=True)
    desk.end_scene()
    assert {task.id for task in desk.record.tasks.values() if task.id.endswith("-investigates")} == {owed}
    by_law = {
        "file-orders",
        "assess-loss",
        "experience-report",
        "archive-transfer",
        "rescue-record",
        "rescue-assessment",
    }
    assert by_law <= desk.record.tasks.keys()
    refusal = desk.refused(work.CompleteTask, task="file-orders", outcome="not_applicable")
    assert "reason" in refusal.reason


def test_what_was_taken_is_paid_for_before_the_file_is_closed() -> None:
    desk = Desk(deaths=1, verified=True)
    refusal = desk.refused(recovery.Requisition, ordered_by="fire_brigade", owner="某公司", items="水泵")
    assert (refusal.kind, refusal.clauses) == ("plan", ("LS-6.5-02",))
    desk.does(recovery.Requisition, ordered_by="site_government", owner="某公司", items="水泵两台")
    entry = desk.entries[-1]
    assert (entry.kind, entry.data["paid_by"], entry.clauses) == ("requisitioned", "site_government", ("LS-6.5-02",))
    desk.end_scene()
    assert desk.record.tasks["pay-for-requisition"].state == "given", "no question any more"
    other = Desk(deaths=1, verified=True)
    other.end_scene()
    assert other.record.tasks["pay-for-requisition"].state == "asked"


def test_a_death_within_the_window_changes_the_figures_regrades_and_is_told_again() -> None:
    desk = Desk(deaths=2, verified=True)
    desk.end_scene()
    close_tasks(desk)
    desk.report_all()
    desk.does(recovery.Archive, keeper="档案室")
    desk.wait(days=10)
    desk.does(facts.ReportFacts, source="市医院", findings={"deaths": {"n": 3, "source": "hospital"}})
    assert desk.record.standing() == "III"
    changed = next(entry for entry in desk.entries if entry.kind == "casualties_changed")
    assert (changed.data["was"], changed.data["figures"], changed.clauses) == (
        {"deaths": 2},
        {"deaths": 3},
        ("N-493-13",),
    )
    assert desk.record.tasks["supplementary-report"].state == "given"
    assert desk.refused(recovery.Archive, keeper="再归档").kind == "plan"
    desk.does(work.CompleteTask, task="supplementary-report", words="已补报")
    desk.does(facts.ReportFacts, source="市医院", findings={"hospitalised": {"n": 4, "source": "hospital"}})
    assert "supplementary-report-2" not in desk.record.tasks, "who lies in hospital is no change of casualties"
    assert desk.wait(days=21)[-1] == "closed"


def test_after_the_window_nothing_is_told_again_and_a_note_is_refused_once_closed() -> None:
    desk = Desk(deaths=1, sector="road", verified=True, scope_accepted={"by": "王", "reason": "危货车辆"})
    desk.end_scene()
    desk.wait(days=8)
    desk.does(facts.ReportFacts, source="市医院", findings={"deaths": {"n": 2, "source": "hospital"}})
    assert "supplementary-report" not in desk.record.tasks, "seven days on the road"
    close_tasks(desk)
    for clock in list(desk.record.clocks.values()):
        if clock.rule and clock.verdict in ("running", "due_soon"):
            desk.does(reporting.SendReport, clock=clock.id, via="电话", as_at=desk.now, signed_by="王")
    assert desk.does(recovery.Archive, keeper="档案室")[-1] == "closed"
    assert desk.refused(notes.Note, words="x").kind == "plan"


def test_what_came_to_light_opens_a_revision_on_the_plans_own_grounds_and_hinders_no_archive() -> None:
    desk = Desk(deaths=1, verified=True)
    assert PLAN.preparedness is not None
    asked = {"ground": "problem-found", "words": "备用线路未写"}
    desk.does(recovery.OpenRevision, **asked)
    ground = next(one for one in PLAN.preparedness.revisions if one.id == asked["ground"])
    assert desk.entries[-1].clauses == ground.clauses
    (told,) = first_page(desk.record)["revisions"]
    assert (told["words"], told["owner"]) == ("备用线路未写", PLAN.preparedness.revised_by)
    assert not any(task.rule == "" for task in desk.record.tasks.values()), "it outlives the incident"
    assert desk.refused(recovery.OpenRevision, ground="taste", words="x").kind == "form"


def deaths_told(desk: Desk, n: int, **more: Any) -> None:
    desk.does(facts.ReportFacts, source="市医院", findings={"deaths": {"n": n, "source": "hospital", **more}})


@pytest.mark.parametrize(("sector", "days"), [("non-coal-mine", 30), ("road", 7)])
def test_a_death_told_after_the_window_is_recorded_and_moves_no_grade(sector: str, days: int) -> None:
    accepted = {} if sector == "non-coal-mine" else {"scope_accepted": {"by": "王强", "reason": "市级指定受理"}}
    desk = Desk(deaths=2, sector=sector, verified=True, **accepted)
    desk.start_level_four()
    desk.wait(days=days - 1)
    deaths_told(desk, 3)
    assert desk.record.standing() == "III", "within it the grade follows"
    desk.wait(days=2)
    deaths_told(desk, 10)
    told = next(entry for entry in reversed(desk.entries) if entry.kind == "facts_reported")
    assert (told.data["after_window"], told.clauses) == (["deaths"], ("N-493-13",))
    assert "不自动影响定级" in told.data["says"]
    grades = desk.record.grades
    assert grades is not None
    assert (grades.computed, grades.standing, grades.statutory, grades.may_be) == ("III", "III", "III", "II")
    assert desk.record.figures()["deaths"] == 10, "the ledger says what is known"
    deaths_told(desk, 11)
    assert (desk.record.grades and desk.record.grades.computed, desk.record.frozen["deaths"] is None) == ("III", False)


def test_a_figure_of_an_instant_within_the_window_counts_whenever_it_is_told() -> None:
    desk = Desk(deaths=2, verified=True)
    desk.start_level_four()
    desk.wait(days=31)
    deaths_told(desk, 12)
    assert desk.record.standing() == "IV"
    deaths_told(desk, 3, as_of=desk.now - timedelta(days=5))
    assert (desk.record.standing(), dict(desk.record.frozen)) == ("III", {})


def test_who_was_never_counted_before_the_window_ended_counts_for_no_grade_and_still_hinders_the_end() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    desk.wait(days=31)
    desk.does(facts.ReportFacts, source="县", findings={"missing": {"n": 12, "source": "county"}})
    assert desk.record.standing() == "IV"
    tick_all(desk)
    assert desk.refused(end.ProposeTermination).kind == "hard"


def test_everybody_who_was_called_hears_of_the_lifting_also_whom_a_group_alone_has_called() -> None:
    desk = Desk(deaths=3, verified=True)
    ordered(desk, "III", HEAD, HEAD)
    desk.does(commander.LeaderArrived, post=HEAD, by="赵")
    joins = {"group": "group_medical", "members": ["human_resources_bureau"], "reason": "伤员家属接待"}
    desk.does(onsite.SetGroup, "赵", HEAD, **joins)
    assert "human_resources_bureau" not in response.called(desk.record)
    desk.end_scene()
    desk.does(approval.Decide, "王", DEPUTY, approval=asked(desk).id)
    desk.does(approval.Sign, "赵", HEAD, approval=asked(desk).id)
    heard = desk.record.notices["N-lifted"].recipients.keys()
    assert "human_resources_bureau" in heard
    orders = ("N-level-", "N-inform-", "N-group_")
    rung = {
        unit for name, notice in desk.record.notices.items() if name.startswith(orders) for unit in notice.recipients
    }
    assert heard == rung
