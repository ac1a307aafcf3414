"""What is said around a scene that has a headquarters: decided by word of mouth, on site, handed over, ended.

Like `ordinary`, it yields commands; whoever plays them says when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from incidents.record import Record
from plans.schema import Grade, Plan, Power
from statecharts.clock import OPEN as OPEN_CLOCKS
from statecharts.task import OPEN as OPEN_TASKS
from tests.ordinary import CONTROL, OFFICER, Said

TOLD = {
    "unit-profile": "民营企业，证照齐全",
    "scene": "巷道积水，通风已恢复",
    "unaccounted": "无",
    "enterprise-size": "从业八十人，年产三十万吨",
    "nature": "初步判断为生产安全责任事故",
    "progress": "搜救两组作业，伤员已送医",
    "measures": "已切断电源，封锁下风向道路",
    "help-needed": "泡沫液二十吨",
    "other": "无",
    "contact": "值班员，000 1016",
}
"""What the facts do not say of a written report."""
MANAGED = {"publicity_department": "白玛", "emergency_bureau": "王强"}
"""Who stands by a text for the public."""
NO_HOPE = ("searched-enough", "no-hope-confirmed", "government-asked")
NOTES = {"expert-note": "专家意见.pdf", "government-agreed": "市政府批复.pdf"}
"""What only a document shows where nobody can be alive."""

SECOND, HEAD, ONSITE_DEPUTY, SITE = "second_officer", "hq_head", "onsite_deputy_commander", "site_duty_leader"
COUNTY = "site_bureau_leader"
CHIEF, EXECUTIVE, REGION = "commander_in_chief", "executive_deputy_commander_in_chief", "region_commander"
HEARD = {
    HEAD: "suolang", ONSITE_DEPUTY: "basang", SITE: "ciren", COUNTY: "danzeng", CHIEF: "pingcuo", EXECUTIVE: "duji",
    REGION: "wu.hao",
}  # fmt: skip
"""Leaders whose word the watch writes down."""


def spoken(post: str) -> dict[str, Any]:
    """Who said it, and how it was heard."""
    return {"post": post, "by": HEARD[post], "form": "oral", "read_back": True}


def agreed(approval: str, stage: str, post: str, now: datetime) -> Iterator[Said]:
    """One word of a leader on the telephone, confirmed by the second on watch."""
    told = {"approval": approval, "stage": stage, "post": post, "by": HEARD[post], "said_at": now.isoformat()}
    yield Said(OFFICER, "record-oral", {**told, "via": "电话", "words": "同意", "read_back": True})
    yield Said(SECOND, "confirm-oral", {"approval": approval, "stage": stage})


def level(level: Grade, approval: str, decides: str, signs: str, now: datetime) -> Iterator[Said]:
    """A level proposed, decided and signed, all by word of mouth."""
    asked = {"level": level, "matter": f"启动{level}级响应", "expected_duration": "P3D"}
    yield Said(OFFICER, "propose-level", asked)
    yield from agreed(approval, "decide", decides, now)
    yield from agreed(approval, "sign", signs, now)


def deputy() -> Iterator[Said]:
    """A deputy named by the head of the headquarters, and confirmed by whoever commands: the head here."""
    yield Said(OFFICER, "name-commander", {"names": ONSITE_DEPUTY, "person": HEARD[ONSITE_DEPUTY], **spoken(HEAD)})
    yield Said(OFFICER, "confirm-deputy", {"deputy": ONSITE_DEPUTY, **spoken(HEAD)})


def ordered(plan: Plan, powers: Iterable[str], post: str, now: datetime) -> Iterator[Said]:
    """A task order under each of these powers."""
    due = (now + timedelta(hours=1)).isoformat()
    told: dict[str, Power] = {power.id: power for power in plan.command.powers}
    for name in powers:
        asked = {"to": "emergency_bureau", "what": f"落实：{told[name].says}", "due_at": due, "power": name}
        yield Said(OFFICER, "assign-task", {**asked, **spoken(post)})


def instructed(now: datetime) -> Iterator[Said]:
    """Two leaders of different levels who contradict each other."""
    due = (now + timedelta(hours=2)).isoformat()
    usual = {"form": "phone", "read_back": True, "feedback_due": due}
    county = {"leader": "边巴", "post": "县（区）主要负责同志", "government": "county", "words": "全部撤出"}
    region = {
        "leader": "丹增",
        "post": "自治区领导",
        "government": "region",
        "words": "全力搜救",
        "contradicts": ["I1"],
    }
    yield Said(OFFICER, "instruct", {**county, **usual})
    split = [{"owner": "fire_brigade", "what": "分组搜救", "due_at": due}]
    yield Said(OFFICER, "instruct", {**region, **usual, "tasks": split, "touches": ["level"]})


def told_back(post: str) -> Iterator[Said]:
    """The commander settles it, both are told, both are closed."""
    both = {"instructions": ["I1", "I2"], "words": "外围撤出，核心区两组搜救"}
    yield Said(OFFICER, "settle-instructions", {**both, **spoken(post)})
    for name in ("I1", "I2"):
        yield Said(OFFICER, "convey-instruction", {"instruction": name, "to": "现场指挥部", "via": "电话"})
        yield Said(OFFICER, "report-back", {"instruction": name, "to": "秘书", "via": "电话", "words": "已按裁定落实"})
        yield Said(OFFICER, "close-instruction", {"instruction": name, "result": "已落实"})


def called(zone: str) -> Iterator[Said]:
    """A zone is marked off; a team goes in, is called, and comes out."""
    limits = {"danger": "有毒气体", "stay": "PT30M", "roll_call_every": "PT20M"}
    yield Said(OFFICER, "set-zone", {"zone": zone, **limits})
    yield Said(OFFICER, "enter-zone", {"zone": zone, "team": "搜救一组", "leader": "扎西", "people": 6})
    yield Said(OFFICER, "roll-call", {"zone": zone, "answered": 6, "called_by": "格列"})
    yield Said(OFFICER, "leave-zone", {"zone": zone, "team": "搜救一组"})


def suspended(danger: str, people: int, post: str) -> Iterator[Said]:
    """The rescue stops, is counted out, goes on."""
    yield Said(OFFICER, "suspend-rescue", {"danger": danger, "by": "格列", "post": "安全员"})
    yield Said(OFFICER, "confirm-all-out", {"counted_by": "格列", "out": people - 1, "went_in": people})
    yield Said(OFFICER, "confirm-all-out", {"counted_by": "格列", "out": people, "went_in": people})
    met = {"condition": "险情排除", "evidence": "监测两小时无异常", "expert": "欧珠"}
    yield Said(OFFICER, "resume-rescue", {**met, **spoken(post)})


def arrived(record: Record, plan: Plan) -> Iterator[Said]:
    """Whoever owes it checks in; then one relieves or hands over to the other."""
    rules = {rule.id: rule.kind for rule in plan.command.handovers}
    for task in [task for task in record.tasks.values() if task.state in OPEN_TASKS]:
        if rules.get(task.rule) == "check_in":
            force = {"unit": task.owner, "leader": "带队人", "people": 12, "vehicles": 3}
            yield Said(OFFICER, "check-in", force)
        elif rules.get(task.rule) in ("relieve", "function"):
            yield Said(OFFICER, "hand-over-function", {"handover": task.rule, "giver": "甲", "taker": "乙"})


def reports(record: Record, now: datetime, told: Mapping[str, str] = MappingProxyType({})) -> Iterator[Said]:
    """Every leg that is owed goes out; the written ones with these items in words."""
    for clock in [clock for clock in record.clocks.values() if clock.rule and clock.verdict in OPEN_CLOCKS]:
        fields = {
            "clock": clock.id,
            "via": "电话",
            "as_at": now.isoformat(),
            "signed_by": "王强",
            "received_by": "值班员",
        }
        yield Said(OFFICER, "send-report", fields | ({"fields": dict(told)} if told and clock.leg == "paper" else {}))


def conditions() -> Iterator[Said]:
    """What must hold for the end."""
    for condition in CONTROL:
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": "现场核查"})


def no_hope() -> Iterator[Said]:
    """The end where people are missing: searched long enough, nobody can be alive, the government agrees."""
    for condition in (*CONTROL[:-1], *NO_HOPE):
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": "现场核查"})
    for condition, name in NOTES.items():
        paper = hashlib.sha256(condition.encode()).hexdigest()
        yield Said(OFFICER, "attach-evidence", {"sha256": paper, "name": name, "size": 1})
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": name, "evidence": [paper]})


def signed(record: Record) -> Iterator[Said]:
    """In the morning each spoken word gets its sheet."""
    for approval in record.approvals.values():
        for act in approval.acts:
            if act.form != "in_system" and act.hand == "unsigned":
                sheet = hashlib.sha256(f"{approval.id} {act.stage}".encode()).hexdigest()
                asked = {"approval": approval.id, "stage": act.stage, "sha256": sheet, "name": "签批单.jpg"}
                yield Said(OFFICER, "attach-signature", asked)


def finished(record: Record) -> Iterator[Said]:
    """Every task that is still open is done."""
    for task in [task.id for task in record.tasks.values() if task.state in OPEN_TASKS]:
        yield Said(OFFICER, "complete-task", {"task": task, "words": "已落实"})


def stood_down(record: Record) -> Iterator[Said]:
    """Soft limits that still run are no longer needed."""
    for clock in [c for c in record.clocks.values() if c.soft and c.verdict in ("running", "due_soon")]:
        yield Said(OFFICER, "stand-down", {"clock": clock.id, "reason": "响应已解除"})
