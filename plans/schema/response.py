"""What is done: early disposal, the levels of response with their measures (disposal.yaml, response.yaml)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from plans.schema.words import Clauses, Duration, ElementId, Grade, Item, Part, PostId, Sector, UnitId
from plans.schema.work import ApprovalPace, ApprovalRule, NotifyRule, TaskRule


class Disposal(Part):
    """disposal.yaml: first actions, which wait for nobody's signature."""

    tasks: tuple[TaskRule, ...]
    notify: tuple[NotifyRule, ...]
    taken_over: tuple[TaskRule, ...] = ()
    """What is owed on the ground once a higher level commands there."""
    ends: Literal["takeover_or_end"] | None = None
    """None: the plan does not say when it ends."""
    clauses: Clauses = ()


class Base(Part):
    """The level whose measures and calls stay in force beneath this one."""

    level: Grade
    clauses: Clauses


class LevelRule(Part):
    """One response level: who proposes, decides and signs, what then happens, who is called."""

    approval: ApprovalRule
    measures: tuple[TaskRule, ...]
    notify: tuple[NotifyRule, ...]
    commander: tuple[PostId, ...] = ()
    """Who commands on scene once the order is in force: the highest of these who is there. Empty: command stays."""
    commander_clauses: Clauses = ()
    base: Base | None = None
    lift: ApprovalRule | None = None
    """Who ends it; None: who started it, where the plan says so."""
    clauses: Clauses


class MeasurePack(Part):
    """Measures for a kind of accident that stand in another plan."""

    id: ElementId
    sectors: tuple[Sector, ...]
    title: str
    attached: bool = False
    """False: that plan was not supplied; the commander is told, the generic measures run."""
    clauses: Clauses


class Start(Part):
    """Who starts responding by the accident itself, before any order."""

    units: tuple[UnitId, ...]
    says: str
    en: str = ""
    clauses: Clauses


class Period(Part):
    """A sensitive period of the calendar, first and last day included."""

    says: str
    first: date
    last: date


class Attention(Part):
    """What asks for special attention beside a grade: a sensitive period, or the like shortly before."""

    periods: tuple[Period, ...] = ()
    """Empty: the plan has no calendar, and a person says whether it is such a time."""
    repeated_within: Duration | None = None
    repeated_count: Annotated[int, Field(ge=2)] | None = None
    """How many of the like within that time, this one counted; None: a person says whether it is repeated."""
    clauses: Clauses


class LevelChange(Part):
    """How a standing level is raised or lowered."""

    by: Literal["target_level", "current_level"]
    """Whose decider and signatory: those of the level that is aimed at, or of the one that stands."""
    clauses: Clauses = ()


class ResponseRules(Part):
    """response.yaml: the levels, what brings them, what an order must state (Emergency Response Law art. 72)."""

    levels: dict[Grade, LevelRule]
    level_for_grade: dict[Grade, Grade] | None = None
    raise_by: LevelChange | None = None
    lower_by: LevelChange | None = None
    pace: ApprovalPace | None = None
    at_once: tuple[Start, ...] = ()
    started: tuple[TaskRule, ...] = ()
    """What every start, change or end of a level brings beside the level's own measures."""
    packs: tuple[MeasurePack, ...] = ()
    attention: Attention | None = None
    content: tuple[Item, ...] = ()
    """What an order must state; where a plan has nothing of its own, the national items."""
    clauses: Clauses = ()
