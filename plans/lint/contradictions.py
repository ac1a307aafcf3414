"""What the plan says twice: contradictions, names, names of nothing, chapters that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plans import references
from plans.lint.rule import Fault, Layer, cited, rule
from plans.schema import Part


@rule("reference-to-nothing", "high", "改正名称，或补上它", "Correct the name, or add what it names.")
def unknown_names(layer: Layer) -> Iterator[Fault]:
    """提到了预案没有的单位、岗位、专业组或条款 · A unit, post, group or clause is named that the plan does not have."""
    for path, name, expected in references.unknown(layer.chapters, layer.around.clauses):
        yield Fault(path, (), f"没有“{name}”", f"there is no '{name}' in {expected}")


@rule("id-twice", "high", "改用另一个编号", "Give one of them another id.")
def ids_twice(layer: Layer) -> Iterator[Fault]:
    """两项任务同一编号 · Two pieces of work bear one id."""
    for path, name in references.twice(layer.chapters):
        yield Fault(path, (), f"编号“{name}”出现两次", f"the id '{name}' stands twice")


@rule("contradiction", "high", "定以哪一句为准，记为决定", "Decide which sentence holds, and record it as a decision.")
def contradictions(layer: Layer) -> Iterator[Fault]:
    """两句话互相矛盾 · Two sentences of the plan contradict each other."""
    for path, part in layer.parts(Part):
        for field in dict.fromkeys(other.field for other in part.against):
            others = [other for other in part.against if other.field == field]
            said, against = _short(getattr(part, field, None)), "；".join(_short(other.says) for other in others)
            clauses = (*cited(part), *(clause for other in others for clause in other.clauses))
            one, en = (f"一处作“{said}”，", f"one sentence has {said}, ") if said else ("", "")
            yield Fault(
                f"{path}/{field}", clauses, f"{one}另一处作“{against}”", f"{field}: {en}another sentence has {against}"
            )


def _short(said: object) -> str:
    """A word, a number or a list of them; of anything longer nothing, since its place is told."""
    if isinstance(said, tuple | list):
        return "、".join(_short(one) for one in said) if all(_short(one) for one in said) else ""
    return str(said) if isinstance(said, str | int | timedelta) else ""


@rule("several-names", "medium", "确认是同一单位，统一称谓", "Confirm that it is one body, and keep one name.")
def names(layer: Layer) -> Iterator[Fault]:
    """同一单位有几个名称 · The plan knows one unit by several names."""
    for name, unit in layer.units.items():
        if unit.aliases:
            others = "、".join(unit.aliases)
            yield Fault(f"units/{name}", unit.clauses, f"{unit.name}又称{others}", f"{name} is also called {others}")


@rule("section-missing", "medium", "改为有的章节", "Name a section that is there.")
def sections(layer: Layer) -> Iterator[Fault]:
    """引用了本预案没有的章节 · A section is cited that the plan does not have."""
    for number, reference in enumerate(layer.about.refers_to):
        if reference.section not in layer.around.sections:
            yield Fault(
                f"plan/refers_to/{number}/section",
                reference.clauses,
                f"引用的 {reference.section} 在正文中没有",
                f"section {reference.section} is not in the text",
            )


@rule("chapter-missing", "medium", "补上这一章，或说明由哪里补足", "Add the chapter, or say what stands in for it.")
def chapters(layer: Layer) -> Iterator[Fault]:
    """缺少整章 · A chapter is missing."""
    told = {"groups": "专业组", "warning": "预警", "release": "信息发布", "preparedness": "保障和预案管理"}
    for name, title in told.items():
        if not layer.chapters.get(name):
            yield Fault(name, (), f"预案没有“{title}”一章", f"there is no chapter '{name}'")
