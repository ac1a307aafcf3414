"""Levels of response, and who commands on scene."""

from __future__ import annotations

from collections.abc import Iterator

from plans.schema import Attention, OnSiteHq, severity
from plans.sheets.reader import Reader, Row, Sheet
from plans.vocabulary import level, span, word


def response(r: Reader) -> Iterator[Sheet]:
    response = r.plan.response
    ranked = sorted(response.levels.items(), key=lambda item: severity(item[0]))
    rows: list[Row] = [
        (
            level(grade, r.lang),
            *r.approval(rule.approval),
            r.names(rule.commander),
            level(rule.base.level, r.lang) if rule.base else "",
            r.cite(
                (*rule.clauses, *rule.commander_clauses)
                + r.behind(rule.approval)
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
    yield r.sheet("response", "响应级别|Levels of response", *heads, rows, notes=_moves(r))
    yield r.items("response", "命令须写明|What an order states", response.content)
    if response.attention:
        yield _attention(r, response.attention)
    starts = [(r.names(s.units), r.says(s), r.cite(s.clauses)) for s in response.at_once]
    yield r.sheet("response", "自行启动|Started by the accident itself", "单位|Units", "内容|What", starts)
    measures = [(level(grade, r.lang), *r.task(task)) for grade, rule in ranked for task in rule.measures]
    heads = ("级别|Level", "责任单位|Owner", "措施|Measure", "时限|Within")
    yield r.sheet("response", "响应措施|Measures", *heads, measures)
    yield r.tasks("response", "每次启动都带来的任务|Brought by every order", response.started)
    calls = [(grade, call) for grade, rule in ranked for call in rule.notify]
    yield r.calls("response", "响应通知|Called by the order", calls)
    packs = [
        (
            pack.title,
            r.words(pack.sectors),
            r.t("已附", "attached") if pack.attached else r.t("未提供", "not supplied"),
            r.cite(pack.clauses),
        )
        for pack in response.packs
    ]
    yield r.sheet("response", "专项措施|Measures in other plans", "预案|Plan", "行业|Sectors", "状态|State", packs)


def _attention(r: Reader, rules: Attention) -> Sheet:
    """What asks for special attention beside a grade."""
    rows = [(period.says, f"{period.first.isoformat()} – {period.last.isoformat()}") for period in rules.periods]
    if rules.repeated_within and rules.repeated_count:
        lasts, count = span(rules.repeated_within, r.lang), rules.repeated_count
        rows.append((word("repeated", r.lang), r.t(f"{lasts}内 {count} 起", f"{count} within {lasts}")))
    asked = r.words(("sensitive_period", "repeated"))
    said = r.rests(r.t(f"须特别关注：{asked}", f"Asks for special attention: {asked}"), rules.clauses)
    title = "须特别关注的情形|Special attention"
    return r.sheet("response", title, "情形|Case", "何时|When", rows, cited=False, notes=[said])


def _moves(r: Reader) -> Iterator[str]:
    """Who raises a level and who lowers it, as far as the plan says."""
    response = r.plan.response
    for (zh, en), change in ((("提高", "Raised"), response.raise_by), (("降低", "Lowered"), response.lower_by)):
        if change is not None:
            by = word(change.by, r.lang)
            yield r.rests(r.t(f"{zh}级别：{by}", f"{en} by those of the {by}"), change.clauses)


def _onsite(r: Reader, hq: OnSiteHq) -> Iterator[str]:
    """The on-site headquarters, sentence by sentence."""
    told = r.t(
        f"{r.unit(hq.unit)}：{r.when(hq.when)}，{r.unit(hq.ordered_by)}决定，"
        f"{r.unit(hq.set_up_by)}组建，负责人{r.name(hq.head)}，{word(hq.active_from, r.lang)}",
        f"{r.unit(hq.unit)}: {r.when(hq.when)}; ordered by {r.unit(hq.ordered_by)}, set up by "
        f"{r.unit(hq.set_up_by)}, headed by {r.name(hq.head)}, formed with the {word(hq.active_from, r.lang)}",
    )
    if hq.ends is not None:
        told += r.t(f"，{word(hq.ends, r.lang)}", ", dissolved with the level")
    yield r.rests(told, hq.clauses)
    if hq.precedence is not None:
        first = word(hq.precedence, r.lang)
        yield r.t(
            f"既有指定又有该级指挥到场的，{first}优先", f"Somebody named or the level's own: the {first} one goes first"
        )
    for listed in hq.group_lists:
        groups = r.t("、", ", ").join(listed.names)
        yield r.rests(r.t(f"所列工作组：{groups}", f"Groups as listed: {groups}"), listed.clauses)


def command(r: Reader) -> Iterator[Sheet]:
    command = r.plan.command
    presumed = r.name(command.presumed)
    told = r.t(f"尚未明确时推定：{presumed}", f"Presumed until somebody is named: {presumed}")
    notes = [r.rests(told, command.presumed_clauses)]
    if (hq := command.onsite_hq) is not None:
        notes += _onsite(r, hq)
    yield Sheet("command", r.t("现场指挥", "Command on scene"), notes=tuple(notes))
    if hq is not None:
        formed = [
            (
                "、".join(level(grade, r.lang) for grade in f.levels) or r.t("启动前", "before any"),
                r.says(f),
                r.names(f.by),
                r.cite(f.clauses),
            )
            for f in hq.formations
        ]
        title = "现场指挥部逐级改组|How the on-site headquarters is handed upward"
        yield r.sheet("command", title, "级别|Levels", "怎样|How", "组成|By", formed)
        named = [
            (
                r.names(n.posts),
                r.name(n.by),
                r.name(n.confirmed_by) if n.confirmed_by else "",
                r.cite(n.clauses),
            )
            for n in hq.naming
        ]
        heads: Row = ("岗位|Posts", "由谁指定|Named by", "由谁确认|Confirmed by")
        yield r.sheet("command", "现场岗位|Posts on scene", *heads, named)
        work = [(r.says(w) + r.asides(w), r.cite(w.clauses)) for w in hq.tasks]
        yield r.sheet("command", "现场的统一工作|Work of the on-site headquarters", "工作|Work", work)
    powers = [(r.name(p.holder), r.says(p), r.when(p.when), r.cite(p.clauses)) for p in command.powers]
    yield r.sheet("command", "职权|Powers", "谁|Holder", "可以|May", "条件|When", powers)
    passed = [
        (
            word(h.kind, r.lang),
            "、".join(level(grade, r.lang) for grade in h.levels),
            r.names(h.giver),
            r.names(h.taker),
            r.says(h),
            r.cite(h.clauses),
        )
        for h in command.handovers
    ]
    heads = ("类|Kind", "级别|Levels", "交|Giver", "接|Taker", "内容|What")
    yield r.sheet("command", "报到、接替与交接|Check-in, relief and handover", *heads, passed)
