"""Command that is offered (指挥权移交): until it is accepted the giver commands."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

HANDOVER = compile_chart(
    "handover",
    states=["offered", "accepted", "refused", "lapsed"],
    initial="offered",
    arrows=[
        Arrow("accept", "offered", "accepted"),
        Arrow("refuse", "offered", "refused"),
        # Command passed in another way meanwhile, or another offer took its place.
        Arrow("lapse", "offered", "lapsed"),
    ],
    zh={
        "handover": "指挥权移交",
        "offered": "已提出",
        "accepted": "已接受",
        "refused": "未接受",
        "lapsed": "已失效",
        "accept": "接受",
        "refuse": "不接受",
        "lapse": "另行更替",
    },
)
