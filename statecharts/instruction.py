"""A leader's instruction (批示、指示): received, conveyed to who must act, reported back, closed."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OPEN = ("received", "conveyed", "reported")

INSTRUCTION = compile_chart(
    "instruction",
    states=[*OPEN, "closed"],
    initial="received",
    arrows=[
        Arrow("convey", ("received", "conveyed"), "conveyed"),
        Arrow("convey", "reported", "reported"),
        Arrow("report_back", OPEN, "reported"),
        Arrow("close", "reported", "closed"),
    ],
    zh={
        "instruction": "批示指示",
        "received": "已登记",
        "conveyed": "已传达",
        "reported": "已反馈",
        "closed": "已销号",
        "convey": "传达",
        "report_back": "反馈落实情况",
        "close": "销号",
    },
)
