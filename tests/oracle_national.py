"""What order 493 and order 549 give an accident, whatever the plan; and what the plans' oracles share.

Written from the articles, never from the YAML, and slow-witted on purpose: each sentence of the text is a line of its
own, with its numbers spelt out again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Facts = dict[str, Any]
"""Counts and situation, as FACTS.json names them; what is left out is unknown."""

ORDER = ["IV", "III", "II", "I"]
VESSELS = ("pressure_vessel", "pressure_pipeline")
EQUIPMENT = (*VESSELS, "boiler", "crane", "special_equipment")

Met = dict[tuple[str, str], str]
"""{(clause, case): grade}."""


class Judged(NamedTuple):
    grade: str
    statutory: str
    below_floor: bool
    criteria: frozenset[tuple[str, str]]
    """Each clause that is met, with the grade it gives."""


def joined(facts: Facts, plan: Met, floor: int) -> Judged:
    """The higher of plan and national rules stands; a plan expects nothing of its own below its `floor` in yuan."""
    order_493 = article_3(facts)
    everything = {**plan, **order_493, **articles_61_to_64(facts)}
    grade, loss = highest(everything.values()), facts.get("direct_loss_yuan")
    return Judged(
        grade,
        highest(order_493.values()),
        loss is not None and loss < floor and not plan and grade == "IV",
        frozenset((clause, gives) for (clause, _), gives in everything.items()),
    )


def article_3(facts: Facts) -> Met:
    """Order 493 article 3: the dead alone."""
    dead, hurt = total(facts, "deaths"), total(facts, "serious_injuries", "acute_poisoning")
    loss = total(facts, "direct_loss_yuan")
    met: Met = {}
    if 1 <= dead <= 2 or 1 <= hurt <= 9 or 1 <= loss <= 9_999_999:
        met["N-493-3", "general"] = "IV"
    if 3 <= dead <= 9 or 10 <= hurt <= 49 or 10_000_000 <= loss <= 49_999_999:
        met["N-493-3", "larger"] = "III"
    if 10 <= dead <= 29 or 50 <= hurt <= 99 or 50_000_000 <= loss <= 99_999_999:
        met["N-493-3", "major"] = "II"
    if dead >= 30 or hurt >= 100 or loss >= 100_000_000:
        met["N-493-3", "extraordinary"] = "I"
    return met


def articles_61_to_64(facts: Facts) -> Met:
    """Order 549: what a report can state of it."""
    loss, moved = total(facts, "direct_loss_yuan"), total(facts, "relocated")
    kind, event = facts.get("source_kind"), facts.get("equipment_event")
    toxic = kind in VESSELS and facts.get("medium") in (None, "toxic")
    met: Met = {}
    if special(facts) and 10_000 <= loss < 10_000_000:
        met["N-549-64", "loss"] = "IV"
    if toxic and 500 <= moved < 10_000:
        met["N-549-64", "moved"] = "IV"
    if event == "explosion" and kind in ("boiler", *VESSELS):
        met["N-549-63", "explosion"] = "III"
    if event == "crane_overturn":
        met["N-549-63", "crane"] = "III"
    if toxic and 10_000 <= moved < 50_000:
        met["N-549-63", "moved"] = "III"
    if toxic and 50_000 <= moved < 150_000:
        met["N-549-62", "moved"] = "II"
    if toxic and moved >= 150_000:
        met["N-549-61", "moved"] = "I"
    return met


def total(facts: Facts, *measures: str) -> int:
    return sum(facts.get(measure, 0) for measure in measures)


def special(facts: Facts) -> bool:
    return facts.get("source_kind") in EQUIPMENT or facts.get("sector") == "special-equipment"


def highest(grades: Any) -> str:
    """No accident ends ungraded: IV where nothing is met."""
    return max(grades, key=ORDER.index, default="IV")


def told(facts: Facts) -> tuple[Facts, Facts]:
    """Counts and situation apart; what is None is left out."""
    words = ("sector", "source_kind", "equipment_event", "medium")
    known = {name: value for name, value in facts.items() if value is not None}
    counts = {name: value for name, value in known.items() if name not in words}
    return counts, {name: value for name, value in known.items() if name in words}
