"""What people did is always recordable: twenty departures from the plan, each with full effect, none in the way of the
next regular step; and the closed list of what is refused whatever anybody did."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import incidents
from incidents import approval, commander, deadlines, departures, facts, notes, recovery, release, reporting, response
from incidents import tasks as work
from incidents import termination as end
from incidents.effects import EFFECTS
from incidents.view import first_page
from plans import coverage
from plans.library import clauses, find
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, SECOND, START, Desk

Do = Callable[[Desk], Any]
CHIEF, EXECUTIVE = "commander_in_chief", "executive_deputy_commander_in_chief"


def opened() -> Desk:
    desk = Desk(deaths=1, verified=True)
    desk.wait(minutes=5)
    return desk


def at_four() -> Desk:
    desk = opened()
    desk.start_level_four()
    return desk


def at_three() -> Desk:
    desk = Desk(deaths=3, verified=True)
    desk.wait(minutes=5)
    desk.does(response.ProposeLevel, level="III", matter="启动三级响应", expected_duration="PT24H")
    desk.does(approval.Decide, "赵", HEAD, approval="A1")
    desk.does(approval.Sign, "赵", HEAD, approval="A1")
    return desk


def proposed() -> Desk:
    desk = opened()
    desk.does(response.ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
    return desk


def at_the_end() -> Desk:
    desk = at_four()
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            desk.does(end.TickCondition, condition=rule.id, words="现场核查")
    return desk


def recovering() -> Desk:
    desk = opened()
    desk.end_scene()
    assert desk.record.phase == "recovery"
    return desk


class Case(NamedTuple):
    """One departure: where it happens, what was done instead, the clause left, its effect, and the next step."""

    words: str
    leaves: str
    start: Callable[[], Desk]
    effect: dict[str, Any]
    became: Callable[[Desk], bool]
    then: Do


def state(desk: Desk, task: str) -> str:
    return desk.record.tasks[task].state


def task_of(desk: Desk, owner: str) -> str:
    return next(t.id for t in desk.record.tasks.values() if t.owner == owner and t.state == "given")


CASES = (
    Case(
        "秘书在现场代为指挥", "LS-4.3.1-04", opened,
        {"kind": "commands", "post": "site_duty_leader", "by": "张秘书"},
        lambda d: d.record.commander is not None and d.record.commander.user == "张秘书",
        lambda d: d.does(commander.DeclareHandover, post="onsite_commander", by="索", way="named"),
    ),
    Case(
        "上级在视频会议室直接指挥", "LS-4.3.3-07", at_three,
        {"kind": "commands", "post": "region_commander", "by": "吴"},
        lambda d: end.superior(PLAN, d.record) == "region_general_hq",
        lambda d: d.does(commander.DeclareHandover, post=HEAD, by="赵", way="named"),
    ),
    Case(
        "副指挥长一人启动三级", "LS-4.3.2-02", opened, {"kind": "level", "level": "III"},
        lambda d: (d.record.phase, d.record.level) == ("response", "III") and "fire-onsite-plan" in d.record.tasks,
        lambda d: d.does(response.ProposeLevel, level="IV", matter="降级", expected_duration="PT6H", reason="已控"),
    ),
    Case(
        "值班室自行将三级降为四级", "LS-4.3.1-01", at_three, {"kind": "level", "level": "IV"},
        lambda d: d.record.level == "IV" and "N-release-units-IV" in d.record.notices,
        lambda d: d.does(response.ProposeLevel, level="III", matter="提级", expected_duration="PT6H"),
    ),
    Case(
        "值班室自行提高现行等级", "LS-1.4-02", opened, {"kind": "graded", "to": "II"},
        lambda d: d.record.standing() == "II",
        lambda d: d.does(facts.LowerGrade, "王", DEPUTY, reason="核实"),
    ),
    Case(
        "命令由无权的市政府负责同志决定", "LS-4.3.1-01", proposed,
        {"kind": "answered", "approval": "A1", "stage": "decide", "post": "city_government_leader", "by": "刘"},
        lambda d: d.record.approvals["A1"].state == "signing",
        lambda d: d.does(approval.Sign, "王", DEPUTY, approval="A1"),
    ),
    Case(
        "三级命令由副指挥长签发", "LS-4.3.2-02", lambda: decided_three(),
        {"kind": "answered", "approval": "A1", "stage": "sign", "post": DEPUTY, "by": "王"},
        lambda d: d.record.level == "III" and "hand-A1-sign" in d.record.clocks,
        lambda d: d.does(approval.Ratify, "王", DEPUTY, approval="A1", stage="sign"),
    ),
    Case(
        "现场自行宣布处置结束", "LS-4.6.2-02", at_four, {"kind": "ended", "act": "scene_end"},
        lambda d: d.record.phase == "end_approved",
        lambda d: d.does(end.ConfirmWithdrawal, counted_by="张", people=42),
    ),
    Case(
        "未经批准队伍先行撤离", "LS-4.6.2-03", at_four, {"kind": "ended", "act": "withdrawn"},
        lambda d: d.record.phase == "withdrawn" and lift(d) is not None,
        lambda d: d.does(approval.Decide, "赵", HEAD, approval=lift(d)),
    ),
    Case(
        "县里宣布响应解除", "LS-4.6.2-04", at_the_end, {"kind": "ended", "act": "lifted"},
        lambda d: (d.record.phase, d.record.level) == ("recovery", None) and "N-lifted" in d.record.notices,
        lambda d: d.does(end.Reopen, reason="复燃"),
    ),
    Case(
        "善后未完即归档", "LS-5.1-01", recovering, {"kind": "ended", "act": "archived"},
        lambda d: d.record.phase == "archived",
        lambda d: d.does(notes.Note, words="补充材料"),
    ),
    Case(
        "由武警代为疏散群众", "LS-4.2-06", opened,
        {"kind": "task_done", "task": "early", "by": "武警支队"},
        lambda d: any(t.state == "done" for t in d.record.tasks.values()),
        lambda d: d.does(work.CompleteTask, task=task_of(d, "site_government")),
    ),
    Case(
        "未采取预案所列措施", "LS-4.3.1-05", at_four, {"kind": "task_not_taken", "task": "county-on-site"},
        lambda d: state(d, "county-on-site") == "not_applicable",
        lambda d: d.does(work.RequestSupport, by="县", need="挖掘机"),
    ),
    Case(
        "下令爆破清障，预案没有", "LS-2.4-20", at_three,
        {"kind": "task_ordered", "unit": "华泰龙救援队", "says": "爆破清障"},
        lambda d: state(d, "otherwise-1") == "given",
        lambda d: d.does(work.CompleteTask, task="otherwise-1"),
    ),
    Case(
        "新闻发布组由融媒体中心牵头", "LS-2.4-52", at_three,
        {"kind": "group_led", "group": "group_press", "unit": "市融媒体中心"},
        lambda d: d.record.leads == {"group_press": "市融媒体中心"},
        lambda d: d.does(notes.Note, words="到位"),
    ),
    Case(
        "现场指挥部设在乡政府，并提前成立", "LS-2.4-01", opened,
        {"kind": "hq_formed", "place": "乡政府会议室", "how": "earlier"},
        lambda d: d.record.onsite is not None and d.record.onsite.place == "乡政府会议室",
        lambda d: d.does(commander.DeclareHandover, post="onsite_commander", by="索", way="named"),
    ),
    Case(
        "不报市政府，待查清再说", "LS-4.1-04", at_three, {"kind": "report_skipped", "clock": "phone-government"},
        lambda d: d.verdicts()["phone-government"] in ("running", "due_soon", "overdue"),
        lambda d: d.does(reporting.SendReport, clock="phone-government", via="电话", as_at=d.now),
    ),
    Case(
        "越级直接报自治区领导", "LS-4.1-06", at_three,
        {"kind": "report_sent", "clock": "region-general-hq", "to": "自治区领导", "via": "微信电话"},
        lambda d: d.record.clocks["region-general-hq"].received_by == "自治区领导",
        lambda d: d.does(reporting.ConfirmReceipt, clock="region-general-hq", received_by="秘书处"),
    ),
    Case(
        "预警先由平台发布，审批后到", "LS-3.2-01", opened, {"kind": "published", "what": "warning", "by": "市气象局"},
        lambda d: d.record.departures[-1].effects == ("published",),
        lambda d: d.does(response.ProposeLevel, level="IV", matter="启动", expected_duration="PT6H"),
    ),
    Case(
        "新闻稿由企业先行发布", "LS-4.5-04", at_three,
        {"kind": "published", "what": "text", "by": "某矿业公司", "text": "已死亡三人"},
        lambda d: d.record.releases["R1"].published_at is not None,
        lambda d: d.does(release.CorrectRelease, release="R1", how="correction", text="以市里为准", reason="口径",
                         channels=("官网",)),
    ),
    Case(
        "派人骑摩托当面通知", "LS-4.2-06", opened,
        {"kind": "notified", "notice": "N-early", "unit": "site_government", "by": "次仁", "via": "专人送达"},
        lambda d: d.record.notices["N-early"].recipients["site_government"].state == "acknowledged",
        lambda d: d.does(commander.DeclareHandover, post="site_duty_leader", by="次仁", way="arrived"),
    ),
    Case(
        "没有征用令先开走铲车", "LS-6.5-02", at_four,
        {"kind": "requisitioned", "owner": "某建筑公司", "items": "铲车一台"},
        lambda d: len(d.record.requisitions) == 1,
        lambda d: d.does(recovery.Requisition, ordered_by="site_government", owner="某公司", items="水泵"),
    ),
)  # fmt: skip


def decided_three() -> Desk:
    desk = Desk(deaths=3, verified=True)
    desk.does(response.ProposeLevel, level="III", matter="启动三级响应", expected_duration="PT24H")
    desk.does(approval.Decide, "赵", HEAD, approval="A1")
    return desk


def lift(desk: Desk) -> str | None:
    return next((a.id for a in desk.record.approvals.values() if a.what == "lift"), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_a_departure_is_recorded_in_one_command_and_the_next_regular_step_is_taken(case: Case) -> None:
    desk = case.start()
    effect = dict(case.effect)
    if effect.get("task") == "early":
        effect["task"] = task_of(desk, "site_government")
    before = desk.record.head.seq
    told = {"ordered_by": "现场负责人", "words": case.words, "reason": "情况紧急", "leaves": [case.leaves]}
    desk.does(departures.Deviate, effects=[effect], **told)
    assert case.became(desk), desk.record
    page = first_page(desk.record)["departures"]
    assert [(item["seq"], item["says"], item["clauses"], item["effects"]) for item in page] == [
        (before + 1, case.words, [case.leaves], [effect["kind"]])
    ]
    case.then(desk)
    desk.wait(hours=1)


def test_there_are_twenty_of_different_kinds_and_each_clause_is_one_of_the_plan() -> None:
    assert len(CASES) >= 20
    kinds = {case.effect["kind"] for case in CASES}
    schema = EFFECTS.json_schema()["items"]["discriminator"]["mapping"]
    assert kinds == set(schema), "every kind of effect is in the table"
    known = clauses(find("lhasa-2022"))
    assert [case.leaves for case in CASES if case.leaves not in known] == []


def test_several_effects_of_one_departure_are_weighed_one_after_the_other() -> None:
    desk = at_four()
    told = {"ordered_by": "赵", "words": "撤离并解除", "reason": "x", "leaves": ["LS-4.6.2-04"]}
    twice = [{"kind": "ended", "act": "withdrawn"}, {"kind": "ended", "act": "lifted"}]
    assert desk.refused(departures.Deviate, effects=twice, **told).kind == "form"
    task = task_of(desk, "site_emergency_bureau")
    both = [{"kind": "task_done", "task": task, "by": "x"}, {"kind": "task_not_taken", "task": task}]
    assert "an open task" in desk.refused(departures.Deviate, effects=both, **told).reason
    two = [{"kind": "level", "level": "III"}, {"kind": "commands", "post": HEAD, "by": "赵"}]
    desk.does(departures.Deviate, effects=two, **told)
    assert (desk.record.level, desk.record.commander and desk.record.commander.post) == ("III", HEAD)


def test_a_departure_ends_nothing_over_people_who_are_still_missing_and_no_lie_is_recorded() -> None:
    desk = Desk(deaths=1, missing=2, verified=True)
    desk.wait(minutes=5)
    told = {"ordered_by": "刘", "words": "到此为止", "reason": "x", "leaves": ["LS-4.6.1-02"]}
    for act in ("scene_end", "lifted"):
        refusal = desk.refused(departures.Deviate, effects=[{"kind": "ended", "act": act}], **told)
        assert refusal.kind == "hard"
    early = START
    took = [{"kind": "commands", "post": HEAD, "by": "赵"}]
    desk.does(commander.DeclareHandover, post="site_duty_leader", by="次仁", way="arrived")
    assert desk.refused(departures.Deviate, effects=took, true_at=early, **told).kind == "hard"
    desk.does(departures.Deviate, effects=[{"kind": "ended", "act": "withdrawn"}], **told)
    assert desk.record.phase == "withdrawn", "that the teams left is a fact"


def test_what_the_plan_refuses_says_so_and_offers_to_record_what_was_done() -> None:
    desk = at_four()
    assert desk.refused(deadlines.StandDown, clock="own-government", reason="x").kind == "plan"
    assert desk.refused(end.ProposeTermination).kind == "plan"


HARD = {
    "acting in a post one does not hold": {
        ("approval", "ratify"),
        ("approval", "dispute"),
        ("incident", "_forbidden"),
        ("speaking", "speaker"),
        ("handover", "offer_handover"),
        ("handover", "_answered"),
    },
    "public text or warning without its approval": {
        ("approval", "_own"),
        ("approval", "call_back"),
        ("release", "record_release"),
        ("release", "confirm_release_correction"),
        ("publication", "confirm_correction"),
        ("publication", "_nothing_approved"),
        ("publication", "_not_ahead"),
        ("publication", "_not_heard"),
        ("publication", "second_warning"),
    },
    "a drill touching a live channel, or the reverse": {("facts", "other_kind")},
    "ending a response with people unaccounted for outside the no-hope path": {("conditions", "people_left")},
    "two on-scene commanders at one instant": {("commander", "too_early"), ("commander", "correct_handover")},
}
"""The closed list of hard refusals that the core makes, by module and function. Altering or removing an entry has no
command; figures that break the ledger's conservation are for the ledger to refuse."""


def test_nothing_is_refused_hard_but_what_the_closed_list_names() -> None:
    found = set()
    for file in Path(incidents.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.keyword) and call.arg == "kind":
                        words = {n.value for n in ast.walk(call.value) if isinstance(n, ast.Constant)}
                        if "hard" in words:
                            found.add((file.stem, function.name))
    assert found == set().union(*HARD.values())


def test_a_departure_acts_on_no_clause() -> None:
    assert "deviation" not in coverage.ACTS
    desk = at_three()
    sent = {"kind": "report_sent", "clock": "region-general-hq", "to": "自治区领导", "via": "电话"}
    told = {"ordered_by": "赵", "words": "越级", "reason": "x", "leaves": ["LS-4.1-06"]}
    desk.does(departures.Deviate, effects=[sent], **told)
    done = next(entry for entry in desk.entries if entry.kind == "clock_done")
    assert done.clauses == ()


def test_the_second_person_and_the_recorder_stay_two_even_in_a_departure() -> None:
    desk = decided_three()
    told = {"ordered_by": "王", "words": "我来签", "reason": "x", "leaves": ["LS-4.3.2-02"]}
    signed = {"kind": "answered", "approval": "A1", "stage": "sign", "post": DEPUTY, "by": "王"}
    desk.does(departures.Deviate, effects=[signed], **told)
    assert desk.refused(approval.ConfirmOral, approval="A1", stage="sign").kind == "plan"
    desk.does(approval.ConfirmOral, "周", SECOND, approval="A1", stage="sign")
