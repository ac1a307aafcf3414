"""Who commands on scene, what each may decide, and how command passes."""

from __future__ import annotations

from collections.abc import Iterator

from plans.lint.rule import Fault, Layer, rule
from plans.schema import GRADES, Power


@rule(
    "named-and-by-level",
    "high",
    "定以级别规定为准，还是以指定为准",
    "Decide which comes first: the level's rule, or the naming.",
)
def commanders(layer: Layer) -> Iterator[Fault]:
    """现场指挥既由人指定，又由级别规定 · The commander on scene is named by a post, and given by the level as well."""
    hq = layer.command.onsite_hq
    naming = next((n for n in hq.naming if hq.head in n.posts), None) if hq else None
    given = [level for level, told in layer.response.levels.items() if told.commander]
    if hq is not None and naming is not None and given and hq.precedence is None:
        clauses = [clause for level in given for clause in layer.response.levels[level].commander_clauses]
        yield Fault(
            "command/onsite_hq/naming",
            (*naming.clauses, *clauses),
            f"一处由{layer.called(naming.by)}指定，一处按 {'、'.join(given)} 级规定",
            f"named by {naming.by}, and given by level {', '.join(given)}",
        )


@rule("power-leaves-grades", "medium", "说明其余等级由谁", "Say who does it at the other grades.")
def powers(layer: Layer) -> Iterator[Fault]:
    """某一机构的职权只写了几级 · A body's powers are given for some grades only."""
    held: dict[str, list[Power]] = {}
    for power in layer.command.powers:
        held.setdefault(power.holder, []).append(power)
    for holder, own in held.items():
        told = {grade for power in own for grade in (power.when.grades or GRADES)}
        if lacking := [grade for grade in GRADES if grade not in told]:
            yield Fault(
                f"command/powers/{own[0].id}/when",
                [clause for power in own for clause in power.clauses],
                f"{'、'.join(lacking)} 级时{layer.called(holder)}做什么没有写",
                f"what {holder} does at {', '.join(lacking)} is not said",
            )


@rule("onsite-hq-needed-below", "high", "定没有现场指挥部时由谁确认", "Decide who confirms where there is none.")
def needed_below(layer: Layer) -> Iterator[Fault]:
    """低等级没有现场指挥部，结束却要它确认 · At lower grades there is no on-site headquarters, and the end needs it."""
    hq, confirming = layer.command.onsite_hq, layer.termination.confirmed_by
    if hq is None or set(confirming) != {hq.unit}:
        return
    if without := [grade for grade in GRADES if hq.when.grades and grade not in hq.when.grades]:
        yield Fault(
            "termination/confirmed_by",
            (*layer.termination.clauses, *hq.clauses),
            f"{'、'.join(without)} 级不设现场指挥部，结束却要它确认",
            f"no on-site headquarters at {', '.join(without)}, and the end needs its word",
        )


@rule("handover-without-proof", "high", "定怎样算交接完成", "Decide what proves that it has happened.")
def proofs(layer: Layer) -> Iterator[Fault]:
    """指挥权交接没有完成的标志 · Command passes, and nothing proves when."""
    for handover in layer.command.handovers:
        if handover.kind == "command" and handover.ends_by is None:
            yield Fault(
                f"command/handovers/{handover.id}/ends_by",
                handover.clauses,
                "到场即交还是办理交接，没有写",
                f"{handover.id}: what ends it is not said",
            )


@rule("handover-some-levels", "medium", "定其余级别上级到场时怎样办", "Decide what happens at the other levels.")
def some_levels(layer: Layer) -> Iterator[Fault]:
    """只有几级写了指挥权交接 · The handover of command is written for some levels only."""
    passing = [handover for handover in layer.command.handovers if handover.kind == "command"]
    told = {level for handover in passing for level in (handover.levels or GRADES)}
    if lacking := [level for level in layer.response.levels if passing and level not in told]:
        yield Fault(
            f"command/handovers/{passing[0].id}/levels",
            passing[0].clauses,
            f"{'、'.join(lacking)} 级响应中上级到场怎样办没有写",
            f"what a superior's arrival does at {', '.join(lacking)} is not said",
        )


@rule("guiding-unsaid", "medium", "定只作指导时是否接管", "Decide whether guiding takes command.")
def guiding(layer: Layer) -> Iterator[Fault]:
    """上级只来指导时是否接管没有写 · Whether a superior who only guides takes command is not said."""
    passing = [handover for handover in layer.command.handovers if handover.kind == "command"]
    if passing and layer.command.guiding_takes_over is None:
        yield Fault(
            "command/guiding_takes_over",
            passing[0].clauses,
            "上级指导是否接管没有写",
            "whether guiding takes over is not said",
        )
