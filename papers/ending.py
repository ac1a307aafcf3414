"""The end: the request to terminate and the announcement (D20), the summary and review (D21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from incidents import accounts, timeline
from incidents.conditions import complete
from incidents.logbook import Entry
from incidents.record import Approval
from incidents.report_contents import VERIFYING
from papers.desk import name
from papers.reports import length
from papers.source import (
    NONE,
    TO_WRITE,
    UNSIGNED,
    Rows,
    Source,
    Values,
    counted,
    grade,
    lines,
    loss,
    people,
    sentence,
    some,
)
from plans.schema import Measure
from statecharts.clock import CLOCK

_FAULTS = {"late": "迟报", "false": "谎报", "concealed": "瞒报", "omitted": "漏报"}
_PEOPLE: tuple[Measure, ...] = ("deaths", "missing")
"""Whom an end speaks of, known or not."""


def termination(source: Source) -> Values:
    """D20: the conditions one by one, with evidence and who found it."""
    record, plan = source.record, source.plan
    asked = _asked(source, "scene_end")
    figures = frozen(source)
    lifted = source.last("response_lifted")
    ended = source.last("withdrawn")
    level = lifted.data["level"] if lifted else record.level
    if level is None:
        source.unfit("没有应急响应可终止", "no response stands that could end")
    paths = complete(plan, record)
    wanted = [
        rule
        for rule in plan.termination.conditions
        if rule.id in record.conditions or rule.path in paths or rule.path in plan.termination.required
    ]
    rows: Rows = []
    for rule in wanted:
        found = source.last("condition_found", condition=rule.id)
        tick = record.conditions.get(rule.id)
        holds = tick is not None and tick.holds
        rows.append(
            {
                "says": sentence(rule.says),
                "evidence": sentence(found.data["words"]) if found and holds else "尚未成立" if found else VERIFYING,
                "by": source.person(tick.by) if tick else "",
            }
        )
    acts = [act for one in (asked, _asked(source, "lift")) if one for act in one.acts]
    approvals: Rows = [
        {
            "post": source.unit(act.post),
            "name": source.person(act.user),
            "form": source.hand(act),
            "at": source.when(act.at),
        }
        for act in acts
    ]
    drafter = asked.proposed_by if asked else source.drafter
    signer = asked.stages[-1] if asked else plan.termination.scene_end_for(level).stages[-1]
    alive = accounts.counting(record.accounts, "rescued")
    rescued = alive.stands.count.n if alive else None
    return {
        "level": grade(level),
        "conditions": lines(rows, "says", "evidence", "by"),
        "rescued": f"{rescued}人" if rescued is not None else VERIFYING,
        "deaths": counted(figures, "deaths"),
        "missing": counted(figures, "missing", "out_of_contact"),
        "total": _sum(rescued, figures),
        "experts_opinion": "；".join(d for told in record.consultations.values() for d in told.decisions) or VERIFYING,
        "environment_result": VERIFYING,
        "withdrawal": (
            f"{source.when(ended.true_at)}撤出{ended.data['people']}人，由{ended.data['counted_by']}清点"
            if ended
            else "待终止批准后组织撤出"
        ),
        "residual_watch": (ended.data["stays"] if ended else "") or VERIFYING,
        "proposal": sentence(str(asked.asks["matter"])) if asked else "结束现场应急处置",
        "approvals": lines(approvals, "post", "name", "form", "at"),
        "lifted_from": source.dated(lifted.true_at) if lifted else "批准之时",
        "measures_ended": some([task.says for task in plan.response.levels[level].measures], 6),
        "reopening_contact": f"{source.unit(source.watch())}　{source.phone(source.watch())}",
        "addressees": source.unit(signer.body) if signer.body else source.units(signer.posts[:1]),
        "signed_by": UNSIGNED,
        "drafted_by": source.person(drafter),
        "as_at": source.when(as_at(source)),
    }


def review(source: Source) -> Values:
    """D21: what the log can prove. Judgement of people is left to people."""
    record = source.record
    facts = record.known()
    return {
        "summary": f"{source.dated(facts.happened_at())}，{name(source)}：{sentence(facts.summary)}。"
        f"{source.dated(facts.received_at)}接{sentence(facts.reporter)}报告",
        "reports": [
            {
                "name": clock.says,
                "due_at": source.when(clock.due_at),
                "done_at": source.when(clock.done_at) if clock.done_at else "—",
                "verdict": CLOCK.words(clock.verdict) + (f"{length(clock.late_by)}" if clock.late_by else ""),
            }
            for clock in record.clocks.values()
            if clock.rule
        ],
        "levels": lines([*_levels(source)], "at", "level", "by"),
        "commanders": [
            {
                "post": source.unit(told.commander.post),
                "name": source.person(told.commander.user) if told.commander.user else "（推定）",
                "since": source.when(told.since),
                "until": source.when(told.until) if told.until else "结束",
            }
            for told in timeline.commanders(record)
        ],
        "forces": lines([*_forces(source)], "unit", "people", "work"),
        "timeline": [*_course(source)],
        "results": f"{people(record.figures(), _PEOPLE)}；直接经济损失{loss(record.figures())}",
        "costs": f"费用{VERIFYING}",
        "requisitions": "；".join(
            f"{entry.data['ordered_by']}征用{entry.data['owner']}物资" for entry in source.of("requisitioned")
        )
        or "无征用",
        "worked": TO_WRITE,
        "faults": lines([*_faults(source)], "clause", "what"),
        "deviations": lines(
            [
                {
                    "clause": source.cite(told.clauses, short=True) or NONE,
                    "what": sentence(told.says),
                    "reason": sentence(told.reason) or TO_WRITE,
                }
                for told in record.departures
            ]
            or [{"clause": NONE, "what": "未记录偏离", "reason": NONE}],
            "clause",
            "what",
            "reason",
        ),
        "lessons": lines(
            [
                {
                    "what": sentence(told.words),
                    "revision": "已提请修订预案",
                    "owner": source.unit(told.owner) if told.owner else TO_WRITE,
                    "due": TO_WRITE,
                }
                for told in record.revisions
            ]
            or [{"what": TO_WRITE, "revision": TO_WRITE, "owner": TO_WRITE, "due": TO_WRITE}],
            "what",
        ),
        "handed_over": VERIFYING,
        "attachments": f"日志{record.head.seq}条、文件{len(record.evidence)}份",
        "signed_by": UNSIGNED,
    }


def frozen(source: Source) -> Mapping[Measure, int]:
    """The figures of a termination: those of its proposal, else the ledger's."""
    asked = _asked(source, "scene_end")
    told: Mapping[Measure, int] = asked.asks["figures"] if asked else source.record.figures()
    return told


def as_at(source: Source) -> datetime:
    """As of when they stand."""
    asked = _asked(source, "scene_end")
    return datetime.fromisoformat(asked.asks["as_at"]) if asked else source.made_at


def _sum(rescued: int | None, figures: Mapping[Measure, int]) -> str:
    """Found alive, dead and missing together, once each of them was told."""
    if rescued is None or any(state not in figures for state in _PEOPLE):
        return VERIFYING
    return f"{rescued + sum(figures[state] for state in _PEOPLE)}人"


def _asked(source: Source, what: str) -> Approval | None:
    told = [one for one in source.record.approvals.values() if one.what == what and one.state != "superseded"]
    return told[-1] if told else None


def _levels(source: Source) -> Iterator[dict[str, str]]:
    for entry in source.of("level_ordered", "response_lifted"):
        what = "解除" if entry.kind == "response_lifted" else ""
        yield {
            "at": source.when(entry.true_at),
            "level": f"{grade(entry.data['level'])}级{what}",
            "by": source.unit(entry.data.get("signed_by", "") or entry.data.get("by", "")),
        }


def _forces(source: Source) -> Iterator[dict[str, str]]:
    led = {
        group.lead: source.unit(group_id)
        for group_id, group in (source.record.onsite.groups.items() if source.record.onsite else ())
    }
    seen = set()
    for entry in source.of("checked_in"):
        if (unit := entry.data["unit"]) not in seen:
            seen.add(unit)
            done = [task.says for task in source.record.tasks.values() if task.owner == unit and task.state == "done"]
            work = led.get(unit) or "、".join(map(sentence, done[:2]))
            yield {"unit": source.unit(unit), "people": f"{entry.data['people']}人", "work": work or VERIFYING}


def _faults(source: Source) -> Iterator[dict[str, str]]:
    for clock in source.record.clocks.values():
        if clock.rule and clock.verdict in ("late", "missed", "overdue"):
            by = f"{length(clock.late_by)}" if clock.late_by else ""
            yield {
                "clause": source.cite([clock.clause], short=True),
                "what": f"{source.unit(clock.sender)}：{clock.says}，{CLOCK.words(clock.verdict)}{by}",
            }
    for fault in source.record.report_faults:
        yield {"clause": "", "what": f"{source.unit(fault.sender)}{_FAULTS[fault.fault]}：{sentence(fault.words)}"}


def _course(source: Source) -> Iterator[dict[str, str]]:
    """What a reader of the review must see of the log, by true times."""
    for entry in sorted(source.entries, key=lambda one: (one.true_at, one.seq)):
        if entry.kind in _TOLD:
            at = source.record.known().received_at if entry.kind == "opened" else entry.true_at
            yield {"at": source.when(at), "what": _TOLD[entry.kind](source, entry)}


def _facts(source: Source, entry: Entry) -> str:
    facts = source.record.known()
    return f"接{sentence(facts.reporter)}报告：{sentence(facts.summary)}"


def _reported(source: Source, entry: Entry) -> str:
    figures = {
        name: told["n"] if isinstance(told, dict) else told
        for name, told in entry.data["findings"].items()
        if isinstance(told, dict) or type(told) is int
    }
    return f"{sentence(entry.data['source'])}续报" + (f"：{people(figures, ())}" if figures else "")


_TOLD: dict[str, Callable[[Source, Entry], str]] = {
    "opened": _facts,
    "became_accident": lambda source, entry: "预警转为事故",
    "facts_reported": _reported,
    "graded": lambda source, entry: f"事故等级{grade(entry.data['computed'])}级，现行{grade(entry.data['standing'])}级",
    "level_ordered": lambda source, entry: (
        f"{grade(entry.data['level'])}级应急响应启动：{sentence(entry.data['matter'])}"
    ),
    "onsite_hq_formed": lambda source, entry: "现场指挥部成立",
    "command_taken": lambda source, entry: f"{source.unit(entry.data['post'])}接任现场指挥",
    "command_passed": lambda source, entry: f"{source.unit(entry.data['post'])}任现场指挥",
    "support_requested": lambda source, entry: f"请求支援：{sentence(entry.data['need'])}",
    "support_answered": lambda source, entry: f"支援答复：{sentence(entry.data['words'])}",
    "task_assigned": lambda source, entry: (
        f"指令：{source.unit(entry.data['task']['owner'])}{sentence(entry.data['task']['says'])}"
    ),
    "rescue_suspended": lambda source, entry: f"暂停救援：{sentence(entry.data['danger'])}",
    "rescue_resumed": lambda source, entry: f"恢复救援：{sentence(entry.data['condition'])}",
    "release_published": lambda source, entry: f"发布信息：{'、'.join(entry.data['channels'])}",
    "end_approved": lambda source, entry: "批准结束现场应急处置",
    "withdrawn": lambda source, entry: f"队伍撤出{entry.data['people']}人",
    "response_lifted": lambda source, entry: f"{grade(entry.data['level'])}级响应解除",
    "archived": lambda source, entry: f"归档，由{entry.data['keeper']}保管",
}
