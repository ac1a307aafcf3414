"""Possible duplicates (疑似重复): intakes and incidents that may be one accident; offered, never joined by themselves.

The same unit, or within some kilometres and hours; where one of the two has no coordinates, a place of a similar name
is a hint and is said to be no more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from math import asin, cos, radians, sin, sqrt
from typing import Literal

from pydantic import AwareDatetime

from incidents.record import Part, Record
from intakes.record import Intake

Reason = Literal["same_unit", "similar_unit", "near", "similar_place"]

HINTS: frozenset[Reason] = frozenset({"similar_unit", "similar_place"})
"""What names alone suggest."""


class Near(Part):
    """How close two reports must be to be offered as one: limits included. Settings of the instance."""

    km: float
    within: timedelta
    likeness: float
    """How alike two places' names must be, from 0 to 1."""


class Sighting(Part):
    """What is compared: one intake, or one incident."""

    id: str
    what: Literal["intake", "incident"]
    state: str
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    unit: str = ""
    happened_at: AwareDatetime | None = None
    received_at: AwareDatetime
    incident: str = ""
    """For an intake, the incident that it opened or joined."""


class Offer(Part):
    """One that may be the same, and why. `km` is None where one has no coordinates."""

    id: str
    what: Literal["intake", "incident"]
    state: str
    incident: str
    place: str
    unit: str
    reasons: tuple[Reason, ...]
    hint: bool
    """Only names speak for it."""
    km: float | None
    apart: timedelta


def of_intake(intake: Intake) -> Sighting:
    """An intake as it is compared."""
    told = intake.told
    return Sighting(
        id=intake.number,
        what="intake",
        state=intake.state,
        place=(told.place and told.place.name) or "",
        lon=told.place and told.place.lon,
        lat=told.place and told.place.lat,
        unit=told.enterprise or "",
        happened_at=told.occurred_at or told.heard_at,
        received_at=intake.received_at,
        incident=intake.incident,
    )


def of_incident(record: Record) -> Sighting | None:
    """An incident as it is compared; None before it says anything. A warning is compared by what it expects."""
    told = record.facts or (record.warning.assessment if record.warning else None)
    if told is None:
        return None
    return Sighting(
        id=record.id,
        what="incident",
        state=record.phase,
        place=told.place.name,
        lon=told.place.lon,
        lat=told.place.lat,
        unit=told.enterprise,
        happened_at=record.facts and (record.facts.occurred_at or record.facts.heard_at),
        received_at=told.received_at,
    )


def offers(mine: Sighting, others: Iterable[Sighting], near: Near) -> tuple[Offer, ...]:
    """Those that may be the same as `mine`, the likeliest first. Nothing is joined."""
    own = {mine.id, mine.incident}
    found = [told for other in others if other.id not in own and (told := _offer(mine, other, near))]
    return tuple(sorted(found, key=lambda told: (told.hint, told.apart, told.id)))


def recent(intake: Intake, now: datetime, near: Near) -> bool:
    """Whether an intake is still compared: while it is open, and for some hours after it came."""
    return intake.open or now - intake.received_at <= near.within


def _offer(mine: Sighting, other: Sighting, near: Near) -> Offer | None:
    km, apart = _km(mine, other), _apart(mine, other)
    reasons: list[Reason] = []
    if alike := _units(mine.unit, other.unit):
        reasons.append(alike)
    if apart <= near.within:
        if km is not None and km <= near.km:
            reasons.append("near")
        if km is None and _places(mine.place, other.place, near.likeness):
            reasons.append("similar_place")
    if not reasons:
        return None
    return Offer(
        id=other.id,
        what=other.what,
        state=other.state,
        incident=other.incident,
        place=other.place,
        unit=other.unit,
        reasons=tuple(reasons),
        hint=set(reasons) <= HINTS,
        km=km,
        apart=apart,
    )


def _apart(one: Sighting, other: Sighting) -> timedelta:
    """Between the events where both are known, else between the calls."""
    if one.happened_at and other.happened_at:
        return abs(one.happened_at - other.happened_at)
    return abs(one.received_at - other.received_at)


_EARTH_KM = 6371.0


def _km(one: Sighting, other: Sighting) -> float | None:
    """The distance over a sphere, in kilometres: within 0.6% of the true one."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    up, along = radians(other.lat - one.lat) / 2, radians(other.lon - one.lon) / 2
    a = sin(up) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(along) ** 2
    return round(2 * _EARTH_KM * asin(sqrt(a)), 3)


_FORMS = re.compile(r"(股份|责任|有限|集团|总公司|分公司|公司)+$")
"""Legal forms at the end of a company's name."""
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOBODY = frozenset({"", "unknown", "未知", "不详", "不明", "不清楚", "待查", "正在核实"})
_SHORTEST = 4
"""A shorter name is part of too many others."""


def plain(name: str) -> str:
    """A name as it is compared: one width and case, without brackets, spaces, marks and legal form."""
    told = _BRACKETS.sub("", unicodedata.normalize("NFKC", name).casefold())
    told = "".join(sign for sign in told if sign.isalnum())
    return _FORMS.sub("", told) or told


def _units(one: str, other: str) -> Reason | None:
    a, b = plain(one), plain(other)
    if a in _NOBODY or b in _NOBODY:
        return None
    if a == b:
        return "same_unit"
    short, long = sorted((a, b), key=len)
    return "similar_unit" if len(short) >= _SHORTEST and short in long else None


def _places(one: str, other: str, likeness: float) -> bool:
    a, b = plain(one), plain(other)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    return (len(short) >= _SHORTEST and short in long) or SequenceMatcher(None, a, b).ratio() >= likeness
