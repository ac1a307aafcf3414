"""From an intake to an incident: the facts that open one, or the findings that are offered to one that is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from incidents.accident import Count, CountSource, Facts, Findings, SourceChannel
from intakes.record import Intake
from intakes.telling import Telling

Needed = Literal["sector", "when", "place", "summary", "reporter"]
NEEDED: tuple[Needed, ...] = get_args(Needed)
"""What no incident begins without. A unit that nobody has named is unknown, and the counts may all be left out."""

UNKNOWN = "unknown"

_SOURCES: Mapping[SourceChannel, CountSource] = {"enterprise": "enterprise", "media": "media"}
"""Whose a count is, by the channel it came through, where it says nothing else: a caller's."""


def wanting(intake: Intake) -> tuple[Needed, ...]:
    """What must be asked before an incident can be opened."""
    told = intake.told
    have: Mapping[Needed, object] = {
        "sector": told.sector,
        "when": told.occurred_at or told.heard_at,
        "place": told.place and told.place.name,
        "summary": told.summary,
        "reporter": reporter(told),
    }
    return tuple(need for need in NEEDED if not have[need])


def reporter(told: Telling) -> str:
    """Who reports, in one line; empty where nobody is known."""
    caller = told.caller
    parts = (caller.unit, caller.post, caller.name) if caller else ()
    return " ".join(filter(None, parts)) or (caller and caller.phone) or told.calling_number or ""


def facts(intake: Intake) -> Facts:
    """FACTS.json of an intake from which nothing is wanting. Raises `ValueError` naming what is.

    Received is when the call began, not when it was believed.
    """
    if lacks := wanting(intake):
        raise ValueError(f"{intake.number}: wanting {', '.join(lacks)}")
    told = intake.told
    place = told.place.model_dump(exclude_none=True) if told.place else {}
    given: dict[str, Any] = {
        "received_at": intake.received_at,
        "occurred_at": told.occurred_at,
        "heard_at": told.heard_at,
        "sector": told.sector,
        "place": place,
        "enterprise": told.enterprise or UNKNOWN,
        "summary": told.summary,
        "reporter": reporter(told),
        "source_channel": told.source_channel,
        **found(intake).model_dump(exclude_defaults=True),
    }
    return Facts.model_validate({name: value for name, value in given.items() if value is not None})


def found(intake: Intake) -> Findings:
    """What an intake has found of people and circumstances: offered to the incident that it joins. An unknown count is
    left out, as FACTS.json has it."""
    told = intake.told
    source = _SOURCES.get(told.source_channel, "caller") if told.source_channel else "caller"
    counts = {
        measure: count if count.source else count.model_copy(update={"source": source})
        for measure, count in told.people.items()
        if isinstance(count, Count)
    }
    return Findings.model_validate(
        {
            **{measure: count.model_dump(exclude_defaults=True) for measure, count in counts.items()},
            **({"cause": told.cause} if told.cause else {}),
            "circumstances": told.circumstances,
        }
    )
