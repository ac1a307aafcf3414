"""What a call tells: the caller, and five facts (when, where, which unit, what happened, people). All may be missing.

The names are those of FACTS.json where it has them. Nothing is guessed: what is not an instant or a number is kept in
the words in which it was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, BeforeValidator, Field

from incidents.accident import MOST_PEOPLE, MOST_YUAN, Count, SourceChannel, Words
from incidents.record import Part
from plans.schema import Circumstance, Measure, Sector

Short = Annotated[str, Field(min_length=1, max_length=200)]
Unknown = Literal["unknown"]


def _counted(told: object) -> object:
    """A plain number is a count of which nothing else is said; true and false are none."""
    return {"n": told} if isinstance(told, int) and not isinstance(told, bool) else told


Figure = Annotated[Count | Unknown, BeforeValidator(_counted)]
"""A count, or the statement that nobody knows. Left out is a third thing: nobody has said anything of it."""


class Caller(Part):
    """Who calls, for which body, in which post, and where to call back."""

    name: Short | None = None
    unit: Short | None = None
    post: Short | None = None
    phone: Short | None = None


class Where(Part):
    """Where, as far as anybody has said. Coordinates in degrees."""

    name: Words | None = None
    division_code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None


class Informed(Part):
    """Somebody whom the caller has told already."""

    who: Short
    """The leader, or the body."""
    unit: Short | None = None
    at: AwareDatetime | None = None


class Telling(Part):
    """What one call, or one later word, tells. Left out is not told."""

    received_at: AwareDatetime | None = None
    """When the call began: the legally right start of what is counted from receipt."""
    ended_at: AwareDatetime | None = None
    source_channel: SourceChannel | None = None
    line: Short | None = None
    """The line or number that was called."""
    calling_number: Short | None = None
    caller: Caller | None = None

    occurred_at: AwareDatetime | None = None
    heard_at: AwareDatetime | None = None
    """The earliest instant at which anybody heard of it, where nobody knows when it happened."""
    when: Short | None = None
    """When it happened, in the words in which it was said."""
    place: Where | None = None
    enterprise: Words | None = None
    """The unit it happened to; "unknown" is a statement."""
    summary: Words | None = None
    """What happened."""
    people: Mapping[Measure, Figure] = {}
    people_said: Words | None = None
    """Of the people, in the words in which it was said; "unknown" is a statement."""

    sector: Sector | None = None
    circumstances: tuple[Circumstance, ...] = ()
    course: Words | None = None
    cause: Words | None = None
    measures: Words | None = None
    result: Words | None = None
    effect: Words | None = None
    trend: Words | None = None
    informed: tuple[Informed, ...] = ()
    """Whom the caller has told already."""
    asks_for: Words | None = None
    recording: Short | None = None
    """The number of the recording."""
    words: Words | None = None
    """Whatever else was said."""

    def items(self) -> Iterator[tuple[str, object]]:
        """What is told, field by field; the caller, the place's parts and each count by themselves, as JSON."""
        for name, value in self.model_dump(mode="json", exclude_defaults=True).items():
            if name in _PARTS:
                yield from ((f"{name}.{part}", told) for part, told in value.items() if told is not None)
            else:
                yield name, value

    def after(self, told: Telling) -> Telling:
        """What is known once `told` has been said too: it stands over what was said before, and lists grow."""
        before, news = (one.model_dump(mode="json", exclude_defaults=True) for one in (self, told))
        for name in _PARTS & news.keys():
            news[name] = {**before.get(name, {}), **news[name]}
        for name in _LISTS & news.keys():
            news[name] = [*before.get(name, ()), *(one for one in news[name] if one not in before.get(name, ()))]
        return Telling.model_validate({**before, **news})

    def slips(self) -> Iterator[tuple[str, int]]:
        """The counts that no accident can have, with the most that is believed."""
        for measure, count in self.people.items():
            most = MOST_YUAN if measure == "direct_loss_yuan" else MOST_PEOPLE
            if isinstance(count, Count) and count.n > most:
                yield measure, most


_PARTS = frozenset({"caller", "place", "people"})
"""What is told piece by piece."""
_LISTS = frozenset({"informed", "circumstances"})
"""What grows: to tell one more takes nothing back."""

Fact = Literal["caller", "when", "where", "unit", "what", "people"]
FACTS: tuple[Fact, ...] = get_args(Fact)
"""What a first report needs: the five facts and the caller."""


def missing(told: Telling) -> tuple[Fact, ...]:
    """Which of the six nobody has said anything of. "Unknown" is something."""
    have: Mapping[Fact, object] = {
        "caller": told.caller or told.calling_number,
        "when": told.occurred_at or told.heard_at or told.when,
        "where": told.place,
        "unit": told.enterprise,
        "what": told.summary,
        "people": told.people or told.people_said,
    }
    return tuple(fact for fact in FACTS if not have[fact])
