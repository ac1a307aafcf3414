"""An ordinary accident in proportion: the county keeps command and asks; the city assists, answers and is called."""

from datetime import timedelta
from typing import Any

from incidents import commander, disposal, orders
from incidents import tasks as work
from incidents.handover import brief
from incidents.view import shown
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD
from tests.test_incidents_onsite import Scene, spoken

COUNTY = "site_bureau_leader"
KEEPS, ASSISTS = "county-keeps-handling", "assists-ordinary"


def ordinary() -> Scene:
    """Level IV, with the county's bureau in command."""
    desk = Scene(deaths=1, verified=True)
    desk.does(commander.DeclareHandover, post=COUNTY, by="旦增", way="arrived")
    desk.start_level_four()
    return desk


def order(power: str, post: str) -> dict[str, Any]:
    return {"to": "fire_brigade", "what": "排水", "power": power, **spoken(post)}


def test_the_citys_deputy_arrives_at_level_four_and_takes_nothing_over() -> None:
    desk = ordinary()
    desk.arrives(DEPUTY)
    assert [told.post for told in desk.record.commands] == ["site_duty_leader", COUNTY]
    desk.does(orders.AssignTask, **order(KEEPS, COUNTY))
    assert desk.refused(orders.AssignTask, **order(KEEPS, HEAD)).kind == "plan"
    desk.does(orders.AssignTask, **order(ASSISTS, HEAD))
    told = [set(entry.clauses) for entry in desk.entries if entry.kind == "task_assigned"]
    powers = {power.id: set(power.clauses) for power in PLAN.command.powers}
    assert told == [powers[KEEPS], powers[ASSISTS]]


def test_above_the_ordinary_the_county_keeps_nothing_and_the_city_no_longer_only_assists() -> None:
    desk = Scene(deaths=3, verified=True)
    desk.start("III", HEAD, HEAD)
    for power, post in ((KEEPS, COUNTY), (ASSISTS, HEAD)):
        assert desk.refused(orders.AssignTask, **order(power, post)).kind == "plan"


def test_the_citys_support_waits_for_a_request_which_is_answered_once_and_calls_who_sends_it() -> None:
    desk = ordinary()
    assert desk.record.tasks["member-support"].state == "held"
    desk.does(work.RequestSupport, by="县应急管理局", need="排水泵两台")
    assert desk.record.tasks["member-support"].state == "given"
    eta = desk.now + timedelta(hours=1)
    yes = {"request": "Q1", "answer": "yes", "by": "市应急管理局", "words": "派出排水泵两台"}
    desk.does(work.AnswerSupport, **yes, units=["fire_brigade"], eta=eta)
    called = desk.record.notices["N-support-Q1"]
    assert (list(called.recipients), called.chased, "派出排水泵两台" in called.text) == (["fire_brigade"], True, True)
    (told,) = shown(desk.record)["support"]
    assert (told["answer"], told["answered_by"], told["what"]) == ("yes", "市应急管理局", "派出排水泵两台")
    assert brief(desk.record, desk.now).support[0].eta == eta
    again = desk.refused(work.AnswerSupport, **yes)
    assert (again.kind, "Q1" in again.reason) == ("form", True)


def test_a_no_says_why_and_calls_nobody() -> None:
    desk = ordinary()
    desk.does(work.RequestSupport, by="县", need="直升机")
    no: dict[str, Any] = {"request": "Q1", "answer": "no", "by": "市", "words": "气象条件不允许"}
    assert desk.refused(work.AnswerSupport, **no, units=["fire_brigade"]).kind == "form"
    assert desk.refused(work.AnswerSupport, **{**no, "answer": "yes"}, units=["nobody"]).kind == "form"
    desk.does(work.AnswerSupport, **no)
    assert desk.record.support["Q1"].answer == "no"
    assert "N-support-Q1" not in desk.record.notices


def test_who_responds_by_itself_at_once_is_recorded_by_the_plan_and_anybody_else_beside_it() -> None:
    desk = Scene(deaths=1, verified=True)
    told = {"by": "次仁", "words": "县（区）四级响应，已报市里"}
    for unit in ("site_government", "enterprise", "fire_brigade"):
        desk.does(disposal.RecordStart, unit=unit, **told)
    begun = [entry.clauses for entry in desk.entries if entry.kind == "response_begun"]
    (start,) = PLAN.response.at_once
    assert begun == [start.clauses, start.clauses, ()]
    assert desk.record.level is None, "no order of the city's"
    assert desk.refused(disposal.RecordStart, unit="nobody", **told).kind == "form"


def test_support_says_from_what_the_plan_keeps_ready_it_comes_and_cites_it() -> None:
    desk = ordinary()
    desk.does(work.RequestSupport, by="县", need="排水泵")
    yes: dict[str, Any] = {"request": "Q1", "answer": "yes", "by": "市", "words": "两台"}
    assert desk.refused(work.AnswerSupport, **yes, resources=["a-navy"]).kind == "form"
    assert desk.refused(work.AnswerSupport, **{**yes, "answer": "no"}, resources=["callable-teams"]).kind == "form"
    desk.does(work.AnswerSupport, **yes, resources=["callable-teams"])
    assert PLAN.preparedness is not None
    ready = next(one for one in PLAN.preparedness.resources if one.id == "callable-teams")
    assert desk.entries[-1].clauses == ready.clauses
