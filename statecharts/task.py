"""A task (任务): asked about first, held until requested, or given at once; then done, or ruled out with a reason."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OPEN = ("asked", "held", "given")

TASK = compile_chart(
    "task",
    states=[*OPEN, "done", "not_applicable"],
    initial="given",
    arrows=[
        Arrow("take_up", ("asked", "held"), "given"),
        Arrow("finish", OPEN, "done"),
        Arrow("rule_out", OPEN, "not_applicable"),
    ],
)
