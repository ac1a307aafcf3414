"""What an officer types, as it is kept: times and counts where they can be read, else the very words.

Nothing is refused and nothing is guessed: `死亡1 失联3以上` is two counts, `埋了好几个` stays as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from incidents.accident import SourceChannel
from intakes.sheet import CHANNELS
from plans.schema import Measure, Sector
from plans.vocabulary import WORDS

_UNKNOWN = frozenset({"unknown", "不清楚", "不明", "不详", "未知", "不知道"})
_ABOUT = re.compile(r"大约|大概|约|左右|前后|~|about", re.IGNORECASE)

_TIME = re.compile(
    r"(?:(?:(?P<year>\d{4})[-/年])?(?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?|(?P<ago>今天|昨天|前天|昨晚|今晨))?\s*"
    r"(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})|[点时](?:(?P<past>\d{1,2})分?|(?P<half>半))?)"
)
_HOUR = re.compile(r"[:：点时]")
_AGO = {"今天": 0, "今晨": 0, "昨天": 1, "昨晚": 1, "前天": 2}

_MEASURES: Mapping[str, Measure] = {
    **{name: measure for measure in get_args(Measure) for name in (measure, WORDS[measure])},
    "被埋": "trapped",
}
_COUNT = re.compile(
    rf"(?P<what>{'|'.join(sorted(_MEASURES, key=len, reverse=True))})\s*[=:：]?\s*"
    r"(?:(?P<least>>=|≥|至少)|(?P<about>~|约|大约))?\s*(?:(?P<n>\d+)(?P<more>\+|余|多)?\s*[人名]?(?P<above>以上)?"
    rf"|(?P<nobody>{'|'.join(sorted(_UNKNOWN))}))"
)
_BETWEEN = re.compile(r"[\s,，;；、。]*")
_PHONE = re.compile(r"(?<!\d)\+?\d[\d-]{4,}\d(?!\d)")


def read(field: str, text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of a telling that `text` fills, typed as an answer to `field`."""
    reader = _READERS.get(field)
    return reader(text.strip(), now, zone) if reader else {field: text.strip()}


def _when(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """An instant where one can be read; with `about`, the words as well. An hour alone is the last such hour."""
    plain = _ABOUT.sub("", text).strip()
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        found = _TIME.fullmatch(plain)
        told = _instant(found.groupdict(), now.astimezone(zone)) if found else None
    else:
        told = at if at.tzinfo else at.replace(tzinfo=zone)
    # A date alone, or an hour to come, is no instant of what has happened.
    if told is None or told > now or not _HOUR.search(plain):
        return {"when": text}
    return {"occurred_at": told.isoformat()} | ({"when": text} if plain != text else {})


def _instant(found: Mapping[str, str | None], here: datetime) -> datetime | None:
    minute = 30 if found["half"] else int(found["minute"] or found["past"] or 0)
    try:
        told = here.replace(hour=int(found["hour"] or 0), minute=minute, second=0, microsecond=0)
        if found["month"]:
            told = told.replace(
                year=int(found["year"] or here.year), month=int(found["month"]), day=int(found["day"] or 1)
            )
    except ValueError:
        return None
    if found["ago"]:
        return told - timedelta(days=_AGO[found["ago"]])
    return told - timedelta(days=1) if told > here and not found["month"] else told


def _people(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Counts where the whole of it can be read as such; else the words. `可能死亡3` is no count of three."""
    if text in _UNKNOWN:
        return {"people_said": "unknown"}
    people: dict[str, Any] = {}
    at = 0
    for found in _COUNT.finditer(text):
        told = found.groupdict()
        measure = _MEASURES[told["what"]]
        if measure in people or not _BETWEEN.fullmatch(text, at, found.start()):
            return {"people_said": text}
        people[measure], at = _figure(told), found.end()
    whole = bool(people) and _BETWEEN.fullmatch(text, at) is not None
    return {"people": people} if whole else {"people_said": text}


def _figure(told: Mapping[str, str | None]) -> Any:
    if told["n"] is None:
        return "unknown"
    least = told["least"] or told["more"] or told["above"]
    return {"n": int(told["n"])} | ({"at_least": True} if least else {}) | ({"about": True} if told["about"] else {})


def _place(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"place": {"name": text}}


def _caller(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A number to call back on, and the rest as the name."""
    phone = _PHONE.search(text)
    name = " ".join(_PHONE.sub(" ", text, count=1).split()) if phone else text
    return {"caller": ({"name": name} if name else {}) | ({"phone": phone.group()} if phone else {})}


def _channel(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    named = {zh: channel for channel, zh in CHANNELS.items()}
    channel = text if text in get_args(SourceChannel) else named.get(text)
    return {"source_channel": channel} if channel else {"source_channel": "other", "words": text}


def _sector(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    named = {WORDS[sector]: sector for sector in get_args(Sector)}
    return {"sector": named.get(text, text)}


def _unit(text: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"enterprise": "unknown" if text in _UNKNOWN else text}


_READERS: Mapping[str, Callable[[str, datetime, ZoneInfo], dict[str, Any]]] = {
    "when": _when,
    "people": _people,
    "place": _place,
    "caller": _caller,
    "channel": _channel,
    "sector": _sector,
    "unit": _unit,
    "enterprise": _unit,
    "what": lambda text, now, zone: {"summary": text},
}
