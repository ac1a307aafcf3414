"""An approval (审批): the body decides, the named post signs; and the hand under a decision that was spoken."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OPEN = ("deciding", "signing")

APPROVAL = compile_chart(
    "approval",
    states=[*OPEN, "granted", "declined", "superseded"],
    initial="deciding",
    arrows=[
        Arrow("decide", "deciding", "signing", ("signature_needed",)),
        Arrow("decide", "deciding", "granted"),
        Arrow("sign", "signing", "granted"),
        Arrow("decline", OPEN, "declined"),
        Arrow("supersede", OPEN, "superseded"),
    ],
    guards={"signature_needed": lambda approval: any(stage.stage == "sign" for stage in approval.stages)},
    zh={
        "approval": "审批",
        "deciding": "待决定",
        "signing": "待签发",
        "granted": "已批准",
        "declined": "不同意",
        "superseded": "被取代",
        "decide": "决定",
        "sign": "签发",
        "decline": "答复不同意",
        "supersede": "另行提请",
        "signature_needed": "须签发",
    },
)

HAND = compile_chart(
    "hand",
    # A spoken decision has its effect at once; what stays open is the hand under it.
    states=["unsigned", "signed", "disputed"],
    initial="unsigned",
    arrows=[
        Arrow("sign", ("unsigned", "disputed"), "signed"),
        Arrow("dispute", ("unsigned", "signed"), "disputed"),
    ],
    zh={
        "hand": "补签",
        "unsigned": "未补签",
        "signed": "已签",
        "disputed": "有异议",
        "sign": "补签或追认",
        "dispute": "提出异议",
    },
)
