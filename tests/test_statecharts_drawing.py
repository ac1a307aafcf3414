"""The drawn charts: nothing is left out, everything has a Chinese and an English name, and no two labels meet."""

import importlib
import pkgutil
import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

import statecharts
from statecharts import canvas
from statecharts.chart import Chart
from statecharts.drawing import CHARTS, Step, picture, rows, stairs

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawn: str) -> list[ET.Element]:
    return list(ET.fromstring(drawn).iter(f"{SVG}text"))


def words(drawn: str) -> list[str]:
    return [told.text or "" for told in texts(drawn)]


def area(told: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a line of words, generously."""
    size, x, y = (float(told.get(name, "")) for name in ("font-size", "x", "y"))
    width = canvas.wide(told.text or "", size)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[told.get("text-anchor", "")]
    return left, y - 0.85 * size, left + width, y + 0.2 * size


@pytest.fixture(params=CHARTS, ids=lambda chart: chart.name)
def chart(request: pytest.FixtureRequest) -> Chart:
    assert isinstance(request.param, Chart)
    return request.param


def test_every_chart_of_the_room_is_drawn() -> None:
    modules = [
        importlib.import_module(f"statecharts.{found.name}") for found in pkgutil.iter_modules(statecharts.__path__)
    ]
    declared = {id(value) for module in modules for value in vars(module).values() if isinstance(value, Chart)}
    assert declared == {id(chart) for chart in CHARTS}


def test_every_move_is_one_of_the_rows_and_no_row_is_made_up(chart: Chart) -> None:
    drawn = {(source, row.trigger, row.target, row.guards) for row in rows(chart) for source in row.sources}
    assert drawn == {(move.source, move.trigger, move.target, move.guards) for move in chart.moves()}


def test_each_chart_state_trigger_and_guard_has_a_chinese_name(chart: Chart) -> None:
    moves = list(chart.moves())
    names = {chart.name, *(part for state in chart.states for part in state.split("."))}
    names |= {move.trigger for move in moves} | {guard for move in moves for guard in move.guards}
    assert {name for name in names if not re.search(r"[\u4e00-\u9fff]", chart.words(name))} == set()
    assert set(chart.zh) == names, "a word for something that is not there"


@pytest.mark.parametrize("labels", ["both", "zh", "en"])
def test_no_two_labels_meet(chart: Chart, labels: str) -> None:
    lit = dict.fromkeys(chart.states, 12)
    told = texts(canvas.svg(picture(chart, labels, lit)))  # type: ignore[arg-type]
    areas = [(words.text, area(words)) for words in told]
    for (one, a), (other, b) in combinations(areas, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, f"{one} and {other}"


def test_the_label_of_a_state_fits_its_box(chart: Chart) -> None:
    drawn = ET.fromstring(canvas.svg(picture(chart)))
    boxes = [[float(box.get(name, "")) for name in ("x", "y", "width", "height")] for box in drawn.iter(f"{SVG}rect")]
    for state in chart.states:
        told = next(t for t in drawn.iter(f"{SVG}text") if t.text == chart.words(state))
        left, top, right, bottom = area(told)
        assert any(x <= left and right <= x + w and y <= top and bottom <= y + h for x, y, w, h in boxes[1:]), state


def test_languages_can_be_had_alone(chart: Chart) -> None:
    both, zh, en = (words(canvas.svg(picture(chart, labels))) for labels in ("both", "zh", "en"))
    assert chart.words(chart.initial) in zh
    assert chart.initial.replace("_", " ") in en
    assert set(zh) | set(en) <= set(both)
    assert not any(re.search(r"[\u4e00-\u9fff]", told) for told in en)


def test_where_something_stands_is_lit_with_how_many(chart: Chart) -> None:
    dark, lit = canvas.svg(picture(chart)), canvas.svg(picture(chart, lit={chart.initial: 3}))
    assert canvas.LIGHT not in dark
    assert lit.count(f'fill="{canvas.LIGHT}"') == 1
    assert "×3" in words(lit)


def test_long_words_are_wrapped_into_their_step() -> None:
    long = "某市生产安全事故应急指挥部（指挥长或副指挥长）decides together with the general headquarters" * 2
    told = texts(canvas.svg(stairs("级别", [Step("IV级", [("决定", "某部")]), Step("III级", [("决定", long)])], 200)))
    assert "".join(t.text or "" for t in told[-5:]).replace(" ", "") in long.replace(" ", "")
    assert all(area(t)[2] - area(t)[0] <= 200 - 24 for t in told)


def test_each_step_stands_higher_than_the_one_before() -> None:
    steps = [Step("a", [("x", "长" * 60)]), Step("b", [("x", "短")]), Step("c", [])]
    drawn = ET.fromstring(canvas.svg(stairs("级别", steps)))
    tops = [float(box.get("y", "")) for box in drawn.iter(f"{SVG}rect")][1:]
    assert tops == sorted(tops, reverse=True)
    assert len(set(tops)) == 3


def test_drawing_twice_gives_the_same_file(chart: Chart) -> None:
    assert canvas.svg(picture(chart)) == canvas.svg(picture(chart))
