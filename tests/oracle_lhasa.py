"""An oracle for Lhasa's grades, written from the plan's section 1.4 and orders 493 and 549, never from the YAML.

It is slow-witted on purpose: each sentence of the text is a line of its own, with its numbers spelt out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.oracle_national import VESSELS, Facts, Judged, Met, joined, special, total


def judge(facts: Facts) -> Judged:
    """What the text gives, read with our decisions: the fate of missing, trapped and unheard people counts as death,
    acute poisoning as serious injury, and the higher of plan and national rules stands."""
    return joined(facts, lhasa(facts), floor=1_000_000)


def lhasa(facts: Facts) -> Met:
    """Section 1.4 (1) to (4): {(clause, case): grade}."""
    fate = total(facts, "deaths", "missing", "trapped", "out_of_contact")
    hurt = total(facts, "serious_injuries", "acute_poisoning")
    threatened, poisoned = total(facts, "threatened_injuries"), total(facts, "poisoned")
    loss, moved = total(facts, "direct_loss_yuan"), total(facts, "relocated")
    leak = facts.get("source_kind") in VESSELS and facts.get("medium") in (None, "toxic", "flammable", "explosive")
    met: Met = {}
    # (1) four, general
    if fate in (1, 2):
        met["LS-1.4-03", ""] = "IV"
    if 1 <= hurt <= 9 or threatened >= 1:
        met["LS-1.4-04", ""] = "IV"
    if 1_000_000 <= loss <= 9_999_999:
        met["LS-1.4-05", ""] = "IV"
    if special(facts) and 10_000 <= loss <= 9_999_999:
        met["LS-1.4-06", ""] = "IV"
    if leak and 500 <= moved <= 9_999:
        met["LS-1.4-07", ""] = "IV"
    # (2) three, larger
    if 3 <= fate <= 9:
        met["LS-1.4-08", ""] = "III"
    if 10 <= hurt <= 49:
        met["LS-1.4-09", ""] = "III"
    if 10_000_000 <= loss <= 49_999_999:
        met["LS-1.4-10", ""] = "III"
    if leak and 10_000 <= moved <= 49_999:
        met["LS-1.4-11", ""] = "III"
    # (3) two, major
    if 10 <= fate <= 29:
        met["LS-1.4-12", ""] = "II"
    if 50 <= hurt <= 99:
        met["LS-1.4-13", ""] = "II"
    if 50_000_000 <= loss <= 99_999_999:
        met["LS-1.4-14", ""] = "II"
    if leak and 50_000 <= moved <= 149_999:
        met["LS-1.4-15", ""] = "II"
    # (4) one, extraordinarily major
    if fate >= 30:
        met["LS-1.4-16", ""] = "I"
    if poisoned >= 100 or hurt >= 100:
        met["LS-1.4-17", ""] = "I"
    if loss >= 100_000_000:
        met["LS-1.4-18", ""] = "I"
    if leak and moved >= 150_000:
        met["LS-1.4-19", ""] = "I"
    return met


# -- the cases ---------------------------------------------------------------------------------------------------------

PEOPLE = (0, 1, 2, 3, 4, 9, 10, 11, 29, 30, 31)
HURT = (0, 1, 9, 10, 11, 49, 50, 51, 99, 100, 101)
YUAN = tuple(
    bound + step
    for bound in (0, 1_000_000, 10_000_000, 50_000_000, 100_000_000)
    for step in (-1, 0, 1)
    if bound + step >= 0
)
SMALL_YUAN = (9_999, 10_000, 10_001)
MOVED = tuple(bound + step for bound in (500, 10_000, 50_000, 150_000) for step in (-1, 0, 1))
KINDS = (None, "boiler", "pressure_vessel", "pressure_pipeline", "crane", "special_equipment", "other")
MEDIA = (None, "toxic", "flammable", "explosive", "none")
EVENTS = (None, "explosion", "crane_overturn", "persons_stranded", "other")


def cases() -> Iterator[Facts]:
    """Every bound from below, on it and from above, alone and mixed; always the same cases in the same order."""
    yield {}
    for measure in ("deaths", "missing", "trapped", "out_of_contact"):
        yield from ({measure: n} for n in PEOPLE)
    for n, part in product(PEOPLE, ("missing", "trapped", "out_of_contact")):
        yield {"deaths": n // 2, part: n - n // 2}
    for n in PEOPLE:
        yield {"deaths": n // 4, "missing": n // 4, "trapped": n // 4, "out_of_contact": n - 3 * (n // 4)}
    for measure in ("serious_injuries", "acute_poisoning", "poisoned", "threatened_injuries"):
        yield from ({measure: n} for n in HURT)
    for n in HURT:
        yield {"serious_injuries": n // 2, "acute_poisoning": n - n // 2}
        yield {"serious_injuries": n // 2, "poisoned": n}
        yield {"acute_poisoning": n, "poisoned": n, "threatened_injuries": 5}
    for measure in ("minor_injuries", "injuries", "hospitalised", "evacuated", "people_at_risk"):
        yield {measure: 100_000}
    yield from ({"direct_loss_yuan": n} for n in (*YUAN, *SMALL_YUAN))
    for n, kind in product((*YUAN, *SMALL_YUAN), KINDS):
        yield {"direct_loss_yuan": n, "source_kind": kind}
    for n in (*YUAN, *SMALL_YUAN):
        yield {"direct_loss_yuan": n, "sector": "special-equipment"}
        yield {"direct_loss_yuan": n, "deaths": 0, "missing": 0, "serious_injuries": 0}
    for n, kind, medium in product(MOVED, KINDS, MEDIA):
        yield {"relocated": n, "source_kind": kind, "medium": medium}
    for event, kind in product(EVENTS, KINDS):
        yield {"equipment_event": event, "source_kind": kind}
        yield {"equipment_event": event, "source_kind": kind, "deaths": 0, "direct_loss_yuan": 5_000}
    for event, dead in product(EVENTS, PEOPLE):
        yield {"equipment_event": event, "source_kind": "boiler", "deaths": dead}
    for dead, hurt, loss in product((0, 2, 3, 9, 10, 29, 30), (0, 9, 10, 49, 50, 99, 100), (0, *YUAN[4::3])):
        yield {"deaths": dead, "serious_injuries": hurt, "direct_loss_yuan": loss}
    yield {measure: 0 for measure in ("deaths", "missing", "trapped", "serious_injuries", "direct_loss_yuan")}
