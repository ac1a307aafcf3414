"""Minutes of a meeting: what was decided becomes tasks that are told, owed and watched like any other."""

from datetime import timedelta
from typing import Any

import pytest

from incidents import consultation
from incidents import tasks as work
from incidents.view import shown
from tests.test_incidents_incident import HEAD
from tests.test_incidents_onsite import Scene, level_three

MINUTES: dict[str, Any] = {
    "place": "现场指挥部",
    "chair": "指挥长索朗",
    "present": ["消防救援支队", "专家二名"],
    "facts": "二号巷道积水上涨",
    "decisions": ["先排水后搜救", "夜间不停工"],
    "tasks": [{"owner": "fire_brigade", "what": "增设两台水泵"}, {"owner": "fire_brigade", "what": "清理通道"}],
}


def on_scene() -> Scene:
    desk = level_three()
    desk.arrives(HEAD)
    return desk


def test_minutes_turn_into_tasks_of_which_each_unit_hears_once() -> None:
    desk = on_scene()
    due = desk.now + timedelta(hours=1)
    first, second = MINUTES["tasks"]
    desk.does(consultation.RecordConsultation, **{**MINUTES, "tasks": [{**first, "due_at": due}, second]})
    (told,) = shown(desk.record)["consultations"]
    assert (told["id"], told["chair"], tuple(told["decisions"])) == ("M1", "指挥长索朗", tuple(MINUTES["decisions"]))
    given = [desk.record.tasks[name] for name in told["tasks"]]
    assert [(task.owner, task.says) for task in given] == [(one["owner"], one["what"]) for one in MINUTES["tasks"]]
    called = desk.record.notices["N-M1"].recipients
    assert {unit: recipient.duty for unit, recipient in called.items()} == {"fire_brigade": "增设两台水泵；清理通道"}
    assert desk.record.clocks[work.limit(given[0].id)].due_at == due


def test_the_next_meeting_is_watched_and_met_by_the_next_minutes() -> None:
    desk = on_scene()
    desk.does(consultation.RecordConsultation, **MINUTES, next_at=desk.now + timedelta(hours=4))
    assert desk.verdicts()[consultation.limit("M1")] == "running"
    desk.wait(hours=3, minutes=50)
    desk.does(consultation.RecordConsultation, **{**MINUTES, "tasks": []})
    assert desk.verdicts()[consultation.limit("M1")] == "met"
    late = on_scene()
    late.does(consultation.RecordConsultation, **MINUTES, next_at=late.now + timedelta(hours=4))
    late.wait(hours=5)
    assert late.verdicts()[consultation.limit("M1")] == "overdue"


@pytest.mark.parametrize("wrong", ["owner", "due_at", "next_at"])
def test_minutes_name_units_of_the_plan_and_instants_that_are_still_to_come(wrong: str) -> None:
    desk = on_scene()
    asked = {
        "owner": {"tasks": [{"owner": "nobody", "what": "x"}]},
        "due_at": {"tasks": [{"owner": "fire_brigade", "what": "x", "due_at": desk.now}]},
        "next_at": {"next_at": desk.now},
    }[wrong]
    refusal = desk.refused(consultation.RecordConsultation, **{**MINUTES, **asked})
    assert (refusal.kind, wrong in refusal.reason, wrong in refusal.zh) == ("form", True, True)
    assert not desk.record.consultations
