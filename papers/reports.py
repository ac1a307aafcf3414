"""Reports: the first, follow-ups, the final one (D3 to D5), by telephone (D2), a form (D6), why one was late (D25).

The figures of a report are those that were frozen when it was drawn up; what came later never enters it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from incidents import chain, lateness, spoken
from incidents.logbook import Entry
from incidents.record import Clock, Report, Task
from incidents.report_contents import VERIFYING
from papers.source import (
    NONE,
    TO_WRITE,
    UNSIGNED,
    Rows,
    Source,
    Values,
    counted,
    grade,
    loss,
    origin,
    people,
    sentence,
    some,
)
from plans.schema import Measure
from plans.vocabulary import WORDS
from statecharts.clock import CLOCK
from statecharts.task import OPEN

ASKED: tuple[Measure, ...] = ("deaths", "missing", "trapped", "serious_injuries")
"""Whom every written report speaks of, known or not."""
_STAGES = {"D3": "first", "D4": "follow_up", "D5": "final"}
ORDINALS = "零一二三四五六七八九十"
FEW = 3
"""So many tasks are named in a report that is to fit one page."""


def report_of(source: Source, document: str) -> Report:
    """The report of the chain that a document is: the one asked for, else the last of its stage. Raises `Unfit`."""
    stage = _STAGES[document]
    known = [report.id for report in source.record.reports.values() if report.stage == stage]
    name = source.pick(known, f"{chain.STAGES[stage]}（draft-report）", f"{stage.replace('_', ' ')} report")
    return source.record.reports[name]


def first(source: Source) -> Values:
    """D3."""
    report = report_of(source, "D3")
    told = _told(source, report)
    return {**_body(source, report), **_foot(source, report), **told}


def follow_up(source: Source) -> Values:
    """D4: only what changed."""
    report = report_of(source, "D4")
    before = source.record.reports[report.follows].as_at
    news = [entry for entry in source.of("facts_reported") if before < entry.true_at <= report.as_at]
    verified = [
        f"{source.when(entry.true_at)}{entry.data['source']}：{_findings(entry)}" for entry in news if _findings(entry)
    ]
    return {
        **_body(source, report),
        **_foot(source, report),
        "ordinal": ordinal(report.n),
        "changes": changes(source, report),
        "verified": "；".join(verified) or "无新的核实情况",
        "instruction_answers": _answers(source),
        **_told(source, report),
    }


def final(source: Source) -> Values:
    """D5."""
    report = report_of(source, "D5")
    record, plan = source.record, source.plan
    lifted = source.last("response_lifted")
    makes = {task.id: task.makes for task in plan.recovery.tasks}
    after = [task for task in record.tasks.values() if task.rule in makes]
    return {
        **_body(source, report),
        **_foot(source, report),
        "occurred_at": source.dated(record.known().occurred_at or record.known().happened_at()),
        "lifted": (
            f"{source.when(lifted.true_at)}经{source.unit(lifted.data['signed_by'])}批准解除{grade(lifted.data['level'])}级响应"
            if lifted
            else "响应尚未解除"
        ),
        "state_now": "应急响应已解除，转入后期处置" if lifted else "应急处置仍在进行",
        "aftermath": _progress([task for task in after if not makes[task.rule]]),
        "rebuilding": VERIFYING,
        "assessment": _progress([task for task in after if makes[task.rule]]),
        **_told(source, report),
    }


def by_telephone(source: Source) -> Values:
    """D2: what is read out for one leg, and the record of the call."""
    record = source.record
    clock = leg_of(source)
    sent = source.last("report_sent", clock=clock.id)
    as_at = datetime.fromisoformat(sent.data["as_at"]) if sent else source.made_at
    script = spoken.outline(source.plan, record, clock, as_at)
    received = source.last("receipt_confirmed", clock=clock.id)
    return {
        "text": script.text,
        "seconds": f"{script.seconds:.0f}秒",
        "as_at": source.when(as_at),
        "sender": source.unit(clock.sender),
        "addressees": source.unit(clock.addressee),
        "due_at": source.when(clock.due_at),
        "called_at": source.when(sent.true_at) if sent else "",
        "via": sent.data["via"] if sent else "",
        "received_by": (received.data["received_by"] if received else clock.received_by) if sent else "",
        "words": sent.data["words"] if sent else "",
        "drafted_by": source.person(sent.user) if sent else source.person(source.drafter),
    }


def form(source: Source) -> Values:
    """D6: everything on one page."""
    figures = source.record.figures()
    post = source.record.commander
    return {
        "scene_head": _commands(source),
        "scene_phone": source.phone(source.plan.posts[post.post].unit)
        if post and post.post in source.plan.posts
        else VERIFYING,
        "unit_head": VERIFYING,
        "unit_phone": VERIFYING,
        "deaths": counted(figures, "deaths"),
        "missing": counted(figures, "missing", "out_of_contact"),
        "serious_injuries": counted(figures, "serious_injuries"),
        "course": sentence(source.record.known().summary),
        "measures_taken": measures(source),
        "other": _circumstances(source) or NONE,
    }


def late(source: Source) -> Values:
    """D25: one leg's way, instant by instant. Why, and who answers for it, people write."""
    clock = late_leg_of(source)
    told = lateness.statement(source.record, source.entries, clock)
    faults = [fault for fault in source.record.report_faults if fault.report == clock.id]
    between = (
        told.longest
        and f"{told.longest[0].says}至{told.longest[1].says}，{length(told.longest[1].at - told.longest[0].at)}"
    )
    return {
        "report": clock.says,
        "sender": source.unit(clock.sender),
        "addressee": source.unit(clock.addressee),
        "leg": WORDS.get(clock.leg, clock.leg),
        "due_at": source.dated(clock.due_at),
        "sent_at": source.dated(clock.done_at) if clock.done_at else "尚未报出",
        "late_by": length(told.late_by) if told.late_by else CLOCK.words(clock.verdict),
        "instants": [
            {"at": source.when(one.at), "what": one.says, "by": source.person(one.by) if one.by else ""}
            for one in told.instants
        ],
        "longest": between or VERIFYING,
        "cause": "；".join(fault.words for fault in faults) or TO_WRITE,
        "persons": TO_WRITE,
        "remedy": told.remedy or TO_WRITE,
    }


def leg_of(source: Source) -> Clock:
    """The leg that a call is about. Raises `Unfit`."""
    legs = [clock.id for clock in source.record.clocks.values() if clock.rule and not clock.external]
    return source.record.clocks[source.pick(legs, "报告时限", "leg of a report")]


def late_leg_of(source: Source) -> Clock:
    """The leg whose delay is explained. Raises `Unfit`."""
    legs = [clock.id for clock in lateness.late(source.record)]
    return source.record.clocks[source.pick(legs, "迟报、漏报的报告", "late report")]


# -- what reports have in common ---------------------------------------------------------------------------------------


def casualties(source: Source, figures: Mapping[Measure, int]) -> str:
    """The people of a report; what nobody has verified stands behind, and says so."""
    doubtful = [
        f"{WORDS[measure]}{'约' if count.about else ''}{count.n}{'以上' if count.at_least else ''}"
        for measure, count in source.record.hearsay.items()
    ]
    return people(figures, ASKED) + (f"（另据未核实信息：{'、'.join(doubtful)}）" if doubtful else "")


def measures(source: Source) -> str:
    """What was done: tasks at work and finished, the rescue stopped and resumed."""
    after = {task.id for task in source.plan.recovery.tasks}
    told = [task for task in source.record.tasks.values() if task.rule not in after]
    running = [task.says for task in told if task.state == "given"]
    done = [task.says for task in told if task.state == "done"]
    said = [f"正在办理：{some(running, FEW)}"] if running else []
    said += [f"已办结：{some(done[::-1], FEW)}"] if done else []
    for stop in source.record.suspensions:
        resumed = f"，{source.when(stop.resumed_at)}恢复" if stop.resumed_at else ""
        said.append(f"因{sentence(stop.danger)}，{source.when(stop.at)}暂停救援{resumed}")
    return "。".join(said) or "已接报并核实，尚未布置任务"


def forces(source: Source) -> str:
    """Who is at the scene with how many."""
    told = [
        f"{source.unit(force.unit)}{force.people}人" + (f"{force.vehicles}车（台）" if force.vehicles else "")
        for force in source.record.forces.values()
    ]
    return "、".join(told) or VERIFYING


def response(source: Source) -> str:
    """Which level was started, when, by whom."""
    ordered = source.last("level_ordered")
    if ordered is None:
        return "尚未启动应急响应"
    data = ordered.data
    moved = "调整为" if data.get("from_level") else "启动"
    by = source.unit(data["signed_by"]) if data.get("signed_by") else source.unit(data.get("by", ""))
    return f"{source.when(ordered.true_at)}由{by}{moved}{grade(data['level'])}级应急响应"


def changes(source: Source, report: Report) -> Rows:
    """Before → now → why → source, for each figure that differs from the report before."""
    drawn = source.last("report_drafted", report=report.id)
    assert drawn is not None  # the record has it from there
    rows: Rows = []
    for measure, (before, now) in drawn.data["changed"].items():
        why, who = _why(source, measure, report.as_at)
        rows.append(
            {
                "item": WORDS[measure],
                "before": VERIFYING if before is None else _figure(measure, before),
                "now": VERIFYING if now is None else _figure(measure, now),
                "why": drawn.data["differs"] or why,
                "source": who,
            }
        )
    return rows


def ordinal(n: int) -> str:
    """Which follow-up, in characters: 一 … 十、十一 … 二十三."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{ORDINALS[tens]}十"
    return head + (ORDINALS[ones] if ones or not tens else "")


def length(span: timedelta) -> str:
    """A length of time as people say it: `1小时16分`."""
    minutes = round(span.total_seconds() / 60)
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = (f"{days}天" if days else "", f"{hours}小时" if hours else "", f"{left}分" if left or not minutes else "")
    return "".join(parts)


def _body(source: Source, report: Report) -> Values:
    facts = source.record.known()
    figures = report.figures
    unanswered = [asked.need for asked in source.record.support.values() if not asked.answer]
    arrived = [f"{source.unit(one.post)}{source.person(one.user)}" for one in source.record.arrivals.values()]
    return {
        "as_at": source.when(report.as_at),
        "received_at": source.when(facts.received_at),
        "source": sentence(facts.reporter),
        "unit_profile": VERIFYING,
        "course": sentence(facts.summary),
        "scene": VERIFYING,
        "casualties": casualties(source, figures),
        "unaccounted": counted(figures, "missing", "out_of_contact", "trapped"),
        "loss": loss(figures),
        "measures_taken": measures(source),
        "effect": _circumstances(source) or VERIFYING,
        "trend": VERIFYING,
        "leaders_present": "、".join(arrived) or VERIFYING,
        "forces": forces(source),
        "response_started": response(source),
        "next_steps": "继续处置和核实，有进展即续报",
        "help_needed": "、".join(map(sentence, unanswered)) or "暂无",
        "other": NONE,
    }


def _told(source: Source, report: Report) -> Values:
    """The plan's items that were told in words: under the field of the same name, what has none with the rest."""
    drawn = source.last("report_drafted", report=report.id)
    words = drawn.data["fields"].get("told", {}) if drawn else {}
    items = {item.id: item.says for item in source.plan.reporting.fields}
    told: Values = {}
    others = []
    for name, text in words.items():
        field = name.replace("-", "_")
        if field in (*_FIELDS, "other"):
            told[field] = sentence(text)
        else:
            others.append(f"{items[name]}：{sentence(text)}")
    if others:
        told["other"] = "；".join([*([str(told["other"])] if "other" in told else []), *others])
    return told


_FIELDS = (
    *("unit_profile", "scene", "course", "loss", "effect", "trend", "leaders_present", "forces", "next_steps"),
    *("help_needed", "verified", "state_now", "aftermath", "rebuilding", "assessment"),
)
"""Fields of reports that words may fill. Figures are never among them."""


def _foot(source: Source, report: Report) -> Values:
    """Whom it goes to, by the lines of the plan; who signed it, and how."""
    legs = [*_legs(source, report)]
    lines_ = {rule.id: rule.line for rule in source.plan.reporting.rules}

    def to(*names: str) -> str:
        return source.units(clock.addressee for name in names for clock in legs if lines_.get(clock.rule) == name)

    upward = to("party", "government", "emergency")
    signed = [
        entry
        for entry in source.of("report_sent", "report_signed")
        if entry.data["clock"] in report.legs and entry.data.get("signed_by")
    ]
    first_sent = source.last("report_sent", report=report.id)
    follows = first_sent.data["signature_follows"] if first_sent and not signed else ""
    return {
        "addressees": upward,
        "reported_to": upward or VERIFYING,
        "sent_to": to("regulator"),
        "copied_to": to("side", "neighbour"),
        "signed_by": source.person(signed[-1].data["signed_by"]) if signed else "先报后签" if follows else UNSIGNED,
        "drafted_by": source.person(report.drafted_by),
        "series": source.series,
    }


def _legs(source: Source, report: Report) -> Iterator[Clock]:
    """The legs by which it went; before that, those on paper that we owe."""
    for clock in source.record.clocks.values():
        if clock.id in report.legs or (not report.legs and clock.rule and clock.leg == "paper" and not clock.external):
            yield clock


def _why(source: Source, measure: Measure, until: datetime) -> tuple[str, str]:
    """Why a figure is what it is, and who said so: the last entry that told it."""
    for entry in reversed([*source.entries]):
        data = entry.data
        if entry.true_at > until:
            continue
        if entry.kind == "facts_reported" and (told := data["findings"].get(measure)) is not None:
            kind = told.get("source") if isinstance(told, dict) else None
            return f"{source.when(entry.true_at)}续报", origin(kind) if kind else sentence(data["source"])
        if entry.kind == "people_moved" and measure in (data["from"], data["to"]):
            moved = f"{WORDS.get(data['from'], data['from'])}转{WORDS.get(data['to'], data['to'])}{data['n']}人"
            return data.get("words") or moved, data.get("named") or origin(data.get("source"))
        if entry.kind == "count_corrected" and measure in (data.get("state"), data.get("from"), data.get("to")):
            return f"更正：{data['reason']}", data.get("named") or origin(data.get("source"))
    return VERIFYING, VERIFYING


def _findings(entry: Entry) -> str:
    told = entry.data["findings"]
    return "，".join(
        f"{WORDS[name]}{_figure(name, value['n'] if isinstance(value, dict) else value)}"
        for name, value in told.items()
        if name in WORDS and (isinstance(value, dict) or type(value) is int)
    )


def _figure(measure: str, n: int) -> str:
    return f"{n}元" if measure == "direct_loss_yuan" else f"{n}人"


def _answers(source: Source) -> Rows:
    rows: Rows = []
    for told in source.record.instructions.values():
        back = source.last("instruction_reported", instruction=told.id)
        rows.append(
            {
                "leader": f"{told.post}{told.leader}",
                "words": sentence(told.words),
                "done": sentence(back.data["words"]) if back else "正在落实",
            }
        )
    return rows


def _progress(tasks: list[Task]) -> str:
    """Work after the end: what is done of it, and what is not."""
    done = [task.says for task in tasks if task.state == "done"]
    running = [task.says for task in tasks if task.state in OPEN]
    said = [f"已办结{some(done, FEW)}"] if done else []
    return "；".join([*said, *([f"正在办理{some(running, FEW)}"] if running else [])]) or VERIFYING


def _circumstances(source: Source) -> str:
    return "、".join(WORDS[name] for name in source.record.known().circumstances)


def _commands(source: Source) -> str:
    told = source.record.commander
    return f"{source.unit(told.post)}{source.person(told.user)}" if told else VERIFYING
