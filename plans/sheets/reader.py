"""A plan in one language: its names, words and conditions, and the rows that sheets share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from plans.schema import (
    ApprovalRule,
    Clauses,
    Criterion,
    Grade,
    Item,
    NotifyRule,
    Plan,
    Skill,
    Stage,
    TaskRule,
    When,
    Work,
)
from plans.vocabulary import Language, level, span, word

Row = tuple[str, ...]


class Sheet(NamedTuple):
    """One table under its title, and sentences above it. Either may be missing."""

    chapter: str
    title: str
    columns: Row = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()


class Reader:
    """A plan and the language it is read in."""

    def __init__(self, plan: Plan, lang: Language) -> None:
        self.plan, self.lang = plan, lang

    def sheet(self, chapter: str, title: str, *parts: Any, cited: bool = True, notes: Iterable[str] = ()) -> Sheet:
        """`zh|en` titles, the rows last; the clauses make the last column."""
        *heads, rows = parts
        named = [self.t(*head.split("|")) for head in (*heads, *(["条款|Clauses"] if cited else []))]
        return Sheet(chapter, self.t(*title.split("|")), tuple(named), tuple(rows), tuple(notes))

    def tasks(self, chapter: str, title: str, tasks: Iterable[TaskRule]) -> Sheet:
        heads = ("责任单位|Owner", "任务|Task", "时限|Within")
        return self.sheet(chapter, title, *heads, [self.task(task) for task in tasks])

    def items(self, chapter: str, title: str, items: Iterable[Item]) -> Sheet:
        return self.sheet(chapter, title, "内容|Item", [(self.says(item), self.cite(item.clauses)) for item in items])

    def task(self, task: TaskRule) -> Row:
        limit = span(task.within, self.lang) if task.within else ""
        return self.unit(task.owner), self.says(task) + self.asides(task), limit, self.cite(task.clauses)

    def calls(self, chapter: str, title: str, calls: Sequence[tuple[Grade | str, NotifyRule]]) -> Sheet:
        """Whom an event calls; one row for those who are called alike."""
        alike: dict[Row, list[NotifyRule]] = {}
        for grade, call in calls:
            answer = self.t("须答复", "must answer") if call.answer else self.t("知会", "for information")
            shown = (level(grade, self.lang),) if grade else ()
            alike.setdefault((*shown, word(call.needed, self.lang), answer, self.when(call.when)), []).append(call)
        rows: list[Row] = [
            (*key, self.names(c.unit for c in same), self.cite(clause for c in same for clause in c.clauses))
            for key, same in alike.items()
        ]
        heads = ("叫应|Needed", "答复|Answer", "条件|When", "单位|Units")
        levels = ("级别|Level",) if any(grade for grade, _ in calls) else ()
        return self.sheet(chapter, title, *levels, *heads, rows)

    def approval(self, rule: ApprovalRule) -> Row:
        """Who proposes, who decides, who signs."""
        proposal = f"{self.unit(rule.proposal.by)} → {self.unit(rule.proposal.to)}" if rule.proposal else ""
        return proposal, self.stage(rule.stages, "decide"), self.stage(rule.stages, "sign")

    def behind(self, rule: ApprovalRule | None) -> Clauses:
        """Every clause that an approval rests on; none where nobody approves."""
        if rule is None:
            return ()
        staged = (clause for stage in rule.stages for clause in stage.clauses)
        return (*rule.clauses, *(rule.proposal.clauses if rule.proposal else ()), *staged)

    def stage(self, stages: Iterable[Stage], kind: str) -> str:
        told = next((stage for stage in stages if stage.stage == kind), None)
        if told is None:
            return ""
        posts = self.t("或", " or ").join(self.name(post) for post in told.posts)
        return f"{self.unit(told.body)}（{posts}）" if told.body else posts

    def sum_of(self, criterion: Criterion) -> str:
        return "+".join(word(measure, self.lang) for measure in criterion.counts) or self.words(
            criterion.equipment_events
        )

    def bound(self, criterion: Criterion) -> str:
        if not criterion.counts:
            return ""
        return f"[{criterion.at_least:,}, {'∞' if criterion.below is None else f'{criterion.below:,}'})"

    def limits(self, criterion: Criterion) -> str:
        kinds = (criterion.sectors, criterion.source_kinds, criterion.media)
        events = [*([criterion.equipment_events] if criterion.counts else [])]
        return self.t("；", "; ").join(self.words(words) for words in (*kinds, *events) if words)

    def when(self, when: When) -> str:
        """A condition in words; empty: it holds always."""
        told = [
            self.t("事故", "grade ") + "/".join(level(grade, self.lang) for grade in when.grades)
            if when.grades
            else "",
            self.t("响应", "level ") + "/".join(level(grade, self.lang) for grade in when.levels)
            if when.levels
            else "",
            self.words(when.sectors),
            self.words(when.circumstances),
            self.t("有", "with ") + self.words(when.any_count) if when.any_count else "",
        ]
        return self.t("；", "; ").join(filter(None, told))

    def asides(self, work: Work) -> str:
        """What keeps a piece of work from being given at once, and from whom."""
        told = [
            self.t("视需要", "if needed") if work.conditional else "",
            self.t("应请求", "on request") if work.on_request else "",
            self.can([work.skill] if work.skill else []),
            self.when(work.when),
        ]
        said = self.t("，", ", ").join(filter(None, told))
        return self.t(f"（{said}）", f" ({said})") if said else ""

    def also(self, aliases: Sequence[str]) -> str:
        """The other names of something; empty: it has none."""
        return self.t("又称", "also ") + self.t("、", ", ").join(aliases) if aliases else ""

    def can(self, skills: Sequence[Skill]) -> str:
        """A competence that somebody has, or that work asks for; empty: none."""
        return self.t("专长：", "skill: ") + self.words(skills) if skills else ""

    def says(self, part: Any) -> str:
        return str(part.en or part.says) if self.lang == "en" else str(part.says)

    def unit(self, name: str | None) -> str:
        return self.plan.units[name].name if name else self.t("（未写明）", "(not named)")

    def name(self, name: str) -> str:
        """A unit's name, or a post's title."""
        return self.plan.units[name].name if name in self.plan.units else self.plan.posts[name].title

    def names(self, names: Iterable[str]) -> str:
        return self.t("、", ", ").join(self.name(name) for name in names)

    def words(self, words: Iterable[str]) -> str:
        return self.t("、", ", ").join(word(one, self.lang) for one in words)

    def rests(self, sentence: str, clauses: Clauses) -> str:
        """A sentence with the clauses that it rests on."""
        return f"{sentence} ({self.cite(clauses)})" if clauses else sentence

    def cite(self, clauses: Clauses | Iterable[str]) -> str:
        return " ".join(dict.fromkeys(clauses))

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en
