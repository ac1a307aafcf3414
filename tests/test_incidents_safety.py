"""The rescue is suspended and resumed: nobody is asked before it stops, nobody goes in again uncounted."""

from typing import Any

from incidents import onsite, response, safety
from incidents import termination as end
from incidents.conditions import people_inside
from incidents.view import first_page, shown
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD
from tests.test_incidents_onsite import SITE, Scene, level_three, spoken

DANGER: dict[str, Any] = {"danger": "二次坍塌征兆", "by": "格列", "post": "安全员"}
RESUME: dict[str, Any] = {"condition": "支护完成，位移稳定", "evidence": "监测连续两小时无位移", "expert": "欧珠"}


def on_scene() -> Scene:
    desk = level_three(missing=0)
    desk.arrives(HEAD)
    desk.does(onsite.CheckIn, unit="fire_brigade", leader="扎西", people=60, vehicles=12)
    desk.does(onsite.CheckIn, unit="某矿救护队", leader="洛桑", people=20)
    return desk


def test_the_rescue_is_suspended_and_resumed_twice_and_each_time_stands_by_itself() -> None:
    desk = on_scene()
    desk.does(safety.SuspendRescue, **DANGER)
    assert desk.record.rescue == "suspending"
    called = desk.record.notices["N-S1"]
    assert {"fire_brigade", "emergency_bureau"} <= called.recipients.keys()
    assert (called.chased, "二次坍塌征兆" in called.text) == (True, True)
    desk.wait(minutes=6)
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=78)
    assert (desk.record.rescue, people_inside(desk.record)) == ("suspending", 2), "80 signed in"
    desk.wait(minutes=3)
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=80)
    assert desk.record.rescue == "suspended"
    desk.wait(minutes=120)
    desk.does(safety.ResumeRescue, **RESUME, **spoken(HEAD))
    assert desk.record.rescue == "working"
    assert desk.record.notices["N-resumed-S1"].chased
    desk.wait(minutes=30)
    desk.does(safety.SuspendRescue, **{**DANGER, "danger": "有毒气体超标", "scope": "二号巷道"})
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=12, went_in=12)
    desk.does(safety.ResumeRescue, **RESUME, **spoken(HEAD))
    page = first_page(desk.record)["suspensions"]
    assert [(told["danger"], told["went_in"], told["out"]) for told in page] == [
        ("二次坍塌征兆", 80, 80),
        ("有毒气体超标", 12, 12),
    ]
    assert all(told["resumed_by"] and told["resumed_at"] for told in page)
    assert page[1]["scope"] == "二号巷道"


def test_nobody_resumes_without_the_count_or_without_the_command() -> None:
    desk = on_scene()
    assert desk.refused(safety.ResumeRescue, **RESUME, **spoken(HEAD)).kind == "plan", "it is not suspended"
    assert desk.refused(safety.ConfirmAllOut, counted_by="格列", out=80).kind == "plan"
    desk.does(safety.SuspendRescue, **DANGER)
    uncounted = desk.refused(safety.ResumeRescue, **RESUME, **spoken(HEAD))
    assert "everybody counted out first" in uncounted.reason
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=79)
    assert "1 people are still inside" in desk.refused(safety.ResumeRescue, **RESUME, **spoken(HEAD)).reason
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=80)
    assert desk.refused(safety.ResumeRescue, **RESUME, form="oral").kind == "form", "a named decision"
    assert desk.refused(safety.ResumeRescue, **RESUME, **spoken(SITE)).kind == "plan"
    assert desk.refused(safety.ResumeRescue, "王", DEPUTY, **RESUME, post=HEAD, by="赵").kind == "hard"
    assert desk.record.rescue == "suspended"


def test_another_danger_while_it_is_suspended_asks_for_a_new_count() -> None:
    desk = on_scene()
    desk.does(safety.SuspendRescue, **DANGER)
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=80)
    desk.does(safety.SuspendRescue, **{**DANGER, "danger": "暴雨"})
    assert (desk.record.rescue, people_inside(desk.record)) == ("suspending", None)
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=80)
    desk.does(safety.ResumeRescue, **RESUME, **spoken(HEAD))
    assert all(told["resumed_at"] for told in shown(desk.record)["suspensions"])


def test_a_count_needs_to_know_how_many_went_in() -> None:
    desk = level_three()
    desk.does(safety.SuspendRescue, **DANGER)
    assert desk.refused(safety.ConfirmAllOut, counted_by="格列", out=4).kind == "form"
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=4, went_in=4)
    assert desk.record.rescue == "suspended"


def test_nothing_is_ended_while_suspended_people_are_not_out_and_a_proposed_end_is_superseded() -> None:
    desk = on_scene()
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            desk.does(end.TickCondition, condition=rule.id, words="现场核查")
    desk.does(end.ProposeTermination)
    desk.does(safety.SuspendRescue, **DANGER)
    assert desk.record.approvals["A2"].state == "superseded", "nobody approves it meanwhile"
    assert desk.refused(end.ProposeTermination).kind == "hard"
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=77)
    refusal = desk.refused(end.ProposeTermination)
    assert (refusal.kind, "3 people" in refusal.reason) == ("hard", True)
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=80)
    desk.does(end.ProposeTermination)


def test_anybody_may_stop_an_ordinary_rescue_and_the_county_resumes_it() -> None:
    desk = Scene(deaths=1, verified=True)
    desk.does(safety.SuspendRescue, **DANGER)
    assert desk.record.rescue == "suspending"
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=9, went_in=9)
    desk.does(safety.ResumeRescue, **RESUME, **spoken(SITE))
    assert desk.record.rescue == "working"
    desk.does(response.ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
