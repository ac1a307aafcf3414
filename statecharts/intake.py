"""An intake (接报): a call or message before any incident. Verified, it opens an incident or joins one; or it was
false, or another body's."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OPEN = ("open", "verifying")

INTAKE = compile_chart(
    "intake",
    states=[*OPEN, "confirmed", "false", "handed_over"],
    initial="open",
    arrows=[
        Arrow("verify", OPEN, "verifying"),
        # Who opened an incident at once still calls back.
        Arrow("verify", "confirmed", "confirmed"),
        Arrow("confirm", OPEN, "confirmed"),
        Arrow("find_false", OPEN, "false"),
        Arrow("hand_over", OPEN, "handed_over"),
        Arrow("reopen", ("false", "handed_over"), "open"),
    ],
    zh={
        "intake": "接报",
        "open": "已接报",
        "verifying": "核实中",
        "confirmed": "已属实",
        "false": "不属实",
        "handed_over": "已移交",
        "verify": "回拨核实",
        "confirm": "属实，开启或并入事故",
        "find_false": "认定不属实",
        "hand_over": "移交其他单位",
        "reopen": "重新受理",
    },
)
