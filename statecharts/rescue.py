"""The rescue (救援): at work, stopping for a danger until everybody is counted out, suspended until it is resumed."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

RESCUE = compile_chart(
    "rescue",
    states=["working", "suspending", "suspended"],
    initial="working",
    arrows=[
        # Another danger, or a wider scope, asks for a new count.
        Arrow("suspend", ("working", "suspending", "suspended"), "suspending"),
        Arrow("count_out", "suspending", "suspended", ("all_out",)),
        Arrow("count_out", "suspending", "suspending"),
        Arrow("resume", "suspended", "working"),
    ],
    guards={"all_out": lambda told: told.went_in is not None and told.out is not None and told.out >= told.went_in},
    zh={
        "rescue": "救援",
        "working": "救援中",
        "suspending": "暂停，撤出中",
        "suspended": "已暂停，全部撤出",
        "suspend": "暂停救援",
        "count_out": "清点撤出人数",
        "resume": "恢复救援",
        "all_out": "全部撤出",
    },
)
