"""What a person sees of a case: each line with its source; the README shows lines that are really told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.playing import Teller
from drills import case
from tests.playing import BEGINS, Played, play
from tests.support import PLAN

JIAMA = case.read(case.find("jiama-2013"))
REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def played() -> Played:
    return play(JIAMA, PLAN)


def told(played: Played) -> Sequence[str]:
    """Every line, as printed."""
    teller = Teller(PLAN, BEGINS - JIAMA.starts_at)
    return [line.plain.rstrip() for scene in played.scenes for line in teller.lines(scene)]


@pytest.mark.parametrize(("language", "readme"), [("zh", "README.zh-CN.md"), ("en", "README.md")])
def test_the_readme_shows_lines_that_are_told_in_this_order(
    played: Played, language: str, readme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_LANG", language)
    block = (REPOSITORY / readme).read_text("utf-8").split("```text\n")[1].split("```")[0]
    lines = iter(told(played))
    for shown in block.splitlines():
        # A message tells the time of day at which the drill ran.
        assert shown == "…" or any(_same(line, shown) for line in lines), f"{readme}: nobody tells '{shown}'"


def _same(line: str, shown: str) -> bool:
    return line == shown or ("起，预计" in shown and line.split("已启动")[0] == shown.split("已启动")[0])


def test_each_line_of_the_script_is_told_with_its_source(played: Played) -> None:
    lines = told(played)
    for line in JIAMA.script:
        mark = "史实" if line.source == "record" else "编排"
        assert any(mark in one and line.says in one for one in lines)


def test_time_that_passes_is_told_only_where_it_is_long(played: Played) -> None:
    lines = told(played)
    assert any("小时" in line and line.startswith("…") for line in lines)
    assert not any("分后" in line and "小时" not in line for line in lines)


def test_it_can_be_read_in_two_minutes(played: Played) -> None:
    assert len(told(played)) * 0.4 < 110
