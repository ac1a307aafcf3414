"""The words of the terminal: what each verb is called in Chinese, beside its English."""

from __future__ import annotations

from incidents.command import Command

_VERBS = {
    "open-warning": "开启一次预警",
    "record-inbound-warning": "登记外来预警",
    "propose-warning": "提请发布预警",
    "authorise-warning": "请事先授权发布",
    "submit-warning": "报送发布平台",
    "second-warning": "第二人确认紧急发布",
    "record-publication": "登记平台回执",
    "correct-publication": "更正已发布内容",
    "withdraw-publication": "撤回已发布预警",
    "confirm-correction": "第二人确认更正或撤回",
    "adjust-warning": "提请调整预警",
    "lift-warning": "提请解除预警",
    "drop-warning": "终止研判，不予发布",
    "become-accident": "预警转为事故",
    "report-facts": "续报事实",
    "raise-grade": "提高现行等级",
    "lower-grade": "降低现行等级",
    "propose-level": "提请启动或调整响应级别",
    "decide": "决定",
    "sign": "签发",
    "record-oral": "记录口头（或纸面）决定",
    "confirm-oral": "第二人确认口头记录",
    "call-back": "第二人按通讯录号码回拨",
    "attach-signature": "补附签字件",
    "ratify": "本人追认",
    "dispute": "本人提出异议",
    "send-report": "报告已发出",
    "confirm-receipt": "确认对方收到",
    "complete-task": "任务办结",
    "request-support": "请求支援",
    "declare-handover": "记录现场指挥更替",
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
