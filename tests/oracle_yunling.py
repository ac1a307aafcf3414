"""An oracle for the grades of the fictional city Yunling, written from chapter 3 of its prose before any YAML was.

It is slow-witted on purpose: each sentence of the text is a line of its own, with its numbers spelt out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.oracle_national import Facts, Judged, Met, joined, total


def judge(facts: Facts) -> Judged:
    """What the text gives: the trapped are at risk and not missing, who is not heard of is missing, poisoning stands
    beside serious injury, and the higher of plan and national rules stands."""
    return joined(facts, yunling(facts), floor=200_000)


def yunling(facts: Facts) -> Met:
    """Sections 3.2 to 3.5."""
    fate, at_risk = total(facts, "deaths", "missing", "out_of_contact"), total(facts, "people_at_risk", "trapped")
    hurt, poisoned = total(facts, "serious_injuries"), total(facts, "acute_poisoning")
    loss, evacuated = total(facts, "direct_loss_yuan"), total(facts, "evacuated")
    met: Met = {}
    # 3.2 ordinary
    if fate in (1, 2):
        met["YL-3.2-01", ""] = "IV"
    if 3 <= at_risk <= 9:
        met["YL-3.2-02", ""] = "IV"
    if 1 <= hurt <= 4:
        met["YL-3.2-03", ""] = "IV"
    if 1 <= poisoned <= 9:
        met["YL-3.2-04", ""] = "IV"
    if 200_000 <= loss <= 999_999:
        met["YL-3.2-05", ""] = "IV"
    # 3.3 serious
    if 3 <= fate <= 9:
        met["YL-3.3-01", ""] = "III"
    if 10 <= at_risk <= 29:
        met["YL-3.3-02", ""] = "III"
    if 5 <= hurt <= 19:
        met["YL-3.3-03", ""] = "III"
    if 10 <= poisoned <= 29:
        met["YL-3.3-04", ""] = "III"
    if 1_000_000 <= loss <= 2_999_999:
        met["YL-3.3-05", ""] = "III"
    if 500 <= evacuated <= 1_999:
        met["YL-3.3-06", ""] = "III"
    # 3.4 major
    if 10 <= fate <= 29:
        met["YL-3.4-01", ""] = "II"
    if 30 <= at_risk <= 99:
        met["YL-3.4-02", ""] = "II"
    if 20 <= hurt <= 49:
        met["YL-3.4-03", ""] = "II"
    if 30 <= poisoned <= 49:
        met["YL-3.4-04", ""] = "II"
    if 3_000_000 <= loss <= 9_999_999:
        met["YL-3.4-05", ""] = "II"
    if 2_000 <= evacuated <= 9_999:
        met["YL-3.4-06", ""] = "II"
    # 3.5 extraordinarily major
    if fate >= 30:
        met["YL-3.5-01", ""] = "I"
    if at_risk >= 100:
        met["YL-3.5-02", ""] = "I"
    if hurt >= 50:
        met["YL-3.5-03", ""] = "I"
    if poisoned >= 50:
        met["YL-3.5-04", ""] = "I"
    if loss >= 10_000_000:
        met["YL-3.5-05", ""] = "I"
    if evacuated >= 10_000:
        met["YL-3.5-06", ""] = "I"
    return met


# -- the cases ---------------------------------------------------------------------------------------------------------

FATE = (0, 1, 2, 3, 4, 9, 10, 11, 29, 30, 31)
AT_RISK = (0, 1, 2, 3, 4, 9, 10, 11, 29, 30, 31, 99, 100, 101)
HURT = (0, 1, 4, 5, 6, 9, 10, 19, 20, 21, 49, 50, 51, 99, 100)
POISONED = (0, 1, 9, 10, 11, 29, 30, 31, 49, 50, 51, 99, 100)
YUAN = tuple(
    bound + step
    for bound in (0, 200_000, 1_000_000, 3_000_000, 10_000_000, 50_000_000, 100_000_000)
    for step in (-1, 0, 1)
    if bound + step >= 0
)
EVACUATED = (0, 1, 499, 500, 501, 1_999, 2_000, 2_001, 9_999, 10_000, 10_001)


def cases() -> Iterator[Facts]:
    """Every bound from below, on it and from above, alone and mixed; always the same cases in the same order."""
    yield {}
    for measure in ("deaths", "missing", "out_of_contact"):
        yield from ({measure: n} for n in FATE)
    for n, part in product(FATE, ("missing", "out_of_contact")):
        yield {"deaths": n // 2, part: n - n // 2}
    for measure in ("people_at_risk", "trapped"):
        yield from ({measure: n} for n in AT_RISK)
    for n in AT_RISK:
        yield {"people_at_risk": n // 2, "trapped": n - n // 2}
        yield {"people_at_risk": n, "missing": 2}
        yield {"trapped": n, "deaths": 3}
    yield from ({"serious_injuries": n} for n in HURT)
    yield from ({"acute_poisoning": n} for n in POISONED)
    # Each alone is judged by its own band; together they are the serious injuries of order 493.
    for hurt, poisoned in product(HURT, POISONED):
        yield {"serious_injuries": hurt, "acute_poisoning": poisoned}
    for n in YUAN:
        yield {"direct_loss_yuan": n}
        yield {"direct_loss_yuan": n, "people_at_risk": 2}
        yield {"direct_loss_yuan": n, "deaths": 1}
        yield {"direct_loss_yuan": n, "source_kind": "crane", "sector": "special-equipment"}
    yield from ({"evacuated": n} for n in EVACUATED)
    for measure in ("minor_injuries", "injuries", "hospitalised", "threatened_injuries", "poisoned", "relocated"):
        yield {measure: 100_000}
    for event, kind in product((None, "explosion", "crane_overturn"), (None, "boiler", "pressure_vessel", "crane")):
        yield {"equipment_event": event, "source_kind": kind, "people_at_risk": 4}
    for n in (500, 10_000, 50_000, 150_000):
        yield {"relocated": n, "source_kind": "pressure_vessel", "medium": "toxic", "evacuated": 499}
    for dead, at_risk, loss in product((0, 2, 3, 10, 30), (0, 9, 10, 30, 100), (0, 199_999, 200_000, *YUAN[6::3])):
        yield {"deaths": dead, "people_at_risk": at_risk, "direct_loss_yuan": loss}
    yield {measure: 0 for measure in ("deaths", "missing", "trapped", "serious_injuries", "direct_loss_yuan")}
