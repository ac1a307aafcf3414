"""Measures of the accident's own kind: chosen by who commands, owed like any other, resting on something."""

from typing import Any

import pytest

from incidents import packs
from incidents import tasks as work
from tests.support import PLAN
from tests.test_incidents_incident import HEAD
from tests.test_incidents_onsite import SITE, Scene, level_three, spoken

MEASURES = [{"owner": "fire_brigade", "what": "水幕稀释"}, {"owner": "public_security_bureau", "what": "下风向禁火"}]
CHOICE: dict[str, Any] = {"pack": "hazardous-chemicals-pack", "measures": MEASURES, "basis": "安全技术说明书"}


def leak() -> Scene:
    desk = level_three(sector="hazardous-chemicals")
    desk.arrives(HEAD)
    return desk


def test_the_commander_chooses_the_pack_of_the_accidents_kind_and_its_measures_are_owed_and_told() -> None:
    desk = leak()
    due = desk.now.replace(hour=desk.now.hour + 1)
    desk.does(packs.ChoosePack, **{**CHOICE, "measures": [{**MEASURES[0], "due_at": due}, MEASURES[1]]}, **spoken(HEAD))
    pack = next(pack for pack in PLAN.response.packs if pack.id == CHOICE["pack"])
    entry = next(entry for entry in desk.entries if entry.kind == "pack_chosen")
    assert (entry.clauses, entry.data["title"], entry.data["attached"]) == (pack.clauses, pack.title, False)
    given = [task for task in desk.record.tasks.values() if task.ordered_by == HEAD]
    assert [(task.owner, task.says) for task in given] == [(one["owner"], one["what"]) for one in MEASURES]
    told = desk.record.notices[f"N-{pack.id}"].recipients
    assert {unit: recipient.duty for unit, recipient in told.items()} == {o["owner"]: o["what"] for o in MEASURES}
    assert desk.record.clocks[work.limit(given[0].id)].due_at == due
    desk.does(work.CompleteTask, task=given[1].id)


def test_only_who_commands_chooses() -> None:
    desk = leak()
    assert desk.refused(packs.ChoosePack, **CHOICE, **spoken(SITE)).kind == "plan"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"pack": "fireworks-pack"}, "pack"),
        ({"basis": ""}, "basis"),
        ({"measures": [{"owner": "nobody", "what": "x"}]}, "measures.owner"),
    ],
)
def test_a_choice_names_a_pack_of_this_kind_units_of_the_plan_and_what_it_rests_on(
    wrong: dict[str, Any], field: str
) -> None:
    desk = leak()
    refusal = desk.refused(packs.ChoosePack, **{**CHOICE, **wrong}, **spoken(HEAD))
    assert (refusal.kind, refusal.reason.partition(":")[0], refusal.zh.partition("：")[0]) == ("form", field, field)
    assert not any(entry.kind == "pack_chosen" for entry in desk.entries)
