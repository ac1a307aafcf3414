"""Walking a plan: every element with its path, the clauses it cites, the names it refers to.

A path is written as in decisions.yaml: keys and ids joined by `/`, e.g. `response/levels/IV/measures/county-on-site`.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from plans.schema.words import Refers

KEYS = ("id", "clause", "unit", "stage", "kind")
"""By which of its fields an item of a list is named, the first that it has."""


class Element(NamedTuple):
    """One piece of a plan and where it stands."""

    path: str
    part: BaseModel


class Reference(NamedTuple):
    """A name that an element uses, and what kinds of thing it may be."""

    field: str
    kinds: frozenset[str]
    name: str


def elements(part: Any, at: str = "") -> Iterator[Element]:
    """`part` and everything inside it, outermost first."""
    if isinstance(part, BaseModel):
        yield Element(at, part)
        for name in type(part).model_fields:
            if name != "against":
                yield from elements(getattr(part, name), _under(at, name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from elements(value, _under(at, str(key)))
    elif isinstance(part, tuple):
        for number, value in enumerate(part):
            yield from elements(value, _under(at, key_of(value, number)))


def key_of(item: Any, number: int) -> str:
    """How an item of a list is named in a path: by its id, or its number."""
    for key in KEYS:
        named = item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)
        if isinstance(named, str):
            return named
    return str(number)


def cited(part: BaseModel) -> Iterator[tuple[str, str]]:
    """The (field, clause id) pairs of one element itself, not of what lies inside it."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name == "clause" or name == "clauses" or name.endswith("_clauses"):
            yield from ((name, clause) for clause in ((value,) if isinstance(value, str) else value))
        elif name == "against":
            yield from ((name, clause) for other in value for clause in other.clauses)


def references(part: BaseModel) -> Iterator[Reference]:
    """The units, posts and groups that one element itself names."""
    for name, kinds in _referring(type(part)).items():
        yield from (Reference(name, kinds, word) for word in _words(getattr(part, name)))


@cache
def _referring(model: type[BaseModel]) -> dict[str, frozenset[str]]:
    hints = get_type_hints(model, include_extras=True)
    found = {name: frozenset(_marks(hints[name])) for name in model.model_fields}
    return {name: kinds for name, kinds in found.items() if kinds}


def _marks(hint: Any) -> Iterator[str]:
    """The kinds that an annotation refers to; models inside are elements of their own."""
    origin = get_origin(hint)
    if origin is Annotated:
        yield from (mark.kind for mark in hint.__metadata__ if isinstance(mark, Refers))
        yield from _marks(hint.__origin__)
    elif origin in (Union, types.UnionType, tuple, list):
        for inner in get_args(hint):
            yield from _marks(inner)
    elif origin not in (None, Literal, dict):
        return


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _words(inner)


def _under(at: str, key: str) -> str:
    return f"{at}/{key}" if at else key
