"""On-scene command (现场指挥): presumed until somebody is named; one commander at every instant."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

COMMAND = compile_chart(
    "command",
    states=["presumed", "acting", "named"],
    initial="presumed",
    arrows=[
        # The first leader who arrives with a team acts until relieved.
        Arrow("arrive", ("presumed", "acting"), "acting"),
        Arrow("name", ("presumed", "acting", "named"), "named"),
    ],
    zh={
        "command": "现场指挥",
        "presumed": "推定",
        "acting": "先到者代行",
        "named": "已明确",
        "arrive": "带队到场",
        "name": "指定或交接",
    },
)
