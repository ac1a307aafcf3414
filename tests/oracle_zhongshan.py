"""An oracle for Zhongshan's grades, written from the plan's section 9.1 and orders 493 and 549, never from the YAML.

It is slow-witted on purpose: each sentence of the text is a line of its own, with its numbers spelt out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.oracle_lhasa import EVENTS, HURT, KINDS, MEDIA, MOVED, PEOPLE, YUAN
from tests.oracle_national import Facts, Judged, Met, joined, total


def judge(facts: Facts) -> Judged:
    """What the text gives, read with our decisions: a lower bound counts and an upper does not, whose fate is open
    counts as missing, an accident without harm is ordinary, and the higher of plan and national rules stands."""
    return joined(facts, zhongshan(facts), floor=0)


def zhongshan(facts: Facts) -> Met:
    """Section 9.1. Between larger and extraordinary it has nothing: there the numbers are those of order 493, with the
    missing counted as everywhere else in the section."""
    fate = total(facts, "deaths", "missing", "trapped", "out_of_contact")
    hurt, loss = total(facts, "serious_injuries", "acute_poisoning"), total(facts, "direct_loss_yuan")
    met: Met = {}
    # general
    if fate in (1, 2):
        met["ZS-9.1-01", ""] = "IV"
    if 1 <= hurt <= 9:
        met["ZS-9.1-02", ""] = "IV"
    if 1 <= loss <= 9_999_999:
        met["ZS-9.1-03", ""] = "IV"
    # larger
    if 3 <= fate <= 9:
        met["ZS-9.1-04", ""] = "III"
    if 10 <= hurt <= 49:
        met["ZS-9.1-05", ""] = "III"
    if 10_000_000 <= loss <= 49_999_999:
        met["ZS-9.1-06", ""] = "III"
    # major: not there
    if 10 <= fate <= 29 or 50 <= hurt <= 99 or 50_000_000 <= loss <= 99_999_999:
        met["ZS-9.1-10", ""] = "II"
    # extraordinary
    if fate >= 30:
        met["ZS-9.1-07", ""] = "I"
    if hurt >= 100:
        met["ZS-9.1-08", ""] = "I"
    if loss >= 100_000_000:
        met["ZS-9.1-09", ""] = "I"
    return met


# -- the cases ---------------------------------------------------------------------------------------------------------


def cases() -> Iterator[Facts]:
    """Every bound from below, on it and from above, alone and mixed; always the same cases in the same order."""
    yield {}
    for measure in ("deaths", "missing", "trapped", "out_of_contact"):
        yield from ({measure: n} for n in PEOPLE)
    for n, part in product(PEOPLE, ("missing", "trapped", "out_of_contact")):
        yield {"deaths": n // 2, part: n - n // 2}
    for measure in ("serious_injuries", "acute_poisoning"):
        yield from ({measure: n} for n in HURT)
    for n in HURT:
        yield {"serious_injuries": n // 2, "acute_poisoning": n - n // 2}
    # Nothing of it is in the text.
    for measure in ("minor_injuries", "injuries", "hospitalised", "poisoned", "threatened_injuries"):
        yield {measure: 100_000}
    for measure in ("people_at_risk", "evacuated", "relocated"):
        yield {measure: 200_000}
    for n in YUAN:
        yield {"direct_loss_yuan": n}
        yield {"direct_loss_yuan": n, "deaths": 0, "missing": 0, "serious_injuries": 0}
    for n, kind, medium in product(MOVED, KINDS, MEDIA):
        yield {"relocated": n, "source_kind": kind, "medium": medium}
    for event, kind in product(EVENTS, KINDS):
        yield {"equipment_event": event, "source_kind": kind}
    for fate, hurt, loss in product((0, 2, 3, 9, 10, 29, 30), (0, 9, 10, 49, 50, 99, 100), (0, *YUAN[4::3])):
        yield {"missing": fate, "serious_injuries": hurt, "direct_loss_yuan": loss}
    yield {measure: 0 for measure in ("deaths", "missing", "trapped", "serious_injuries", "direct_loss_yuan")}
