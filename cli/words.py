"""The words of the terminal: what each verb is called in Chinese, beside its English."""

from __future__ import annotations

from incidents.command import Command

_VERBS = {
    "report-facts": "续报事实",
    "raise-grade": "提高现行等级",
    "lower-grade": "降低现行等级",
    "propose-level": "提请启动或调整响应级别",
    "decide": "决定",
    "sign": "签发",
    "record-oral": "记录口头（或纸面）决定",
    "confirm-oral": "第二人确认口头记录",
    "attach-signature": "补附签字件",
    "ratify": "本人追认",
    "dispute": "本人提出异议",
    "send-report": "报告已发出",
    "confirm-receipt": "确认对方收到",
    "complete-task": "任务办结",
    "request-support": "请求支援",
    "assign-task": "下达任务",
    "report-progress": "任务进展",
    "form-onsite-hq": "提前成立现场指挥部",
    "set-group": "成立或调整工作组",
    "check-in": "到场报到（签到）",
    "check-out": "离场",
    "leader-arrived": "负责人到场",
    "name-commander": "指定现场指挥或副职",
    "confirm-deputy": "确认副职",
    "record-guiding": "记录上级到场指导",
    "offer-handover": "提出移交指挥权",
    "accept-handover": "接受指挥权",
    "refuse-handover": "不接受指挥权",
    "declare-handover": "记录现场指挥更替",
    "correct-handover": "更正接手时刻",
    "hand-over-function": "职能交接",
    "instruct": "登记领导批示指示",
    "convey-instruction": "传达批示指示",
    "report-back": "向领导反馈落实情况",
    "settle-instructions": "现场指挥裁定相左的指示",
    "close-instruction": "批示指示销号",
    "suspend-rescue": "暂停救援",
    "confirm-all-out": "清点撤出人数",
    "resume-rescue": "恢复救援",
    "tick-condition": "核对终止条件",
    "propose-termination": "提请结束现场处置",
    "confirm-withdrawal": "确认队伍撤离",
    "reopen": "重新启动",
    "archive": "归档",
    "notify": "通知单位",
    "set-deadline": "自设时限",
    "meet-deadline": "时限已办",
    "stand-down": "撤销自设时限",
    "deviate": "记录偏离预案的做法",
    "record-external": "记录外部发生的事",
    "attach-evidence": "登记证据文件",
    "note": "记一笔",
    "correct": "更正前面的记录",
}


def verb_words(command: type[Command]) -> tuple[str, str]:
    """A verb in Chinese, and the first sentence of its English description."""
    english = " ".join((command.__doc__ or command.verb).split())
    return _VERBS.get(command.verb, command.verb), english.partition(". ")[0].rstrip(".") + "."
