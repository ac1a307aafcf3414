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
)
