"""Warnings (预警): who proposes, determines and publishes them, what they say, what follows (warning.yaml)."""

from __future__ import annotations

from plans.schema.words import Clauses, Colour, Duration, Grade, Item, Part, UnitId
from plans.schema.work import ApprovalRule, TaskRule


class Publisher(Part):
    """The one hand that publishes: the office submits what was determined, this unit's platform issues it and gives a
    receipt."""

    unit: UnitId
    submitted_by: UnitId | None = None
    corrected_within: Duration | None = None
    """How soon a second person confirms a correction or withdrawal that one officer let go out; None: no limit is
    set, and it is shown until it is confirmed."""
    clauses: Clauses


class ColourRule(Part):
    """One colour: the grade of the accident that it expects, who determines it, and what it sets going."""

    grade: Grade | None = None
    """None: the plan does not say which grade of accident the colour stands for."""
    approval: ApprovalRule
    measures: tuple[TaskRule, ...] = ()
    base: Colour | None = None
    """The colour whose measures hold beneath this one."""
    publisher: Publisher | None = None
    """Who issues this colour, where another body does than the plan's own publisher."""
    across: ApprovalRule | None = None
    """Whose leave it needs as well where the warned area reaches beyond the jurisdiction: with it the plan's own
    publisher issues it, for its own area; None: nobody's, and who issues it stays."""
    clauses: Clauses


class Ahead(Part):
    """What may go out before it is determined, under a prior authorisation that is on record; it is determined
    afterwards."""

    authorised: bool = False
    """A warning of an authorised colour may be published at once."""
    emergency: bool = False
    """In an emergency one officer and a second person are enough, unchecked by others."""
    seconded_within: Duration
    """How soon the second person must confirm in an emergency, or it does not go out."""
    determined_within: Duration
    """How soon after its publication it is determined."""
    clauses: Clauses = ()


class Adjustment(Part):
    """How a warning changes its colour or is lifted, and who hears of it."""

    approval: ApprovalRule | None = None
    consults: tuple[UnitId, ...] = ()
    """Whose advice comes first."""
    also_by_colour: bool | None = None
    """Whether the bodies that determine the old and the new colour must agree as well."""
    ready_first: bool = False
    """Whether the measures of a higher colour are given as soon as the change itself is approved, before those of the
    colours agree and the public is told."""
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
    ahead: Ahead | None = None
    """None: nothing goes out that was not determined."""
    watch: tuple[TaskRule, ...] = ()
    """What is owed while a warning stands, whatever its colour."""
    valid_for: Duration | None = None
    """How long one stands unless it says otherwise; None: the plan gives no end."""
    adjust: Adjustment
    lift: Adjustment = Adjustment()
    inbound: tuple[TaskRule, ...] = ()
    """What a warning from elsewhere asks of those here."""
    clauses: Clauses = ()

    def publisher_of(self, colour: Colour, across: bool = False) -> Publisher:
        """Who issues a warning of this colour, within the jurisdiction or across its border."""
        rule = self.colours[colour]
        return self.publisher if rule.publisher is None or (across and rule.across) else rule.publisher
