"""Who is inside: entry and exit by count, how long they may stay, the roll call, and the count when all come out."""

from datetime import timedelta
from typing import Any

import pytest

from incidents import approval, onsite, safety, zones
from incidents import termination as end
from incidents.view import shown
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD
from tests.test_incidents_onsite import Scene, level_three

CORE: dict[str, Any] = {"zone": "核心区", "danger": "有毒气体"}
LIMITS = {"stay": "PT30M", "roll_call_every": "PT20M"}
FIRST: dict[str, Any] = {"zone": "核心区", "team": "一组", "leader": "扎西", "people": 6}
SECOND_TEAM = {**FIRST, "team": "二组", "leader": "洛桑", "people": 4}


def on_scene(**limits: Any) -> Scene:
    desk = level_three(missing=0)
    desk.arrives(HEAD)
    desk.does(zones.SetZone, **CORE, **limits)
    desk.does(zones.EnterZone, **FIRST)
    return desk


def core(desk: Scene) -> dict[str, Any]:
    (zone,) = shown(desk.record)["zones"]
    return dict(zone)


def test_who_is_inside_is_counted_by_team_in_and_out() -> None:
    desk = on_scene()
    desk.does(zones.EnterZone, **SECOND_TEAM)
    desk.does(zones.EnterZone, **{**FIRST, "people": 2})
    desk.does(zones.LeaveZone, zone="核心区", team="一组", people=3)
    assert {team: told["people"] for team, told in core(desk)["inside"].items()} == {"一组": 5, "二组": 4}
    assert zones.people_in(desk.record) == 9
    desk.does(zones.LeaveZone, zone="核心区", team="二组")
    assert list(core(desk)["inside"]) == ["一组"]


def test_a_team_that_stays_too_long_is_overdue_and_one_that_is_out_in_time_is_not() -> None:
    desk = on_scene(**LIMITS)
    desk.wait(minutes=10)
    desk.does(zones.EnterZone, **SECOND_TEAM)
    desk.wait(minutes=15)
    desk.does(zones.LeaveZone, zone="核心区", team="二组")
    desk.wait(minutes=10)
    assert desk.verdicts()["stay-核心区-一组"] == "overdue"
    assert desk.verdicts()["stay-核心区-二组"] == "met"
    again = on_scene(**LIMITS)
    again.does(zones.LeaveZone, zone="核心区", team="一组")
    again.does(zones.EnterZone, **FIRST)
    assert (again.verdicts()["stay-核心区-一组"], again.verdicts()["stay-核心区-一组-2"]) == ("met", "running")


def test_the_roll_call_is_due_while_anybody_is_inside_and_says_who_does_not_answer() -> None:
    desk = on_scene(**LIMITS)
    desk.wait(minutes=18)
    desk.does(zones.RollCall, zone="核心区", answered=5, called_by="格列")
    called = next(entry for entry in desk.entries if entry.kind == "roll_called")
    assert (called.data["inside"], called.data["missing"], core(desk)["missing"]) == (6, 1, 1)
    assert desk.verdicts()["roll-call-核心区"] == "met"
    assert desk.record.clocks["roll-call-核心区-2"].due_at == desk.now + timedelta(minutes=20)
    desk.wait(minutes=21)
    assert desk.verdicts()["roll-call-核心区-2"] == "overdue"
    desk.does(zones.LeaveZone, zone="核心区", team="一组")
    assert (core(desk)["missing"], desk.verdicts()["roll-call-核心区-2"]) == (0, "not_due")


def test_when_the_rescue_stops_whoever_the_zones_hold_is_counted_out_of_them() -> None:
    desk = on_scene(**LIMITS)
    desk.does(zones.EnterZone, **SECOND_TEAM)
    desk.does(onsite.CheckIn, unit="fire_brigade", leader="扎西", people=60)
    desk.does(safety.SuspendRescue, danger="余震", by="格列")
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=9)
    assert (desk.record.rescue, zones.people_in(desk.record)) == ("suspending", 10), "10 are inside, not 60"
    desk.does(safety.ConfirmAllOut, counted_by="格列", out=10)
    assert (desk.record.rescue, zones.people_in(desk.record)) == ("suspended", 0)
    assert not any(name.startswith(("stay-", "roll-call-")) and v == "running" for name, v in desk.verdicts().items())
    desk.does(zones.EnterZone, **FIRST)
    entered = [entry.data["while_stopped"] for entry in desk.entries if entry.kind == "zone_entered"]
    assert entered == [False, False, True], "it was done, and is marked"


def test_nobody_is_withdrawn_on_paper_who_is_still_inside() -> None:
    desk = on_scene()
    for condition in [rule.id for rule in PLAN.termination.conditions if rule.path in ("control", "rescued")]:
        desk.does(end.TickCondition, condition=condition, words="现场核查")
    desk.does(end.ProposeTermination)
    desk.does(approval.Decide, "王", DEPUTY, approval=list(desk.record.approvals)[-1])
    refusal = desk.refused(end.ConfirmWithdrawal, counted_by="张", people=60)
    assert (refusal.kind, "6 people" in refusal.reason, "6 人" in refusal.zh) == ("form", True, True)
    desk.does(zones.LeaveZone, zone="核心区", team="一组")
    desk.does(end.ConfirmWithdrawal, counted_by="张", people=60)


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (zones.EnterZone, {**FIRST, "zone": "别处"}),
        (zones.LeaveZone, {"zone": "核心区", "team": "三组"}),
        (zones.LeaveZone, {"zone": "核心区", "team": "一组", "people": 7}),
        (zones.LeaveZone, {"zone": "别处", "team": "一组"}),
        (zones.RollCall, {"zone": "别处", "answered": 1, "called_by": "格列"}),
    ],
)
def test_a_zone_a_team_or_a_number_that_is_not_there_is_refused_in_words(command: Any, asked: dict[str, Any]) -> None:
    refusal = on_scene().refused(command, **asked)
    assert refusal.kind == "form"
    assert refusal.zh
    assert refusal.reason
