"""What stands ready all year: registers, teams, systems, funds, requisition, drills, revision (preparedness.yaml)."""

from __future__ import annotations

from typing import Literal

from plans.schema.words import Clauses, Duration, ElementId, Part, UnitId


class Resource(Part):
    """Something kept ready, by an owner: a team, a register, a system, equipment, experts or money."""

    id: ElementId
    kind: Literal["team", "register", "system", "equipment", "experts", "funds", "supervision"]
    says: str
    en: str = ""
    owner: UnitId | None = None
    """None: the plan names nobody."""
    together: tuple[UnitId, ...] = ()
    names: tuple[str, ...] = ()
    """Teams or systems that the plan names."""
    every: Duration | None = None
    clauses: Clauses


class Requisition(Part):
    """Taking goods for rescue: taken first, paid afterwards."""

    says: str
    en: str = ""
    ordered_by: tuple[UnitId, ...] = ()
    paid_by: tuple[UnitId, ...] = ()
    clauses: Clauses
    payment_clauses: Clauses = ()


class DrillRule(Part):
    """An exercise that is owed."""

    id: ElementId
    says: str
    en: str = ""
    owner: UnitId | None = None
    """None: the plan names nobody."""
    run_by: UnitId | None = None
    every: Duration | None = None
    clauses: Clauses


class Revision(Part):
    """What opens a revision of the plan."""

    id: ElementId
    says: str
    en: str = ""
    clauses: Clauses


class Preparedness(Part):
    """preparedness.yaml."""

    resources: tuple[Resource, ...] = ()
    requisition: Requisition | None = None
    drills: tuple[DrillRule, ...] = ()
    revisions: tuple[Revision, ...] = ()
    revised_by: UnitId | None = None
    approved_by: UnitId | None = None
    clauses: Clauses = ()
