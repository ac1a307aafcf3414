"""A plan as people read it: short sheets of tables, chapter by chapter, for the terminal and for pages alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from plans.schema import (
    ApprovalRule,
    Clauses,
    Criterion,
    Duty,
    Grade,
    Item,
    NotifyRule,
    Plan,
    Stage,
    TaskRule,
    When,
    Work,
    severity,
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


def sheets(plan: Plan, lang: Language = "zh", chapter: str | None = None) -> tuple[Sheet, ...]:
    """The whole plan, or one chapter (a file's name without `.yaml`), with empty sheets left out."""
    told = Reader(plan, lang).sheets()
    return tuple(s for s in told if (s.rows or s.notes) and chapter in (None, s.chapter))


class Reader:
    """A plan and the language it is read in."""

    def __init__(self, plan: Plan, lang: Language) -> None:
        self.plan, self.lang = plan, lang

    def sheets(self) -> Iterator[Sheet]:
        for chapter in (
            self.about,
            self.units,
            self.posts,
            self.groups,
            self.grading,
            self.reporting,
            self.notices,
            self.disposal,
            self.response,
            self.command,
            self.warning,
            self.release,
            self.termination,
            self.recovery,
            self.preparedness,
            self.decisions,
            self.outside,
        ):
            yield from chapter()

    # -- chapters ------------------------------------------------------------------------------------------------------

    def about(self) -> Iterator[Sheet]:
        about, place = self.plan.about, self.plan.about.jurisdiction
        accepts, confirm = self.words(about.scope.accepts), self.words(about.scope.confirm)
        notes = [
            about.title,
            f"{place.name}（{place.division_code}，{word(place.tier, self.lang)}），{about.issued}",
            self.rests(self.t(f"受理：{accepts}", f"Takes: {accepts}"), about.scope.clauses),
            *([self.t(f"经人确认后受理：{confirm}", f"After a person's confirmation: {confirm}")] if confirm else []),
        ]
        if self.plan.silent:
            silent = ", ".join(self.plan.silent)
            notes.append(self.t(f"没有的章节：{silent}", f"Chapters it does not have: {silent}"))
        yield Sheet("plan", self.t("预案", "The plan"), notes=tuple(notes))

    def units(self) -> Iterator[Sheet]:
        rows: list[Row] = []
        for unit in self.plan.units.values():
            start = (unit.name, word(unit.kind, self.lang))
            also = self.t("又称", "also ") + self.t("、", ", ").join(unit.aliases) if unit.aliases else ""
            if also or unit.clauses or not unit.duties:
                rows.append((*start, "", also, self.cite(unit.clauses)))
            rows += [(*start, *self.duty(duty)) for duty in unit.duties]
        yield self.sheet(
            "units", "单位与职责|Units and duties", "单位|Unit", "类型|Kind", "阶段|Phase", "职责|Duty", rows
        )

    def duty(self, duty: Duty) -> Row:
        part = "" if duty.part == "lead" else f"（{word(duty.part, self.lang)}）"
        return word(duty.phase, self.lang), self.says(duty) + part + self.asides(duty), self.cite(duty.clauses)

    def posts(self) -> Iterator[Sheet]:
        rows: list[Row] = [
            (
                post.title,
                self.unit(post.unit),
                post.held_by,
                self.words(post.roles),
                self.names(post.substitutes),
                self.cite(post.clauses),
            )
            for post in self.plan.posts.values()
        ]
        heads = ("岗位|Post", "单位|Unit", "任职|Held by", "可以|May", "替代|Substitutes")
        yield self.sheet("posts", "岗位|Posts", *heads, rows)

    def groups(self) -> Iterator[Sheet]:
        groups = self.plan.groups.values()
        lead = [(g.name, self.unit(g.lead), self.names(g.members), g.forces, self.cite(g.clauses)) for g in groups]
        heads = ("组|Group", "牵头|Lead", "成员|Members", "队伍|Forces")
        yield self.sheet("groups", "现场工作组|Groups on scene", *heads, lead)
        work = [(g.name, self.says(w) + self.asides(w), self.cite(w.clauses)) for g in groups for w in g.tasks]
        yield self.sheet("groups", "各组任务|Their work", "组|Group", "任务|Work", work)

    def grading(self) -> Iterator[Sheet]:
        ranked = sorted(self.plan.grading.criteria, key=lambda criterion: severity(criterion.grade))
        rows = [(level(c.grade, self.lang), self.sum_of(c), self.bound(c), self.limits(c), c.clause) for c in ranked]
        heads = ("等级|Grade", "数|Count", "区间|Band", "只限|Only for")
        notes = list(self.reading())
        if (default := self.plan.grading.default_grade) is not None:
            named = level(default, self.lang)
            notes.append(self.t(f"一条也不符合时为{named}。", f"Where nothing matches: {named}."))
        yield self.sheet("grading", "事故分级|Grading", *heads, rows, notes=notes)

    def reading(self) -> Iterator[str]:
        """How the bands are read, beside the bands."""
        rules = self.plan.grading
        if rules.scale:
            names = self.t("、", ", ").join(named.name for named in rules.scale.lowest_first)
            yield self.rests(self.t(f"由低到高：{names}", f"Lowest first: {names}"), rules.scale.clauses)
        if rules.bounds:
            said = self.t("含下限，不含上限", "The lower bound is included, the upper is not")
            yield self.rests(said, rules.bounds.clauses)
        if rules.factors:
            named = self.t("、", ", ").join(factor.says for factor in rules.factors.named)
            may = self.t("，经授权的人可据此提高等级", "; an authorised person may raise the grade by them")
            said = self.t("不计数的因素：", "Factors without numbers: ") + named + (may if rules.factors.may else "")
            yield self.rests(said, rules.factors.clauses)

    def reporting(self) -> Iterator[Sheet]:
        rules = self.plan.reporting.rules
        rows: list[Row] = [
            (
                self.unit(rule.sender),
                self.unit(rule.addressee),
                f"{word(rule.line, self.lang)}·{word(rule.leg, self.lang)}",
                word(rule.starts, self.lang) if rule.starts else self.t("未定", "not set"),
                span(rule.within, self.lang) if rule.within else self.t("未定", "not set"),
                span(rule.every, self.lang) if rule.every else "",
                self.t("自设", "soft") if rule.soft else self.t("法定", "legal"),
                self.when(rule.when),
                self.cite(rule.clauses),
            )
            for rule in rules
        ]
        heads = ("从|From", "到|To", "线路|Leg", "起算|Starts", "时限|Within", "续报|Every", "性质|Kind", "条件|When")
        yield self.sheet("reporting", "信息报告时限|Reporting clocks", *heads, rows)
        yield self.items("reporting", "报告内容|What a report states", self.plan.reporting.fields)
        handling = [
            (word(h.kind, self.lang), self.says(h), self.names(h.by or ()), self.cite(h.clauses))
            for h in self.plan.reporting.handling
        ]
        yield self.sheet("reporting", "报告规矩|How reports are handled", "类|Kind", "内容|Rule", "由|By", handling)

    def notices(self) -> Iterator[Sheet]:
        steps = [(word(s.channel, self.lang), span(s.wait, self.lang)) for s in self.plan.notices.chase]
        lasts = span(self.plan.notices.expires_after, self.lang)
        notes = [self.t(f"通知 {lasts}后失效。", f"A notice expires after {lasts}.")]
        heads = ("渠道|Channel", "等候|Wait")
        yield self.sheet("notices", "通知与追办|Notices and their chase", *heads, steps, cited=False, notes=notes)

    def disposal(self) -> Iterator[Sheet]:
        disposal = self.plan.disposal
        yield self.tasks("disposal", "先期处置|Early disposal", disposal.tasks)
        yield self.tasks("disposal", "上级接管后属地的任务|On the ground after a takeover", disposal.taken_over)
        yield self.calls("disposal", "先期通知|Called at once", [("", rule) for rule in disposal.notify])

    def response(self) -> Iterator[Sheet]:
        response = self.plan.response
        ranked = sorted(response.levels.items(), key=lambda item: severity(item[0]))
        rows: list[Row] = [
            (
                level(grade, self.lang),
                *self.approval(rule.approval),
                self.names(rule.commander),
                level(rule.base.level, self.lang) if rule.base else "",
                self.cite(
                    (*rule.clauses, *rule.approval.clauses, *rule.commander_clauses)
                    + (rule.base.clauses if rule.base else ())
                ),
            )
            for grade, rule in ranked
        ]
        heads: Row = (
            "级别|Level",
            "提请|Proposed by",
            "决定|Decides",
            "签发|Signs",
            "现场指挥|Commands",
            "仍有效|Base",
        )
        yield self.sheet("response", "响应级别|Levels of response", *heads, rows)
        yield self.items("response", "命令须写明|What an order states", response.content)
        starts = [(self.names(s.units), self.says(s), self.cite(s.clauses)) for s in response.at_once]
        yield self.sheet("response", "自行启动|Started by the accident itself", "单位|Units", "内容|What", starts)
        measures = [(level(grade, self.lang), *self.task(task)) for grade, rule in ranked for task in rule.measures]
        heads = ("级别|Level", "责任单位|Owner", "措施|Measure", "时限|Within")
        yield self.sheet("response", "响应措施|Measures", *heads, measures)
        yield self.tasks("response", "每次启动都带来的任务|Brought by every order", response.started)
        calls = [(grade, call) for grade, rule in ranked for call in rule.notify]
        yield self.calls("response", "响应通知|Called by the order", calls)
        packs = [
            (
                pack.title,
                self.words(pack.sectors),
                self.t("已附", "attached") if pack.attached else self.t("未提供", "not supplied"),
                self.cite(pack.clauses),
            )
            for pack in response.packs
        ]
        yield self.sheet(
            "response", "专项措施|Measures in other plans", "预案|Plan", "行业|Sectors", "状态|State", packs
        )

    def command(self) -> Iterator[Sheet]:
        command = self.plan.command
        presumed = self.name(command.presumed)
        told = self.t(f"尚未明确时推定：{presumed}", f"Presumed until somebody is named: {presumed}")
        notes = [self.rests(told, command.presumed_clauses)]
        if (hq := command.onsite_hq) is not None:
            told = self.t(
                f"{self.unit(hq.unit)}：{self.when(hq.when)}，{self.unit(hq.ordered_by)}决定，"
                f"{self.unit(hq.set_up_by)}组建，负责人{self.name(hq.head)}",
                f"{self.unit(hq.unit)}: {self.when(hq.when)}; ordered by {self.unit(hq.ordered_by)}, set up by "
                f"{self.unit(hq.set_up_by)}, headed by {self.name(hq.head)}",
            )
            if hq.ends is not None:
                told += self.t(f"，{word(hq.ends, self.lang)}", ", dissolved with the level")
            notes.append(self.rests(told, hq.clauses))
        yield Sheet("command", self.t("现场指挥", "Command on scene"), notes=tuple(notes))
        if hq is not None:
            named = [
                (
                    self.names(n.posts),
                    self.name(n.by),
                    self.name(n.confirmed_by) if n.confirmed_by else "",
                    self.cite(n.clauses),
                )
                for n in hq.naming
            ]
            heads: Row = ("岗位|Posts", "由谁指定|Named by", "由谁确认|Confirmed by")
            yield self.sheet("command", "现场岗位|Posts on scene", *heads, named)
            work = [(self.says(w) + self.asides(w), self.cite(w.clauses)) for w in hq.tasks]
            yield self.sheet("command", "现场的统一工作|Work of the on-site headquarters", "工作|Work", work)
        powers = [(self.name(p.holder), self.says(p), self.when(p.when), self.cite(p.clauses)) for p in command.powers]
        yield self.sheet("command", "职权|Powers", "谁|Holder", "可以|May", "条件|When", powers)
        passed = [
            (
                word(h.kind, self.lang),
                "、".join(level(grade, self.lang) for grade in h.levels),
                self.names(h.giver),
                self.names(h.taker),
                self.says(h),
                self.cite(h.clauses),
            )
            for h in command.handovers
        ]
        heads = ("类|Kind", "级别|Levels", "交|Giver", "接|Taker", "内容|What")
        yield self.sheet("command", "报到、接替与交接|Check-in, relief and handover", *heads, passed)

    def warning(self) -> Iterator[Sheet]:
        warning = self.plan.warning
        if warning is None:
            return
        rows: list[Row] = [
            (
                word(colour, self.lang),
                level(rule.grade, self.lang) if rule.grade else "",
                *self.approval(rule.approval),
                self.cite((*rule.clauses, *rule.approval.clauses)),
            )
            for colour, rule in warning.colours.items()
        ]
        heads: Row = ("颜色|Colour", "对应等级|Grade", "提请|Proposed by", "审定|Determines", "签发|Signs")
        publisher = self.unit(warning.publisher.unit)
        told = self.t(f"统一由{publisher}发布", f"Published by {publisher} alone")
        notes = [self.rests(told, warning.publisher.clauses)]
        yield self.sheet("warning", "预警|Warnings", *heads, rows, notes=notes)
        items = [
            (self.t(*names), self.says(item), self.cite(item.clauses))
            for names, group in (
                (("依据", "basis"), warning.basis),
                (("内容", "content"), warning.content),
                (("审核", "review"), warning.review),
            )
            for item in group
        ]
        yield self.sheet("warning", "依据、内容与审核|Basis, content and review", "类|Kind", "内容|Item", items)
        changed = [
            (
                self.t(*names),
                *(self.approval(change.approval)[1:] if change.approval else ("", "")),
                self.names(change.consults),
                self.cite((*change.clauses, *(change.approval.clauses if change.approval else ()))),
            )
            for names, change in ((("调整", "adjusted"), warning.adjust), (("解除", "lifted"), warning.lift))
            if change.approval or change.clauses
        ]
        heads = ("何时|When", "审定|Determines", "签发|Signs", "先征求|Consults")
        yield self.sheet("warning", "预警的调整与解除|How a warning changes and ends", *heads, changed)
        measures = [
            (self.t(*names), *self.task(task))
            for names, tasks in (
                *(((word(c, "zh"), word(c, "en")), rule.measures) for c, rule in warning.colours.items()),
                (("在有效期内", "while in force"), warning.watch),
                (("调整时", "when adjusted"), warning.adjust.tasks),
                (("解除时", "when lifted"), warning.lift.tasks),
                (("外地预警", "from elsewhere"), warning.inbound),
            )
            for task in tasks
        ]
        heads = ("何时|When", "责任单位|Owner", "措施|Measure", "时限|Within")
        yield self.sheet("warning", "预警措施|Measures of a warning", *heads, measures)

    def release(self) -> Iterator[Sheet]:
        release = self.plan.release
        if release is None:
            return
        rows: list[Row] = [
            (
                self.when(rule.when),
                self.unit(rule.publisher) if rule.publisher else self.t("按上级要求", "as a superior requires"),
                self.names(rule.approved_by),
                self.names(rule.informs),
                self.says(rule),
                self.cite(rule.clauses),
            )
            for rule in release.rules
        ]
        heads = ("条件|When", "发布|Publishes", "批准|Approves", "通报|Informs", "内容|What")
        yield self.sheet("release", "信息发布|Release", *heads, rows)
        yield self.tasks("release", "发布任务|Work of a release", release.tasks)
        yield self.items("release", "发布内容|What a text carries", release.content)

    def termination(self) -> Iterator[Sheet]:
        rules = self.plan.termination
        rows = [(c.path, self.says(c), self.cite(c.clauses)) for c in rules.conditions]
        joined = [*rules.required, *(self.t("或", " or ").join(group) for group in rules.alternatives)]
        notes = [
            *([self.t("须成立：", "Needed: ") + self.t("；", "; ").join(joined)] if joined else []),
            self._scene_end(rules.scene_end),
            *(self._scene_end(rule, level) for level, rule in rules.scene_end_at.items()),
            self.rests(self.says(rules.withdrawal), rules.withdrawal.clauses),
            self.rests(self.says(rules.lifting), rules.lifting.clauses),
        ]
        yield self.sheet("termination", "应急结束|The end", "路径|Path", "条件|Condition", rows, notes=notes)

    def _scene_end(self, rule: ApprovalRule, level: str = "") -> str:
        _, end, _ = self.approval(rule)
        zh, en = (f"（{level}级）", f" at {level}") if level else ("", "")
        return self.rests(
            self.t(f"结束现场处置{zh}：{end}决定", f"The scene end{en} is decided by {end}"), rule.clauses
        )

    def recovery(self) -> Iterator[Sheet]:
        yield self.tasks("recovery", "后期处置|Recovery", self.plan.recovery.tasks)
        if (window := self.plan.recovery.casualty_window) is not None:
            lasts = span(window.length, self.lang)
            special = "、".join(f"{word(s, self.lang)} {span(d, self.lang)}" for s, d in window.sectors.items())
            said = self.rests(f"{lasts}{f'（{special}）' if special else ''}", window.clauses)
            yield Sheet("recovery", self.t("伤亡补报期", "Casualty window"), notes=(said,))

    def preparedness(self) -> Iterator[Sheet]:
        ready = self.plan.preparedness
        if ready is None:
            return
        rows: list[Row] = [
            (word(r.kind, self.lang), self.unit(r.owner) if r.owner else "", self.says(r), self.cite(r.clauses))
            for r in ready.resources
        ]
        yield self.sheet("preparedness", "应急保障|What stands ready", "类|Kind", "责任|Owner", "内容|What", rows)
        drills = [
            (self.unit(d.owner), self.says(d), span(d.every, self.lang) if d.every else "", self.cite(d.clauses))
            for d in ready.drills
        ]
        yield self.sheet("preparedness", "演练|Exercises", "责任|Owner", "内容|What", "周期|Every", drills)
        if (taken := ready.requisition) is not None:
            cited = self.cite((*taken.clauses, *taken.payment_clauses))
            row = (self.names(taken.ordered_by), self.says(taken), self.names(taken.paid_by), cited)
            heads = ("决定|Ordered by", "内容|What", "补偿|Paid by")
            yield self.sheet("preparedness", "征用|Requisition", *heads, [row])
        revised = [(self.says(r), self.cite(r.clauses)) for r in ready.revisions]
        yield self.sheet("preparedness", "何时修订|What opens a revision", "情形|Case", revised)

    def decisions(self) -> Iterator[Sheet]:
        rows: list[Row] = [
            (
                decision.id,
                decision.choice,
                decision.reason,
                word(decision.basis, self.lang),
                self.t("已确认", "confirmed") if decision.confirmed else self.t("待确认", "to be confirmed"),
            )
            for decision in self.plan.decisions
        ]
        heads = ("编号|No.", "决定|Choice", "理由|Reason", "依据|Basis", "预案单位|Owner")
        title = "原文未写或矛盾处的决定|Decisions where the text is silent or contradicts itself"
        yield self.sheet("decisions", title, *heads, rows, cited=False)

    def outside(self) -> Iterator[Sheet]:
        rows = [(item.clause, item.reason) for item in self.plan.outside]
        title = "不在系统内的条款|Clauses outside the system"
        yield self.sheet("outside", title, "条款|Clause", "理由|Reason", rows, cited=False)

    # -- pieces --------------------------------------------------------------------------------------------------------

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
        """What keeps a piece of work from being given at once."""
        told = [
            self.t("视需要", "if needed") if work.conditional else "",
            self.t("应请求", "on request") if work.on_request else "",
            self.when(work.when),
        ]
        said = self.t("，", ", ").join(filter(None, told))
        return self.t(f"（{said}）", f" ({said})") if said else ""

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
