"""One recipient of a notice (通知): waiting, sent, answered by the responsible person, or unreached."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

NOTICE = compile_chart(
    "notice",
    states=["waiting", "accepted", "uncertain", "failed", "acknowledged", "unreached"],
    initial="waiting",
    arrows=[
        # What the gateway accepted is not yet heard by anybody.
        Arrow("accept", "waiting", "accepted"),
        Arrow("doubt", "waiting", "uncertain"),
        Arrow("fail", "waiting", "failed"),
        Arrow("chase", ("accepted", "uncertain", "failed"), "waiting"),
        Arrow("give_up", ("waiting", "accepted", "uncertain", "failed"), "unreached"),
        # An answer may outrun its receipt, and comes late rather than never.
        Arrow("answer", ("waiting", "accepted", "uncertain", "failed", "unreached"), "acknowledged"),
    ],
)
