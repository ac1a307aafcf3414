"""Who is there: the place, its bodies and their duties, the posts, the groups on scene.

Read from plan.yaml, units.yaml, posts.yaml and groups.yaml.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plans.schema.words import Clauses, NationalRole, Part, PostId, Role, Sector, Skill, UnitId, When
from plans.schema.work import Work


class Jurisdiction(Part):
    name: str
    division_code: Annotated[str, Field(pattern=r"^\d{6}$")]
    tier: Literal["county", "city", "region"]
    time_zone: str = "Asia/Shanghai"
    """In which times are written for people."""
    site_tier: str = ""
    """What the place below is called, e.g. the county or township that owns early disposal."""


class Scope(Part):
    """Which accidents the plan takes: at once, only after a person's confirmation, or not at all."""

    accepts: tuple[Sector, ...]
    confirm: tuple[Sector, ...] = ()
    clauses: Clauses


class CrossReference(Part):
    """A place where the plan sends its reader to another section of its own."""

    section: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]
    """As it is printed there."""
    clauses: Clauses


class About(Part):
    """plan.yaml: what the plan is and where it holds."""

    title: str
    issued: str
    jurisdiction: Jurisdiction
    scope: Scope
    aliases: dict[str, tuple[str, ...]] = {}
    clause_prefix: str
    refers_to: tuple[CrossReference, ...] = ()
    clauses: Clauses = ()


class Duty(Work):
    """One duty of a unit. A duty in an incident becomes its task when the unit is called; a standing one is owed all
    year, a warning's when one is in force, a release's when the public is told."""

    phase: Literal["standing", "warning", "incident", "release"] = "incident"
    part: Literal["lead", "assist"] = "lead"
    """Whether the plan has the unit lead here or help another."""
    handed_down_by: UnitId | None = None
    """The body above whose instructions it is to accept and to follow to their end."""


class Unit(Part):
    """A body that is notified, tasked or asked. `by_place` units are found from the incident's own facts."""

    name: str
    kind: Literal["headquarters", "member", "invited", "superior", "party", "by_place"]
    national_role: NationalRole | None = None
    aliases: tuple[str, ...] = ()
    """Other names that the plan itself uses for it."""
    phone: str = ""
    """The duty telephone that the plan prints; the directory holds the one that answers today."""
    skills: tuple[Skill, ...] = ()
    duties: tuple[Duty, ...] = ()
    clauses: Clauses = ()


class Post(Part):
    """A position that a person holds; code speaks of posts, never of people or titles."""

    title: str
    unit: UnitId
    roles: tuple[Role, ...]
    held_by: str = ""
    """The office whose holder the plan puts here; empty where it names the post and nobody for it."""
    heads: bool = False
    """Whether the plan calls its holder the head of the unit."""
    substitutes: tuple[PostId, ...] = ()
    """Who acts when nobody answers, in order."""
    clauses: Clauses = ()


class Group(Part):
    """groups.yaml: a group of the on-site headquarters; its lead unit owns its tasks."""

    name: str
    aliases: tuple[str, ...] = ()
    """Other names under which the plan lists it, or an equal one."""
    lead: UnitId | None = None
    """None: the plan names nobody."""
    members: tuple[UnitId, ...] = ()
    forces: str = ""
    """Teams that work under it, beside its members."""
    needed: Literal["always", "by_kind", "on_demand"] = "always"
    """On demand: only where the order or the commander asks for it."""
    when: When = When()
    tasks: tuple[Work, ...] = ()
    clauses: Clauses
