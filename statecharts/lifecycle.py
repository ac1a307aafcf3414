"""An incident's phase (阶段): early disposal, response, the three acts of ending, recovery, archive."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

ENDING = ("end_approved", "withdrawn", "recovery")

LIFECYCLE = compile_chart(
    "lifecycle",
    states=["unopened", "early_disposal", "response", *ENDING, "archived", "closed"],
    initial="unopened",
    arrows=[
        Arrow("open", "unopened", "early_disposal"),
        # Early disposal needs no order, and goes on beside the response once one is started.
        Arrow("start_response", ("early_disposal", "response"), "response"),
        Arrow("approve_end", ("early_disposal", "response"), "end_approved"),
        Arrow("withdraw", "end_approved", "withdrawn"),
        Arrow("lift", "withdrawn", "recovery"),
        # Reopening is normal: a fire flares up again, a missing person is heard.
        Arrow("reopen", ENDING, "response", ("level_stands",)),
        Arrow("reopen", ENDING, "early_disposal"),
        Arrow("archive", "recovery", "archived"),
        # New deaths still count after the archive, until the casualty window ends.
        Arrow("close", "archived", "closed"),
    ],
    guards={"level_stands": lambda record: record.level is not None},
    zh={
        "lifecycle": "事故阶段",
        "unopened": "未开启",
        "early_disposal": "先期处置",
        "response": "应急响应",
        "end_approved": "已批准结束",
        "withdrawn": "队伍已撤离",
        "recovery": "后期处置",
        "archived": "已归档",
        "closed": "已结案",
        "open": "接报开启",
        "start_response": "启动或调整响应",
        "approve_end": "批准结束现场处置",
        "withdraw": "队伍撤离",
        "lift": "解除响应",
        "reopen": "重新启动",
        "archive": "归档",
        "close": "补报期满",
        "level_stands": "响应未解除",
    },
)
