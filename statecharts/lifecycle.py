"""An incident's phase (阶段): a warning perhaps, early disposal, response, the acts of ending, recovery, archive; or a
false alarm."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

ENDING = ("end_approved", "withdrawn", "recovery")
ACTIVE = ("early_disposal", "response")

LIFECYCLE = compile_chart(
    "lifecycle",
    states=[
        "unopened",
        "warning",
        "warning_over",
        "early_disposal",
        "response",
        *ENDING,
        "false_alarm",
        "archived",
        "closed",
    ],
    initial="unopened",
    arrows=[
        Arrow("open", "unopened", "early_disposal"),
        # A warning is no step that every accident takes; it becomes one, or is over without.
        Arrow("open_warning", "unopened", "warning"),
        Arrow("end_warning", "warning", "warning_over"),
        Arrow("become_accident", ("warning", "warning_over"), "early_disposal"),
        # Early disposal needs no order, and goes on beside the response once one is started.
        Arrow("start_response", ACTIVE, "response"),
        Arrow("approve_end", ACTIVE, "end_approved"),
        Arrow("withdraw", "end_approved", "withdrawn"),
        Arrow("lift", "withdrawn", "recovery"),
        # What people did out of order is recorded as it was.
        Arrow("withdraw_early", ACTIVE, "withdrawn"),
        Arrow("lift_early", (*ACTIVE, "end_approved"), "recovery"),
        # Reopening is normal: a fire flares up again, a missing person is heard.
        Arrow("reopen", ENDING, "response", ("level_stands",)),
        Arrow("reopen", (*ENDING, "false_alarm"), "early_disposal"),
        # Nothing happened, or it was opened twice: all who were told are told so, and the file is short.
        Arrow("find_false", (*ACTIVE, "end_approved", "withdrawn"), "false_alarm"),
        Arrow("archive", ("recovery", "false_alarm", "warning_over"), "archived"),
        # New deaths still count after the archive, until the casualty window ends.
        Arrow("close", "archived", "closed"),
    ],
    guards={"level_stands": lambda record: record.level is not None},
    zh={
        "lifecycle": "事故阶段",
        "unopened": "未开启",
        "warning": "预警",
        "warning_over": "预警已结束",
        "early_disposal": "先期处置",
        "response": "应急响应",
        "end_approved": "已批准结束",
        "withdrawn": "队伍已撤离",
        "recovery": "后期处置",
        "false_alarm": "误报",
        "archived": "已归档",
        "closed": "已结案",
        "open": "接报开启",
        "open_warning": "研判开启",
        "end_warning": "预警结束",
        "become_accident": "转为事故",
        "start_response": "启动或调整响应",
        "approve_end": "批准结束现场处置",
        "withdraw": "队伍撤离",
        "lift": "解除响应",
        "withdraw_early": "提前撤离（偏离）",
        "lift_early": "提前解除（偏离）",
        "reopen": "重新启动",
        "find_false": "确认误报或误开",
        "archive": "归档",
        "close": "补报期满",
        "level_stands": "响应未解除",
    },
)
