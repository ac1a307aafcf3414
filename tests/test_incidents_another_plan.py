"""What another version of the plan would mean for an open incident: only what is open, and what it would be."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents import approval, response, tasks, termination
from incidents.another_plan import Touched, touched
from plans.library import load
from tests.edited import edited
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, Desk

CLEAN = load(Path(__file__).parent / "plans" / "clean").plan


def under(desk: Desk, edits: dict[str, Any]) -> tuple[Touched, ...]:
    return touched(desk.record, PLAN, edited(PLAN, edits))


@pytest.fixture
def four() -> Desk:
    """Level IV stands."""
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    return desk


def test_the_same_plan_and_a_change_elsewhere_touch_nothing(four: Desk) -> None:
    assert touched(four.record, PLAN, PLAN) == ()
    edits = {
        "response/levels/II/approval/stages/sign/posts": [HEAD],
        "reporting/rules/paper-party/says": "另一种说法",
        "notices/expires_after": "PT1H",
        "termination/alternatives": [],
    }
    assert under(four, edits) == ()


def test_the_level_that_stands_would_have_another_signatory(four: Desk) -> None:
    (one,) = under(four, {"response/levels/IV/approval/stages/sign/posts": [HEAD]})
    assert (one.what, one.id) == ("level", "IV")
    assert (one.zh, one.en) == ("IV级响应签发人将是指挥长", "level IV: signatory 指挥长")


def test_the_level_that_stands_might_not_be_there(four: Desk) -> None:
    levels = {name: rule for name, rule in PLAN.response.levels.items() if name != "IV"}
    other = PLAN.model_copy(update={"response": PLAN.response.model_copy(update={"levels": levels})})
    assert Touched("level", "IV", "没有IV级响应", "there is no level IV") in touched(four.record, PLAN, other)


def test_a_running_clock_would_be_due_at_another_instant_and_one_that_is_done_would_not() -> None:
    desk = Desk(deaths=3, verified=True)
    clock = desk.record.clocks["paper-party"]
    edits = {"reporting/rules/paper-party/within": "PT30M"}
    (one,) = under(desk, edits)
    assert (one.what, one.id) == ("clock", "paper-party")
    assert one.due_at == clock.starts_at + timedelta(minutes=30)
    assert one.zh.startswith(f"时限“{clock.says}”：止于 ")
    desk.report_all()
    assert under(desk, edits) == ()


def test_a_running_clock_would_start_elsewhere_go_to_another_or_not_be_owed() -> None:
    desk = Desk(deaths=3, verified=True)
    facts = desk.record.known()
    (one,) = under(desk, {"reporting/rules/paper-party/starts": "occurred"})
    assert one.due_at == facts.happened_at() + timedelta(minutes=50)
    (one,) = under(desk, {"reporting/rules/paper-party/addressee": "city_government"})
    assert one.en == "deadline paper-party: owed to 市人民政府"
    (one,) = under(desk, {"reporting/rules/paper-party/when": {"grades": ["I"]}})
    assert one.zh == "时限“书面详报市委”：不再要求"


def test_a_cadence_counts_from_its_last_report(four: Desk) -> None:
    four.report_all()
    four.wait(hours=1)
    again = four.record.clocks["follow-up-2"]
    (one,) = under(four, {"reporting/rules/follow-up/every": "PT6H"})
    assert (one.id, one.due_at) == ("follow-up-2", again.starts_at + timedelta(hours=6))


def test_a_spoken_decision_would_have_to_be_signed_sooner() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.does(response.ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
    spoken = {"by": "王", "post": DEPUTY, "said_at": desk.now, "via": "电话", "words": "同意", "read_back": True}
    desk.does(approval.RecordOral, approval="A1", stage="decide", **spoken)
    hand = desk.record.clocks["hand-A1-decide"]
    assert [one.due_at for one in under(desk, {"response/pace/ratify_within": "PT1H"}) if one.what == "clock"] == [
        hand.starts_at + timedelta(hours=1)
    ]


def test_an_approval_that_waits_would_ask_somebody_else() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.does(response.ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
    edits = {"response/levels/IV/approval/stages/sign/posts": [HEAD]}
    (one,) = under(desk, edits)
    assert (one.what, one.id, one.zh) == ("approval", "A1", "待批 A1：签发人将是指挥长")
    desk.does(approval.Decide, "王", DEPUTY, approval="A1")
    assert under(desk, {"response/levels/IV/approval/stages/decide/posts": [HEAD]}) == (), "that step is answered"
    desk.does(approval.Sign, "王", DEPUTY, approval="A1", answer="no", words="不必")
    assert under(desk, edits) == ()


def test_an_open_task_would_be_another_units_or_due_at_another_time_or_gone(four: Desk) -> None:
    (one,) = under(four, {"response/levels/IV/measures/county-on-site/owner": "site_government"})
    assert (one.what, one.id) == ("task", "county-on-site")
    assert one.en == "task county-on-site: owed by 事发地县（区）人民政府"
    (one,) = under(four, {"response/levels/IV/measures/county-on-site/within": "PT2H"})
    assert one.zh == "任务“赶赴现场组织处置，及时报告”：时限 2小时"
    (one,) = under(four, {"response/levels/IV/measures/county-on-site/id": "county-elsewhere"})
    assert one.zh == "任务“赶赴现场组织处置，及时报告”：不再要求"
    four.does(tasks.CompleteTask, task="county-on-site")
    assert under(four, {"response/levels/IV/measures/county-on-site/owner": "site_government"}) == ()


def test_the_post_that_commands_might_be_held_by_another_or_not_be_there(four: Desk) -> None:
    commander = four.record.commander
    assert commander is not None
    (one,) = under(four, {f"posts/{commander.post}/held_by": "县长"})
    assert (one.what, one.id, one.en) == ("post", commander.post, f"post {commander.post}: held by 县长")
    posts = {name: post for name, post in PLAN.posts.items() if name != commander.post}
    (one,) = touched(four.record, PLAN, PLAN.model_copy(update={"posts": posts}))
    assert one.zh == f"没有岗位{PLAN.posts[commander.post].title}"


def test_a_scene_end_that_waits_would_be_approved_by_another(four: Desk) -> None:
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            four.does(termination.TickCondition, condition=rule.id, words="现场核查")
    four.does(termination.ProposeTermination)
    (one,) = under(four, {"termination/scene_end/stages/decide/posts": [DEPUTY]})
    assert (one.what, one.zh) == (
        "approval",
        "待批 A2：决定人将是市生产安全事故应急指挥部（副指挥长（市应急管理局局长））",
    )


def test_of_a_plan_that_shares_nothing_everything_open_is_told(four: Desk) -> None:
    told = {(one.what, one.id) for one in touched(four.record, PLAN, CLEAN)}
    running = {("clock", clock.id) for clock in four.record.clocks.values() if clock.rule.startswith("paper-")}
    assert running <= told
    assert ("task", "county-on-site") in told
    assert ("post", "site_duty_leader") in told
