"""Who commands: before anybody is named, in the on-site headquarters, and how command passes (command.yaml)."""

from __future__ import annotations

from typing import Literal

from plans.schema.words import Clauses, Duration, ElementId, Grade, Part, PostId, UnitId, When
from plans.schema.work import Work


class Naming(Part):
    """Who names the holders of posts on scene, and who confirms them."""

    by: PostId
    posts: tuple[PostId, ...]
    confirmed_by: PostId | None = None
    drawn_from: str = ""
    """Where the person is taken from."""
    clauses: Clauses


class Formation(Part):
    """Who makes up the on-site headquarters at some levels: there is one for an incident, handed upward with them."""

    id: ElementId
    levels: tuple[Grade, ...] = ()
    """Empty: before any level stands."""
    by: tuple[UnitId, ...]
    says: str
    en: str = ""
    clauses: Clauses


class GroupList(Part):
    """The groups as one sentence of the plan lists them, by name."""

    names: tuple[str, ...]
    clauses: Clauses


class OnSiteHq(Part):
    """The on-site headquarters: from which grade, who orders, prepares and sets it up, its head, its own work."""

    unit: UnitId
    when: When
    ordered_by: UnitId
    prepared_by: UnitId | None = None
    set_up_by: UnitId
    active_from: Literal["report", "order"]
    """`report`: as soon as the accident is known; `order`: with the order of a level that has one."""
    head: PostId
    deputies: tuple[PostId, ...] = ()
    naming: tuple[Naming, ...] = ()
    precedence: Literal["level", "named"] | None = None
    """Who commands where somebody was named and a commander of the level is there; None: the plan does not say, and it
    is the level's own."""
    formations: tuple[Formation, ...] = ()
    group_lists: tuple[GroupList, ...] = ()
    tasks: tuple[Work, ...] = ()
    ends: Literal["with_level"] | None = None
    """`with_level`: an order of a level that has none dissolves it; None: the plan is silent, and it is asked about."""
    clauses: Clauses


class Power(Part):
    """What a post or a body may decide or direct, by itself."""

    id: ElementId
    holder: PostId | UnitId
    says: str
    en: str = ""
    when: When = When()
    clauses: Clauses


class Handover(Part):
    """What passes to whom when they arrive: a check-in, a relief of the level below, one function, or command."""

    id: ElementId
    kind: Literal["check_in", "relieve", "function", "command"]
    levels: tuple[Grade, ...] = ()
    giver: tuple[UnitId | PostId, ...]
    taker: tuple[UnitId | PostId, ...]
    copies: tuple[UnitId, ...] = ()
    says: str
    en: str = ""
    ends_by: Literal["accepted_or_declared"] | None = None
    """How it is proved to have happened; None: the plan does not say."""
    clauses: Clauses


class CommandRules(Part):
    """command.yaml."""

    presumed: PostId
    presumed_clauses: Clauses = ()
    onsite_hq: OnSiteHq | None = None
    powers: tuple[Power, ...] = ()
    handovers: tuple[Handover, ...] = ()
    guiding_takes_over: bool | None = None
    """Whether a superior who guides takes command; None: the plan is silent."""
    acceptance_within: Duration | None = None
    clauses: Clauses = ()
