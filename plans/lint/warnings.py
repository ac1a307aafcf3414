"""Warnings: what they carry, how they change and end, what each colour sets going."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plans.lint.rule import Fault, Layer, cited, rule
from plans.schema import COLOURS, Colour

NAMES: Mapping[Colour, str] = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}


@rule("colour-missing", "medium", "补上这一颜色", "Add the colour.")
def missing(layer: Layer) -> Iterator[Fault]:
    """四色缺一 · One of the four colours is missing."""
    if layer.warning is not None:
        for colour in COLOURS:
            if colour not in layer.warning.colours:
                yield Fault(f"warning/colours/{colour}", layer.warning.clauses, f"没有{NAMES[colour]}", f"no {colour}")


@rule("colour-without-grade", "high", "定颜色与等级的对应", "Decide which grade it stands for.")
def grades(layer: Layer) -> Iterator[Fault]:
    """预警颜色没有对应等级 · A colour stands for no grade."""
    if layer.warning is not None:
        for colour, told in layer.warning.colours.items():
            if told.grade is None:
                yield Fault(
                    f"warning/colours/{colour}/grade",
                    cited(told),
                    f"{NAMES[colour]}对应哪一等级没有写",
                    f"which grade {colour} stands for is not said",
                )


@rule(
    "colour-not-cumulative", "medium", "定是否叠加下一级的措施", "Decide whether the lower colour's measures hold too."
)
def bases(layer: Layer) -> Iterator[Fault]:
    """高一级的预警没有说是否包括下一级的措施 · A higher colour doesn't say whether the lower one's measures hold."""
    if layer.warning is not None:
        colours = [colour for colour in COLOURS if colour in layer.warning.colours]
        for number, colour in enumerate(colours):
            told = layer.warning.colours[colour]
            below = [lower for lower in colours[:number] if layer.warning.colours[lower].measures]
            if below and told.base is None:
                yield Fault(
                    f"warning/colours/{colour}/base",
                    cited(told),
                    f"{NAMES[colour]}是否包括{NAMES[below[-1]]}的措施没有写",
                    f"whether {colour} includes the measures of {below[-1]} is not said",
                )


@rule("colour-without-measures", "medium", "补上措施，或定沿用哪一级", "Give it measures, or a base.")
def measures(layer: Layer) -> Iterator[Fault]:
    """预警发布后什么也不做 · A colour sets nothing going."""
    if layer.warning is not None:
        for colour, told in layer.warning.colours.items():
            if not told.measures and told.base is None and not layer.warning.watch:
                yield Fault(
                    f"warning/colours/{colour}/measures",
                    cited(told),
                    f"{NAMES[colour]}没有措施",
                    f"{colour} has no measures",
                )


@rule("warning-without-content", "medium", "列出预警信息的内容", "List what its text must carry.")
def content(layer: Layer) -> Iterator[Fault]:
    """预警信息的内容没有写 · What a warning's text carries is not said."""
    if layer.warning is not None and not layer.warning.content:
        yield Fault("warning/content", layer.warning.clauses, "预警信息内容没有写", "what its text carries is not said")


@rule("warning-without-end", "medium", "定有效期", "Decide how long one stands.")
def validity(layer: Layer) -> Iterator[Fault]:
    """预警没有有效期 · A warning has no end."""
    if layer.warning is not None and layer.warning.valid_for is None:
        yield Fault(
            "warning/valid_for", layer.warning.clauses, "预警有效期没有写", "how long a warning stands is not said"
        )


@rule("warning-without-lift", "medium", "定由谁解除", "Decide who lifts it.")
def lifting(layer: Layer) -> Iterator[Fault]:
    """预警没有解除 · Nobody may lift a warning."""
    lift = layer.warning.lift if layer.warning else None
    if layer.warning is not None and lift is not None and lift.approval is None and not lift.also_by_colour:
        yield Fault(
            "warning/lift/approval", layer.warning.clauses, "预警由谁解除没有写", "who lifts a warning is not said"
        )


@rule("warning-adjust-nobody", "high", "定由谁批准调整", "Decide who approves a change of colour.")
def adjusting(layer: Layer) -> Iterator[Fault]:
    """预警调整没有批准人 · Nobody approves a change of colour."""
    if layer.warning is not None and layer.warning.adjust.approval is None and not layer.warning.adjust.also_by_colour:
        adjust = layer.warning.adjust
        yield Fault(
            "warning/adjust/approval", adjust.clauses, "调整由谁批准没有写", "who approves a change is not said"
        )


@rule(
    "warning-adjust-bodies", "high", "定原审定机构是否也须同意", "Decide whether the bodies of both colours must agree."
)
def adjusting_bodies(layer: Layer) -> Iterator[Fault]:
    """调整颜色时，原来审定的机构是否也须同意没有写 · Whether the bodies of both colours must agree is not said."""
    if layer.warning is not None and layer.warning.adjust.also_by_colour is None:
        bodies = {stage.body for told in layer.warning.colours.values() for stage in told.approval.stages}
        if len(bodies) > 1:
            yield Fault(
                "warning/adjust/also_by_colour",
                layer.warning.adjust.clauses,
                "各颜色由不同机构审定，调整时谁须同意没有写",
                "colours are determined by several bodies; which agree to a change is not said",
            )


@rule("warning-from-elsewhere", "low", "定收到外地预警后怎样办", "Decide what one from elsewhere asks here.")
def inbound(layer: Layer) -> Iterator[Fault]:
    """收到外地预警怎样办没有写 · What a warning from elsewhere asks is not said."""
    if layer.warning is not None and not layer.warning.inbound:
        yield Fault(
            "warning/inbound",
            layer.warning.clauses,
            "收到外地预警怎样办没有写",
            "nothing is asked by one from elsewhere",
        )
