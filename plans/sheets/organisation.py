"""What the plan is, and who is in it: units, posts and groups on scene."""

from __future__ import annotations

from collections.abc import Iterator

from plans.schema import Duty, Group
from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import word


def about(r: Reader) -> Iterator[Sheet]:
    about, place = r.plan.about, r.plan.about.jurisdiction
    accepts, confirm = r.words(about.scope.accepts), r.words(about.scope.confirm)
    notes = [
        about.title,
        f"{place.name}（{place.division_code}，{word(place.tier, r.lang)}），{about.issued}",
        r.rests(r.t(f"受理：{accepts}", f"Takes: {accepts}"), about.scope.clauses),
        *([r.t(f"经人确认后受理：{confirm}", f"After a person's confirmation: {confirm}")] if confirm else []),
    ]
    for sent in about.refers_to:
        said = r.t(f"引用本预案 {sent.section}", f"Sends its reader to section {sent.section}")
        notes.append(r.rests(said, sent.clauses))
    if r.plan.silent:
        silent = ", ".join(r.plan.silent)
        notes.append(r.t(f"没有的章节：{silent}", f"Chapters it does not have: {silent}"))
    yield Sheet("plan", r.t("预案", "The plan"), notes=tuple(notes))


def units(r: Reader) -> Iterator[Sheet]:
    rows: list[Row] = []
    for unit in r.plan.units.values():
        start = (unit.name, word(unit.kind, r.lang))
        also = r.t("；", "; ").join(filter(None, (r.also(unit.aliases), r.can(unit.skills))))
        if also or unit.clauses or not unit.duties:
            rows.append((*start, "", also, r.cite(unit.clauses)))
        rows += [(*start, *_duty(r, duty)) for duty in unit.duties]
    yield r.sheet("units", "单位与职责|Units and duties", "单位|Unit", "类型|Kind", "阶段|Phase", "职责|Duty", rows)


def _duty(r: Reader, duty: Duty) -> Row:
    part = "" if duty.part == "lead" else f"（{word(duty.part, r.lang)}）"
    return word(duty.phase, r.lang), r.says(duty) + part + r.asides(duty), r.cite(duty.clauses)


def posts(r: Reader) -> Iterator[Sheet]:
    rows: list[Row] = [
        (
            post.title,
            r.unit(post.unit),
            post.held_by + (r.t("（负责人）", " (head)") if post.heads else ""),
            r.words(post.roles),
            r.names(post.substitutes),
            r.cite(post.clauses),
        )
        for post in r.plan.posts.values()
    ]
    heads = ("岗位|Post", "单位|Unit", "任职|Held by", "可以|May", "替代|Substitutes")
    yield r.sheet("posts", "岗位|Posts", *heads, rows)


def groups(r: Reader) -> Iterator[Sheet]:
    groups = r.plan.groups.values()
    lead = [(_called(r, g), r.unit(g.lead), r.names(g.members), g.forces, r.cite(g.clauses)) for g in groups]
    heads = ("组|Group", "牵头|Lead", "成员|Members", "队伍|Forces")
    yield r.sheet("groups", "现场工作组|Groups on scene", *heads, lead)
    work = [(g.name, r.says(w) + r.asides(w), r.cite(w.clauses)) for g in groups for w in g.tasks]
    yield r.sheet("groups", "各组任务|Their work", "组|Group", "任务|Work", work)


def _called(r: Reader, group: Group) -> str:
    also = r.also(group.aliases)
    return group.name + (r.t(f"（{also}）", f" ({also})") if also else "")
