"""The watch's own sheets: the intake record (D1), the submission slip (D7), a leader's instruction (D10)."""

from __future__ import annotations

from incidents.record import Instruction
from incidents.report_contents import VERIFYING
from papers.reports import casualties, measures
from papers.source import NONE, TO_WRITE, Rows, Source, Values, lines, sentence
from plans.vocabulary import WORDS
from statecharts.instruction import INSTRUCTION
from statecharts.task import TASK

_CHANNELS = {
    "duty-phone": "值班电话", "township": "乡镇（街道）", "enterprise": "企业", "superior": "上级",
    "subordinate": "下级", "media": "媒体网络", "on-site": "现场", "national-system": "国家系统", "other": "其他",
}  # fmt: skip
_FORMS = {
    "written": "书面", "phone": "电话", "sms": "短信", "on_scene": "现场", "video": "视频", "elsewhere": "其他系统",
}  # fmt: skip


def intake(source: Source) -> Values:
    """D1: the intake's own sheet; without one, what the opening says."""
    record = source.record
    facts = record.known()
    opened = next(source.of("opened", "became_accident"))
    told: Values = {
        "call_started_at": source.when(facts.received_at),
        "call_ended_at": "",
        "channel": _CHANNELS.get(facts.source_channel or "", facts.source_channel or VERIFYING),
        "calling_number": VERIFYING,
        "caller_name": sentence(facts.reporter),
        "caller_unit": VERIFYING,
        "caller_post": "",
        "caller_phone": VERIFYING,
        "received_at": source.dated(facts.received_at),
        "course": sentence(facts.summary),
        "casualties": casualties(source, record.figures()),
        "measures_taken": VERIFYING,
        "result": VERIFYING,
        "effect": VERIFYING,
        "trend": VERIFYING,
        "asks_for": VERIFYING,
        "already_told": [],
        "verifications": [],
        "leaders_told": [],
        "recorded_by": source.person(opened.user),
        "recorded_at": source.when(opened.known_at),
        "follow_up": f"开启事故{record.id}",
        "closed_at": "",
    }
    told |= {name: value for name, value in source.taken.items() if value}
    told["already_told"] = lines(_rows(told["already_told"]), "leader", "unit", "at")
    told["verifications"] = lines(_rows(told["verifications"]), "with_whom", "at", "result")
    told["leaders_told"] = lines(_rows(told["leaders_told"]), "leader", "at", "words", "read_back")
    return told


def submission(source: Source) -> Values:
    """D7: what came in, for leaders to write on."""
    record = source.record
    facts = record.known()
    proposed = next(reversed([entry for entry in source.of("proposed") if entry.user != "system"]), None)
    heard = [
        {
            "leader": f"{told.post}{told.leader}",
            "words": sentence(told.words),
            "read_back": read_back(told.read_back),
            "at": source.when(told.received_at),
        }
        for told in record.instructions.values()
    ]
    passed = [
        {"to": entry.data["to"], "via": entry.data["via"], "at": source.when(entry.true_at)}
        for entry in source.of("instruction_conveyed")
    ]
    return {
        "received_at": source.dated(facts.received_at),
        "source": sentence(facts.reporter),
        "subject": f"关于{name(source)}的情况",
        "summary": f"{sentence(facts.summary)}。{casualties(source, record.figures())}",
        "proposal": sentence(str(proposed.data["asks"]["matter"])) if proposed else TO_WRITE,
        "proposed_by": source.person(proposed.user if proposed else source.drafter),
        "instructions": lines(heard, "leader", "words", "read_back", "at"),
        "conveyed": lines(passed, "to", "via", "at"),
        "result": measures(source),
    }


def instruction(source: Source) -> Values:
    """D10: one leader's instruction until it is closed."""
    record = source.record
    told = instruction_of(source)
    came = source.last("instruction_received", instruction=told.id)
    closed = source.last("instruction_closed", instruction=told.id)
    assert came is not None  # the record has it from there
    feedback = record.clocks.get(f"feedback-{told.id}")
    conveyed = [
        {
            "to": entry.data["to"],
            "via": entry.data["via"],
            "at": source.when(entry.true_at),
            "by": source.person(entry.user),
        }
        for entry in source.of("instruction_conveyed", instruction=told.id)
    ]
    back = [
        {"at": source.when(entry.true_at), **{part: entry.data[part] for part in ("to", "via", "words")}}
        for entry in source.of("instruction_reported", instruction=told.id)
    ]
    tasks = [
        {
            "unit": source.unit(task.owner),
            "what": sentence(task.says),
            "due_at": source.when(task.due_at) if task.due_at else NONE,
            "state": TASK.words(task.state),
        }
        for task in map(record.tasks.__getitem__, told.tasks)
    ]
    return {
        "leader": told.leader,
        "post": told.post,
        "received_at": source.dated(told.received_at),
        "form": _FORMS[came.data["form"]],
        "on": came.data["on"] or NONE,
        "words": sentence(told.words),
        "read_back": read_back(told.read_back),
        "received_by": source.person(came.user),
        "conveyed": lines(conveyed, "to", "via", "at", "by"),
        "tasks": lines(tasks, "unit", "what", "due_at", "state"),
        "feedback_due": source.when(feedback.due_at) if feedback else NONE,
        "reported_back": lines(back, "to", "via", "at", "words"),
        "result": closed.data["result"] if closed else INSTRUCTION.words(told.state),
        "closed_at": source.when(closed.true_at) if closed else "",
    }


def instruction_of(source: Source) -> Instruction:
    """The instruction that a document registers. Raises `Unfit`."""
    return source.record.instructions[source.pick([*source.record.instructions], "批示指示", "instruction")]


def name(source: Source) -> str:
    """What the accident is called: where, whose, what."""
    return f"{source.record.known().place.name}{enterprise(source)}{kind(source)}"


def enterprise(source: Source) -> str:
    """The unit where it happened, as far as it is known."""
    told = source.record.known().enterprise
    return "" if told == "unknown" else told


def kind(source: Source) -> str:
    """The kind of accident."""
    sector = source.record.known().sector
    return "事故" if sector == "other" else f"{WORDS[sector]}事故"


def read_back(told: bool | None) -> str:
    """Whether somebody read it back."""
    return "" if told is None else "已复述" if told else "未复述"


def _rows(told: str | Rows) -> Rows:
    return told if isinstance(told, list) else []
