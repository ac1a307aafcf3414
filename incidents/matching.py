"""People on lists of names (人员名单), and how two lists are held against each other.

Pure, and never near the log: whoever calls this has the incident's personal key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from incidents.accident import State

Sex = Literal["男", "女"]
_AGES_APART = 1
"""Two sources may count a year of age differently."""


class Person(BaseModel):
    """One line of a list. Empty is unknown; `id_last4` are the last four signs of the identity number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=64)]
    sex: Sex | None = None
    age: Annotated[int, Field(ge=0, le=130)] | None = None
    unit: Annotated[str, Field(max_length=200)] = ""
    id_last4: Annotated[str, Field(pattern=r"^(\d{3}[\dX])?$")] = ""
    state: State
    where: Annotated[str, Field(max_length=200)] = ""
    hospital: Annotated[str, Field(max_length=200)] = ""

    def canonical(self) -> bytes:
        """The bytes that are encrypted and whose keyed digest the log holds: RFC 8785, every field."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    @property
    def masked(self) -> str:
        """The name as it may leave the room: its first sign."""
        return self.name[0] + "*" * (len(self.name) - 1)


class Pair(NamedTuple):
    """A line of each list."""

    a: Person
    b: Person


class Match(NamedTuple):
    """Two lists beside each other. `near` pairs stand in `only_a` and `only_b` too: a person decides."""

    same: tuple[Pair, ...]
    other_state: tuple[Pair, ...]
    """The same person, whom the lists have in different states."""
    only_a: tuple[Person, ...]
    only_b: tuple[Person, ...]
    near: tuple[Pair, ...]


def match(a: Sequence[Person], b: Sequence[Person]) -> Match:
    """Who is on both lists, each line once: by name with the last four signs, else with sex and age."""
    pairs: list[Pair] = []
    left, right = list(a), list(b)
    for sure in (_by_number, _by_sex_and_age):
        for one in tuple(left):
            other = next((other for other in right if _name(one) == _name(other) and sure(one, other)), None)
            if other is not None:
                pairs.append(Pair(one, other))
                left.remove(one)
                right.remove(other)
    return Match(
        same=tuple(pair for pair in pairs if pair.a.state == pair.b.state),
        other_state=tuple(pair for pair in pairs if pair.a.state != pair.b.state),
        only_a=tuple(left),
        only_b=tuple(right),
        near=tuple(Pair(one, other) for one in left for other in right if _near(one, other)),
    )


def _name(person: Person) -> str:
    """A name as it is compared: width, blanks and middle dots are the typist's."""
    kept = unicodedata.normalize("NFKC", person.name).casefold()
    return "".join(sign for sign in kept if not sign.isspace() and sign not in "·•‧・.")


def _by_number(a: Person, b: Person) -> bool:
    return bool(a.id_last4) and a.id_last4 == b.id_last4


def _by_sex_and_age(a: Person, b: Person) -> bool:
    """Where one of the numbers is unknown, sex and age decide; both must be told."""
    if a.id_last4 and b.id_last4:
        return False
    return a.sex is not None and a.sex == b.sex and _same_age(a, b)


def _same_age(a: Person, b: Person) -> bool:
    return a.age is not None and b.age is not None and abs(a.age - b.age) <= _AGES_APART


def _near(a: Person, b: Person) -> bool:
    """Whether they may be one: the same name, one sign of it apart, or the same number."""
    first, second = _name(a), _name(b)
    apart = sum(x != y for x, y in zip(first, second, strict=False)) + abs(len(first) - len(second))
    if apart == 0 or _by_number(a, b):
        return True
    return apart == 1 and max(len(first), len(second)) > 1 and (a.sex == b.sex or None in (a.sex, b.sex))
