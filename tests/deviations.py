"""Twenty departures from the plan: what people did otherwise, in which state, and the regular step that comes next.

Whoever plays them has the core with a clock in hand.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from incidents import (
    approval,
    commander,
    departures,
    facts,
    notes,
    receipts,
    recovery,
    release,
    reporting,
    response,
)
from incidents import tasks as work
from incidents import termination as end
from incidents.record import Form
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, Desk

Do = Callable[[Desk], Any]
BY = "现场负责人"


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
    """One departure: where it happens, what was done instead, the clause left, its effect, and the next step; how it
    was ordered."""

    words: str
    leaves: str
    start: Callable[[], Desk]
    effect: dict[str, Any]
    became: Callable[[Desk], bool]
    then: Do
    form: Form = "oral"

    def happens(self, desk: Desk) -> None:
        """It is recorded, in one command."""
        effect = dict(self.effect)
        if effect.get("task") == "early":
            effect["task"] = task_of(desk, "site_government")
        told = {"ordered_by": BY, "form": self.form, "words": self.words, "reason": "情况紧急", "leaves": [self.leaves]}
        desk.does(departures.Deviate, effects=[effect], **told)


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
        "paper",
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
        "paper",
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
        "elsewhere",
    ),
    Case(
        "善后未完即归档", "LS-5.1-01", recovering, {"kind": "ended", "act": "archived"},
        lambda d: d.record.phase == "archived",
        lambda d: d.does(notes.Note, words="补充材料"),
        "paper",
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
        lambda d: d.does(receipts.ConfirmReceipt, clock="region-general-hq", received_by="秘书处"),
        "in_system",
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
        "elsewhere",
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
