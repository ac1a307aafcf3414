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
)
