"""How things end: early disposal, the gate of conditions, who closes what, what recovery owes."""

from __future__ import annotations

from collections.abc import Iterator

from plans.lint.rule import Fault, Layer, cited, rule


@rule("early-disposal-endless", "high", "定先期处置何时结束", "Decide what ends it.")
def early(layer: Layer) -> Iterator[Fault]:
    """先期处置没有结束条件 · Early disposal has no end."""
    if layer.disposal.ends is None:
        yield Fault(
            "disposal/ends", layer.disposal.clauses, "先期处置何时结束没有写", "what ends early disposal is not said"
        )


@rule("conditions-unjoined", "high", "定各条是都要还是择一", "Decide which conditions must hold together.")
def unjoined(layer: Layer) -> Iterator[Fault]:
    """终止条件之间是“并且”还是“或者”没有写 · How the conditions of the end join is not said."""
    end = layer.termination
    joined = {*end.required, *(path for group in end.alternatives for path in group)}
    for path in dict.fromkeys(condition.path for condition in end.conditions):
        if path not in joined:
            told = [condition for condition in end.conditions if condition.path == path]
            yield Fault(
                f"termination/conditions/{told[0].id}/path",
                [clause for condition in told for clause in condition.clauses],
                f"“{told[0].says}”等条件与其他条件怎样合用没有写",
                f"how the conditions of '{path}' join the others is not said",
            )


@rule("path-without-conditions", "high", "补上条件，或删去这一路", "Add its conditions, or drop the path.")
def empty_paths(layer: Layer) -> Iterator[Fault]:
    """结束所需的一路没有条件，永远走不通 · A path that the end needs has no condition and can't be walked."""
    end = layer.termination
    known = {condition.path for condition in end.conditions}
    wanted = (*end.required, *(path for group in end.alternatives for path in group), end.people_missing_path)
    for path in dict.fromkeys(path for path in wanted if path is not None and path not in known):
        yield Fault(f"termination/{path}", end.clauses, f"“{path}”一路没有条件", f"the path '{path}' has no condition")


@rule("missing-people-unsaid", "high", "定仍有人失踪时能否结束", "Decide how it may end while people are missing.")
def missing(layer: Layer) -> Iterator[Fault]:
    """仍有人失踪时能否结束没有写 · Whether it may end while people are missing is not said."""
    if layer.termination.people_missing_path is None:
        yield Fault(
            "termination/people_missing_path",
            layer.termination.clauses,
            "仍有人失踪时怎样结束没有写",
            "how it ends while people are missing is not said",
        )


@rule("end-unconfirmed", "medium", "定由谁在现场确认", "Decide who finds on scene that they hold.")
def confirming(layer: Layer) -> Iterator[Fault]:
    """终止条件由谁确认没有写 · Nobody is told to find that the conditions hold."""
    if not layer.termination.confirmed_by:
        yield Fault(
            "termination/confirmed_by",
            layer.termination.clauses,
            "终止条件由谁确认没有写",
            "who confirms them is not said",
        )


@rule("end-by-another-body", "high", "定这一级由谁批准结束", "Decide who approves the end at this level.")
def other_body(layer: Layer) -> Iterator[Fault]:
    """别的机构启动的响应，由谁批准结束没有写 · Another body starts the level, and who approves its end is not said."""
    for level, told in layer.response.levels.items():
        ending = {stage.body for stage in layer.termination.scene_end_for(level).stages}
        starting = {stage.body for stage in told.approval.stages if stage.stage == "decide" and stage.body}
        if starting and ending.isdisjoint(starting) and told.lift is None:
            yield Fault(
                f"termination/scene_end/{level}",
                (*layer.termination.scene_end.clauses, *cited(told)),
                f"{level} 级由{layer.called(*sorted(starting))}启动，由谁批准结束没有写",
                f"{level} is started by {', '.join(sorted(starting))}; who approves its end is not said",
            )


@rule("superior-end-unsaid", "high", "定上级指挥时先听上级还是自行解除", "Decide whether its decision comes first.")
def superior(layer: Layer) -> Iterator[Fault]:
    """指挥权交上级后由谁解除没有写 · Once a superior commands, who lifts the response is not said."""
    passing = [handover for handover in layer.command.handovers if handover.kind == "command"]
    lifting = layer.termination.lifting
    if passing and lifting.superior_first is None:
        yield Fault(
            "termination/lifting/superior_first",
            (*lifting.clauses, *passing[0].clauses),
            "上级接手指挥后由谁解除没有写",
            "who lifts it once a superior commands is not said",
        )


@rule("investigation-without-limit", "medium", "定调查报告的期限", "Decide when its report is due.")
def investigations(layer: Layer) -> Iterator[Fault]:
    """事故调查没有期限 · The investigation has no time limit."""
    told = [task for task in layer.recovery.tasks if task.makes == "investigation"]
    if told and not any(task.within for task in told):
        yield Fault(
            f"recovery/tasks/{told[0].id}/within",
            [clause for task in told for clause in task.clauses],
            "调查报告的期限没有写",
            "when the investigation's report is due is not said",
        )


@rule("no-summary", "medium", "补一项总结任务", "Add a task for the summary report.")
def summaries(layer: Layer) -> Iterator[Fault]:
    """恢复阶段没有总结 · Recovery has no summary report."""
    yield from _made(layer, "summary", "没有工作总结", "no task makes a summary report")


@rule("no-archive", "medium", "补一项归档任务", "Add a task for the archive.")
def archives(layer: Layer) -> Iterator[Fault]:
    """恢复阶段没有归档 · Recovery has no archive."""
    yield from _made(layer, "archive", "没有归档", "no task files the papers")


@rule("no-investigation", "medium", "补上由谁调查", "Say who investigates.")
def uninvestigated(layer: Layer) -> Iterator[Fault]:
    """没有事故调查 · Nobody investigates."""
    yield from _made(layer, "investigation", "没有事故调查", "no task investigates")


def _made(layer: Layer, what: str, says: str, en: str) -> Iterator[Fault]:
    if not any(task.makes == what for task in layer.recovery.tasks):
        yield Fault(f"recovery/tasks/{what}", layer.recovery.clauses, says, en)
