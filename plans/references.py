"""Names that lead nowhere, and ids that stand twice: found by walking chapters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from plans import walk
from plans.schema import Work


class Unknown(NamedTuple):
    """A name or clause that the plan does not have: where it is used, and where it was looked for."""

    path: str
    name: str
    expected: str


def unknown(chapters: Mapping[str, Any], clauses: Collection[str]) -> Iterator[Unknown]:
    """Clauses, units, posts and groups that the chapters name and that are not there."""
    known = {kind: set(chapters.get(f"{kind}s") or ()) for kind in ("unit", "post", "group")}
    for path, part in walk.elements(chapters):
        for field, clause in walk.cited(part):
            if clause not in clauses:
                yield Unknown(f"{path}/{field}", clause, "clauses.tsv")
        for field, kinds, name in walk.references(part):
            if not any(name in known[kind] for kind in kinds):
                yield Unknown(f"{path}/{field}", name, " or ".join(f"{kind}s.yaml" for kind in sorted(kinds)))


def twice(chapters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Ids of work that stand twice, as (path, id): a task is known by its rule's id alone."""
    seen: set[str] = set()
    for path, part in walk.elements(chapters):
        if isinstance(part, Work):
            if part.id in seen:
                yield path, part.id
            seen.add(part.id)
