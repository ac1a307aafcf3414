"""An incident names its intakes: once each, with where their own record stood; nothing they say applies itself."""

from datetime import timedelta
from typing import Any

from incidents.joining import JoinIntake
from incidents.recovery import Archive
from incidents.view import places, shown
from tests.test_incidents_ending import close_tasks
from tests.test_incidents_incident import DEPUTY, Desk
from tests.test_incidents_warning import WarningDesk

HEAD = "ab" * 32


def call(desk: Any, intake: str = "J20260301001", **changes: Any) -> dict[str, Any]:
    received = desk.now - timedelta(minutes=4)
    return {"intake": intake, "head": HEAD, "received_at": received, "how": "joins", "words": "冒顶", **changes}


def test_an_intake_is_named_with_its_head_and_moves_nothing_else() -> None:
    desk = Desk()
    before = desk.record
    assert desk.does(JoinIntake, **call(desk)) == ["intake_joined"]
    told = desk.record.intakes["J20260301001"]
    assert (told.head, told.how, told.received_at) == (HEAD, "joins", desk.now - timedelta(minutes=4))
    assert desk.record.but(intakes={}, head=before.head) == before, "no fact, clock or task of the incident moved"
    assert [item["intake"] for item in shown(desk.record)["intakes"]] == ["J20260301001"]
    assert places(desk.record)["intake"] == {"confirmed": 1}


def test_an_intake_is_joined_once_and_others_beside_it() -> None:
    desk = Desk()
    desk.does(JoinIntake, **call(desk, how="opens"))
    refusal = desk.refused(JoinIntake, **call(desk))
    assert (refusal.kind, "J20260301001" in refusal.zh) == ("plan", True)
    desk.does(JoinIntake, **call(desk, "J20260301002"))
    assert [(told.intake, told.how) for told in desk.record.intakes.values()] == [
        ("J20260301001", "opens"),
        ("J20260301002", "joins"),
    ]


def test_only_the_watch_joins_and_no_call_comes_from_the_future() -> None:
    desk = Desk()
    assert desk.refused(JoinIntake, "王", DEPUTY, **call(desk)).kind == "plan"
    late = call(desk, received_at=desk.now + timedelta(minutes=1))
    assert desk.refused(JoinIntake, **late).kind == "form"


def test_a_call_about_a_danger_joins_its_warning_and_a_late_one_the_archived_incident() -> None:
    warned = WarningDesk()
    warned.does(JoinIntake, **call(warned))
    assert warned.record.intakes
    desk = Desk()
    desk.end_scene()
    close_tasks(desk)
    desk.report_all()
    desk.does(Archive, keeper="档案室")
    desk.does(JoinIntake, **call(desk))
