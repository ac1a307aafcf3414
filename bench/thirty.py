"""A drill of thirty days with more than two hundred jumps of its clock.

A serious accident; the watch changes three times a day, looks at the slope, reports daily and ends on the last day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from drills.case import Case

STARTS = datetime.fromisoformat("2026-03-01T08:00:00+08:00")
DAYS = 30

_OFFICER = "first_officer"
_SHIFTS, _LOOKS = (7.9, 15.9, 23.9), (11,)
"""When the watch changes, and when it looks at the slope: hours of each day after the first call."""


def _line(after: timedelta, do: str, **fields: Any) -> dict[str, Any]:
    return {"at": STARTS + after, "by": _OFFICER, "do": do, "with": fields, "says": do, "en": do}


def thirty_days() -> Case:
    """The case."""
    lines = [
        _line(timedelta(minutes=6), "propose-level", level="III", matter="启动三级响应", expected_duration="P30D"),
        *(
            _line(timedelta(days=day, hours=hour), "note", words="交接班" if hour in _SHIFTS else "边坡监测正常")
            for day in range(DAYS)
            for hour in sorted((*_SHIFTS, *_LOOKS))
        ),
        *(
            _line(timedelta(days=DAYS - 1, hours=22), "tick-condition", condition=name, words="现场核查")
            for name in (
                "under-control",
                "accident-removed",
                "harm-removed",
                "secondary-removed",
                "no-recurrence",
                "all-rescued",
            )
        ),
        _line(timedelta(days=DAYS - 1, hours=22.1), "propose-termination"),
        _line(timedelta(days=DAYS - 1, hours=22.6), "confirm-withdrawal", counted_by="格列", people=60),
        _line(timedelta(days=DAYS - 1, hours=23.95), "archive", keeper="档案室"),
    ]
    return Case.model_validate(
        {
            "title": {"says": "三十天", "en": "Thirty days"},
            "outline": {"says": "三十天", "en": "Thirty days"},
            "plan": "lhasa-2022",
            "starts_at": STARTS,
            "facts": {
                "occurred_at": STARTS - timedelta(minutes=10),
                "received_at": STARTS - timedelta(minutes=2),
                "sector": "non-coal-mine",
                "place": {"name": "三号井"},
                "enterprise": "某矿业公司",
                "summary": "边坡垮塌",
                "reporter": "值班调度",
                "deaths": 3,
                "verified": True,
            },
            "watch": {"first": _OFFICER, "second": "second_officer"},
            "leaders": {"hq_head": {"after": timedelta(minutes=4)}},
            "units": {"after": timedelta(minutes=2)},
            "legs": {"after": timedelta(minutes=5)},
            "tasks": timedelta(minutes=50),
            "papers": timedelta(hours=8),
            "script": sorted(lines, key=lambda line: line["at"]),
            "lasts": timedelta(days=45),
        }
    )
