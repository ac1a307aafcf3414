"""The words of the terminal: what each verb is called in Chinese, beside its English."""

from __future__ import annotations

from incidents.command import Command

_VERBS = {
    "report-facts": "续报事实",
    "raise-grade": "提高现行等级",
    "lower-grade": "降低现行等级",
    "propose-level": "提请启动或调整响应级别",
    "extend-response": "提请延长响应",
    "decide": "决定",
    "sign": "签发",
    "record-oral": "记录口头（或纸面）决定",
    "confirm-oral": "第二人确认口头记录",
    "call-back": "第二人按通讯录回拨",
    "attach-signature": "补附签字件",
    "ratify": "本人追认",
    "dispute": "本人提出异议",
    "send-report": "报告已发出",
    "confirm-receipt": "确认对方收到",
    "record-takeover": "记录先期处置被接管",
    "complete-task": "任务办结",
    "request-support": "请求支援",
    "declare-handover": "记录现场指挥更替",
    "draft-release": "提请发布信息",
    "record-release": "记录信息已发布",
    "correct-release": "更正或撤回已发布的信息",
    "confirm-release-correction": "第二人确认更正或撤回的信息",
    "tick-condition": "核对终止条件",
    "propose-termination": "提请结束现场处置",
    "confirm-withdrawal": "确认队伍撤离",
    "propose-lifting": "再次提请解除响应",
    "record-superior-end": "记录上级决定结束",
    "reopen": "重新启动",
    "declare-false-alarm": "提出误报或误开",
    "confirm-false-alarm": "第二人确认误报",
    "requisition": "记录征用",
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
