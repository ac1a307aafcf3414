"""What is settled, and by which decision: findings of what the plan says, beside those of the effective plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from plans import library
from plans.lint.rule import Around, Fault, Finding, Layer, found, rule
from plans.schema import Decision

NATIONAL = "national"
"""Settles what no decision does, where the rules that every plan inherits fill the hole."""


class Judged(NamedTuple):
    """A finding with its place in the files, and what settled it; None: nothing did."""

    finding: Finding
    file: str
    line: int
    settled_by: str | None
    choice: str
    confirmed: bool

    @property
    def counts(self) -> bool:
        """Whether it is a fault that nobody has settled."""
        return self.settled_by is None and self.finding.severity != "low"


@rule("settles-nothing", "medium", "删去，或改成现有的问题", "Drop it, or name a finding that is there.")
def idle_claims(layer: Layer) -> Iterator[Fault]:
    """决定自称解决的问题并不存在 · A decision claims to settle a finding that is not there."""
    for decision, claim in layer.around.claims:
        yield Fault(f"decisions/{decision}/settles", (), f"没有“{claim}”这一问题", f"there is no finding '{claim}'")


def judge(loaded: library.Loaded, around: Around) -> tuple[Judged, ...]:
    """Every finding of either layer: the unsettled first, then by weight, file and line."""
    said = found(Layer.of(loaded.says, around))
    effective = Layer.of(library.chapters_of(loaded.plan), around)
    left = found(effective)
    claims = {claim: decision for decision in loaded.plan.decisions for claim in decision.settles}
    idle = tuple((d.id, claim) for claim, d in claims.items() if claim not in said and claim not in left)
    left |= found(Layer.of(effective.chapters, around._replace(claims=idle)), ["settles-nothing"])
    gone = _gone(loaded, around, {key for key in said if key not in left and key not in claims}, said)
    judged = []
    for key, finding in {**left, **said}.items():
        file, line = library.locate(loaded, finding.path)
        decision = claims.get(key) or gone.get(key)
        by = decision.id if decision else None if key in left else NATIONAL
        choice = decision.choice if decision else ""
        # What national rules fill needs nobody's word.
        confirmed = decision.confirmed if decision else by == NATIONAL
        judged.append(Judged(finding, file, line, by, choice, confirmed))
    weights = ("high", "medium", "low")
    files = [f"{name}.yaml" for name in library.CHAPTERS]
    order = {file: number for number, file in enumerate(files)}
    return tuple(
        sorted(
            judged,
            key=lambda one: (
                one.settled_by is not None,
                weights.index(one.finding.severity),
                order.get(one.file, len(order)),
                one.line,
            ),
        )
    )


def _gone(loaded: library.Loaded, around: Around, keys: set[str], said: dict[str, Finding]) -> dict[str, Decision]:
    """The first decision after which each of these findings no longer fires."""
    gone: dict[str, Decision] = {}
    layer = None
    for decision, chapters in library.stages(loaded):
        waiting = keys - gone.keys()
        rules = dict.fromkeys(said[key].rule for key in said if key in waiting)
        layer = Layer.of(chapters, around, layer)
        still = found(layer, rules)
        gone |= {key: decision for key in waiting if key not in still}
    return gone
