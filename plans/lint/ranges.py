"""How counts become grades: gaps, overlaps, ends left open or shut, measures read at some grades only.

A family is one measure under one restriction (kinds of equipment, media, events, sectors); its bands must follow on
each other from the lowest grade to an open top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from plans.lint.rule import Fault, Layer, rule
from plans.schema import GRADES, Criterion, Measure, severity

NAMES: Mapping[Measure, str] = {
    "deaths": "死亡",
    "missing": "失踪",
    "out_of_contact": "失联",
    "trapped": "被困",
    "people_at_risk": "涉险",
    "serious_injuries": "重伤",
    "minor_injuries": "轻伤",
    "injuries": "受伤",
    "hospitalised": "住院",
    "threatened_injuries": "可能重伤",
    "acute_poisoning": "急性工业中毒",
    "poisoned": "中毒",
    "evacuated": "疏散",
    "relocated": "转移",
    "direct_loss_yuan": "直接经济损失（元）",
}
"""What people call a measure."""

Restriction = tuple[tuple[str, ...], ...]
FREE: Restriction = ((), (), (), ())


class Band(NamedTuple):
    """`[low, high)` gives `grade`; `high` None: open at the top."""

    low: int
    high: int | None
    grade: int
    criterion: Criterion

    @property
    def top(self) -> float:
        return float("inf") if self.high is None else self.high


class Family(NamedTuple):
    """The bands of one measure under one restriction, lowest first. `whole` adds the unrestricted bands, which hold
    beside the restricted ones."""

    measure: Measure
    restriction: Restriction
    bands: tuple[Band, ...]
    whole: tuple[Band, ...]

    def at(self, band: Band) -> str:
        return f"grading/criteria/{band.criterion.clause}/{self.measure}"


@rule("range-gap", "high", "定这一段属于哪一级", "Decide which grade these values have.")
def gaps(layer: Layer) -> Iterator[Fault]:
    """同一指标两级之间有空档 · Between two grades a count falls into none."""
    for family in _families(layer):
        reached = family.whole[0]
        for band in family.whole[1:]:
            if band.low > reached.top:
                # A gap between unrestricted bands is told once, by the unrestricted family.
                if {reached, band} & set(family.bands):
                    first, last = int(reached.top), band.low - 1
                    yield Fault(
                        family.at(reached),
                        (reached.criterion.clause, band.criterion.clause),
                        f"{NAMES[family.measure]} {first} 至 {last} 时没有等级",
                        f"{family.measure} from {first} to {last} has no grade",
                    )
                reached = band
            elif band.top >= reached.top:
                reached = band


@rule("range-overlap", "medium", "定这一段属于哪一级", "Decide which grade these values have.")
def overlaps(layer: Layer) -> Iterator[Fault]:
    """同一指标的两级重叠 · One count of a measure meets two grades."""
    for family in _families(layer):
        for lower, upper in pairwise(family.bands):
            if upper.low < lower.top and upper.grade != lower.grade:
                last = min(lower.top, upper.top)
                until = "以上" if last == float("inf") else f"至 {int(last) - 1} "
                yield Fault(
                    family.at(upper),
                    (lower.criterion.clause, upper.criterion.clause),
                    f"{NAMES[family.measure]} {upper.low} {until}同时属于两级",
                    f"{family.measure} from {upper.low} on meets two grades",
                )


@rule("top-closed", "high", "定超过上限时的等级", "Decide the grade above the last bound.")
def tops(layer: Layer) -> Iterator[Fault]:
    """最高一档有上限，超过便无级 · The highest band ends: a greater count has no grade."""
    for family in _families(layer):
        last = max(family.whole, key=lambda band: band.top)
        if last.high is not None and last in family.bands:
            yield Fault(
                family.at(last),
                (last.criterion.clause,),
                f"{NAMES[family.measure]}达到 {last.high} 及以上时没有等级",
                f"{family.measure} of {last.high} and more has no grade",
            )


@rule("bottom-floor", "high", "定不足起点时的等级", "Decide the grade below the first bound.")
def floors(layer: Layer) -> Iterator[Fault]:
    """最低一档有起点，不足便无级，又无缺省等级 · Below the first bound there is no grade, and no default either."""
    for family in _families(layer):
        first = family.whole[0]
        if first.low > 1 and first in family.bands and layer.grading.default_grade is None:
            yield Fault(
                family.at(first),
                (first.criterion.clause,),
                f"{NAMES[family.measure]}不足 {first.low} 时没有等级",
                f"{family.measure} below {first.low} has no grade",
            )


@rule(
    "restricted-range-stops",
    "medium",
    "说明超过上限时按哪一档",
    "Say which bands hold for these sources above the last bound.",
)
def restricted_ends(layer: Layer) -> Iterator[Fault]:
    """只适用于某些来源的分档没有写到最高级 · Bands for some sources only stop below the highest grade."""
    for family in _families(layer):
        last = max(family.bands, key=lambda band: band.top)
        if family.restriction != FREE and last.high is not None and max(b.top for b in family.whole) > last.high:
            yield Fault(
                family.at(last),
                (last.criterion.clause,),
                f"{NAMES[family.measure]}的专门分档到 {last.high} 为止",
                f"the special bands of {family.measure} stop at {last.high}",
            )


@rule(
    "measure-restricted",
    "medium",
    "说明其他来源怎样定级",
    "Say how other sources are graded, e.g. as a suggestion that a person confirms.",
)
def restricted(layer: Layer) -> Iterator[Fault]:
    """一项指标只对某些来源定级 · A measure grades for some sources only."""
    families = list(_families(layer))
    free = {family.measure for family in families if family.restriction == FREE}
    for family in families:
        if family.measure not in free and family.measure not in layer.grading.confirm_suggestions:
            first = family.bands[0]
            yield Fault(
                f"grading/criteria/{family.measure}",
                dict.fromkeys(band.criterion.clause for band in family.bands),
                f"{NAMES[family.measure]}只在特定来源（{_named(first.criterion)}）时定级",
                f"{family.measure} grades for certain sources only",
            )


@rule(
    "national-measure-uncounted",
    "medium",
    "定是否按国家规定计入",
    "Decide whether it counts as national rules have it.",
)
def uncounted(layer: Layer) -> Iterator[Fault]:
    """国家分级计入的指标，本预案在某些级别不计 · A measure counts nationally and at some grades never in this plan."""
    counted = {(c.grade, measure) for c in layer.grading.criteria if _restriction(c) == FREE for measure in c.counts}
    national = [c for c in layer.around.national if _restriction(c) == FREE]
    for measure in dict.fromkeys(measure for criterion in national for measure in criterion.counts):
        lacking = {c.grade for c in national if measure in c.counts and (c.grade, measure) not in counted}
        if lacking:
            grades = "、".join(grade for grade in GRADES if grade in lacking)
            clauses = dict.fromkeys(c.clause for c in national if measure in c.counts)
            yield Fault(
                f"grading/criteria/{measure}",
                clauses,
                f"国家分级计入{NAMES[measure]}，本预案在 {grades} 级不计",
                f"{measure} counts nationally; this plan does not count it at {grades}",
            )


@rule("grade-undefined", "high", "补上这一级的标准", "Add criteria for this grade.")
def undefined(layer: Layer) -> Iterator[Fault]:
    """有一级没有标准 · A grade has no criterion."""
    for grade in GRADES:
        if not any(criterion.grade == grade for criterion in layer.grading.criteria):
            yield Fault(
                f"grading/criteria/{grade}", layer.grading.clauses, f"{grade} 级没有标准", f"no criterion for {grade}"
            )


@rule("no-default-grade", "high", "定都不符合时的等级", "Decide the grade when nothing matches.")
def default(layer: Layer) -> Iterator[Fault]:
    """都不符合、或只有零伤亡时没有等级 · An accident that meets no criterion ends ungraded."""
    if layer.grading.default_grade is None:
        yield Fault(
            "grading/default_grade",
            layer.grading.clauses,
            "一条都不符合的事故没有等级",
            "an accident that meets no criterion has no grade",
        )


@rule("fate-unread", "medium", "定失联、被困是否暂计为失踪", "Decide whether they count as missing until found.")
def fates(layer: Layer) -> Iterator[Fault]:
    """失踪计入等级，失联和被困怎样计没有写 · Missing people count; how the trapped or unheard of do is not said."""
    grading = layer.grading
    if any("missing" in criterion.counts for criterion in grading.criteria):
        told = {"trapped_counts_as": "被困", "out_of_contact_counts_as": "失联"}
        for field, name in told.items():
            if getattr(grading, field) is None:
                yield Fault(f"grading/{field}", grading.clauses, f"{name}人数怎样计没有写", f"{field} is not said")


@rule(
    "factors-without-rule", "medium", "定谁可以按这些因素提高等级", "Decide what an authorised person may do by them."
)
def factors(layer: Layer) -> Iterator[Fault]:
    """列了定性因素，没有说谁可据此怎样 · Factors are named and nothing follows from them."""
    factors = layer.grading.factors
    if factors is not None and factors.may is None:
        names = "、".join(factor.says for factor in factors.named)
        yield Fault(
            "grading/factors", factors.clauses, f"列了{names}，没有下文", "factors are named, nothing follows from them"
        )


def _families(layer: Layer) -> Iterator[Family]:
    bands: dict[tuple[Measure, Restriction], list[Band]] = {}
    for criterion in layer.grading.criteria:
        for measure in criterion.counts:
            band = Band(criterion.at_least, criterion.below, severity(criterion.grade), criterion)
            bands.setdefault((measure, _restriction(criterion)), []).append(band)
    for (measure, restriction), own in bands.items():
        free = [] if restriction == FREE else bands.get((measure, FREE), [])
        yield Family(measure, restriction, _ordered(own), _ordered([*own, *free]))


def _ordered(bands: list[Band]) -> tuple[Band, ...]:
    return tuple(sorted(bands, key=lambda band: (band.low, band.top)))


def _restriction(criterion: Criterion) -> Restriction:
    return (criterion.source_kinds, criterion.media, criterion.equipment_events, criterion.sectors)


def _named(criterion: Criterion) -> str:
    return "、".join(word for words in _restriction(criterion) for word in words)
