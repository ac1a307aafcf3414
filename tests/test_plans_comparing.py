"""Two plans side by side: each kind of change has its words, and nothing that differs is left out."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from plans import walk
from plans.comparing import Difference, differences
from plans.library import load
from plans.schema import Plan
from tests.edited import edited
from tests.support import PLAN

CLEAN = load(Path(__file__).parent / "plans" / "clean").plan


def told(edits: dict[str, Any], plan: Plan = PLAN) -> tuple[Difference, ...]:
    return differences(plan, edited(plan, edits))


def test_a_plan_and_itself_do_not_differ() -> None:
    assert differences(PLAN, PLAN) == ()


@pytest.mark.parametrize(
    ("at", "to", "zh", "en"),
    [
        (
            "response/levels/II/approval/stages/sign/posts",
            ["hq_head"],
            "II级响应：签发人 指挥长，原为 常务副总指挥长",
            "level II: signatory 指挥长, was 常务副总指挥长",
        ),
        (
            "response/levels/IV/approval/stages/decide/posts",
            ["hq_head"],
            "IV级响应：决定人 指挥长，原为 指挥长、副指挥长（市政府副秘书长）、副指挥长（市应急管理局局长）",
            "level IV: decided by 指挥长, was 指挥长, 副指挥长（市政府副秘书长）, 副指挥长（市应急管理局局长）",
        ),
        (
            "reporting/rules/paper-party/within",
            "PT1H",
            "“书面详报市委”：时限 1小时，原为 50分钟",
            "'Details in writing to the Party committee': within 1 h, was 50 min",
        ),
        ("grading/criteria/LS-1.4-03/below", 5, "LS-1.4-03 IV级标准：上限 5，原为 3", None),
        (
            "response/levels/III/measures/fire-search/owner",
            "emergency_bureau",
            "III级响应：“组织搜救失联人员”：责任单位 市应急管理局，原为 市消防救援支队",
            "level III: 'Organise the search for people out of contact': owner 市应急管理局, was 市消防救援支队",
        ),
        (
            "response/levels/III/measures/fire-search/says",
            "搜救",
            "III级响应：“组织搜救失联人员”：文字 “搜救”，原为 “组织搜救失联人员”",
            None,
        ),
        (
            "response/levels/III/measures/fire-search/when",
            {},
            "III级响应：“组织搜救失联人员”：条件 一律，原为 有失踪、失联、被困",
            "level III: 'Organise the search for people out of contact': when always, was with missing, "
            "out of contact, trapped",
        ),
        (
            "response/levels/IV/clauses",
            ["LS-4.3.1-02"],
            "IV级响应：条款 加 LS-4.3.1-02，去 LS-4.3.1-01",
            "level IV: clauses added LS-4.3.1-02, dropped LS-4.3.1-01",
        ),
        ("response/level_for_grade/I", "II", "等级对应的级别（I级） II级，原为 I级", "level for grade (I) II, was I"),
        ("posts/hq_head/substitutes", [], None, "指挥长: substitutes none, was 副指挥长（市政府副秘书长）, "
         "副指挥长（市应急管理局局长）"),
        ("units/fire_brigade/name", "消防局", "市消防救援支队：名称 “消防局”，原为 “市消防救援支队”", None),
        ("warning/colours/red/grade", "II", "红色预警：等级 II级，原为 I级", "red warning: grade II, was I"),
        ("notices/chase/0/wait", "PT30S", "本机收件箱 1：等候 30秒，原为 3分钟", "inbox 1: wait 30 s, was 3 min"),
        ("decisions/LS-A01/confirmed", True, "决定 LS-A01：已确认 是，原为 否", None),
        ("command/onsite_hq", None, "删去 现场指挥部", "removed onsite hq"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_the_words_of_the_plan(at: str, to: Any, zh: str | None, en: str | None) -> None:
    (one,) = told({at: to})
    assert one.path == at
    assert one.chapter == at.split("/")[0]
    assert zh in (None, one.zh)
    assert en in (None, one.en)


def test_a_unit_that_comes_and_one_that_goes_are_told_whole() -> None:
    data = {
        **CLEAN.units,
        "water_bureau": CLEAN.units["fire_brigade"].model_copy(update={"name": "水利局", "duties": ()}),
    }
    (came,) = differences(CLEAN, CLEAN.model_copy(update={"units": data}))
    (went,) = differences(CLEAN.model_copy(update={"units": data}), CLEAN)
    assert (came.kind, came.path, came.zh, came.en) == ("added", "units/water_bureau", "新增 水利局", "added 水利局")
    assert (went.kind, went.zh, went.en) == ("removed", "删去 水利局", "removed 水利局")
    assert (came.old, came.new["name"], went.new) == (None, "水利局", None)


def test_an_element_is_matched_by_its_name_and_another_order_is_told_once() -> None:
    rules = PLAN.reporting.rules
    other = PLAN.reporting.model_copy(update={"rules": (rules[1], rules[0], *rules[2:])})
    (one,) = differences(PLAN, PLAN.model_copy(update={"reporting": other}))
    assert (one.kind, one.path) == ("reordered", "reporting/rules")
    assert one.zh.startswith(f"规定：次序改为 “{rules[1].says}”、“{rules[0].says}”、")
    assert one.new[:2] == [rules[1].id, rules[0].id]


def test_a_list_that_says_nobody_is_not_a_place_left_open() -> None:
    skipping = "reporting/handling/skipping/by"
    unsaid = edited(CLEAN, {skipping: None})
    (one,) = differences(unsaid, edited(CLEAN, {skipping: []}))
    assert (one.zh, one.old, one.new) == ("“必要时可越级”：由 无，原为 未写", None, [])


def test_two_elements_of_one_name_are_told_apart() -> None:
    calls = PLAN.response.levels["IV"].notify
    again = {**calls[0].model_dump(mode="json"), "when": {"sectors": ["fire"]}}
    (one,) = told({"response/levels/IV/notify/+": again})
    assert (one.kind, one.path) == ("added", f"response/levels/IV/notify/{calls[0].unit}#2")
    assert one.zh == "IV级响应：通知：新增 事发地县（区）人民政府（火灾）"


def test_a_chapter_that_is_gone_is_told_and_so_is_that_the_plan_is_silent_there() -> None:
    without = PLAN.model_copy(update={"warning": None, "silent": ("warning",)})
    assert [one.zh for one in differences(PLAN, without)] == ["删去 预警", "没有的章节 预警，原为 无"]


def _scrambled(part: Any, at: str, changed: set[str]) -> Any:
    """Everything else than names and words of the schema otherwise; `changed` takes the paths."""
    if isinstance(part, BaseModel):
        names = {told.field for told in walk.references(part)} | {*walk.KEYS, "clauses", "grade", "posts"}
        names |= {name for name in type(part).model_fields if name.endswith("clauses")}
        fields = {
            name: _scrambled(getattr(part, name), f"{at}/{name}", changed)
            for name in type(part).model_fields
            if name not in names
        }
        return part.model_copy(update=fields)
    if isinstance(part, dict):
        return {key: _scrambled(value, f"{at}/{key}", changed) for key, value in part.items()}
    if isinstance(part, tuple) and part and all(isinstance(item, BaseModel) for item in part):
        return tuple(_scrambled(item, f"{at}/{walk.key_of(item, n)}", changed) for n, item in enumerate(part))
    other: Any = part
    match part:
        case bool():
            other = not part
        case int():
            other = part + 1
        case timedelta():
            other = part + timedelta(minutes=1)
        case str():
            other = f"{part}改"
    if other is not part:
        changed.add(at)
    return other


def test_of_a_thousand_changes_none_is_silent() -> None:
    changed: set[str] = set()
    chapters = {name: getattr(PLAN, name) for name in type(PLAN).model_fields if name not in ("name", "silent")}
    other = PLAN.model_copy(update={name: _scrambled(told, name, changed) for name, told in chapters.items()})
    # The first chapter has another name in the files, and `changed` has one path for two elements of one name.
    told = [re.sub(r"#\d+", "", one.path) for one in differences(PLAN, other)]
    found = {re.sub("^plan/", "about/", path) for path in told}
    assert changed - found == set()
    assert len(changed) > 1000


def test_between_two_plans_that_have_little_in_common_every_change_says_both_sides() -> None:
    for one in differences(PLAN, CLEAN):
        assert one.zh, one
        assert one.en, one
        if one.kind == "changed" and not one.path.endswith("clause") and not one.path.endswith("clauses"):
            assert "，原为 " in one.zh, one
            assert ", was " in one.en, one
