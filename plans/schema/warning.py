"""Warnings (预警): who proposes, determines and publishes them, what they say, what follows (warning.yaml)."""

from __future__ import annotations

from plans.schema.words import Clauses, Colour, Duration, Grade, Item, Part, UnitId
from plans.schema.work import ApprovalRule, TaskRule


class ColourRule(Part):
    """One colour: the grade of the accident that it expects, who determines it, and what it sets going."""

    grade: Grade | None = None
    """None: the plan does not say which grade of accident the colour stands for."""
    approval: ApprovalRule
    measures: tuple[TaskRule, ...] = ()
    base: Colour | None = None
    """The colour whose measures hold beneath this one."""
    clauses: Clauses


class Publisher(Part):
    """The one hand that publishes: the office submits what was determined, this unit's platform issues it and gives a
    receipt."""

    unit: UnitId
    submitted_by: UnitId | None = None
    clauses: Clauses


class Adjustment(Part):
    """How a warning changes its colour or is lifted, and who hears of it."""

    approval: ApprovalRule | None = None
    consults: tuple[UnitId, ...] = ()
    """Whose advice comes first."""
    also_by_colour: bool | None = None
    """Whether the bodies that determine the old and the new colour must agree as well."""
    tasks: tuple[TaskRule, ...] = ()
    clauses: Clauses = ()


class WarningRules(Part):
    """warning.yaml."""

    colours: dict[Colour, ColourRule]
    basis: tuple[Item, ...] = ()
    """What a warning is judged by."""
    content: tuple[Item, ...] = ()
    """What its text must carry; where a plan has nothing of its own, the national items (Emergency Response Law art.
    64)."""
    review: tuple[Item, ...] = ()
    """What must be checked before it goes out."""
    publisher: Publisher
    watch: tuple[TaskRule, ...] = ()
    """What is owed while a warning stands, whatever its colour."""
    valid_for: Duration | None = None
    """How long one stands unless it says otherwise; None: the plan gives no end."""
    adjust: Adjustment
    lift: Adjustment = Adjustment()
    inbound: tuple[TaskRule, ...] = ()
    """What a warning from elsewhere asks of those here."""
    clauses: Clauses = ()
