"""A task (任务): asked about first, held until requested, or given at once; then done, ruled out with a reason, or
withdrawn by whoever no longer asks for it."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OPEN = ("asked", "held", "given")

TASK = compile_chart(
    "task",
    states=[*OPEN, "done", "not_applicable", "withdrawn"],
    initial="given",
    arrows=[
        Arrow("take_up", ("asked", "held"), "given"),
        Arrow("finish", OPEN, "done"),
        Arrow("rule_out", OPEN, "not_applicable"),
        Arrow("withdraw", OPEN, "withdrawn"),
    ],
    zh={
        "task": "任务",
        "asked": "待判断",
        "held": "待请求",
        "given": "已交办",
        "done": "已办结",
        "not_applicable": "不适用",
        "withdrawn": "已撤回",
        "take_up": "开始办理",
        "finish": "办结",
        "rule_out": "说明不适用",
        "withdraw": "撤回",
    },
)
