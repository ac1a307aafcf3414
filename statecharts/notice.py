"""One recipient of a notice (通知): waiting, sent, answered by the responsible person, unreached, or withdrawn."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

NOTICE = compile_chart(
    "notice",
    states=["waiting", "accepted", "uncertain", "failed", "acknowledged", "unreached", "withdrawn"],
    initial="waiting",
    arrows=[
        # What the gateway accepted is not yet heard by anybody.
        Arrow("accept", "waiting", "accepted"),
        Arrow("doubt", "waiting", "uncertain"),
        Arrow("fail", "waiting", "failed"),
        Arrow("chase", ("accepted", "uncertain", "failed"), "waiting"),
        Arrow("give_up", ("waiting", "accepted", "uncertain", "failed"), "unreached"),
        # It is no longer true: nobody is chased for it, and those who were told are told so by a notice of its own.
        Arrow("withdraw", ("waiting", "accepted", "uncertain", "failed"), "withdrawn"),
        # An answer may outrun its receipt, and comes late rather than never.
        Arrow("answer", ("waiting", "accepted", "uncertain", "failed", "unreached", "withdrawn"), "acknowledged"),
    ],
    zh={
        "notice": "通知",
        "waiting": "待发",
        "accepted": "渠道已收",
        "uncertain": "不确定",
        "failed": "发送失败",
        "acknowledged": "本人已答复",
        "unreached": "未联系上",
        "withdrawn": "已撤回",
        "accept": "渠道收下",
        "doubt": "结果不明",
        "fail": "渠道拒收",
        "chase": "换下一渠道",
        "give_up": "渠道用尽",
        "withdraw": "撤回",
        "answer": "负责人答复",
    },
)
