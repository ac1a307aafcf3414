"""One entry of a log as a line that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from cli.language import said
from incidents.logbook import Entry


class Naming(Protocol):
    """Who knows what units, posts and tasks are called."""

    def of(self, name: str | None) -> str:
        """A unit, post or group."""

    def work(self, task: str) -> str:
        """What a task asks."""

    def clock(self, clock: str) -> str:
        """What a deadline asks."""


_KINDS: Mapping[str, tuple[str, str]] = {
    "opened": ("接报开启", "opened"),
    "facts_reported": ("续报事实", "facts reported"),
    "graded": ("定级", "graded"),
    "grade_raised": ("提高现行等级", "grade raised"),
    "grade_lowered": ("降低现行等级", "grade lowered"),
    "proposed": ("提请审批", "proposed"),
    "approval_answered": ("审批", "answered"),
    "approval_chased": ("催办审批", "approval chased"),
    "oral_confirmed": ("第二人确认口头记录", "oral record confirmed"),
    "signature_attached": ("补附签字件", "signature attached"),
    "ratified": ("本人追认", "ratified"),
    "disputed": ("本人异议", "disputed"),
    "level_ordered": ("响应命令", "level ordered"),
    "response_lifted": ("解除响应", "response lifted"),
    "report_sent": ("报告发出", "report sent"),
    "receipt_confirmed": ("对方收到", "receipt confirmed"),
    "tasks_given": ("下达任务", "tasks given"),
    "task_moved": ("任务", "task"),
    "level_skipped": ("越级报告", "a level skipped"),
    "classified_sent": ("已走机要渠道", "sent by the confidential channel"),
    "report_flagged": ("报告过错", "report at fault"),
    "response_begun": ("先行启动响应", "response begun"),
    "support_requested": ("请求支援", "support requested"),
    "support_answered": ("支援答复", "support answered"),
    "pack_chosen": ("选用专项措施", "measures of its kind"),
    "consultation_held": ("会商纪要", "consultation"),
    "zone_set": ("划定控制区", "zone set"),
    "zone_entered": ("进入控制区", "zone entered"),
    "zone_left": ("离开控制区", "zone left"),
    "roll_called": ("区内点名", "roll call"),
    "revision_opened": ("提出修订预案", "revision of the plan"),
    "tasks_released": ("支援任务开始", "tasks released"),
    "command_passed": ("现场指挥更替", "command passed"),
    "condition_found": ("终止条件", "condition"),
    "end_approved": ("批准结束现场处置", "scene end approved"),
    "withdrawn": ("队伍撤离", "teams withdrawn"),
    "nothing_to_lift": ("无响应可解除", "nothing to lift"),
    "reopened": ("重新启动", "reopened"),
    "window_opened": ("伤亡补报期", "casualty window"),
    "archived": ("归档", "archived"),
    "archive_written": ("卷宗写成", "dossier written"),
    "closed": ("结案", "closed"),
    "clocks_started": ("时限起算", "deadlines started"),
    "clock_due_soon": ("时限将到", "due soon"),
    "clock_overdue": ("时限已过", "overdue"),
    "clock_done": ("时限办结", "deadline done"),
    "clock_void": ("时限不适用", "not due"),
    "clock_missed": ("时限未办", "missed"),
    "clock_stood_down": ("自设时限撤销", "stood down"),
    "notice_issued": ("通知", "notice"),
    "notice_sent": ("通知已发", "notice sent"),
    "notice_answered": ("答复", "answered"),
    "notice_chased": ("催叫", "chased"),
    "deviation": ("偏离预案", "deviation"),
    "external": ("外部记录", "external"),
    "evidence": ("证据", "evidence"),
    "noted": ("记录", "note"),
    "corrected": ("更正", "corrected"),
}

_OUTCOMES = {
    "done": ("办结", "done"),
    "started": ("开始", "started"),
    "not_applicable": ("不适用", "not applicable"),
    "yes": ("同意", "yes"),
    "no": ("不同意", "no"),
    "decide": ("决定", "decides"),
    "sign": ("签发", "signs"),
}


def entry_words(entry: Entry, names: Naming) -> str:
    """What the entry says: its kind, then what tells it from others of the kind."""
    zh, en = _KINDS.get(entry.kind, (entry.kind, entry.kind))
    details = "；".join(filter(None, _details(entry.kind, entry.data, names)))
    return said(zh, en) + (said("：", ": ") + details if details else "")


def _details(kind: str, data: Mapping[str, Any], names: Naming) -> list[str]:
    match kind:
        case "opened":
            facts = data["facts"]
            return [facts["place"]["name"], facts["enterprise"], facts["summary"]]
        case "facts_reported":
            return [data["source"], _pairs(data["findings"])]
        case "graded":
            return [f"{data['computed']}", said(f"现行 {data['standing']}", f"standing {data['standing']}")]
        case "approval_answered":
            act = data["act"]
            stage, answer = _word(act["stage"]), _word(act["answer"])
            return [f"{data['approval']} {names.of(act['post'])} {act['user']} {stage} {answer}", data.get("words", "")]
        case "tasks_given":
            return ["、".join(f"{names.of(task['owner'])} {task['says']}" for task in data["tasks"])]
        case "task_moved":
            outcome = _word(data["outcome"])
            return [f"{names.work(data['task'])} {outcome}", data.get("words", "")]
        case "clocks_started":
            return ["、".join(clock["says"] for clock in data["clocks"])]
        case "notice_issued":
            units = "、".join(names.of(unit) for unit in data["units"])
            return [data["text"], f"→ {units}"]
        case "notice_sent":
            return [f"{data['notice']} " + _groups(data["outcomes"], names)]
        case "notice_answered":
            return [f"{data['notice']} " + "、".join(f"{names.of(u)} {told[0]}" for u, told in data["units"].items())]
        case "notice_chased":
            again, lost = (("、".join(names.of(u) for u in data[key])) for key in ("again", "unreached"))
            return [
                data["notice"],
                again and said(f"再叫 {again}", f"again {again}"),
                lost and said(f"未联系上 {lost}", f"unreached {lost}"),
            ]
        case "report_sent":
            verifying = len(data.get("fields", {}).get("verifying", ()))
            return [
                data["clock"],
                f"{names.of(data['sender'])} → {names.of(data['addressee'])}",
                data["via"],
                said(f"{verifying} 项正在核实", f"{verifying} items being verified") if verifying else "",
            ]
        case "zone_entered" | "zone_left":
            people = data["people"]
            return [data["zone"], data["team"], said(f"{people} 人", f"{people} people")]
        case "roll_called":
            said_so, inside = data["answered"], data["inside"]
            return [data["zone"], said(f"应答 {said_so}，区内 {inside}", f"{said_so} of {inside} answered")]
        case "support_answered":
            return [data["request"], _word(data["answer"]), data["by"], data["words"]]
        case "command_passed":
            return [f"{names.of(data.get('from'))} → {names.of(data['post'])} {data['by']}", data.get("words", "")]
        case "level_ordered":
            level = data["level"]
            return [said(f"{level}级", f"level {level}"), data["matter"]]
        case "proposed":
            return [data["approval"], str(data["asks"].get("matter", ""))]
        case "window_opened":
            return [said("至 ", "until ") + data["ends"][:10]]
        case "clock_due_soon" | "clock_overdue" | "clock_done" | "clock_void" | "clock_missed" | "clock_stood_down":
            return [names.clock(data["clock"]), data.get("fact", ""), data.get("reason", "")]
        case _:
            found = (
                "clock",
                "says",
                "matter",
                "level",
                "condition",
                "post",
                "by",
                "words",
                "reason",
                "fact",
                "name",
                "ends",
            )
            return [names.of(str(data[key])) for key in found if data.get(key)]


def _word(word: str) -> str:
    return said(*_OUTCOMES[word]) if word in _OUTCOMES else word


def _pairs(told: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={value['n'] if isinstance(value, dict) else value}" for key, value in told.items())


def _groups(outcomes: Mapping[str, str], names: Naming) -> str:
    told: dict[str, list[str]] = {}
    for unit, outcome in outcomes.items():
        told.setdefault(outcome, []).append(names.of(unit))
    return " ".join(f"{outcome} {'、'.join(units)}" for outcome, units in told.items())
