"""Our decisions applied to what a plan says: each change sets one place, or adds to one list."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from plans import walk
from plans.schema import Decision


class NoSuchPlace(LookupError):
    """A change points at nothing. `change` is its number in the decision."""

    def __init__(self, change: int, words: str) -> None:
        self.change = change
        super().__init__(words)


def decide(data: Any, decision: Decision) -> None:
    """Apply a decision to chapters as plain data. Raises `NoSuchPlace`."""
    for number, change in enumerate(decision.changes):
        # A later decision may edit what this one brought; the decision itself stays as it is written.
        _apply(data, number, change.at, deepcopy(change.to))


def touched(decision: Decision) -> tuple[str, ...]:
    """The chapters that a decision changes."""
    return tuple(dict.fromkeys(change.at.split("/")[0] for change in decision.changes))


def _apply(data: Any, change: int, path: str, to: Any) -> None:
    """Set what `path` points at; `+` at its end adds to a list."""
    *way, last = path.split("/")
    at = data
    for key in way:
        at = _step(at, key, change, path)
    if isinstance(at, list) and last == "+":
        at.append(to)
    elif isinstance(at, dict) and last in at:
        at[last] = to
    else:
        raise NoSuchPlace(change, f"at {path}: expected a place that the plan has, found no '{last}'")


def _step(at: Any, key: str, change: int, path: str) -> Any:
    if isinstance(at, dict) and key in at:
        return at[key]
    if isinstance(at, list):
        for number, item in enumerate(at):
            if walk.key_of(item, number) == key:
                return item
    raise NoSuchPlace(change, f"at {path}: expected a place that the plan has, found no '{key}'")
