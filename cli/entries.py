"""One entry of a log as a line that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from cli.language import said
from cli.ledger import source_words
from incidents import accounts, chain
from incidents.logbook import Entry
from plans.vocabulary import WORDS


class Naming(Protocol):
    """Who knows what units, posts and tasks are called."""

    def of(self, name: str | None) -> str:
        """A unit, post or group."""

    def work(self, task: str) -> str:
        """What a task asks."""

    def clock(self, clock: str) -> str:
        """What a deadline asks."""


_KINDS: Mapping[str, tuple[str, str]] = {
    "warning_opened": ("预警研判", "warning assessed"),
    "inbound_warning": ("收到外来预警", "warning received"),
    "warning_determined": ("预警审定", "warning determined"),
    "warning_submitted": ("预警报送", "warning submitted"),
    "warning_seconded": ("第二人同意报送", "second person agrees"),
    "warning_published": ("预警发布", "warning published"),
    "publication_corrected": ("预警更正", "warning corrected"),
    "publication_withdrawn": ("预警撤回", "warning withdrawn"),
    "correction_confirmed": ("第二人确认更正", "correction confirmed"),
    "correction_published": ("更正已发布", "correction published"),
    "warning_expired": ("预警到期", "warning expired"),
    "warning_dropped": ("预警不发布", "warning dropped"),
    "became_accident": ("转为事故", "became an accident"),
    "opened": ("接报开启", "opened"),
    "facts_reported": ("续报事实", "facts reported"),
    "intake_joined": ("接报归入本事故", "intake of this incident"),
    "people_moved": ("人员转移", "people moved"),
    "count_corrected": ("人数更正", "count corrected"),
    "count_settled": ("数据口径", "count settled"),
    "people_listed": ("人员名单", "name list"),
    "graded": ("定级", "graded"),
    "attention_raised": ("须特别关注", "special attention"),
    "grade_raised": ("提高现行等级", "grade raised"),
    "grade_lowered": ("降低现行等级", "grade lowered"),
    "proposed": ("提请审批", "proposed"),
    "approval_answered": ("审批", "answered"),
    "approval_chased": ("催办审批", "approval chased"),
    "oral_confirmed": ("第二人确认口头记录", "oral record confirmed"),
    "signature_attached": ("补附签字件", "signature attached"),
    "ratified": ("本人追认", "ratified"),
    "disputed": ("本人异议", "disputed"),
    "called_back": ("回拨核对", "called back"),
    "level_ordered": ("响应命令", "level ordered"),
    "response_extended": ("响应延期", "response extended"),
    "response_lifted": ("解除响应", "response lifted"),
    "report_drafted": ("拟写报告", "report drafted"),
    "report_signed": ("报告补签", "report signed"),
    "receipt_disputed": ("回执有争议", "receipt disputed"),
    "receipt_settled": ("回执争议已定", "receipt settled"),
    "chaser_received": ("上级催报", "chased from above"),
    "chaser_answered": ("答复催报", "chaser answered"),
    "time_corrected": ("起算事实更正", "time corrected"),
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
    "tasks_withdrawn": ("任务撤回", "tasks withdrawn"),
    "task_assigned": ("任务指令", "task order"),
    "task_progress": ("任务进展", "progress"),
    "taken_over": ("上级接管处置", "taken over"),
    "onsite_hq_formed": ("现场指挥部成立", "on-site headquarters formed"),
    "onsite_hq_reformed": ("现场指挥部改由上级组成", "on-site headquarters handed upward"),
    "onsite_hq_dissolved": ("现场指挥部撤销", "on-site headquarters dissolved"),
    "group_formed": ("工作组成立", "group formed"),
    "group_set": ("调整工作组", "group changed"),
    "checked_in": ("现场签到", "signed in"),
    "checked_out": ("现场签退", "signed out"),
    "leader_arrived": ("领导到场", "leader arrived"),
    "command_taken": ("接任现场指挥", "command taken"),
    "command_passed": ("现场指挥更替", "command passed"),
    "command_time_corrected": ("更正接手时间", "time of command corrected"),
    "guiding": ("到场指导", "guides"),
    "post_named": ("指定", "named"),
    "post_confirmed": ("确认任职", "confirmed"),
    "handover_offered": ("提出移交指挥", "handover offered"),
    "handover_accepted": ("接受移交", "handover accepted"),
    "handover_refused": ("不接受移交", "handover refused"),
    "function_passed": ("职能交接", "function handed over"),
    "instruction_received": ("领导指示", "instruction"),
    "instruction_conveyed": ("指示传达", "instruction conveyed"),
    "instruction_reported": ("指示反馈", "instruction reported back"),
    "instruction_closed": ("指示办结", "instruction closed"),
    "instructions_settled": ("裁定相左指示", "instructions settled"),
    "rescue_suspended": ("救援暂停", "rescue suspended"),
    "counted_out": ("撤出清点", "counted out"),
    "rescue_resumed": ("救援恢复", "rescue resumed"),
    "release_drafted": ("拟发信息", "release drafted"),
    "release_published": ("信息发布", "released"),
    "release_corrected": ("信息更正", "release corrected"),
    "release_correction_confirmed": ("第二人确认更正", "correction confirmed"),
    "requisitioned": ("应急征用", "requisitioned"),
    "superior_ended": ("上级决定结束", "superior decided the end"),
    "false_alarm_declared": ("认定误报", "false alarm declared"),
    "false_alarm_confirmed": ("第二人确认误报", "false alarm confirmed"),
    "casualties_changed": ("伤亡变化", "casualties changed"),
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
    "notices_withdrawn": ("通知撤回", "notices withdrawn"),
    "deviation": ("偏离预案", "deviation"),
    "external": ("外部记录", "external"),
    "evidence": ("证据", "evidence"),
    "document_signed": ("文书签发", "document signed"),
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
        case "intake_joined":
            return [data["intake"], data["words"]]
        case "people_moved":
            return [
                source_words(accounts.key(data.get("source"), data.get("named", ""))),
                f"{_state(data['from'])} → {_state(data['to'])} {data['n']}",
                data.get("words", ""),
            ]
        case "count_corrected":
            what = _state(data["state"]) if "state" in data else f"{_state(data['from'])} → {_state(data['to'])}"
            of = said(f"更正第 {data['corrects']} 条", f"corrects entry {data['corrects']}")
            return [of, f"{what} {data['was']} → {data['is']}", data["reason"]]
        case "count_settled":
            source = source_words(accounts.key(data["source"], data.get("named", "")))
            return [_state(data["measure"]), f"{source} {data['n']}", data["decided_by"], data["reason"]]
        case "people_listed":
            source = source_words(accounts.key(data["source"], data.get("named", "")))
            return [f"{data['list']} {source}", " ".join(f"{_state(state)} {n}" for state, n in data["counts"].items())]
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
        case "report_drafted":
            pairs = " ".join(f"{name}={number}" for name, number in data["figures"].items())
            stage = said(chain.STAGES[data["stage"]], data["stage"].replace("_", " "))
            return [data["report"], f"{stage}{data['n'] or ''}", said("截至 ", "as at ") + data["as_at"][:16], pairs]
        case "document_signed":
            differing = [f"{one['of']} {one['draft'] or '—'} → {one['paper'] or '—'}" for one in data["differing"]]
            return [f"{data['document']} {data['number']}", data["signed_by"], *differing, data["differs"]]
        case "receipt_settled":
            return [data["clock"], f"{data['before']['verdict']} → {data['verdict']}", data["by"], data["evidence"]]
        case "time_corrected":
            moved = [f"{told['clock']} {told['verdict'][0]} → {told['verdict'][1]}" for told in data["moved"]]
            was = (data["from"] or "—")[:16]
            return [f"{data['fact']} {was} → {data['to'][:16]}", data["source"], said("、", ", ").join(moved)]
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
        case "notices_withdrawn":
            everybody = dict.fromkeys(unit for told in data["notices"].values() for unit in told)
            return ["、".join(names.of(unit) for unit in everybody), data["reason"]]
        case "checked_in":
            people = said(f"{data['people']} 人", f"{data['people']} people")
            vehicles = said(f"{data['vehicles']} 车（台）", f"{data['vehicles']} vehicles") if data["vehicles"] else ""
            return [f"{names.of(data['unit'])} {people} {vehicles}".rstrip()]
        case "command_taken" | "post_named":
            post = names.of(data.get("names", data["post"]))
            return [f"{names.of(data.get('from'))} → {post} {data.get('person', data['by'])}".removeprefix(" → ")]
        case "handover_offered":
            return [f"{data['offer']} {names.of(data['giver'])} → {names.of(data['taker'])}", data["words"]]
        case "handover_accepted":
            return [f"{data['offer']} {names.of(data['giver'])} → {names.of(data['post'])} {data['by']}"]
        case "function_passed":
            giver, taker = (said("、", ", ").join(names.of(one) for one in data[key]) for key in ("from", "to"))
            return [f"{giver} → {taker}"]
        case "counted_out":
            return [
                said(f"应出 {data['went_in']}，实出 {data['out']}", f"{data['went_in']} went in, {data['out']} out")
            ]
        case "rescue_suspended":
            return [data["danger"], f"{data['post']} {data['by']}"]
        case "rescue_resumed":
            return [data["condition"], data["evidence"], data["expert"], f"{names.of(data['post'])} {data['by']}"]
        case "instruction_received":
            return [f"{data['instruction']} {data['post']} {data['leader']}", data["words"]]
        case "group_formed":
            return [data["name"], said(f"牵头 {names.of(data['lead'])}", f"led by {names.of(data['lead'])}")]
        case "task_assigned":
            return [
                f"{names.of(data['task']['owner'])} {data['task']['says']}",
                f"{names.of(data['post'])} {data['by']}",
            ]
        case "warning_opened":
            return [data["assessment"]["place"]["name"], data["assessment"]["summary"]]
        case "became_accident":
            return [data["facts"]["place"]["name"], data["facts"]["summary"]]
        case "window_opened":
            return [said("至 ", "until ") + data["ends"][:10]]
        case "clock_due_soon" | "clock_overdue" | "clock_done" | "clock_void" | "clock_missed" | "clock_stood_down":
            return [names.clock(data["clock"]), data.get("fact", ""), data.get("reason", "")]
        case _:
            found = (
                *("clock", "says", "matter", "level", "colour", "condition", "instruction", "approval", "to", "unit"),
                *("post", "by", "text", "words", "reason", "result", "fact", "name", "ends"),
            )
            return [
                names.of(str(data[key])) for key in found if data.get(key) and not isinstance(data[key], (list, dict))
            ]


def _state(state: str) -> str:
    return said(WORDS[state], state)


def _word(word: str) -> str:
    return said(*_OUTCOMES[word]) if word in _OUTCOMES else word


def _pairs(told: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={value['n'] if isinstance(value, dict) else value}" for key, value in told.items())


def _groups(outcomes: Mapping[str, str], names: Naming) -> str:
    told: dict[str, list[str]] = {}
    for unit, outcome in outcomes.items():
        told.setdefault(outcome, []).append(names.of(unit))
    return " ".join(f"{outcome} {'、'.join(units)}" for outcome, units in told.items())
