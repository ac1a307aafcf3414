"""Our charts as pictures: a column for each state, a row for each move, so that no two labels can meet.

A row reads from its dots to its arrowhead: from each of these states this move leads there. A state in which something
stands now is lit, with how many, and so are the moves that lead on from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from xml.etree import ElementTree as ET

from statecharts import canvas
from statecharts.approval import APPROVAL, HAND
from statecharts.canvas import GLOW, INK, LIGHT, PALE, PAPER, Picture, wide
from statecharts.chart import Chart
from statecharts.clock import CLOCK
from statecharts.command import COMMAND
from statecharts.handover import HANDOVER
from statecharts.instruction import INSTRUCTION
from statecharts.intake import INTAKE
from statecharts.lifecycle import LIFECYCLE
from statecharts.notice import NOTICE
from statecharts.rescue import RESCUE
from statecharts.task import TASK
from statecharts.warning import WARNING

CHARTS: tuple[Chart, ...] = (
    INTAKE,
    LIFECYCLE,
    WARNING,
    APPROVAL,
    HAND,
    CLOCK,
    NOTICE,
    TASK,
    COMMAND,
    HANDOVER,
    INSTRUCTION,
    RESCUE,
)
"""Every chart that a call and its incident move by, in the order in which they are shown."""

Labels = Literal["both", "zh", "en"]

_ZH, _EN = 14, 11
"""Height of the two languages, in pixels."""
_ROW, _BOX, _TITLE, _GAP = 44, 46, 40, 22


class Row(NamedTuple):
    """One move of a chart from every state that has it."""

    trigger: str
    guards: tuple[str, ...]
    sources: tuple[str, ...]
    target: str


class Step(NamedTuple):
    """One step of a stair: what it is called, and (label, words) pairs on it."""

    title: str
    lines: Sequence[tuple[str, str]]
    lit: bool = False


def rows(chart: Chart) -> tuple[Row, ...]:
    """The moves of a chart, those alike joined, in the order of the states they leave."""
    joined: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for move in chart.moves():
        joined.setdefault((move.trigger, move.target, move.guards), []).append(move.source)
    order = chart.states.index
    told = [
        Row(trigger, guards, tuple(sorted(sources, key=order)), target)
        for (trigger, target, guards), sources in joined.items()
    ]
    return tuple(sorted(told, key=lambda row: (order(row.sources[0]), order(row.target))))


def picture(chart: Chart, labels: Labels = "both", lit: Mapping[str, int] | None = None) -> Picture:
    """A chart drawn; `lit` says how many stand in a state now."""
    lit = lit or {}
    marks, told = ET.Element("g"), rows(chart)
    gutter = max(max(wide(zh, _ZH), wide(en, _EN)) for zh, en in (_said(chart, row) for row in told)) + _GAP
    widths = [max(84, wide(chart.words(state), _ZH) + 24, wide(_english(state), _EN) + 20) for state in chart.states]
    left = [gutter + sum(widths[:at]) + at * _GAP for at in range(len(widths))]
    middle = {state: left[at] + widths[at] / 2 for at, state in enumerate(chart.states)}
    top, bottom = _TITLE + _BOX, _TITLE + _BOX + _ROW * len(told) + 14
    _two(marks, 0, 18, chart.words(chart.name), _english(chart.name), labels, "start", size=16, beside=True)
    for at, state in enumerate(chart.states):
        here = lit.get(state, 0)
        canvas.line(marks, middle[state], top, middle[state], bottom, LIGHT if here else PALE, 5 if here else 1)
        if chart.ends(state):
            canvas.box(marks, left[at] - 3, _TITLE - 3, widths[at] + 6, _BOX + 6)
        canvas.box(marks, left[at], _TITLE, widths[at], _BOX, LIGHT if here else PAPER)
        _two(marks, middle[state], _TITLE + 20, chart.words(state), _english(state), labels)
        if here > 1:
            canvas.text(marks, left[at] + widths[at] - 4, _TITLE - 6, f"×{here}", 12, "end", GLOW, bold=True)
    first = left[chart.states.index(chart.initial)]
    canvas.dot(marks, first - 17, _TITLE + _BOX / 2)
    canvas.line(marks, first - 17, _TITLE + _BOX / 2, first - 6, _TITLE + _BOX / 2)
    canvas.head(marks, first - 1, _TITLE + _BOX / 2, 1)
    for at, row in enumerate(told):
        _move(marks, row, top + _ROW * (at + 0.6), middle, lit)
        zh, en = _said(chart, row)
        _two(marks, gutter - _GAP, top + _ROW * (at + 0.6) - 1, zh, en, labels, "end")
    return Picture(left[-1] + widths[-1] + 6, bottom, marks)


def stairs(title: str, steps: Sequence[Step], width: float = 260) -> Picture:
    """Steps that rise from left to right, e.g. the levels of a response."""
    marks = ET.Element("g")
    wrapped = [[(label, list(canvas.wrapped(words, width - 24, 13))) for label, words in step.lines] for step in steps]
    tall = [40.0 + sum(22 + 18 * len(lines) for _, lines in told) for told in wrapped]
    # Each step stands a little higher than the one before, whatever is written on it.
    heights: list[float] = []
    for height in tall:
        heights.append(max(height, heights[-1] + 26) if heights else height)
    floor = _TITLE + heights[-1]
    canvas.text(marks, 0, 18, title, 16, "start", bold=True)
    for at, (step, told) in enumerate(zip(steps, wrapped, strict=True)):
        height = heights[at]
        x, y = at * width, floor - height
        canvas.box(marks, x, y, width, height, LIGHT if step.lit else PAPER)
        canvas.text(marks, x + 12, y + 26, step.title, 17, "start", bold=True)
        y += 34
        for label, lines in told:
            canvas.text(marks, x + 12, y + 14, label, 11, "start", PALE if not step.lit else GLOW)
            for number, words in enumerate(lines):
                canvas.text(marks, x + 12, y + 31 + 18 * number, words, 13, "start")
            y += 22 + 18 * len(lines)
    return Picture(len(steps) * width, floor, marks)


def _move(marks: ET.Element, row: Row, y: float, middle: Mapping[str, float], lit: Mapping[str, int]) -> None:
    """One row: dots where it may begin, a line, an arrowhead where it leads; a loop where it leads back."""
    ink = GLOW if any(lit.get(source) for source in row.sources) else INK
    target = middle[row.target]
    starts = [middle[source] for source in row.sources if source != row.target]
    for side in (1, -1):
        if outer := [x for x in starts if (target - x) * side > 0]:
            far = min(outer) if side == 1 else max(outer)
            canvas.line(marks, far, y, target - 8 * side, y, ink)
            canvas.head(marks, target, y, side, ink)
    for x in starts:
        canvas.dot(marks, x, y, fill=ink)
    if row.target in row.sources:
        here = canvas.number
        canvas.dot(marks, target, y - 9, fill=ink)
        canvas.curve(
            marks,
            f"M{here(target)} {here(y - 9)} C{here(target + 34)} {here(y - 12)} {here(target + 34)} {here(y + 9)} "
            f"{here(target + 6)} {here(y + 9)}",
            ink,
        )
        canvas.head(marks, target, y + 9, -1, ink)


def _said(chart: Chart, row: Row) -> tuple[str, str]:
    """A move in Chinese and in English, with what it needs."""
    zh, en = chart.words(row.trigger), _english(row.trigger)
    if row.guards:
        zh += f"［{'、'.join(map(chart.words, row.guards))}］"
        en += f" [{', '.join(map(_english, row.guards))}]"
    return zh, en


def _english(name: str) -> str:
    return name.replace("_", " ").replace(".", " · ")


def _two(
    marks: ET.Element, x: float, y: float, zh: str, en: str, labels: Labels, anchor: str = "middle", size: float = _ZH,
    beside: bool = False,
) -> None:  # fmt: skip
    """Words in the languages that are wanted: Chinese above, or before, English."""
    if labels != "both":
        canvas.text(marks, x, y + (0 if beside else 8), zh if labels == "zh" else en, size, anchor, bold=beside)
        return
    canvas.text(marks, x, y, zh, size, anchor, bold=beside)
    if beside:
        canvas.text(marks, x + wide(zh, size) + 10, y, en, _EN + 1, anchor, PALE)
    else:
        canvas.text(marks, x, y + 16, en, _EN, anchor, "#52606d")
