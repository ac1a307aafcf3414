"""Who reports to whom, by which leg, until when (reporting.yaml)."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from plans.schema.words import Clauses, Duration, ElementId, Item, Known, Leg, Measure, Part, Trigger, UnitId, When


class ReportTrigger(Part):
    """One of several facts each of which makes a report due."""

    id: ElementId
    says: str
    en: str = ""
    when: When
    clauses: Clauses


class ReportRule(Part):
    """One leg of a reporting chain, with its clock."""

    id: ElementId
    clauses: Clauses
    sender: UnitId
    addressee: UnitId
    leg: Leg
    line: Literal["party", "government", "emergency", "regulator", "side", "neighbour"]
    starts: Trigger | None = None
    within: Duration | None = None
    """None: the plan gives no number and nobody has decided one yet; no clock runs."""
    soft: bool = False
    """A limit that we set ourselves; only such a clock may be stood down."""
    warn_before: Duration = timedelta(minutes=10)
    every: Duration | None = None
    """A follow-up cadence: done once, the clock starts anew, until the response or the incident ends."""
    external: bool = False
    """Owed by somebody else; we record and remind, we do not send."""
    when: When = When()
    covers: tuple[ElementId, ...] = ()
    """The national rules that this one carries, by their ids: what it asks is at least as strict."""
    triggers: tuple[ReportTrigger, ...] = ()
    """Where there are any, one of them must hold beside `when`."""
    says: str = ""
    en: str = ""


class Handling(Part):
    """How reports are handled beside the chain: skipping a level, classified content, what is forbidden."""

    id: ElementId
    kind: Literal["skip_level", "classified", "forbidden", "standard"]
    says: str
    en: str = ""
    by: tuple[UnitId, ...] | None = None
    """Who may, or must; empty: everybody who reports; None: the plan does not say."""
    tells: tuple[UnitId, ...] = ()
    """Who hears of it at once beside whoever was passed over."""
    clauses: Clauses


class ReportField(Item):
    """One item that a written report must carry."""

    known_from: tuple[Known | Measure, ...] = ()
    """Any one of these facts fills it; empty: it is told with the report, or stands as being verified (正在核实)."""


class Reporting(Part):
    """reporting.yaml: who reports to whom, by which leg, until when."""

    rules: tuple[ReportRule, ...]
    fields: tuple[ReportField, ...] = ()
    handling: tuple[Handling, ...] = ()
    clauses: Clauses = ()
