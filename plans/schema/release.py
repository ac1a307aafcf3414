"""What the public is told, by whom (release.yaml)."""

from __future__ import annotations

from plans.schema.words import Clauses, ElementId, Item, Part, PostId, UnitId, When
from plans.schema.work import TaskRule


class ReleaseRule(Part):
    """Who publishes for which accidents, after whose approval, who hears of it first."""

    id: ElementId
    says: str
    en: str = ""
    when: When = When()
    publisher: UnitId | None = None
    """None: as a superior requires."""
    follows: tuple[UnitId, ...] = ()
    """Whose requirements bind it."""
    drafted_by: UnitId | None = None
    approved_by: tuple[PostId, ...] = ()
    authorised_by: UnitId | None = None
    """Whose recorded authorisation it needs."""
    informs: tuple[UnitId, ...] = ()
    clauses: Clauses


class ReleaseRules(Part):
    """release.yaml."""

    managed_by: tuple[UnitId, ...] = ()
    rules: tuple[ReleaseRule, ...] = ()
    tasks: tuple[TaskRule, ...] = ()
    content: tuple[Item, ...] = ()
    clauses: Clauses = ()
