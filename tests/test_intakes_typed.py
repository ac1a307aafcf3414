"""What an officer types is read where it can be, and kept in the very words where it can't."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intakes.telling import Telling
from intakes.typed import read

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)
"""08:30 there."""


def told(field: str, text: str) -> dict[str, Any]:
    fields = read(field, text, NOW, ZONE)
    Telling.model_validate(fields)
    return fields


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("02:10", "2026-11-26T02:10"),
        ("14:05", "2026-11-25T14:05"),
        ("昨天 22：10", "2026-11-25T22:10"),
        ("3月29日6时", "2026-03-29T06:00"),
        ("11-25 23:10", "2026-11-25T23:10"),
        ("7点半", "2026-11-26T07:30"),
        ("2026-11-26T08:00:00+08:00", "2026-11-26T08:00"),
        ("2026-11-26 08:00", "2026-11-26T08:00"),
    ],
)
def test_a_time_is_an_instant_in_the_local_zone(text: str, at: str) -> None:
    assert told("when", text) == {"occurred_at": f"{at}:00+08:00"}


@pytest.mark.parametrize("text", ["凌晨两点左右", "2026-11-26", "25:00", "2月30日6时", "2026-11-27 08:00", "刚才"])
def test_what_is_no_instant_of_the_past_stays_as_it_was_said(text: str) -> None:
    assert told("when", text) == {"when": text}


def test_about_keeps_the_words_beside_the_instant() -> None:
    assert told("when", "大约7点半") == {"occurred_at": "2026-11-26T07:30:00+08:00", "when": "大约7点半"}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("死亡1", {"deaths": {"n": 1}}),
        ("死亡0", {"deaths": {"n": 0}}),
        (
            "死亡1人、被埋约10人，重伤不明",
            {"deaths": {"n": 1}, "trapped": {"n": 10, "about": True}, "serious_injuries": "unknown"},
        ),
        ("失联3以上", {"out_of_contact": {"n": 3, "at_least": True}}),
        ("deaths=1 missing>=3", {"deaths": {"n": 1}, "missing": {"n": 3, "at_least": True}}),
    ],
)
def test_counts_are_read_with_how_sure_they_are(text: str, people: dict[str, Any]) -> None:
    assert told("people", text) == {"people": people}


@pytest.mark.parametrize(
    "text",
    [
        "埋了好几个",
        "可能死亡3",
        "死亡1 老王受伤",
        "失踪十余人",
        "死亡1 死亡2",
        "直接经济损失100万元",
        "死亡3千",
        "没有死亡",
    ],
)
def test_a_number_is_never_guessed_from_half_a_sentence(text: str) -> None:
    assert told("people", text) == {"people_said": text}


def test_unknown_is_a_statement() -> None:
    assert told("people", "不清楚") == {"people_said": "unknown"}
    assert told("unit", "不清楚") == {"enterprise": "unknown"}


def test_a_caller_a_channel_and_a_sector_are_told_by_their_words() -> None:
    assert told("caller", "消防支队 李明 13908910001") == {"caller": {"name": "消防支队 李明", "phone": "13908910001"}}
    assert told("caller", "李明") == {"caller": {"name": "李明"}}
    assert told("channel", "企业") == {"source_channel": "enterprise"}
    assert told("channel", "119") == {"source_channel": "119"}
    assert told("channel", "对讲机") == {"source_channel": "other", "words": "对讲机"}
    assert told("sector", "非煤矿山") == {"sector": "non-coal-mine"}
    assert told("asks_for", " 救护车 ") == {"asks_for": "救护车"}
