"""A deadline (时限): running, soon due, overdue; it ends met, late, missed, not due, or, if soft, stood down."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OPEN = ("running", "due_soon", "overdue")

CLOCK = compile_chart(
    "clock",
    states=["running", "due_soon", "overdue", "met", "late", "missed", "not_due", "stood_down"],
    initial="running",
    arrows=[
        Arrow("warn", "running", "due_soon"),
        Arrow("expire", ("running", "due_soon"), "overdue"),
        # Judged by when it was true: what was done in time and written down later is met.
        Arrow("do_in_time", OPEN, "met"),
        Arrow("do_late", OPEN, "late"),
        Arrow("close", "overdue", "missed"),
        Arrow("void", OPEN, "not_due"),
        Arrow("stand_down", OPEN, "stood_down", ("soft",)),
        # The fact that it counts from, or the instant of the act, was another one: it is judged anew.
        Arrow("judge_anew", (*OPEN, "met", "late"), "running"),
    ],
    # Nobody waives a statutory clock.
    guards={"soft": lambda clock: clock.soft},
    zh={
        "clock": "时限",
        "running": "计时中",
        "due_soon": "即将到期",
        "overdue": "已逾期",
        "met": "按时",
        "late": "迟办",
        "missed": "未办",
        "not_due": "不适用",
        "stood_down": "已撤销",
        "warn": "临近到期",
        "expire": "到期",
        "do_in_time": "按时办理",
        "do_late": "逾期办理",
        "close": "归档时仍未办",
        "void": "事实使其不适用",
        "stand_down": "撤销",
        "judge_anew": "事实更正后重新判定",
        "soft": "自设时限",
    },
)
