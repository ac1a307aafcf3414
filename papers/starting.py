"""A response starts: the proposal (D8a), the order (D8b), the notice to members (D8c); one task (D9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from incidents import onsite, response
from incidents.logbook import Entry
from incidents.record import Approval, Task
from incidents.report_contents import VERIFYING
from papers.desk import enterprise, kind, read_back
from papers.reports import casualties, length
from papers.source import NONE, UNSIGNED, Rows, Source, Values, grade, lines, sentence
from plans.schema import Grade, Stage
from plans.vocabulary import WORDS
from statecharts.notice import NOTICE
from statecharts.task import TASK

_LENGTH = TypeAdapter(timedelta | None)
_STEPS = {"received": "已收到", "departed": "已出发", "arrived": "已到达", "half": "过半", "difficulty": "有困难"}
_GIVEN = {"in_system": "系统内下达", "oral": "口头", "paper": "书面", "elsewhere": "其他系统"}


def proposal(source: Source) -> Values:
    """D8a: as it was laid before those who decide, figures as at that instant."""
    asked = proposed(source)
    asks = asked.asks
    level: Grade = asks["level"]
    graded = source.last("graded")
    criteria = graded.data["criteria"] if graded else ()
    stages = {name: [stage for stage in asked.stages if stage.stage == name] for name in ("decide", "sign")}
    said = {act.stage: act for act in asked.acts}
    opinions: Rows = []
    for stage in asked.stages:
        act = said.get(stage.stage)
        words = f"{'同意' if act.answer == 'yes' else '不同意'}（{source.hand(act)}）" if act else ""
        opinions.append(
            {
                "post": source.unit(act.post) if act else source.units(stage.posts),
                "opinion": words,
                "signed_by": source.person(act.user) if act else "",
                "at": source.when(act.at) if act else "",
            }
        )
    return {
        "summary": f"{_short(source)}。{casualties(source, asks['figures'])}",
        "as_at": source.when(asks["as_at"]),
        "grade": grade(asks["grade"]),
        "criteria": [
            {
                "clause": source.cite([told["clause"]], short=True),
                "measure": _measure(told["measure"]),
                "value": f"{told['value']}",
            }
            for told in criteria
        ],
        "level": grade(level),
        "matter": sentence(asks["matter"]),
        "expected_duration": _duration(asks["expected_duration"]),
        "deciders": _whose(source, stages["decide"]),
        "signatory": _whose(source, stages["sign"] or stages["decide"]),
        "authority_clauses": source.cite([clause for stage in asked.stages for clause in stage.clauses]),
        "measures": _measures(source, level, str(asks.get("measures", ""))),
        "commander": source.units(source.plan.response.levels[level].commander[:1]) or _presumed(source),
        "experts_consulted": "；".join(
            told.decisions[0] for told in source.record.consultations.values() if told.decisions
        )
        or "尚未征求",
        "opinions": opinions,
        "drafted_by": source.person(asked.proposed_by),
        "addressees": source.units(stage.body for stage in asked.stages if stage.body) or _whose(source, asked.stages),
        "signed_by": UNSIGNED,
    }


def order(source: Source) -> Values:
    """D8b: to be signed, and once it is, by whom, when, in which form. It states what the law asks."""
    asked = proposed(source)
    asks = asked.asks
    level: Grade = asks["level"]
    ordered = source.last("level_ordered", approval=asked.id)
    signed = asked.acts[-1] if asked.acts and asked.state == "granted" else None
    start = ordered.true_at if ordered else None
    reporting = asks["reporting"]
    groups = onsite.called_up(source.plan, source.record, level, asks)
    rung = response.preview(source.plan, source.record, level, asks)
    signing = asked.stages[-1]
    within, every = (_LENGTH.validate_python(reporting[name]) for name in ("first_within", "every"))
    formed = source.record.onsite
    hq = source.plan.command.onsite_hq
    deputies = [*source.record.deputies, *(hq.deputies if hq else ())]
    return {
        "basis": f"{_short(source)}。{casualties(source, asks['figures'])}。"
        f"依据{source.cite([clause for stage in asked.stages for clause in stage.clauses])}",
        "as_at": source.when(asks["as_at"]),
        "matter": sentence(asks["matter"]),
        "level": grade(level),
        "effective_from": source.dated(start) if start else "自签发之时起",
        "expected_duration": _duration(asks["expected_duration"]),
        "measures": _measures(source, level, str(asks.get("measures", ""))),
        "signed_by": source.person(signed.user) if signed else UNSIGNED,
        "signed_post": source.unit(signed.post) if signed else source.units(signing.posts[:1]),
        "signed_at": source.when(signed.at) if signed else "",
        "signed_form": source.hand(signed) if signed else "待签发",
        "onsite_place": (formed.place if formed and formed.place else "")
        or f"{source.record.known().place.name}（事发地）",
        "commander": source.units(source.plan.response.levels[level].commander[:1]) or _presumed(source),
        "deputies": source.units(deputies) or NONE,
        "groups": [
            {"name": group.name, "lead": source.unit(group.lead) if group.lead else NONE} for group in groups.values()
        ],
        "arrive_by": "接到命令后立即",
        "first_report_by": source.when(start + within)
        if start and within
        else f"命令生效后{length(within)}"
        if within
        else VERIFYING,
        "report_every": length(every) if every else VERIFYING,
        "discipline": "各单位按职责立即行动，重要情况随时报告",
        "contact": asks["contact"],
        "addressees": source.units(_called(source, level) or rung.units),
        "copied_to": source.units(rung.informed),
        "drafted_by": source.person(asked.proposed_by),
    }


def notice(source: Source) -> Values:
    """D8c: the text that members were sent, each with its duty and its answer."""
    ordered = source.last("level_ordered")
    if ordered is None:
        source.unfit("尚未启动响应", "no response is started yet")
    told = [entry for entry in source.of("notice_issued") if entry.data["notice"].startswith(response.CALLED)]
    if not told:
        source.unfit("启动命令没有叫应任何单位", "the order called nobody")
    issued = told[-1]
    stands = source.record.notices[issued.data["notice"]]
    return {
        "text": ("【演练】" if source.record.kind == "drill" else "") + sentence(issued.data["text"]),
        "level": grade(ordered.data["level"]),
        "ordered_at": source.dated(ordered.true_at),
        "recipients": [
            {
                "unit": source.unit(unit),
                "duty": sentence(duty) or "按职责到位",
                "state": NOTICE.words(stands.recipients[unit].state) if unit in stands.recipients else "",
            }
            for unit, duty in issued.data["units"].items()
        ],
        "addressees": source.units(issued.data["units"]),
    }


def task(source: Source) -> Values:
    """D9: one task, from the order to its end."""
    record = source.record
    told = task_of(source)
    came = next((entry for entry in source.of("task_assigned") if entry.data["task"]["id"] == told.id), None)
    data: dict[str, Any] = dict(came.data) if came else {}
    given = came or next(entry for entry in source.entries if _gives(entry, told.id))
    moved = source.last("task_moved", task=told.id)
    rows = [
        {
            "at": source.when(entry.true_at),
            "step": _STEPS[entry.data["step"]],
            "by": entry.data["by"],
            "words": sentence(entry.data.get("words", "")),
        }
        for entry in source.of("task_progress", task=told.id)
    ]
    by = f"{source.unit(data['post'])}{source.person(data['by'])}" if data else "按预案"
    form = "，".join(filter(None, (_GIVEN[data["form"]], read_back(data.get("read_back"))))) if data else "系统下达"
    return {
        "ordered_at": source.dated(given.true_at),
        "ordered_by": by,
        "form": form,
        "unit": source.unit(told.owner),
        "unit_phone": source.phone(told.owner),
        "what": sentence(told.says),
        "where": data.get("where") or f"{record.scene().place}（事发地）",
        "due_at": source.dated(told.due_at) if told.due_at else "未定时限",
        "basis": data.get("basis") or source.cite((*told.clauses, *given.clauses)) or NONE,
        "progress": lines(rows, "at", "step", "by", "words"),
        "state": TASK.words(told.state),
        "closed_at": source.when(moved.true_at) if moved else "",
        "result": sentence(moved.data["words"]) if moved else "",
        "addressees": source.unit(told.owner),
        "drafted_by": source.person(given.user),
    }


def task_of(source: Source) -> Task:
    """The task that a sheet is about: without one named, the last that somebody ordered. Raises `Unfit`."""
    tasks = source.record.tasks
    ordered = [entry.data["task"]["id"] for entry in source.of("task_assigned")]
    return tasks[source.pick([*tasks] if source.about else ordered, "任务指令（assign-task）", "task order")]


def proposed(source: Source) -> Approval:
    """The level that was proposed, the last one unless another is asked for. Raises `Unfit`."""
    known = [asked.id for asked in source.record.approvals.values() if asked.what == "level"]
    return source.record.approvals[source.pick(known, "启动响应的提请（propose-level）", "proposal of a level")]


def _short(source: Source) -> str:
    facts = source.record.known()
    where = f"{facts.place.name}{enterprise(source)}"
    return f"{source.when(facts.happened_at())}，{where}发生{kind(source)}：{sentence(facts.summary)}"


def _measure(told: str) -> str:
    return "＋".join(WORDS.get(part, part) for part in told.split("+"))


def _whose(source: Source, stages: Iterable[Stage]) -> str:
    told = [
        f"{source.unit(stage.body)}（{source.units(stage.posts)}）" if stage.body else source.units(stage.posts)
        for stage in stages
    ]
    return "；".join(told)


def _measures(source: Source, level: Grade, also: str) -> Rows:
    """What each unit does by the order: as it was ordered, else as the plan has it for the level."""
    rows = [
        {"unit": source.unit(unit), "what": "；".join(map(sentence, says))}
        for unit, says in response.measures(source.plan, source.record, level).items()
    ]
    return [*rows, {"unit": "各单位", "what": sentence(also)}] if also else rows


def _presumed(source: Source) -> str:
    post = source.record.commander
    return source.unit(post.post if post else source.plan.command.presumed)


def _called(source: Source, level: Grade) -> tuple[str, ...]:
    for entry in source.of("notice_issued"):
        if entry.data["notice"].startswith(f"{response.CALLED}{level}"):
            return tuple(entry.data["units"])
    return ()


def _gives(entry: Entry, name: str) -> bool:
    return entry.kind in ("tasks_given", "instruction_received", "consultation_held") and any(
        told["id"] == name for told in entry.data["tasks"]
    )


def _duration(told: str | None) -> str:
    span = _LENGTH.validate_python(told)
    return length(span) if span else "至另行通知"
