"""How it ends and what is owed then (termination.yaml, recovery.yaml)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plans.schema.words import Clauses, Duration, ElementId, Grade, Part, Sector, UnitId
from plans.schema.work import ApprovalRule, TaskRule


class Condition(Part):
    """One condition of the end. Conditions of one `path` belong together."""

    id: ElementId
    says: str
    en: str = ""
    clauses: Clauses
    path: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    written: bool = False
    """Only a document shows that it holds: the file stands with it."""


class Withdrawal(Part):
    """The second act: the teams are out and counted."""

    says: str
    en: str = ""
    clauses: Clauses


class Lifting(Part):
    """The third act: the response is lifted, by whom."""

    by: Literal["starter"] | None = None
    """`starter`: those who started it."""
    superior_first: bool | None = None
    """Whether, once a superior commands, its decision comes before our own lifting; None: the plan is silent."""
    says: str
    en: str = ""
    clauses: Clauses


class TerminationRules(Part):
    """termination.yaml: a gate of conditions, then three acts: scene end, teams out, response lifted."""

    conditions: tuple[Condition, ...]
    required: tuple[str, ...]
    """Paths that must each be complete."""
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Of each group of paths one must be complete."""
    people_missing_path: str | None = None
    """The only path by which a response may end while people are unaccounted for."""
    confirmed_by: tuple[UnitId, ...] = ()
    """Who finds on scene that the conditions hold."""
    scene_end: ApprovalRule
    scene_end_at: dict[Grade, ApprovalRule] = {}
    """Where another body approves it: at the levels that stand then."""
    withdrawal: Withdrawal
    lifting: Lifting
    clauses: Clauses = ()

    def scene_end_for(self, level: Grade | None) -> ApprovalRule:
        """Who approves the scene end while this level stands, or none."""
        return self.scene_end_at.get(level, self.scene_end) if level else self.scene_end


class WindowRule(Part):
    """How long after the event new deaths still count and are reported (order 493 art. 13)."""

    length: Duration
    sectors: dict[Sector, Duration] = {}
    told: TaskRule | None = None
    """What is owed when the figures change within it."""
    clauses: Clauses


class RecoveryTask(TaskRule):
    """Work that is owed after the end."""

    makes: Literal["investigation", "summary", "archive"] | None = None
    """What it leaves on file, where the file can't be closed without it."""


class RecoveryRules(Part):
    """recovery.yaml: what is owed after the end, until the file is closed."""

    led_by: tuple[UnitId, ...] = ()
    tasks: tuple[RecoveryTask, ...]
    casualty_window: WindowRule | None = None
    """None: the national one."""
    clauses: Clauses = ()
